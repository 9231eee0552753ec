"""A permission that the template lacks is a story that fails: shown on copies, so that no other story is hurt."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local import proof
from tests.stories import stage
from tests.stories.cloud import Cloud, Person, eventually

COPIED = ("Runtime", "Handler", "Timeout", "MemorySize", "Architectures")


def test_without_the_grant_to_write_events_the_first_call_of_every_story_fails(cloud: Cloud):
    call = _identify(cloud, Person())

    with _copy(cloud, "CollectFunction") as (name, role):
        assert _invoke(cloud, name, call)["statusCode"] == 200
        assert not _refusals(role)

    with _copy(cloud, "CollectFunction", without="dynamodb:PartiQLInsert") as (name, role):
        assert _invoke(cloud, name, call)["statusCode"] == 503
        (refused,) = _refusals(role)
        assert refused.startswith(f"{role}: dynamodb:PartiQLInsert on arn:aws:dynamodb:")
        assert "EventsTable" in refused


def test_without_the_grant_on_an_index_whoever_reads_it_fails_under_a_name(cloud: Cloud):
    with _copy(cloud, "ReconcileFunction", without="dynamodb:Query") as (name, role):
        assert _invoke(cloud, name, {})["errorType"] == "StoreBusyError"
        (refused,) = _refusals(role)
        assert refused.startswith(f"{role}: dynamodb:Query on ")
        assert refused.endswith("/index/Open")


def test_without_the_grant_to_send_no_mail_leaves(cloud: Cloud):
    version = cloud.api("GET", "/templates/welcome").json["version"]
    asked = {"template": "welcome", "version": version, "to": Person().email, "facts": {}}

    with _copy(cloud, "SendMessageFunction", without="ses:SendEmail") as (name, role):
        assert _invoke(cloud, name, {"proof": asked})["state"] == "failed"
        (refused,) = _refusals(role)
        assert refused.startswith(f"{role}: ses:SendEmail on arn:aws:ses:")
        assert ":configuration-set/" in refused


def test_without_the_grant_to_start_a_machine_nobody_is_exported(cloud: Cloud):
    person = Person()
    cloud.identify(person)
    eventually(lambda: cloud.api("GET", f"/contacts/{person.user_id}").status == 200)
    call = {
        "path": f"/api/contacts/{person.user_id}/export",
        "httpMethod": "POST",
        "headers": {"Authorization": f"Bearer {cloud.local.api_key}"},
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": None,
        "isBase64Encoded": False,
    }

    with _copy(cloud, "ApiFunction", without="states:StartExecution") as (name, role):
        assert _invoke(cloud, name, call)["statusCode"] == 503
        (refused,) = _refusals(role)
        assert refused.startswith(f"{role}: states:StartExecution on arn:aws:states:")
        assert "ExportContact" in refused


def _identify(cloud: Cloud, person: Person) -> dict[str, Any]:
    """What the gateway hands over for the call that every story begins with."""
    return {
        "path": "/v1/identify",
        "httpMethod": "POST",
        "headers": {
            "Authorization": f"Bearer {cloud.local.write_key}",
            "Content-Type": "application/json",
        },
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": json.dumps({"userId": person.user_id, "traits": person.traits()}),
        "isBase64Encoded": False,
    }


@contextmanager
def _copy(cloud: Cloud, function: str, without: str = "") -> Iterator[tuple[str, str]]:
    """The names of a copy of a function and of its role, from which one action is taken."""
    functions, iam = cloud.aws("lambda"), cloud.aws("iam")
    found = functions.get_function(FunctionName=cloud.local.outputs[function])
    known, name = found["Configuration"], f"{function}-{uuid.uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_trust()))["Role"]["Arn"]
    iam.put_role_policy(
        RoleName=name, PolicyName="copy", PolicyDocument=json.dumps(_policy(iam, known["Role"], without))
    )
    code = cloud.ask("GET", found["Code"]["Location"]).body
    functions.create_function(
        FunctionName=name,
        Role=role,
        Code={"ZipFile": code},
        Layers=[layer["Arn"] for layer in known["Layers"]],
        Environment={"Variables": known["Environment"]["Variables"]},
        **{field: known[field] for field in COPIED},
    )
    try:
        yield name, name
    finally:
        functions.delete_function(FunctionName=name)
        iam.delete_role_policy(RoleName=name, PolicyName="copy")
        iam.delete_role(RoleName=name)


def _trust() -> dict[str, Any]:
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [allowed]}


def _policy(iam: Any, arn: str, without: str) -> dict[str, Any]:
    """The statements of a role, one action taken out of all."""
    name = arn.rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    kept = [{**each, "Action": _but(each["Action"], without)} for each in document["Statement"]]
    return {"Version": "2012-10-17", "Statement": [each for each in kept if each["Action"]]}


def _but(actions: str | list[str], without: str) -> list[str]:
    listed = actions if isinstance(actions, list) else [actions]
    return [action for action in listed if action != without]


def _invoke(cloud: Cloud, function: str, event: dict[str, Any]) -> Any:
    answer = cloud.aws("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.load(answer["Payload"])


def _refusals(role: str) -> list[str]:
    return list(proof.refused_of(proof.lines_of(stage.FOLDER), role))
