"""What is behind the network: moto's DynamoDB, a walker for Step Functions, providers that keep what they accept."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.dynamodb.models import dynamodb_backends

from sojourn.asl.api import StepFunctions
from sojourn.clock import Clock, iso
from tests import quick
from tests.cloud import REGION, STREAMS

PUBLISHED = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>{}</MessageId>'
    "</PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"
)
REFUSED = (
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>{}</Code>'
    "<Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service says."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"

    def to(self, request: AWSPreparedRequest) -> AWSResponse:
        """As botocore wants it."""
        return AWSResponse(
            request.url, self.status, dict(self.headers), _Raw(self.body.encode(self.encoding))
        )


class _Raw(BytesIO):
    def stream(self, **options: Any) -> Iterator[bytes]:
        yield self.read()


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that the provider accepted."""

    at: str
    id: str
    to: str
    subject: str
    html: str
    headers: Mapping[str, str]
    tags: Mapping[str, str]

    @property
    def links(self) -> list[str]:
        """The tracked links, in order."""
        return re.findall(r'href="[^"]*(/c/[^"]+)"', self.html)


@dataclass(frozen=True, slots=True)
class Text:
    """One text that the provider accepted."""

    at: str
    id: str
    to: str
    text: str


@dataclass(slots=True)
class Services:
    """Their state, and an answer to each request. `says` lets a provider refuse, once for each entry."""

    clock: Clock
    api: StepFunctions
    mails: list[Mail] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    says: list[Answer] = field(default_factory=list)
    streams: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in STREAMS})
    tokens: dict[str, Answer] = field(default_factory=dict)
    accepted: Callable[[Mail], object] = lambda mail: None

    def forget(self) -> None:
        """As on the first day."""
        self.mails.clear()
        self.texts.clear()
        self.says.clear()
        self.tokens.clear()
        for records in self.streams.values():
            records.clear()

    def answer(self, service: str, operation: str, request: AWSPreparedRequest) -> Answer:
        """The effect happens here."""
        ours = {"dynamodb": self._dynamodb, "sfn": self._states, "sesv2": self._ses, "sns": self._sns}
        return ours[service](operation, request) if service in ours else _moto(request)

    def _dynamodb(self, operation: str, request: AWSPreparedRequest) -> Answer:
        token = (
            json.loads(request.body).get("ClientRequestToken") if operation == "TransactWriteItems" else None
        )
        if token in self.tokens:
            return self.tokens[token]  # DynamoDB does a transaction once; moto does not know
        answer = Answer(*quick.dynamodb(request))
        if token and answer.status == 200:
            self.tokens[token] = answer
        self._drain()
        return answer

    def _drain(self) -> None:
        """Take the records of the streams out of moto, which would copy them with every transaction."""
        tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
        for name, records in self.streams.items():
            shard = tables[name].stream_shard
            if shard is not None and shard.items:
                records.extend(_changes(shard.items, after=len(records)))
                shard.items.clear()

    def _states(self, operation: str, request: AWSPreparedRequest) -> Answer:
        status, body = self.api.answer(operation, json.loads(request.body))
        return Answer(status, json.dumps(body))

    def _ses(self, operation: str, request: AWSPreparedRequest) -> Answer:
        if operation == "GetAccount":
            quota = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0}
            return Answer(200, json.dumps({"SendQuota": quota, "ProductionAccessEnabled": True}))
        assert operation == "SendEmail", operation
        if self.says:
            return self.says.pop(0)
        said = json.loads(request.body)
        simple = said["Content"]["Simple"]
        mail = Mail(
            at=iso(self.clock.calendar()),
            id=f"ses-{len(self.mails) + 1}",
            to=said["Destination"]["ToAddresses"][0],
            subject=simple["Subject"]["Data"],
            html=simple["Body"]["Html"]["Data"],
            headers={header["Name"]: header["Value"] for header in simple["Headers"]},
            tags={tag["Name"]: tag["Value"] for tag in said["EmailTags"]},
        )
        self.mails.append(mail)
        self.accepted(mail)
        return Answer(200, json.dumps({"MessageId": mail.id}))

    def _sns(self, operation: str, request: AWSPreparedRequest) -> Answer:
        assert operation == "Publish", operation
        if self.says:
            return self.says.pop(0)
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        said = {name: values[0] for name, values in parse_qs(body).items()}
        text = Text(
            iso(self.clock.calendar()), f"sns-{len(self.texts) + 1}", said["PhoneNumber"], said["Message"]
        )
        self.texts.append(text)
        return Answer(200, PUBLISHED.format(text.id))


def _moto(request: AWSPreparedRequest) -> Answer:
    """What moto says: S3, KMS."""
    made = botocore_stubber.process_request(request)
    assert made is not None, request.url
    status, headers, body = made
    return Answer(status, body.decode("latin-1") if isinstance(body, bytes) else body, headers, "latin-1")


def refusal(service: str, code: str, status: int = 400, words: str = "no") -> Answer:
    """An error as the service spells it."""
    if service == "sns":
        return Answer(status, REFUSED.format(code), {"Content-Type": "text/xml"})
    return Answer(status, json.dumps({"__type": code, "message": words}), {"x-amzn-ErrorType": code})


def _changes(records: list[Any], *, after: int) -> Iterator[dict[str, Any]]:
    """As Lambda hands them on: numbered through; a write that changed nothing makes no record."""
    for record in records:
        change = record.to_json()
        images = change["dynamodb"]
        if images.get("OldImage", 0) != images.get("NewImage", 1):
            after += 1
            # Never shorter than the one before, as texts or as numbers.
            yield {**change, "dynamodb": {**images, "SequenceNumber": str(10**20 + after)}}
