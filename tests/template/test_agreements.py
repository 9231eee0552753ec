"""One spelling, four dialects: what the template says agrees with folders, code, settings and locks."""

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from infra.lint.stacks import ROOT, Stack, source_of
from sojourn import settings
from sojourn.asl.model import INVOKE
from sojourn.errors import SojournError
from sojourn.insight.counting import MEMBERSHIP, REFUSAL
from sojourn.journeys import compile as compiler
from sojourn.journeys.files import load_file
from sojourn.journeys.model import Journey
from tests.compiled import EVERY_KIND, PLACEHOLDERS

SOURCE = source_of(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = SOURCE["Resources"]
FUNCTIONS = {
    name: body["Properties"]
    for name, body in RESOURCES.items()
    if body["Type"].endswith("Serverless::Function")
}
GLOBALS: dict[str, Any] = SOURCE["Globals"]["Function"]
POWERTOOLS = {
    "LOG_LEVEL",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_TRACE_DISABLED",
}
OF_ONE_FUNCTION = {
    "PublishJourneyFunction": settings.PublisherSettings,
    "ApiFunction": settings.ApiSettings,
    "PreferencesFunction": settings.PreferencesSettings,
    "ImportFileFunction": settings.ImportSettings,
    "EraseContactFunction": settings.PrivacySettings,
    "ExportContactFunction": settings.PrivacySettings,
    "ArchiveChangesFunction": settings.ArchiveSettings,
    "ReactFunction": settings.ReactSettings,
    "ParkTokenFunction": settings.ReactSettings,
    "JudgeSegmentsFunction": settings.ReactSettings,
}
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
PATHS = {
    "CollectFunction": ("PublicApi", {"/v1/{proxy+}"}),
    "TrackFunction": ("PublicApi", {"/o/{proxy+}", "/c/{proxy+}", "/u/{proxy+}"}),
    "PreferencesFunction": ("PublicApi", {"/p/{proxy+}"}),
    "ApiFunction": ("PrivateApi", {"/api", "/api/{proxy+}"}),
}

# Lambda keeps a permission for each method, in a policy of 20 KB: what only browsers ask for has only what they use.
OF_BROWSERS = {
    "CollectFunction": {
        ("PublicApi", path, method)
        for path, methods in {
            "/beacon/{proxy+}": ("POST", "OPTIONS"),
            "/analytics.js/{proxy+}": ("GET", "HEAD", "OPTIONS"),
            "/analytics-next/{proxy+}": ("GET", "HEAD", "OPTIONS"),
            "/sojourn.js": ("GET", "HEAD", "OPTIONS"),
        }.items()
        for method in methods
    },
    "ApiFunction": {
        ("PrivateApi", path, method)
        for path, methods in {
            "/": ("GET",),
            "/console": ("GET", "HEAD", "POST"),
            "/console/{proxy+}": ("GET", "HEAD", "POST"),
        }.items()
        for method in methods
    },
}


def logical_id(folder: str) -> str:
    """`send_message` is spelled `SendMessageFunction` in the template."""
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


def test_each_folder_is_a_function_and_each_function_a_folder():
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}

    assert {logical_id(folder) for folder in folders} == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_and_code_name_the_same_folder(name):
    folder = FUNCTIONS[name]["CodeUri"].removeprefix("functions/").rstrip("/")

    assert logical_id(folder) == name
    assert FUNCTIONS[name]["Handler"] == f"functions.{folder}.app.handler"
    assert RESOURCES[name]["Metadata"] == {"BuildProperties": {"ParentPackageMode": "auto"}}
    assert "Timeout" in FUNCTIONS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_its_test(name):
    folder = FUNCTIONS[name]["CodeUri"].removeprefix("functions/").rstrip("/")

    assert (ROOT / "tests" / "functions" / f"test_{folder}.py").exists()


