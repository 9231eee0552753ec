"""The few AWS calls that every step pays for, without botocore's weight: a fifth of its CPU a call.

botocore walks arguments and answer through the service's model, judges the endpoint's rules with each call, and builds,
copies and signs headers as any service might want them. The operations here speak plain JSON at one address, so their
arguments are the request, and its answer is the result.

Botocore's own stay: connections and time-outs, whether and when a call is tried again, how an error is read and which
class it has, and the events at which others stand (before-call, before-send, needs-retry, after-call).

Whatever is not of this kind goes all of botocore's way: another operation, arguments or answers with bytes in them, a
client without credentials.
"""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse, HeadersDict
from botocore.exceptions import BotoCoreError
from botocore.hooks import first_non_none_response
from botocore.model import OperationModel
from botocore.parsers import create_parser

OPERATIONS = {
    "dynamodb": {
        "BatchExecuteStatement", "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query",
        "TransactWriteItems", "UpdateItem",
    },
    "sfn": {"SendTaskFailure", "SendTaskSuccess", "StartExecution", "StopExecution"},
    "sesv2": {"SendEmail"},
}  # fmt: skip
DATED = {"sfn"}  # answers with moments in them, which JSON has as numbers
BYTES = (b'"B":', b'"BS":')  # binary values in an answer, which JSON has as texts
OK, FIRST_ERROR = 200, 300
Answer = tuple[AWSResponse, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One operation of one client: what is the same for all calls of it."""

    client: Any
    endpoint: Any  # botocore's: connections, and what its retries want to know
    credentials: Any
    model: OperationModel
    service: str  # as it is signed for
    region: str
    url: str
    headers: Mapping[str, str]
    name: str

    def emit(self, event: str, **about: Any) -> list[tuple[Any, Any]]:
        """What those who listen have to say."""
        heard: list[tuple[Any, Any]] = self.client.meta.events.emit(f"{event}.{self.name}", **about)
        return heard


class Direct:
    """Stands before a botocore client's own class."""

    def _make_api_call(self, operation_name: str, api_params: Mapping[str, Any]) -> Any:
        """As botocore's."""
        line = _line(self, operation_name)
        body = _body(line.model, api_params) if line is not None else None
        if line is None or body is None:
            return super()._make_api_call(operation_name, api_params)  # type: ignore[misc]  # BaseClient's
        return _called(line, body)


def derive(base_classes: list[type], **_: Any) -> None:
    """Put it there, when botocore makes the class (its event creating-client-class)."""
    base_classes.insert(0, Direct)


def _line(client: Any, operation: str) -> Line | None:
    """None for what is not called directly."""
    lines: dict[str, Line] = client.__dict__.setdefault("_lines", {})
    if operation not in lines and (line := _new_line(client, operation)):
        lines[operation] = line
    return lines.get(operation)


def _new_line(client: Any, operation: str) -> Line | None:
    # Lambda brings its own botocore: should one have renamed what is private, its own way is left.
    endpoint = getattr(client, "_endpoint", None)
    credentials = getattr(getattr(client, "_request_signer", None), "_credentials", None)
    service = client.meta.service_model
    kind = service.service_id.hyphenize()
    if operation not in OPERATIONS[kind] or credentials is None or not hasattr(endpoint, "http_session"):
        return None
    model = service.operation_model(operation)
    url = client.meta.endpoint_url.rstrip("/") + model.http["requestUri"]
    name = f"{kind}.{operation}"
    return Line(
        client,
        endpoint,
        credentials,
        model,
        service.signing_name,
        client.meta.region_name,
        url,
        _headers(model),
        name,
    )


def _headers(model: OperationModel) -> dict[str, str]:
    told = model.service_model.metadata
    if "targetPrefix" not in told:
        return {"content-type": "application/json"}
    kind = f"application/x-amz-json-{told['jsonVersion']}"
    return {"content-type": kind, "x-amz-target": f"{told['targetPrefix']}.{model.name}"}


def _body(model: OperationModel, arguments: Mapping[str, Any]) -> bytes | None:
    """None when JSON has no words for it. What may be repeated safely by a token gets one, as botocore gives it."""
    tokens = {name: str(uuid.uuid4()) for name in model.idempotent_members if name not in arguments}
    try:
        return json.dumps({**arguments, **tokens}, separators=(",", ":")).encode()
    except TypeError:
        return None


def _called(line: Line, body: bytes) -> Any:
    context: dict[str, Any] = {"client_region": line.region, "client_config": line.client.meta.config}
    request = {"method": "POST", "url": line.url, "headers": {}, "body": body, "context": context}
    signer = line.client._request_signer
    heard = line.emit("before-call", model=line.model, params=request, request_signer=signer, context=context)
    http, answer = first_non_none_response(heard) or _tried(line, request)
    line.emit("after-call", http_response=http, parsed=answer, model=line.model, context=context)
    if http.status_code < FIRST_ERROR:
        return answer
    error = line.client.exceptions.from_code(answer.get("Error", {}).get("Code"))
    raise error(answer, line.model.name)


def _tried(line: Line, request: dict[str, Any]) -> Answer:
    """Until it is answered, or botocore's handlers say that it is enough."""
    call, attempts = str(uuid.uuid4()), 1
    while True:
        got, failure = _once(line, request, f"attempt={attempts}", call)
        if got is not None and got[0].status_code == OK and _intact(got[0]):
            return got
        pause = first_non_none_response(
            line.emit(
                "needs-retry",
                response=got,
                endpoint=line.endpoint,
                operation=line.model,
                attempts=attempts,
                caught_exception=failure,
                request_dict=request,
            )
        )
        if pause is not None and pause is not False:
            time.sleep(pause)
            attempts += 1
        elif got is not None:
            return got
        elif failure is not None:
            raise failure


def _once(
    line: Line, request: Mapping[str, Any], attempt: str, call: str
) -> tuple[Answer | None, BotoCoreError | None]:
    """The answer, or what kept it away. The signature is of this moment."""
    body, more = request["body"], {"amz-sdk-invocation-id": call, "amz-sdk-request": attempt}
    asked = AWSRequest("POST", line.url, line.headers, body)
    SigV4Auth(line.credentials.get_frozen_credentials(), line.service, line.region).add_auth(asked)
    agent = {"user-agent": line.client.meta.config.user_agent, "content-length": str(len(body))}
    headers = HeadersDict({**asked.headers, **request["headers"], **agent, **more})
    prepared = AWSPreparedRequest("POST", line.url, headers, body, stream_output=False)
    try:
        http = first_non_none_response(line.emit("before-send", request=prepared))
        if http is None:
            http = line.endpoint.http_session.send(prepared)
    except BotoCoreError as error:
        return None, error
    return (http, _read(line.model, http)), None


def _intact(http: AWSResponse) -> bool:
    """DynamoDB tells a checksum of its answer."""
    told = http.headers.get("x-amz-crc32")
    return told is None or int(told) == crc32(http.content)


def _read(model: OperationModel, http: AWSResponse) -> dict[str, Any]:
    """The answer as botocore would give it; errors, moments and bytes it reads itself."""
    service, content = model.service_model, http.content
    plain = http.status_code == OK and service.service_id.hyphenize() not in DATED
    if plain and not any(mark in content for mark in BYTES):
        return {**json.loads(content or b"{}"), "ResponseMetadata": _about(http)}
    parser = create_parser(service.resolved_protocol)
    said = {"status_code": http.status_code, "headers": http.headers, "body": content}
    answer: dict[str, Any] = parser.parse(said, model.output_shape)
    code = answer.get("Error", {}).get("Code")
    shape = service.shape_for_error_code(code) if code else None
    return {**answer, **parser.parse(said, shape)} if shape else answer


def _about(http: AWSResponse) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in http.headers.items()}
    return {
        "HTTPStatusCode": http.status_code,
        "HTTPHeaders": headers,
        "RequestId": headers.get("x-amzn-requestid", ""),
        "RetryAttempts": 0,
    }
