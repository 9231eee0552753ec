"""What roles grant is read off the template; what a running cloud was asked for is read off its lines."""

import pytest

from infra.lint.grants import Grant, flat, function_roles, grants_of, spoken
from infra.lint.stacks import Stack
from infra.local.proof import refused_of, used_of

READ = Grant("ApiRole", "dynamodb:GetItem", "PeopleTable")
LINE = {"said": "allowed", "role": "sojourn-local-ApiRole-1A", "by": "Api", "action": READ.action}


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


def test_lines_of_the_local_cloud_become_grants_and_refusals():
    known = {(LINE["role"], READ.action, "arn:people"): READ}
    allowed, refused = {**LINE, "granted": "arn:people"}, {**LINE, "said": "refused", "granted": ""}
    lines = [{**line, "resource": "arn:people"} for line in (allowed, refused, refused)]
    strange = [{**line, "role": "a-test's-own"} for line in lines]

    assert list(used_of(lines, known)) == [READ]
    assert list(used_of(strange, known)) == []
    assert list(refused_of(lines)) == [f"ApiRole: {READ.action} on arn:people"]
    assert list(refused_of(strange)) == []
    assert list(refused_of(strange, "a-test's")) == [f"a-test's-own: {READ.action} on arn:people"]