def test_the_common_environment_is_what_settings_reads():
    wanted = {field.name.upper() for field in fields(settings.Settings)}

    assert set(GLOBALS["Environment"]["Variables"]) == wanted | POWERTOOLS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_own_environment_is_what_its_settings_read(name):
    own = set(FUNCTIONS[name].get("Environment", {}).get("Variables", {}))
    read = (
        {field.name.upper() for field in fields(OF_ONE_FUNCTION[name])} if name in OF_ONE_FUNCTION else set()
    )

    assert own - set(GLOBALS["Environment"]["Variables"]) == read


def test_every_settings_class_has_its_function():
    known = {settings.FromEnv, settings.Settings, *OF_ONE_FUNCTION.values()}

    assert {
        one for one in vars(settings).values() if isinstance(one, type) and one.__name__.endswith("Settings")
    } <= known


def test_the_pace_of_the_local_cloud_is_no_setting_of_the_stack():
    assert "SOJOURN_" not in (ROOT / "template.yaml").read_text()
    assert "ENDPOINT_URL" not in (ROOT / "template.yaml").read_text()


def test_every_table_is_named_to_the_functions_and_to_operators(stack: Stack):
    tables = {table.logical_id for table in stack.resources("AWS::DynamoDB::Table")}
    variables = GLOBALS["Environment"]["Variables"]

    for table in tables:
        variable = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", table).upper()
        assert stack.origin(variables[variable]) == f"Data.{table}"
        assert stack.origin(SOURCE["Outputs"][table]["Value"]) == f"Data.{table}"
    assert len(tables) == 8


@pytest.mark.parametrize("name", PATHS)
def test_every_path_takes_every_method(name):
    # So that 404 and 405 are the functions' to answer, with Allow; a path unknown to the gateway answers for itself.
    api, paths = PATHS[name]
    events = [event["Properties"] for event in FUNCTIONS[name]["Events"].values() if event["Type"] == "Api"]

    assert {(event["RestApiId"]["Ref"], event["Path"], event["Method"]) for event in events} == {
        (api, path, method) for path in paths for method in METHODS
    } | OF_BROWSERS.get(name, set())


def test_bodies_pass_as_bytes_and_refusals_as_problems():
    api = SOURCE["Globals"]["Api"]
    headers = {name: said["ResponseParameters"]["Headers"] for name, said in api["GatewayResponses"].items()}

    assert api["BinaryMediaTypes"] == ["*/*"]  # MiniStack does not read SAM's other spelling, *~1*
    assert all(said["Access-Control-Allow-Origin"] == "'*'" for said in headers.values())
    assert all("Retry-After" in said["Access-Control-Expose-Headers"] for said in headers.values())
    assert "Retry-After" in headers["THROTTLED"]
    assert "Retry-After" in headers["DEFAULT_5XX"]


def test_streams_wake_for_new_events_only(stack: Stack):
    mappings = {m.logical_id: m.properties for m in stack.resources("AWS::Lambda::EventSourceMapping")}
    events = mappings["ReactFunctionNewEvents"]

    assert yaml.safe_load(events["FilterCriteria"]["Filters"][0]["Pattern"]) == {"eventName": ["INSERT"]}
    assert events["BatchSize"] == mappings["CountChangesFunctionChangedPeople"]["BatchSize"] == 100
    assert events["StartingPosition"] == "TRIM_HORIZON"


def test_the_people_stream_tells_of_every_row_that_moves_a_figure(stack: Stack):
    mappings = {m.logical_id: m.properties for m in stack.resources("AWS::Lambda::EventSourceMapping")}
    (told,) = mappings["CountChangesFunctionChangedPeople"]["FilterCriteria"]["Filters"]
    keys = yaml.safe_load(told["Pattern"])["dynamodb"]["Keys"]["sk"]["S"]

    assert {each["prefix"] for each in keys} == {"ENROL#", "MSG#", MEMBERSHIP, REFUSAL}


