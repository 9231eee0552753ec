"""The templates keep the house's rules, and each rule finds what it is there for."""

import copy
from pathlib import Path

import pytest

from infra.lint import rules
from infra.lint.stacks import Stack, sources
from infra.lint.wildcards import unexplained_wildcards


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_stack_keeps_the_rule(rule, stack):
    assert list(rule(stack)) == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.name)
def test_every_wildcard_says_why(path):
    assert list(unexplained_wildcards(path)) == []


BREAKS = {
    "a stream without an on-failure destination": (
        rules.every_edge_has_a_way_out,
        ("ReactFunctionNewEvents", "Properties", "DestinationConfig"),
    ),
    "a schedule without a dead-letter queue": (
        rules.every_edge_has_a_way_out,
        ("SweepDueFunctionEveryMinute", "Properties", "Target", "DeadLetterConfig"),
    ),
    "a scheduled function without an on-failure destination": (
        rules.every_edge_has_a_way_out,
        ("ReconcileFunctionEventInvokeConfig",),
    ),
    "a queue without redrive": (
        rules.every_edge_has_a_way_out,
        ("Email", "FeedbackQueue", "Properties", "RedrivePolicy"),
    ),
    "a subscription without redrive": (
        rules.every_edge_has_a_way_out,
        ("Email", "InboundSmsSubscription", "Properties", "RedrivePolicy"),
    ),
    "a dead-letter queue that nobody watches": (
        rules.every_way_out_has_an_alarm,
        ("Observability", "InboundSmsDeadLettersAlarm"),
    ),
    "a silent alarm": (
        rules.every_alarm_tells_somebody,
        ("Observability", "BounceRateAlarm", "Properties", "AlarmActions"),
    ),
    "a table that goes with its stack": (rules.all_data_is_kept, ("Data", "ConfigTable", "DeletionPolicy")),
    "a table that goes with a new key": (
        rules.all_data_is_kept,
        ("Data", "PeopleTable", "UpdateReplacePolicy"),
    ),
    "a table without a way back": (
        rules.all_data_is_kept,
        ("Data", "EventsTable", "Properties", "PointInTimeRecoverySpecification"),
    ),
    "logs for ever": (rules.logs_end, ("CollectLog", "Properties", "RetentionInDays")),
    "a function with AWS's own log group": (rules.logs_end, ("ApiFunction", "Properties", "LoggingConfig")),
    "a batch that repeats for one message": (
        rules.queues_outlast_their_functions,
        ("RecordFeedbackFunctionEmailEvents", "Properties", "FunctionResponseTypes"),
    ),
    "a queue that comes back too early": (
        rules.queues_outlast_their_functions,
        ("Email", "FeedbackQueue", "Properties", "VisibilityTimeout"),
    ),
}


@pytest.mark.parametrize(("rule", "place"), BREAKS.values(), ids=BREAKS)
def test_the_rule_finds(rule, place, stack):
    broken = copy.deepcopy(stack)
    remove(broken, place)

    assert len(list(rule(broken))) == 1


def test_a_role_for_two_is_found(stack):
    broken = copy.deepcopy(stack)
    broken.template["Resources"]["TrackFunction"]["Properties"]["Role"] = {"Fn::GetAtt": ["ApiRole", "Arn"]}

    assert list(rules.each_function_has_its_own_role(broken)) == ["TrackFunction: runs as ApiRole"]


def test_a_policy_of_aws_is_found(stack):
    broken = copy.deepcopy(stack)
    powers = ["arn:aws:iam::aws:policy/AdministratorAccess"]
    broken.template["Resources"]["TrackRole"]["Properties"]["ManagedPolicyArns"] = powers

    assert len(list(rules.each_function_has_its_own_role(broken))) == 1


def test_a_bucket_that_goes_with_its_stack_is_found(stack):
    broken = copy.deepcopy(stack)
    broken.template["Resources"]["Archive"] = {"Type": "AWS::S3::Bucket"}

    assert list(rules.every_key_is_kept(broken)) == ["Archive: is not retained"]


def test_a_topic_open_to_every_account_is_found(stack):
    broken = copy.deepcopy(stack)
    policy = broken.children["Email"].template["Resources"]["EmailEventsTopicPolicy"]["Properties"][
        "PolicyDocument"
    ]
    del policy["Statement"][0]["Condition"]

    assert len(list(rules.only_named_sources_may_send(broken))) == 1


def test_an_idle_parameter_is_found(stack):
    broken = copy.deepcopy(stack)
    broken.children["Email"].template["Parameters"]["Domain"] = {"Type": "String"}

    assert list(rules.nothing_lies_idle(broken)) == ["email.yaml: parameter Domain is used nowhere"]


@pytest.mark.parametrize(
    "statement",
    [
        "{Effect: Allow, Action: 's3:*', Resource: !Ref Bucket}",
        "{Effect: Allow, Action: [s3:GetObject], Resource: '*'}",
        "{Effect: Allow, Action: [s3:GetObject], Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}",
    ],
)
def test_a_wildcard_needs_a_reason(statement, tmp_path: Path):
    file = tmp_path / "policy.yaml"

    file.write_text(f"PolicyDocument:\n  Statement:\n    - {statement}\n")
    bare = list(unexplained_wildcards(file))
    file.write_text(
        f"PolicyDocument:\n  Statement:\n    # A bucket's objects have no other name.\n    - {statement}\n"
    )
    explained = list(unexplained_wildcards(file))

    assert bare == ["policy.yaml:3: a wildcard, and no comment above says why"]
    assert explained == []


def remove(stack: Stack, place: tuple[str, ...]) -> None:
    """Take one thing out of a stack; the first names may be nested stacks."""
    while place[0] in stack.children:
        stack, place = stack.children[place[0]], place[1:]
    node = stack.template["Resources"]
    for name in place[:-1]:
        node = node[name]
    del node[place[-1]]
