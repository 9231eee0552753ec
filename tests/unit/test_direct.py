"""What is called directly is called as botocore would: the same request, the same answer, the same error."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
)

from bench.stub import Raw
from sojourn.clients import named
from sojourn.direct import Direct
from tests.cloud import REGION, moto_cloud

KEY = {"pk": {"S": "C#ada"}, "sk": {"S": "PROFILE"}}
NOBODY = {**KEY, "sk": {"S": "nothing"}}
ROW = {
    **KEY,
    "kind": {"S": "profile"},
    "name": {"S": "Ãda\n"},
    "n": {"N": "1"},
    "tags": {"L": [{"NULL": True}]},
}
ABSENT = "attribute_not_exists(pk)"
PRESENT = "attribute_exists(pk)"
OF_THE_KEY = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "C#ada"}}}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("put_item", {"TableName": "People", "Item": ROW, "ConditionExpression": ABSENT}),
    ("put_item", {"TableName": "People", "Item": ROW, "ConditionExpression": ABSENT}),
    ("get_item", {"TableName": "People", "Key": KEY, "ConsistentRead": True}),
    ("get_item", {"TableName": "People", "Key": NOBODY}),
    ("get_item", {"TableName": "No such table", "Key": KEY}),
    ("batch_get_item", {"RequestItems": {"People": {"Keys": [KEY]}}}),
    ("query", {"TableName": "People", **OF_THE_KEY}),
    (
        "update_item",
        {
            "TableName": "People",
            "Key": KEY,
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
            "ReturnValues": "ALL_NEW",
        },
    ),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Put": {"TableName": "People", "Item": ROW}},
                {"ConditionCheck": {"TableName": "People", "Key": NOBODY, "ConditionExpression": PRESENT}},
            ]
        },
    ),
    ("put_item", {"TableName": "People", "Item": {**KEY, "sealed": {"B": b"\x00\xff"}}}),
    ("get_item", {"TableName": "People", "Key": KEY}),
    ("delete_item", {"TableName": "People", "Key": KEY}),
]  # fmt: skip
MAIL = {
    "FromEmailAddress": "hello@example.org",
    "Destination": {"ToAddresses": ["ada@example.org"]},
    "Content": {"Simple": {"Subject": {"Data": "Grüße"}, "Body": {"Text": {"Data": "…"}}}},
    "EmailTags": [{"Name": "m", "Value": "1"}],
}
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:welcome:1"


@pytest.fixture
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def clients(service: str, **config: Any) -> tuple[Any, Any]:
    """Ours, and botocore's as it comes."""
    made = []
    for session in (named(botocore.session.get_session()), botocore.session.get_session()):
        made.append(session.create_client(service, region_name=REGION, config=Config(**config)))
    assert isinstance(made[0], Direct)
    assert not isinstance(made[1], Direct)
    return made[0], made[1]


def test_every_operation_of_a_table_answers_and_fails_as_botocore_lets_it(cloud):
    ours, theirs = clients("dynamodb")

    mine = [told(ours, *call) for call in CALLS]

    assert mine == [told(theirs, *call) for call in CALLS]
    assert {said[0] for said in mine} == {
        "an answer",
        "ConditionalCheckFailedException",
        "ResourceNotFoundException",
        "TransactionCanceledException",
    }


def told(client: Any, operation: str, arguments: dict[str, Any]) -> tuple[str, Any, int]:
    """What came of it, without what differs from call to call."""
    try:
        answer = getattr(client, operation)(**arguments)
    except ClientError as error:
        answer, kind = error.response, type(error).__name__
    else:
        kind = "an answer"
    answer.pop("ConsumedCapacityUnits", None)  # moto's own: no such member is in the service's model
    return kind, answer, answer.pop("ResponseMetadata")["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("dynamodb", "get_item", {"TableName": "People", "Key": KEY}),
        ("dynamodb", "transact_write_items", CALLS[8][1]),
        ("sesv2", "send_email", MAIL),
        ("stepfunctions", "start_execution", {"stateMachineArn": ARN, "name": "x", "input": "{}"}),
        ("stepfunctions", "send_task_success", {"taskToken": "t" * 600, "output": "{}"}),
    ],
)
def test_the_request_is_the_one_that_botocore_sends(
    cloud, service: str, operation: str, arguments: dict[str, Any]
):
    ours, theirs = (seen(client, operation, arguments) for client in clients(service, user_agent="us"))

    assert ours == theirs


# What is of its moment and call, or signed (which tests/quick.py leaves out, and the test above compares), or tells the
# most attempts; and the length of a JSON that is written without blanks.
VARYING = {
    "authorization", "x-amz-date", "x-amz-security-token", "amz-sdk-invocation-id", "amz-sdk-request", "content-length",
}  # fmt: skip


