"""What a change of one row adds to the report's figures and what it takes away. Pure.

Each row counts for what it is now: figures(new) − figures(old). So the sums hold at any moment, on every counter row:
planned = pending + sent + skipped + failed + unknown, and enrolled = active + completed + exited + failed.
A row that is removed is not counted any more, and a recount over the rows gives the same figures.

Of segments, what happened is counted: who came and who went, by day. So a size is what came less what went, on any
day. So it is of those who were refused at the entry of a journey.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from sojourn.clock import iso
from sojourn.errors import PoisonRecordError
from sojourn.events.model import Event

NONE = "-"
JOURNEY, SEGMENT, REPUTATION = "journey", "segment", "reputation"
NO_REASON = "unspecified"
MEMBERSHIP, REFUSAL = "SEG#", "REFUSED#"
YES = "true"

FIGURE_OF_STATE = {
    "planned": "pending",  # held: the intent keeps its place
    "sending": "pending",  # claimed: the answer of the provider is not in
    "sent": "sent",
    "skipped": "skipped",
    "failed": "failed",
    "unknown": "unknown",
}
FIGURE_OF_STATUS = {"active": "active", "completed": "completed", "exited": "exited", "failed": "failed"}
WITH_REASON = {"skipped", "exited"}
HELD_OUT = "holdout"  # before the figures of those to whom nothing is sent

FIGURE_OF_EVENT = {
    "Message Opened": "opens",
    "Message Clicked": "clicks",
    "Message Bounced": "bounces",
    "Message Complained": "complaints",
    "Unsubscribed": "unsubscribes",
}
WITH_CLASS = {"opens", "clicks"}


@dataclass(frozen=True, slots=True, order=True)
class CounterKey:
    """One counter row: a journey's day, step and channel; enrolments have neither, nor has a segment's day."""

    journey: str  # or segment
    day: str
    step: str = NONE
    channel: str = NONE
    kind: str = JOURNEY

    @property
    def pk(self) -> str:
        """Hash key of the row."""
        return f"{self.kind}#{self.journey}"

    @property
    def sk(self) -> str:
        """Range key of the row."""
        return f"{self.day}#{self.step}#{self.channel}"

    @classmethod
    def from_row(cls, pk: str, sk: str) -> Self:
        """The key that a row has; a step may have any character in it."""
        day, _, rest = sk.partition("#")
        step, _, channel = rest.rpartition("#")
        kind, _, name = pk.partition("#")
        return cls(name, day, step, channel, kind)


Figures = Mapping[str, int]
Deltas = dict[CounterKey, Counter[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the People stream: the row before and after, its texts only."""

    old: Mapping[str, str] | None
    new: Mapping[str, str] | None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The change that a stream record tells; PoisonRecordError when it tells none."""
        try:
            images = record["dynamodb"]
            return cls(_texts(images.get("OldImage")), _texts(images.get("NewImage")))
        except (KeyError, TypeError, AttributeError) as error:
            raise PoisonRecordError("not a record of a stream") from error


def deltas(change: Change) -> Deltas:
    """What one change adds and takes away; nothing for rows that are neither enrolment, message nor membership."""
    row = change.new or change.old or {}
    if row.get("sk", "").startswith(MEMBERSHIP):
        return merged([_moved(change.old, change.new)])
    if row.get("sk", "").startswith(REFUSAL):
        return _refused(change.old, change.new)
    return merged([_figures(change.new), _negative(_figures(change.old))])


def merged(parts: Iterable[Deltas]) -> Deltas:
    """One sum a counter row; what comes to nothing is left out."""
    sums: Deltas = {}
    for part in parts:
        for key, figures in part.items():
            sums.setdefault(key, Counter()).update(figures)
    kept = ((key, Counter({name: n for name, n in sums[key].items() if n})) for key in sorted(sums))
    return {key: figures for key, figures in kept if figures}


def event_deltas(event: Event) -> Deltas:
    """What an event about a message adds: opens and clicks by class, unsubscribes, bounces, complaints."""
    facts = event.properties
    figure = FIGURE_OF_EVENT.get(event.event)
    if figure is None or not facts.get("journey"):
        return {}
    if figure in WITH_CLASS:
        figure = f"{figure}.{_word(facts.get('class'))}"
    step, channel = str(facts.get("step") or NONE), str(facts.get("channel") or NONE)
    return {CounterKey(str(facts["journey"]), iso(event.at)[:10], step, channel): Counter({figure: 1})}


def _figures(row: Mapping[str, str] | None) -> Deltas:
    """What a row counts for as it stands."""
    if row is None:
        return {}
    try:
        return dict(_counted(row))
    except KeyError as missing:
        raise PoisonRecordError(f"a row without {missing.args[0]}") from None


def _counted(row: Mapping[str, str]) -> Iterator[tuple[CounterKey, Counter[str]]]:
    kind, *rest = row["sk"].split("#")
    if kind == "ENROL":
        figure = _with_reason(FIGURE_OF_STATUS[row["status"]], row)
        yield (
            CounterKey(rest[0], row["entered_at"][:10]),
            Counter({"enrolled": 1, figure: 1, **_converted(row)}),
        )
    if kind == "MSG":
        figure = _with_reason(FIGURE_OF_STATE[row["state"]], row)
        key = CounterKey(row["journey"], _day(row), row["step"], row["channel"])
        yield key, Counter({"planned": 1, figure: 1})


def _converted(row: Mapping[str, str]) -> dict[str, int]:
    """Who met the goal; those held out apart, for they are what the others are compared with."""
    is_met = int("converted_at" in row)
    if row.get(HELD_OUT) != YES:
        return {"converted": is_met}
    return {f"{HELD_OUT}.enrolled": 1, f"{HELD_OUT}.converted": is_met}


def _refused(old: Mapping[str, str] | None, new: Mapping[str, str] | None) -> Deltas:
    """Somebody did not come in. A row that goes, because they are forgotten, takes nothing back: it happened."""
    if new is None or new["event"] == (old or {}).get("event"):
        return {}
    key = CounterKey(new["journey"], new["at"][:10])
    return {key: Counter({f"skipped.{_word(new.get('reason'))}": 1})}


def _moved(old: Mapping[str, str] | None, new: Mapping[str, str] | None) -> Deltas:
    """Somebody came or went; of a row that is removed, because they are forgotten, neither is counted any more."""
    if new is None:
        known = old or {}
        came, went = known.get("since", ""), "" if _is_in(known) else known.get("until", "")
        return merged([_on_day(known, came, "entered", -1), _on_day(known, went, "left", -1)])
    if _is_in(new) == _is_in(old or {}):
        return {}
    return _on_day(new, new["since"], "entered", 1) if _is_in(new) else _on_day(new, new["until"], "left", 1)


def _is_in(membership: Mapping[str, str]) -> bool:
    return "segment" in membership  # which stands only while somebody is in


def _on_day(membership: Mapping[str, str], at: str, figure: str, amount: int) -> Deltas:
    name = membership["sk"].removeprefix(MEMBERSHIP) if at else ""
    return {CounterKey(name, at[:10], kind=SEGMENT): Counter({figure: amount})} if name else {}


def _day(message: Mapping[str, str]) -> str:
    """The calendar day that a message was due."""
    return (message.get("due") or message.get("decided_at") or NONE)[:10]


def _with_reason(figure: str, row: Mapping[str, str]) -> str:
    return f"{figure}.{_word(row.get('reason'))}" if figure in WITH_REASON else figure


def _word(reason: object) -> str:
    """A reason that may stand in an attribute's name: without brackets, which PynamoDB reads as an index."""
    return re.sub(r"[\[\]]", "", str(reason or "")) or NO_REASON


def _negative(figures: Deltas) -> Deltas:
    return {key: Counter({name: -n for name, n in row.items()}) for key, row in figures.items()}


def _texts(image: Mapping[str, Mapping[str, Any]] | None) -> Mapping[str, str] | None:
    if not image:
        return None
    told = {name: value["S"] for name, value in image.items() if "S" in value}
    return told | {name: YES for name, value in image.items() if value.get("BOOL")}
