"""The readers of what lets people in, and how often."""

from collections.abc import Callable

from sojourn.journeys.language.entering import (
    EXISTING,
    REQUESTED,
    Again,
    ByRequest,
    Entry,
    From,
    OnDate,
    OnSchedule,
    Reentry,
    Trigger,
)
from sojourn.journeys.reading.schedules import as_cron, as_zone
from sojourn.journeys.reading.values import as_duration, as_property
from sojourn.journeys.reading.waiting import date_of
from sojourn.rules.fields import Fields, as_items, as_text
from sojourn.rules.findings import Place
from sojourn.rules.read_events import RESERVED, where_of
from sojourn.rules.read_values import as_whole, one_of
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node, Sequence

ENTRY = "{event: Signed Up}"
REENTRY = "{pause: 30 days}"
MOST_RUNS = 10_000
NOTHING: list[Node] = []
A_REQUEST = ByRequest()


def entries_of(fields: Fields) -> tuple[Entry, ...]:
    """One entry, or a list of them."""
    node = fields.node("entry", example=ENTRY, required=True)
    if node is None:
        return (Trigger(""),)
    if not isinstance(node, Sequence):
        return (_entry(node, ("entry",), fields),)
    nodes = fields.value("entry", as_items, example=f"[{ENTRY}]", otherwise=None, instead=NOTHING)
    return tuple(_entry(each, ("entry", index), fields) for index, each in enumerate(nodes)) or (Trigger(""),)


def _entry(node: Node, place: Place, fields: Fields) -> Entry:
    inner = Fields.of(node, place, fields.notes, example=f"`entry: {ENTRY}`")
    if inner.refused:
        return Trigger("")
    for key in ("schedule", "date", "api"):
        if inner.has(key):
            entry = READERS[key](inner)
            inner.finish()
            return entry
    trigger = trigger_of(inner, example="Signed Up", lets_in=True)
    inner.asked.extend(READERS)
    inner.finish()
    return trigger


def trigger_of(inner: Fields, *, example: str, lets_in: bool = False) -> Trigger:
    """An event, or coming into a segment; only entries have a key, and take in those who are there already."""
    if inner.has("segment") and not inner.has("event"):
        inner.asked.append("event")
        segment = inner.text("segment", example="lapsed")
        included = (
            inner.value("include", _include, example=EXISTING, otherwise="", instead="") if lets_in else ""
        )
        return Trigger.of_segment(segment, includes_existing=bool(included))
    name = inner.text("event", example=example)
    if inner.has("segment"):
        inner.wrong(inner.line, "an event and a segment in one", "keep one of `event` and `segment`")
    inner.asked.append("segment")
    if name in RESERVED:
        inner.wrong(
            inner.key_lines["event"], f"`{name}` is written by segments themselves", "use `segment: <name>`"
        )
    if name == REQUESTED:
        inner.wrong(
            inner.key_lines["event"], f"`{name}` is written by requests themselves", "use `api: true`"
        )
    return Trigger(name, where=where_of(inner), key=_key(inner) if lets_in else "")


def reentry_of(fields: Fields) -> Reentry:
    """`once`, `after exit`, `always`, or a pause and limits."""
    node = fields.node("re-entry", example=REENTRY)
    if node is None:
        return Reentry()
    if not isinstance(node, MappingNode):
        words = tuple(again.value for again in Again if again is not Again.AFTER_PAUSE)
        word = fields.value("re-entry", one_of(words), example="after exit", otherwise=None, instead="usual")
        return Reentry(Again(word))
    inner = Fields.of(node, ("re-entry",), fields.notes, example=f"`re-entry: {REENTRY}`")
    found = _limited(inner)
    inner.finish()
    return found


def _limited(inner: Fields) -> Reentry:
    has_pause = inner.has("pause")
    usual = Again.AFTER_PAUSE if has_pause else Again.USUAL
    again = inner.value(
        "again", one_of(tuple(Again)), example="always", otherwise=usual.value, instead=usual.value
    )
    if has_pause and again != Again.AFTER_PAUSE:
        inner.wrong(inner.key_lines["again"], f"`again: {again}` beside a pause", "keep one of them")
    if again == Again.AFTER_PAUSE and not has_pause:
        inner.wrong(inner.line, "`again: after pause` without a pause", f"write `re-entry: {REENTRY}`")
    for key, other in (("from", "pause"), ("within", "at most")):
        if inner.has(key) and not inner.has(other):
            inner.wrong(
                inner.key_lines[key], f"`{key}` without `{other}`", f"add `{other}`, or leave `{key}` out"
            )
    start = inner.value("from", one_of(tuple(From)), example="exit", otherwise="entry", instead="entry")
    times = as_whole(1, MOST_RUNS)
    found = Reentry(
        again=Again(again),
        pause=inner.value("pause", as_duration, example="30 days", otherwise=None, instead=None)
        if has_pause
        else None,
        pause_from=From(start) if has_pause else From.ENTRY,
        times=inner.value("at most", times, example="3", otherwise=0, instead=0),
        within=inner.value("within", as_duration, example="52 weeks", otherwise=None, instead=None)
        if inner.has("within")
        else None,
    )
    inner.asked.extend(("pause", "within"))
    return found


def _on_date(inner: Fields) -> OnDate:
    return OnDate(date_of(inner))


def _on_schedule(inner: Fields) -> OnSchedule:
    return OnSchedule(
        cron=inner.value("schedule", as_cron, example='"0 9 * * 1"', otherwise=None, instead=""),
        zone=inner.value("zone", as_zone, example="Europe/Paris", otherwise=None, instead=""),
        segment=inner.text("segment", example="active"),
    )


def _by_request(inner: Fields) -> ByRequest:
    is_wanted = inner.flag("api")
    if not is_wanted:
        inner.wrong(inner.key_lines["api"], "an entry that is none", "write `api: true`, or take it away")
    return ByRequest(_key(inner))


def _key(inner: Fields) -> str:
    return inner.value("key", as_property, example="cart_id", otherwise="", instead="")


def _include(node: Node) -> str:
    text = as_text(node)
    if text != EXISTING:
        raise ValueError(f"`{EXISTING}` is what can be included: those who are in the segment already")
    return text


READERS: dict[str, Callable[[Fields], Entry]] = {
    "date": _on_date,
    "schedule": _on_schedule,
    "api": _by_request,
}