def seen(client: Any, operation: str, arguments: dict[str, Any]) -> tuple[str, str, dict[str, str], Any]:
    """Where to, with which headers, and what."""
    requests = answered(client, Answered(200, "{}"))
    getattr(client, operation)(**arguments)
    (request,) = requests
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    headers = {name: value for name, value in headers.items() if name not in VARYING}
    headers["user-agent"] = headers["user-agent"].split()[
        0
    ]  # Powertools, once loaded, adds its name to botocore's
    body = json.loads(request.body)
    return request.method, request.url, headers, {**body, **dict.fromkeys({"ClientRequestToken"} & {*body})}


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class Answered:
    """What a service says, or what happens on the way to it."""

    def __init__(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}

    def to(self, request: AWSPreparedRequest) -> AWSResponse:
        """As the connection brings it."""
        return AWSResponse(request.url, self.status, self.headers, Raw(self.body.encode()))


def answered(client: Any, *answers: Answered | Exception) -> list[AWSPreparedRequest]:
    """Answer the client's next requests, in turn and without pauses; they are kept."""
    requests: list[AWSPreparedRequest] = []
    rest = list(answers)

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        requests.append(request)
        said = rest.pop(0)
        if isinstance(said, Exception):
            raise said
        return said.to(request)

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register_first(f"before-send.{service}", answer)
    return requests


THROTTLED = Answered(400, '{"__type": "com.amazonaws#ThrottlingException", "message": "slow down"}')
DOWN = Answered(500, "")
LOST = ConnectionClosedError(endpoint_url="https://example.org")
GARBLED = Answered(200, '{"Item": {}}', {"x-amz-crc32": "1"})


def at_once(client: Any) -> None:
    """Without botocore's pause before it tries again."""
    asked = client.meta.events

    def answer(attempts: int, response: Any, caught_exception: Any, **_: Any) -> float | None:
        return None if attempts > 1 else 0

    asked.register_first("needs-retry.dynamodb", answer)


@pytest.mark.parametrize(
    "first", [THROTTLED, DOWN, LOST, GARBLED], ids=["throttle", "down", "lost", "garbled"]
)
def test_what_botocore_tries_again_is_tried_again_as_the_same_call(cloud, first: Answered | Exception):
    ours, _ = clients("dynamodb", retries={"mode": "standard", "total_max_attempts": 3})
    at_once(ours)
    requests = answered(ours, first, Answered(200, "{}"))

    ours.transact_write_items(**CALLS[8][1])

    one, other = requests
    assert one.headers["amz-sdk-invocation-id"] == other.headers["amz-sdk-invocation-id"]
    assert json.loads(one.body)["ClientRequestToken"] == json.loads(other.body)["ClientRequestToken"]
    assert [each.headers["amz-sdk-request"] for each in requests] == ["attempt=1", "attempt=2"]


@pytest.mark.parametrize(
    "failure", [EndpointConnectionError(endpoint_url="https://x"), LOST], ids=["no way", "lost"]
)
def test_a_client_that_tries_once_tries_once(cloud, failure: Exception):
    ours, _ = clients("sesv2", retries={"total_max_attempts": 1})
    requests = answered(ours, failure)

    with pytest.raises(type(failure)):
        ours.send_email(**MAIL)

    assert len(requests) == 1


def test_a_moment_in_an_answer_is_a_moment(cloud):
    ours, _ = clients("stepfunctions")
    answered(ours, Answered(200, json.dumps({"executionArn": "arn", "startDate": 1.5})))

    started = ours.start_execution(stateMachineArn=ARN, name="x", input="{}")["startDate"]

    assert started == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


def test_an_error_has_the_class_that_its_service_gives_it(cloud):
    ours, _ = clients("stepfunctions")
    answered(ours, Answered(400, '{"__type": "ExecutionAlreadyExists", "message": "it does"}'))

    with pytest.raises(ours.exceptions.ExecutionAlreadyExists):
        ours.start_execution(stateMachineArn=ARN, name="x", input="{}")


def test_what_is_hidden_in_a_text_is_no_binary_value(cloud):
    ours, _ = clients("dynamodb")
    row = {**KEY, "said": {"S": json.dumps({"B": "=not base 64="})}}
    ours.put_item(TableName="People", Item=row)

    assert ours.get_item(TableName="People", Key=KEY)["Item"] == row


def test_without_credentials_botocore_says_so(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    ours, _ = clients("sesv2")

    with pytest.raises(NoCredentialsError):
        ours.send_email(**MAIL)
