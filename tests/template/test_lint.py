"""cfn-lint has nothing to say, and what it is trusted to find, it finds."""

from infra.lint import cloudformation
from infra.lint.stacks import ROOT, translate


def test_the_templates_are_clean():
    assert list(cloudformation.findings()) == []


def test_a_cycle_through_an_api_is_found():
    """A function that knows the address of the API that calls it, as a template of SAM says it."""
    own_url = {"Fn::Sub": "https://${PublicApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live"}
    path = {"RestApiId": {"Ref": "PublicApi"}, "Path": "/{proxy+}", "Method": "get"}
    function = {
        "Handler": "app.handler",
        "Runtime": "python3.11",
        "CodeUri": "functions/track",
        "Environment": {"Variables": {"PUBLIC_URL": own_url}},
        "Events": {"Get": {"Type": "Api", "Properties": path}},
    }
    source = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "PublicApi": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "live"}},
            "TrackFunction": {"Type": "AWS::Serverless::Function", "Properties": function},
        },
    }

    found = list(cloudformation.lint({ROOT / "template.yaml": translate(source)}))

    assert any("E3004" in finding and "PublicApi" in finding for finding in found)


def test_a_machine_that_starts_nowhere_is_found():
    # A dangling Next it passes over; the compiler's own check is what finds that.
    machine = {"StartAt": "B", "States": {"A": {"Type": "Pass", "End": True}}}

    path = ROOT / "statemachines" / "machine.asl.yaml"
    found = list(cloudformation.lint({path: cloudformation.wrapped(machine)}))

    assert any("E3601" in finding for finding in found)
