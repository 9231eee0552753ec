"""The stack's queues: how much waits, what fell out and why, and back with it once the cause is mended.

queues.look("feedback_failures")              a few messages, which stay where they are
queues.bring_back("feedback_failures")        into the queue they fell out of; whoever dies midway has sent some twice,
                                              and whoever reads those queues takes a message twice as once
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BATCH = 10  # the most that SQS hands over at a time
HIDDEN_FOR = 30  # seconds that others do not see what is looked at
FIRST = datetime.min.replace(tzinfo=UTC)
MOST = 100  # messages a request: each is two calls at least, and a request has half a minute
DEPTHS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
# What fell out goes back where a queue hands it to a function; a stream's batch is only a place in the stream.
BACK_TO: Mapping[str, str] = {"feedback_failures": "feedback", "inbound_sms_failures": "inbound_sms"}


class NoSuchQueueError(Exception):
    """The stack has no queue of this name."""


@dataclass(frozen=True, slots=True)
class Depth:
    """About how many wait, and how many are being worked on."""

    waiting: int
    in_work: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in a queue; `text` is whatever its sender wrote."""

    id: str
    text: str
    sent_at: datetime | None
    times: int  # that it was handed over


@dataclass(frozen=True, slots=True)
class Queues:
    """Their addresses by name, and SQS; `patience` is how long SQS looks for what it has, in seconds."""

    sqs: Any
    urls: Mapping[str, str]
    patience: int = 1

    @classmethod
    def named(cls, sqs: Any, text: str) -> "Queues":
        """From `name=url name=url`, as the template says it."""
        pairs = (each.partition("=") for each in text.split())
        return cls(sqs, {name: url for name, is_said, url in pairs if is_said})

    def depth(self, name: str) -> Depth:
        """SQS counts roughly."""
        asked = {"QueueUrl": self._url(name), "AttributeNames": list(DEPTHS)}
        told = self.sqs.get_queue_attributes(**asked).get("Attributes", {})
        return Depth(*(int(told.get(each, 0)) for each in DEPTHS))

    def look(self, name: str, most: int = BATCH * 2) -> list[Letter]:
        """A few of what waits, the oldest first; all of it stays."""
        taken = [raw for batch in self._taken(name, most) for raw in batch]
        self._let_go(name, taken)
        letters = {raw["MessageId"]: _letter(raw) for raw in taken}
        return sorted(letters.values(), key=lambda each: (each.sent_at or FIRST, each.id))

    def bring_back(self, name: str, ids: Collection[str] | None = None) -> int:
        """These, or all of a request's worth: sent first, deleted then. How many went."""
        back = self._url(BACK_TO.get(name, ""))
        return self._each(name, ids, lambda raw: self.sqs.send_message(QueueUrl=back, **_again(raw)))

    def drop(self, name: str, ids: Collection[str] | None = None) -> int:
        """Throw these away, or all of a request's worth. How many went."""
        return self._each(name, ids, lambda raw: None)

    def _each(self, name: str, ids: Collection[str] | None, act: Callable[[Any], Any]) -> int:
        """Does it to each that is meant and takes it out of the queue; the others stay."""
        left, done = set(ids) if ids is not None else None, 0
        others: list[Any] = []
        for batch in self._taken(name, MOST):
            meant = [raw for raw in batch if left is None or raw["MessageId"] in left]
            others += [raw for raw in batch if raw not in meant]
            for raw in meant:
                act(raw)
                self.sqs.delete_message(QueueUrl=self._url(name), ReceiptHandle=raw["ReceiptHandle"])
                done += 1
            if left is not None:
                left -= {raw["MessageId"] for raw in meant}
                if not left:
                    break
        self._let_go(name, others)
        return done

    def _taken(self, name: str, most: int) -> Iterator[list[dict[str, Any]]]:
        """Messages in batches, hidden from others for a while."""
        seen = 0
        while seen < most:
            told = self.sqs.receive_message(
                QueueUrl=self._url(name),
                MaxNumberOfMessages=min(BATCH, most - seen),
                VisibilityTimeout=HIDDEN_FOR,
                WaitTimeSeconds=self.patience,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                MessageAttributeNames=["All"],
            )
            batch = told.get("Messages", [])
            if not batch:
                return
            seen += len(batch)
            yield batch

    def _let_go(self, name: str, taken: list[dict[str, Any]]) -> None:
        """Others see them again at once."""
        for raw in taken:
            told = {"ReceiptHandle": raw["ReceiptHandle"], "VisibilityTimeout": 0}
            self.sqs.change_message_visibility(QueueUrl=self._url(name), **told)

    def _url(self, name: str) -> str:
        if name not in self.urls:
            raise NoSuchQueueError(name)
        return self.urls[name]


def _letter(raw: Mapping[str, Any]) -> Letter:
    told = raw.get("Attributes", {})
    at, times = told.get("SentTimestamp"), told.get("ApproximateReceiveCount")
    sent_at = datetime.fromtimestamp(int(at) / 1000, UTC) if at else None
    return Letter(raw["MessageId"], str(raw.get("Body", "")), sent_at, int(times or 0))


def _again(raw: Mapping[str, Any]) -> dict[str, Any]:
    attributes = raw.get("MessageAttributes")
    return {"MessageBody": raw["Body"], **({"MessageAttributes": attributes} if attributes else {})}
