"""What roles grant is read off the template, and held against what was used."""

import pytest

from infra.lint.grants import Grant, Reason, faults, flat, function_roles, grants, grants_of, reasons, spoken
from infra.lint.stacks import Stack
from infra.local.proof import refused_of, used_of

READ = Grant("ApiRole", "dynamodb:GetItem", "PeopleTable")
LOG = Grant("ApiRole", "logs:PutLogEvents", "ApiLog")
LINE = {"said": "allowed", "role": "stack-ApiRole-1A", "by": "stack-Api", "action": READ.action}


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("*", "*"),
        ({"Fn::GetAtt": ["Data", "Outputs.PeopleTableArn"]}, "PeopleTable"),
        ({"Fn::GetAtt": "ApiLog.Arn"}, "ApiLog"),
        ({"Ref": "ImportMachine"}, "ImportMachine"),
        ({"Fn::Sub": "${Data.Outputs.PeopleTableArn}/index/Open"}, "PeopleTable/index/Open"),
        (
            {
                "Fn::Sub": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${M.Name}:*"
            },
            "states execution:M:*",
        ),
        (
            {"Fn::Sub": ["arn:aws:ses:::set/${Name}", {"Name": {"Fn::GetAtt": "Email.Outputs.Set"}}]},
            "ses set/Set",
        ),
    ],
)
def test_a_resource_is_named_as_a_person_would(expression, said):
    assert spoken(expression) == said


def test_every_function_has_a_role_and_each_of_its_grants_a_name_of_its_own(stack: Stack):
    roles = function_roles(stack)

    assert len(roles) == len(list(stack.resources("AWS::Lambda::Function")))
    for role in roles:
        pairs = list(flat([policy["PolicyDocument"] for policy in role.properties["Policies"]]))
        assert len(set(grants_of(role))) == len(pairs), f"{role.logical_id} grants something twice"


def test_every_reason_is_about_a_grant_that_stands(stack: Stack):
    known = grants(stack)

    assert not [fault for fault in faults(known, known, reasons()) if "is about no grant" in fault]


def test_a_grant_that_nobody_used_needs_a_reason():
    reason = Reason("never", (LOG.action,), (), (), "Lambda writes it")

    assert list(faults([READ, LOG], {READ}, [reason])) == []
    assert [fault.partition(":")[0] for fault in faults([READ, LOG], set(), [reason])] == ["ApiRole"]
    assert "no story used it" in next(faults([LOG], set(), []))


def test_a_reason_that_is_not_so_is_a_fault():
    never, rare = (Reason(sort, (LOG.action,), (), (), "so they say") for sort in ("never", "rare"))

    assert "a story used" in next(faults([LOG], {LOG}, [never]))
    assert list(faults([LOG], {LOG}, [rare])) == []
    assert "is about no grant" in next(faults([READ], {READ}, [rare]))


def test_lines_of_the_local_cloud_become_grants_and_refusals():
    known = {("stack-ApiRole-1A", READ.action, "arn:people"): READ}
    allowed, refused = {**LINE, "granted": "arn:people"}, {**LINE, "said": "refused", "granted": ""}
    lines = [{**line, "resource": "arn:people"} for line in (allowed, refused, refused)]

    assert list(used_of(lines, known)) == [READ]
    assert list(used_of([{**lines[0], "role": "a-test's-own"}], known)) == []
    assert list(refused_of(lines)) == [f"stack-ApiRole-1A: {READ.action} on arn:people"]