def test_a_send_is_over_before_its_state_gives_up():
    assert FUNCTIONS["SendMessageFunction"]["Timeout"] < compiler.SEND_SECONDS


@pytest.mark.parametrize(
    "path", sorted((ROOT / "statemachines" / "journeys").glob("*.journey.yaml")), ids=lambda p: p.name
)
def test_every_task_outlasts_its_function_and_errors_are_ours(path):
    _outlasts_and_is_ours(load_file(path))


def test_so_do_the_tasks_of_every_kind_of_step():
    _outlasts_and_is_ours(EVERY_KIND)


def _outlasts_and_is_ours(journey: Journey) -> None:
    machine = compiler.compile_journey(journey, version=1, target=PLACEHOLDERS)
    tasks = [state for state in machine["States"].values() if state["Type"] == "Task"]
    ours = {error.__name__ for error in subclasses(SojournError)}

    for task in tasks:
        if task["Resource"] == INVOKE:
            function = task["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
            assert task["TimeoutSeconds"] > FUNCTIONS[function]["Timeout"]
    for name in custom_errors(tasks):
        assert name in ours | {compiler.WAIT_ENDED}


def test_the_journey_role_calls_what_journeys_call_and_nothing_else(stack: Stack):
    role = next(role for role in stack.resources("AWS::IAM::Role") if role.logical_id == "JourneyRole")
    (policy,) = role.properties["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Action"] == "lambda:InvokeFunction"
    assert {stack.origin(arn) for arn in statement["Resource"]} == {
        "SendMessageFunction",
        "ParkTokenFunction",
        "TakeStepFunction",
        "CallOutFunction",
    }


def test_journeys_call_only_functions_that_are_named_for_it(stack: Stack):
    grants = [one for one in statements(stack) if one["Action"] == "lambda:InvokeFunction"]
    free = [grant["Resource"] for grant in grants if "Fn::Sub" in str(grant["Resource"])]

    assert [resource["Fn::Sub"].partition(":function:")[2] for resource in free] == [
        "${AWS::StackName}-call-*"
    ]


def test_journeys_may_only_be_published_under_the_journey_role(stack: Stack):
    grants = [statement for statement in statements(stack) if "iam:PassRole" in statement["Action"]]

    assert [stack.origin(grant["Resource"]) for grant in grants] == ["JourneyRole"]
    assert grants[0]["Condition"] == {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}


def test_sms_goes_to_phones_and_never_to_topics(stack: Stack):
    publishing = [s for s in statements(stack) if s["Action"] == "sns:Publish" and "Principal" not in s]

    assert [(s["Effect"], s["Resource"]) for s in publishing] == [
        ("Allow", "*"),
        ("Deny", {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}),
    ]


def test_idle_costs_a_few_alarms(stack: Stack):
    assert len(list(stack.resources("AWS::CloudWatch::Alarm"))) <= 30
    assert len(list(stack.resources("AWS::CloudWatch::Dashboard"))) == 1  # an account has three for nothing
    assert not list(stack.resources("AWS::SecretsManager::Secret"))
    assert [key.address for key in stack.resources("AWS::KMS::Key")] == [
        "Archive.PersonKeys"
    ]  # a dollar a month
    assert not [f for f in FUNCTIONS.values() if "ProvisionedConcurrencyConfig" in f]


def statements(stack: Stack) -> list[dict[str, Any]]:
    """Every statement of every role."""
    return [
        statement
        for role in stack.resources("AWS::IAM::Role")
        for policy in role.properties["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def custom_errors(states: list[dict[str, Any]]) -> set[str]:
    """Error names in Catch and Retry that neither Step Functions nor Lambda made."""
    named = {
        error
        for state in states
        for rule in state.get("Catch", []) + state.get("Retry", [])
        for error in rule["ErrorEquals"]
    }
    return {error for error in named if "." not in error}


def subclasses(cls: type[SojournError]) -> set[type[SojournError]]:
    return {cls}.union(*map(subclasses, cls.__subclasses__()))
