"""Calls of the account's own functions: by their names alone, once, and what their errors mean."""

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from sojourn.calling.function import Functions
from sojourn.calling.model import MOST_BYTES, CallFailedError, Failure, Reply, Request

REQUEST = Request(id="call_1", body=b'{"id":"call_1"}', seconds=7)


class Lambda:
    """Answers an invocation with what it was given, and keeps what it was asked."""

    def __init__(self, answer: bytes | Exception, **more: str) -> None:
        self.answer, self.more = answer, more
        self.asked: list[dict[str, Any]] = []

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"Payload": io.BytesIO(self.answer), **self.more}


def call(service: Lambda, name: str = "score") -> Reply:
    return Functions("shop", lambda seconds: service).call(name, REQUEST)


def refusal(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Invoke")


def test_a_function_is_asked_and_what_it_returns_is_kept():
    service, waited = Lambda(b'{"score": 7}'), []

    def client(seconds: int) -> Lambda:
        waited.append(seconds)
        return service

    assert Functions("shop", client).call("score", REQUEST) == Reply({"score": 7})
    assert service.asked == [{"FunctionName": "shop-call-score", "Payload": REQUEST.body}]
    assert waited == [7]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("score", "shop-call-score"),
        ("shop-call-score", "shop-call-score"),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:shop-call-score",
            "arn:aws:lambda:us-east-1:123456789012:function:shop-call-score",
        ),
    ],
)
def test_a_function_goes_by_its_short_name_its_whole_name_or_its_arn(name: str, asked: str):
    assert Functions("shop", lambda seconds: None).full_name(name) == asked


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:lambda:us-east-1:123456789012:function:shop-send_message",
        "123456789012:function:x",
        "score:1",
    ],
)
def test_other_functions_are_not_ours_to_call(name: str):
    service = Lambda(b"{}")

    with pytest.raises(CallFailedError, match="function_refused"):
        call(service, name)

    assert not service.asked


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (refusal("ResourceNotFoundException", 404), Failure.FUNCTION_REFUSED),
        (refusal("AccessDeniedException", 403), Failure.FUNCTION_REFUSED),
        (refusal("TooManyRequestsException", 429), Failure.BUSY),
        (refusal("ServiceException", 500), Failure.BROKEN),
        (ReadTimeoutError(endpoint_url="x"), Failure.TIMED_OUT),
        (ConnectTimeoutError(endpoint_url="x"), Failure.UNREACHABLE),
        (EndpointConnectionError(endpoint_url="x"), Failure.UNREACHABLE),
    ],
    ids=["not there", "not allowed", "throttled", "broken", "silent", "no connection", "no host"],
)
def test_an_invocation_that_fails(trouble: Exception, failure: Failure):
    with pytest.raises(CallFailedError) as raised:
        call(Lambda(trouble))

    assert raised.value.failure is failure


def test_a_function_that_raises():
    with pytest.raises(CallFailedError, match="function_failed"):
        call(Lambda(b'{"errorMessage": "no"}', FunctionError="Unhandled"))


def test_a_function_that_returns_too_much():
    with pytest.raises(CallFailedError, match="reply_too_large"):
        call(Lambda(b" " * (MOST_BYTES + 1)))


@pytest.mark.parametrize("returned", [b"null", b'"text"', b"[]", b""])
def test_of_what_is_no_object_nothing_is_kept(returned: bytes):
    assert call(Lambda(returned)) == Reply()
