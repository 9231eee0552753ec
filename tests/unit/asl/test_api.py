"""A real botocore client talks to a walker, its socket replaced by Step Functions' own words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from sojourn.asl.api import StepFunctions
from sojourn.asl.model import machine, succeed, to_text, wait
from sojourn.asl.walk import Walker
from sojourn.clock import ManualClock

START = datetime(2030, 1, 1, tzinfo=UTC)
DEFINITION = to_text(
    machine("m", start_at="Nap", states={"Nap": wait(60, next_state="End"), "End": succeed()})
)


class Raw:
    """The body of an answer, as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **options: Any) -> Any:
        yield self.body


@pytest.fixture
def walker() -> Walker:
    return Walker(clock=ManualClock(START), functions={})


@pytest.fixture
def client(walker: Walker) -> Any:
    api = StepFunctions(walker)
    made = boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )

    def answer(request: AWSPreparedRequest, **more: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        status, body = api.answer(operation, json.loads(request.body))
        return AWSResponse(request.url, status, {}, Raw(json.dumps(body).encode()))

    made.meta.events.register("before-send.sfn", answer)
    return made


def test_a_journey_is_published_started_and_stopped_by_the_real_client(client: Any, walker: Walker):
    made = client.create_state_machine(
        name="sojourn-j-m",
        definition=DEFINITION,
        roleArn="arn:aws:iam::123456789012:role/journey",
        publish=True,
    )
    version = made["stateMachineVersionArn"]
    started = client.start_execution(stateMachineArn=version, name="run", input="{}")
    walker.run_until(START + timedelta(seconds=30))
    client.stop_execution(executionArn=started["executionArn"], cause="goal")

    seen = client.describe_execution(executionArn=started["executionArn"])

    assert version == made["stateMachineArn"] + ":1"
    assert (seen["status"], seen["cause"]) == ("ABORTED", "goal")
    assert started["executionArn"] == "arn:aws:states:us-east-1:123456789012:execution:sojourn-j-m:run"


def test_a_machine_is_created_once_for_each_definition(client: Any):
    made = [
        client.create_state_machine(
            name="m", definition=DEFINITION, roleArn="arn:aws:iam::123456789012:role/j"
        )
        for _ in range(2)
    ]

    assert made[0]["stateMachineArn"] == made[1]["stateMachineArn"]
    with pytest.raises(client.exceptions.StateMachineAlreadyExists):
        client.create_state_machine(
            name="m", definition=DEFINITION.replace("60", "61"), roleArn="arn:aws:iam::123456789012:role/j"
        )


def test_an_update_with_publish_makes_the_next_version(client: Any, walker: Walker):
    made = client.create_state_machine(name="m", definition=DEFINITION, roleArn="arn:aws:iam::1:role/j")
    arn = made["stateMachineArn"]

    updated = client.update_state_machine(stateMachineArn=arn, definition=DEFINITION, publish=True)
    published = client.publish_state_machine_version(stateMachineArn=arn)

    assert updated["stateMachineVersionArn"] == f"{arn}:1"
    assert published["stateMachineVersionArn"] == f"{arn}:2"
    assert set(walker.machines) == {arn, f"{arn}:1", f"{arn}:2"}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda client: client.send_task_success(taskToken="x", output="{}"), "InvalidToken"),
        (
            lambda client: client.start_execution(stateMachineArn="arn:x", name="n"),
            "StateMachineDoesNotExist",
        ),
        (lambda client: client.stop_execution(executionArn="arn:x"), "ExecutionDoesNotExist"),
        (lambda client: client.list_activities(), "UnknownOperationException"),
    ],
)
def test_errors_come_by_their_names_on_aws(client: Any, call: Any, code: str):
    with pytest.raises(client.exceptions.ClientError) as refused:
        call(client)

    assert refused.value.response["Error"]["Code"] == code
