"""Messages that were sent or delivered are no events, and yet some rules look at them: whoever got one is judged again.

Read from the stream of people's rows; where no segment in force looks at messages, nothing is noted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sojourn.clock import Clock
from sojourn.rules.view import Needs
from sojourn.segments.keep import judge_again
from sojourn.segments.store import live_index

PREFIX, SENT = "MSG#", "sent"
TOLD = ("state", "outcome")

Record = Mapping[str, Any]


def judge_mailed(records: Iterable[Record], *, clock: Clock, shards: int) -> int:
    """Let the next sweep judge whoever was written to; how many that is. May be repeated."""
    contacts = dict.fromkeys(_written_to(records))
    if not contacts or not live_index().named_by(needs=Needs.MESSAGES):
        return 0
    for contact in contacts:
        judge_again(contact, clock=clock, shards=shards)
    return len(contacts)


def _written_to(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        new, old = _image(record, "NewImage"), _image(record, "OldImage")
        is_sent = _text(new, "sk").startswith(PREFIX) and _text(new, "state") == SENT
        if is_sent and any(_text(new, each) != _text(old, each) for each in TOLD):
            yield _text(new, "pk").removeprefix("C#")


def _image(record: Record, name: str) -> Mapping[str, Any]:
    """What cannot be read is nothing: whoever counts says that it is poison."""
    images = record.get("dynamodb")
    image = images.get(name) if isinstance(images, Mapping) else None
    return image if isinstance(image, Mapping) else {}


def _text(image: Mapping[str, Any], name: str) -> str:
    value = image.get(name)
    return str(value.get("S", "")) if isinstance(value, Mapping) else ""
