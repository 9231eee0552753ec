"""What a rule says of a person, worked out the slow way: from every event, at one moment, by the words of the docs.

An oracle for tests: it shares with the library the nodes of a rule and nothing of how they are judged.
"""

import hashlib
import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any

from sojourn.rules import nodes
from sojourn.rules.nodes import Op, Times
from sojourn.rules.spans import Span, SpanUnit
from sojourn.rules.view import MessageSeen

SECONDS = {SpanUnit.MINUTE: 60, SpanUnit.HOUR: 3600}
OF_MOMENTS = (Op.BEFORE, Op.AFTER, Op.IN_THE_LAST, Op.IN_THE_NEXT)
OPPOSITE = {Op.IS_NOT: Op.IS, Op.NOT_ONE_OF: Op.ONE_OF, Op.CONTAINS_NOT: Op.CONTAINS}


@dataclass(frozen=True)
class Happened:
    """One event of a person, as it came in."""

    name: str
    at: datetime
    key: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """Everything of one person."""

    contact: str = "ada"
    zone: tzinfo = UTC
    events: tuple[Happened, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    consent: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    reachable: frozenset[str] = frozenset()
    messages: tuple[MessageSeen, ...] = ()
    quantiles: Mapping[str, int] = field(default_factory=dict)


def holds(rule: nodes.Rule, person: Person, now: datetime) -> bool:
    """Whether the rule holds of the person at that moment."""
    match rule:
        case nodes.All(parts):
            return all(holds(part, person, now) for part in parts)
        case nodes.AnyOf(parts):
            return any(holds(part, person, now) for part in parts)
        case nodes.NoneOf(parts):
            return not any(holds(part, person, now) for part in parts)
    return ANSWERS[type(rule)](rule, person, now)


def _compare(rule: nodes.Compare, person: Person, now: datetime) -> bool:
    return compares(_looked_up(rule.subject, person), rule.op, rule.value, now, person.zone)


def _done(rule: nodes.Done, person: Person, now: datetime) -> bool:
    found = _matching(rule.match, person)
    count = sum(in_window(event.at, rule.window, now, person.zone) for event in found)
    return _is_enough(count, rule.times, rule.n)


def _total(rule: nodes.Total, person: Person, now: datetime) -> bool:
    found = [
        each for each in _matching(rule.match, person) if in_window(each.at, rule.window, now, person.zone)
    ]
    said = [_dig(each.properties, rule.property) for each in found]
    numbers = [Fraction(str(value)) for value in said if type(value) in (int, float)]
    measured = {
        "sum": lambda: sum(numbers),
        "avg": lambda: sum(numbers) / len(numbers) if numbers else None,
        "min": lambda: min(numbers, default=None),
        "max": lambda: max(numbers, default=None),
    }[rule.measure.value]()
    value = None if measured is None else round(float(measured), 6)
    return compares(value, rule.op, rule.value, now, person.zone)


def _sequence(rule: nodes.Sequence, person: Person, now: datetime) -> bool:
    return any(
        first.at < then.at and in_the_last(first.at, rule.within, then.at, person.zone)
        for first in _matching(rule.first, person)
        for then in _matching(rule.then, person)
        if in_window(then.at, rule.window, now, person.zone)
    )


def _messaged(rule: nodes.Messaged, person: Person, now: datetime) -> bool:
    count = 0
    for message in person.messages:
        at = message.sent_at if rule.state == "sent" else message.delivered_at
        wanted = [
            (rule.channel, message.channel),
            (rule.journey, message.journey),
            (rule.template, message.template),
            (_normal(rule.step), _normal(message.step)),
        ]
        if at is None or any(want and want != have for want, have in wanted):
            continue
        if in_window(at, rule.window, now, person.zone) and not _is_answered_or_open(
            rule, message, at, now, person
        ):
            count += 1
    return _is_enough(count, rule.times, rule.n)


def _is_answered_or_open(
    rule: nodes.Messaged, message: MessageSeen, at: datetime, now: datetime, person: Person
) -> bool:
    """Answered in time, or the while has not passed."""
    if not rule.without or rule.within is None:
        return False
    answers = [message.clicked_at] if rule.without == "clicked" else [message.opened_at, message.clicked_at]
    in_time = [each for each in answers if each is not None and _until(each, at, rule.within, person.zone)]
    return bool(in_time) or _until(now, at, rule.within, person.zone)


def _near(rule: nodes.Near, person: Person, now: datetime) -> bool:
    place = _looked_up(rule.subject, person)
    if isinstance(place, dict):
        place = [place.get("lat"), place.get("lon")]
    if not isinstance(place, (list, tuple)) or [type(each) in (int, float) for each in place] != [True, True]:
        return False
    if not abs(place[0]) <= 90 or not abs(place[1]) <= 180:
        return False
    one, other = (_on_the_globe(*each) for each in (place, (rule.latitude, rule.longitude)))
    chord = math.dist(one, other)
    return 2 * 6_371_008.8 * math.asin(min(1, chord / 2)) <= rule.metres


def _anniversary(rule: nodes.Anniversary, person: Person, now: datetime) -> bool:
    born = _day(_looked_up(rule.subject, person), person.zone)
    if born is None:
        return False
    today = now.astimezone(person.zone).date()
    if rule.next is not None:
        ahead = (
            _in_year(born, year) for year in range(max(born.year, today.year), max(born.year, today.year) + 2)
        )
        return any(in_the_next(_start(day, person.zone), rule.next, now, person.zone) for day in ahead)
    days = [today]
    if rule.season is nodes.Season.THIS_WEEK:
        monday = today.toordinal() - today.weekday()
        days = [date.fromordinal(monday + more) for more in range(7)]
    if rule.season is nodes.Season.THIS_MONTH:
        days = [today.replace(day=day) for day in range(1, 32) if _exists(today.year, today.month, day)]
    return any(day >= born and _in_year(born, day.year) == day for day in days)


def _quantile(rule: nodes.Quantile, person: Person, now: datetime) -> bool:
    return compares(person.quantiles.get(f"{rule.measure}/{rule.of}"), rule.op, rule.value, now, person.zone)


def _share(rule: nodes.Share, person: Person, now: datetime) -> bool:
    digest = hashlib.sha256(f"{rule.seed}:{person.contact}".encode()).hexdigest()
    return Fraction(int(digest[:16], 16), 2**64) < Fraction(rule.percent) / 100


ANSWERS: dict[type[Any], Callable[[Any, Person, datetime], bool]] = {
    nodes.Compare: _compare,
    nodes.Done: _done,
    nodes.Total: _total,
    nodes.Sequence: _sequence,
    nodes.Messaged: _messaged,
    nodes.InSegment: lambda rule, person, now: rule.name in person.segments,
    nodes.Consented: lambda rule, person, now: (
        person.consent.get((rule.channel, rule.purpose, rule.topic), "unknown") == rule.status
    ),
    nodes.Reachable: lambda rule, person, now: rule.channel in person.reachable,
    nodes.Near: _near,
    nodes.Anniversary: _anniversary,
    nodes.Quantile: _quantile,
    nodes.Share: _share,
}


def _is_enough(count: int, times: Times, n: int) -> bool:
    return {Times.AT_LEAST: count >= n, Times.AT_MOST: count <= n, Times.EXACTLY: count == n}[times]


def compares(value: Any, op: Op, wanted: Any, now: datetime, zone: tzinfo) -> bool:
    """One value held against what is wanted."""
    if op in OPPOSITE:
        return not compares(value, OPPOSITE[op], wanted, now, zone)
    if op is Op.EXISTS:
        return (value is not None) is bool(wanted)
    if op in (Op.IS, Op.ONE_OF):
        return any(_equal(value, each) for each in (wanted if op is Op.ONE_OF else [wanted]))
    if op in (Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH):
        return _looks_like(value, op, wanted)
    if op in OF_MOMENTS or (op is Op.BETWEEN and isinstance(wanted[0], date)):
        moment = _moment(value, zone)
        return moment is not None and _compares_moments(moment, op, wanted, now, zone)
    return type(value) in (int, float) and not math.isnan(value) and _compares_numbers(value, op, wanted)


def _compares_numbers(value: float, op: Op, wanted: Any) -> bool:
    if op is Op.BETWEEN:
        return bool(wanted[0] <= value <= wanted[1])
    signs = {
        Op.OVER: value > wanted,
        Op.AT_LEAST: value >= wanted,
        Op.UNDER: value < wanted,
        Op.AT_MOST: value <= wanted,
    }
    return bool(signs[op])


def _equal(value: Any, wanted: Any) -> bool:
    kinds = {str: "text", bool: "truth", int: "number", float: "number"}
    if kinds.get(type(value)) != kinds.get(type(wanted)) or type(value) not in kinds:
        return False
    return bool(_normal(value) == _normal(wanted))


def _looks_like(value: Any, op: Op, wanted: Any) -> bool:
    if isinstance(value, list):
        return op is Op.CONTAINS and any(_equal(_loose(each), _loose(wanted)) for each in value)
    if not isinstance(value, str) or not isinstance(wanted, str):
        return False
    text, part = str(_loose(value)), str(_loose(wanted))
    if op is Op.CONTAINS:
        return text.find(part) >= 0
    return part == (text[: len(part)] if op is Op.STARTS_WITH else text[max(0, len(text) - len(part)) :])


def _compares_moments(moment: datetime, op: Op, wanted: Any, now: datetime, zone: tzinfo) -> bool:
    if op is Op.IN_THE_LAST:
        return in_the_last(moment, wanted, now, zone)
    if op is Op.IN_THE_NEXT:
        return in_the_next(moment, wanted, now, zone)
    if op is Op.BETWEEN:
        start, end = wanted
        if not _compares_moments(moment, Op.AFTER, start, now, zone):
            return False
        is_whole_day = not isinstance(end, datetime)
        return moment < _start(end + timedelta(days=1), zone) if is_whole_day else bool(moment <= end)
    bound = _moment(wanted, zone)
    assert bound is not None
    return moment < bound if op is Op.BEFORE else moment >= bound


def in_window(at: datetime, window: nodes.Window, now: datetime, zone: tzinfo) -> bool:
    """Whether something of that moment counts now."""
    if at > now or (window.since and at < window.since) or (window.until and at >= window.until):
        return False
    return window.last is None or in_the_last(at, window.last, now, zone)


def in_the_last(at: datetime, span: Span, now: datetime, zone: tzinfo) -> bool:
    """From that moment on, until the wall shows the same time a span later."""
    return at <= now and _until(now, at, span, zone)


def in_the_next(at: datetime, span: Span, now: datetime, zone: tzinfo) -> bool:
    """Before that moment, but not before the wall shows the same time a span earlier."""
    there, _ = _moved(at, span, zone, -1)
    return there <= now < at


def _until(now: datetime, at: datetime, span: Span, zone: tzinfo) -> bool:
    there, has_such_a_day = _moved(at, span, zone, +1)
    return now <= there if has_such_a_day else now < there


def _moved(at: datetime, span: Span, zone: tzinfo, way: int) -> tuple[datetime, bool]:
    if span.unit in SECONDS:
        return at + timedelta(seconds=way * span.amount * SECONDS[span.unit]), True
    wall = at.astimezone(zone)
    if span.unit is not SpanUnit.MONTH:
        days = way * span.amount * {SpanUnit.DAY: 1, SpanUnit.WEEK: 7}[span.unit]
        day = date.fromordinal(wall.toordinal() + days)
        return _on_the_wall(datetime.combine(day, wall.time()), zone), True
    year, month = wall.year, wall.month
    for _ in range(span.amount):
        year, month = (year + (month + way - 1) // 12, (month + way - 1) % 12 + 1)
    if _exists(year, month, wall.day):
        return _on_the_wall(datetime.combine(date(year, month, wall.day), wall.time()), zone), True
    return _on_the_wall(datetime(year, month + 1, 1), zone), False  # noqa: DTZ001


def _on_the_wall(wall: datetime, zone: tzinfo) -> datetime:
    """The first moment when clocks show it; where none do, as far after the gap as it lies in it."""
    shown = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [each for each in shown if each.astimezone(zone).replace(tzinfo=None) == wall]
    return min(real) if real else max(shown)


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return _on_the_wall(value, zone) if value.tzinfo is None else value.astimezone(UTC)
    return _start(value, zone) if isinstance(value, date) else None


def _day(value: Any, zone: tzinfo) -> date | None:
    if isinstance(value, str) and len(value) == 10:
        return date.fromisoformat(value) if _moment(value, zone) else None
    moment = _moment(value, zone)
    return moment.astimezone(zone).date() if moment else None


def _start(day: date, zone: tzinfo) -> datetime:
    return _on_the_wall(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, day.day if _exists(year, day.month, day.day) else 28)


def _exists(year: int, month: int, day: int) -> bool:
    return day <= (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days


def _on_the_globe(latitude: float, longitude: float) -> tuple[float, float, float]:
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _matching(match: nodes.Match, person: Person) -> list[Happened]:
    """Each event once, however often it came; a filter's days are those of UTC."""
    unique = {event.key: event for event in person.events if event.name == match.name}
    return [
        event
        for event in unique.values()
        if all(
            compares(_dig(event.properties, test.path), test.op, test.value, event.at, UTC)
            for test in match.where
        )
    ]


def _looked_up(subject: nodes.Subject, person: Person) -> Any:
    return _dig(person.facts if subject.is_fact else person.attributes, subject.path)


def _dig(values: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _normal(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _loose(value: Any) -> Any:
    return _normal(_normal(value).casefold()) if isinstance(value, str) else value
