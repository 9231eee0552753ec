"""What became of messages is not always an event, and yet some rules look at it: whoever it concerns is judged again.

Read from the stream of people's rows; where no segment in force looks at such things, nothing is noted. A message that
was skipped because its address is closed tells of the closing: of addresses that several have, or that only a browser
named, nobody else may know whose they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sojourn.clock import Clock
from sojourn.rules.view import Needs
from sojourn.segments.keep import judge_again
from sojourn.segments.store import live_index

PREFIX, SENT = "MSG#", "sent"
CLOSED = ("skipped", "suppressed")  # state and reason
TOLD = ("state", "outcome")

Record = Mapping[str, Any]


def judge_mailed(records: Iterable[Record], *, clock: Clock, shards: int) -> int:
    """Let the next sweep judge whoever was written to; how many that is. May be repeated."""
    told: dict[str, Needs] = {}
    for contact, need in _told_by(records):
        told[contact] = told.get(contact, Needs.NOTHING) | need
    if not told:
        return 0
    index = live_index()
    asked = [contact for contact, needs in told.items() if index.named_by(needs=needs)]
    for contact in asked:
        judge_again(contact, clock=clock, shards=shards)
    return len(asked)


def _told_by(records: Iterable[Record]) -> Iterator[tuple[str, Needs]]:
    """Whom the rows of messages concern, and what of them changed."""
    for record in records:
        new, old = _image(record, "NewImage"), _image(record, "OldImage")
        if not _text(new, "sk").startswith(PREFIX) or all(
            _text(new, each) == _text(old, each) for each in TOLD
        ):
            continue
        contact = _text(new, "pk").removeprefix("C#")
        if _text(new, "state") == SENT:
            yield contact, Needs.MESSAGES
        elif (_text(new, "state"), _text(new, "reason")) == CLOSED:
            yield contact, Needs.CONSENT


def _image(record: Record, name: str) -> Mapping[str, Any]:
    """What cannot be read is nothing: whoever counts says that it is poison."""
    images = record.get("dynamodb")
    image = images.get(name) if isinstance(images, Mapping) else None
    return image if isinstance(image, Mapping) else {}


def _text(image: Mapping[str, Any], name: str) -> str:
    value = image.get(name)
    return str(value.get("S", "")) if isinstance(value, Mapping) else ""
