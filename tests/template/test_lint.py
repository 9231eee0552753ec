"""cfn-lint has nothing to say, and what it is trusted to find, it finds."""

from infra.lint import cloudformation
from infra.lint.stacks import ROOT, source_of, translate


def test_the_templates_are_clean():
    assert list(cloudformation.findings()) == []


def test_a_cycle_through_an_api_is_found():
    source = source_of(ROOT / "template.yaml")
    own_url = {"Fn::Sub": "https://${PublicApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live"}
    source["Globals"]["Function"]["Environment"]["Variables"]["PUBLIC_URL"] = own_url

    found = list(cloudformation.lint(translate(source), ROOT / "template.yaml"))

    assert any("E3004" in finding and "PublicApi" in finding for finding in found)


def test_a_machine_that_starts_nowhere_is_found():
    # A dangling Next it passes over; the compiler's own check is what finds that.
    machine = {"StartAt": "B", "States": {"A": {"Type": "Pass", "End": True}}}

    found = list(
        cloudformation.lint(cloudformation.wrapped(machine), ROOT / "statemachines" / "machine.asl.yaml")
    )

    assert any("E3601" in finding for finding in found)
