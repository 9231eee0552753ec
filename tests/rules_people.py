"""Rules and people at random: for tests that hold compiled rules to the oracle."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from sojourn.clock import iso
from sojourn.contacts.model import Deed, Profile, fold, join
from sojourn.rules import nodes, traces
from sojourn.rules.compile import Compiled
from sojourn.rules.nodes import Op
from sojourn.rules.spans import Span
from sojourn.rules.view import MessageSeen, View
from tests.rules_oracle import Happened, Person

NOW = datetime(
    2026, 3, 31, 9, 30, tzinfo=UTC
)  # two days after Europe's clocks went forward, at a month's end
ZONES = ("UTC", "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana")
NAMES = ("Viewed", "Bought")
SPANS = tuple(
    Span.from_text(text)
    for text in ("45 minutes", "26 hours", "1 day", "2 days", "1 week", "1 month", "2 months", "14 months")
)
DAY_SECONDS = 86_400

# Moments that are a little special are likelier than any: month's ends, changes of the clocks, whole spans ago.
offsets = st.one_of(
    st.integers(-45 * DAY_SECONDS, 0),
    st.integers(-450 * DAY_SECONDS, 0),
    st.builds(lambda days, more: -days * DAY_SECONDS + more, st.integers(0, 65), st.integers(-1, 1)),
    st.builds(lambda hours: -hours * 3600, st.integers(0, 1200)),
)
moments = offsets.map(lambda seconds: NOW + timedelta(seconds=seconds))
coming = st.integers(1, 450 * DAY_SECONDS).map(lambda seconds: NOW + timedelta(seconds=seconds))
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
spans = st.sampled_from(SPANS)
lasting = st.builds(nodes.Window, last=spans)
between = st.builds(
    nodes.Window, last=st.none() | spans, since=st.none() | moments, until=st.none() | moments
)
windows = st.one_of(lasting, lasting, between, st.just(nodes.Window()))
amounts = st.one_of(st.integers(-3, 50), st.sampled_from([0.1, 0.2, 19.99, 20.0]))
texts = st.sampled_from(
    ["pro", "PRO", "straße", "STRASSE", "e\u0301t\u00e9", "\u00e9te\u0301", "K", "\u212a", "", "2026-03-01"]
)
scalars = st.one_of(texts, amounts, st.booleans())
dated = st.one_of(
    moments.map(iso),
    coming.map(iso),
    days.map(date.isoformat),
    st.just("2026-03-29 02:30"),
    st.just("2024-02-29"),
)
values = st.one_of(scalars, dated, st.none(), st.lists(scalars, max_size=2), st.just({"city": "Oslo"}))
bounds = st.one_of(moments, coming, days)


def compared(op: Op) -> st.SearchStrategy[Any]:
    """What an operator may want."""
    if op in (Op.ONE_OF, Op.NOT_ONE_OF):
        return st.lists(scalars, min_size=1, max_size=3).map(tuple)
    if op in (Op.STARTS_WITH, Op.ENDS_WITH):
        return texts
    if op in (Op.BEFORE, Op.AFTER):
        return bounds
    if op is Op.BETWEEN:
        return st.one_of(
            st.tuples(amounts, amounts).map(lambda two: tuple(sorted(two))), st.tuples(bounds, bounds)
        )
    if op in (Op.IN_THE_LAST, Op.IN_THE_NEXT):
        return spans
    if op in (Op.OVER, Op.AT_LEAST, Op.UNDER, Op.AT_MOST):
        return amounts
    return st.booleans() if op is Op.EXISTS else scalars


ops = st.sampled_from(tuple(Op)).flatmap(lambda op: compared(op).map(lambda wanted: (op, wanted)))
subjects = st.sampled_from([("a",), ("b",), ("c",), ("deep", "city"), ("#a",)]).map(nodes.Subject)
days_of = st.sampled_from([nodes.Subject(("born",)), nodes.Subject(("last_order",), is_fact=True)])
comparisons = st.builds(lambda subject, op: nodes.Compare(subject, *op), subjects | days_of, ops)
soon_or_late = st.builds(nodes.Compare, days_of, st.sampled_from([Op.IN_THE_LAST, Op.IN_THE_NEXT]), spans)
tests = st.builds(lambda path, op: nodes.Test(path, *op), st.sampled_from([("total",), ("kind",)]), ops)
matches = st.builds(
    nodes.Match, st.sampled_from(NAMES), st.one_of(st.just(()), st.just(()), st.tuples(tests))
)
counts = {"times": st.sampled_from(nodes.Times), "n": st.integers(0, 3), "window": windows}
numeric = st.sampled_from([Op.OVER, Op.AT_LEAST, Op.UNDER, Op.AT_MOST, Op.IS, Op.IS_NOT])
timely = st.one_of(  # what time alone may change
    soon_or_late,
    st.builds(nodes.Done, matches, n=st.sampled_from([1, 1, 2]), window=lasting),
    st.builds(nodes.Done, matches, **counts),
    st.builds(
        nodes.Total, matches, st.sampled_from(nodes.Measure), st.just(("total",)), numeric, amounts, windows
    ),
    st.builds(nodes.Sequence, matches, matches, spans, windows),
    st.builds(
        nodes.Messaged,
        st.just("sent"),
        **counts,
        without=st.sampled_from(["opened", "clicked"]),
        within=spans,
        template=st.sampled_from(["", "t"]),
        step=st.sampled_from(["", "Say h\u00e9"]),
    ),
    st.builds(nodes.Anniversary, days_of, season=st.sampled_from(nodes.Season)),
    st.builds(nodes.Anniversary, days_of, next=spans),
)
lasting_ones = st.one_of(
    comparisons,
    comparisons,
    st.builds(nodes.Messaged, st.just("delivered"), **counts, channel=st.sampled_from(["", "sms"])),
    st.builds(nodes.InSegment, st.sampled_from(["vip", "lapsed"])),
    st.builds(nodes.Consented, st.just("email"), st.just("marketing"), st.sampled_from(["given", "unknown"])),
    st.builds(nodes.Share, st.sampled_from([0.0, 10.0, 50.0, 100.0]), st.just("seed")),
    st.builds(nodes.Quantile, st.just("recency"), st.just(5), st.just(Op.ONE_OF), st.just((4, 5))),
)
groups = st.sampled_from([nodes.All, nodes.AnyOf, nodes.NoneOf])


def grown(leaves: st.SearchStrategy[nodes.Leaf], most: int) -> st.SearchStrategy[nodes.Rule]:
    """Rules with so many leaves."""
    return st.recursive(
        leaves,
        lambda parts: st.builds(
            lambda group, some: group(tuple(some)), groups, st.lists(parts, min_size=1, max_size=3)
        ),
        max_leaves=most,
    )


# Likely to hold, and to hold no longer soon: how the parts of a rule come together shows with these.
lately = st.builds(
    nodes.Done, st.sampled_from(NAMES).map(nodes.Match), st.sampled_from(nodes.Times), st.just(1), lasting
)
together = st.builds(lambda group, *two: group(two), groups, lately, lately | soon_or_late)
timely_rules = st.one_of(
    grown(timely, 3), together, st.builds(lambda group, *two: group(two), groups, together, lately)
)
rules = st.one_of(timely_rules, grown(timely | lasting_ones, 5))
happenings = st.builds(
    lambda name, at, key, properties: Happened(name, at, f"{name}{key}", properties),
    st.sampled_from(NAMES),
    moments,
    st.integers(0, 10**9),
    st.fixed_dictionaries({}, optional={"total": amounts | texts, "kind": values}),
)
messages = st.builds(
    lambda sent, delivered, opened, clicked, template, step: MessageSeen(
        "email", "j", template, sent, delivered, opened, clicked, step
    ),
    moments,
    st.none() | moments,
    st.none() | moments,
    st.none() | moments,
    st.sampled_from(["t", "u"]),
    st.sampled_from(["Say h\u00e9", "Say he\u0301", ""]),
)
soon = st.integers(1, 299).map(lambda seconds: NOW + timedelta(seconds=seconds))
ahead = st.builds(
    lambda name, at: Happened(name, at, f"{name} soon", {"total": 5}), st.sampled_from(NAMES), soon
)


def with_one_ahead(events: list[Happened], more: Happened | None) -> tuple[Happened, ...]:
    """With an event of a clock that is fast: of its kind there is one other at most, or counts know too little."""
    if more is None:
        return tuple(events)
    same = [event for event in events if event.name == more.name]
    return (*(event for event in events if event.name != more.name), *same[:1], more)


histories = st.builds(
    with_one_ahead,
    st.lists(happenings, min_size=1, max_size=8, unique_by=lambda event: event.key),
    st.none() | ahead,
)
people = st.builds(
    Person,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    events=histories,
    attributes=st.fixed_dictionaries({}, optional=dict.fromkeys(("a", "b", "c", "deep", "#a"), values)),
    facts=st.fixed_dictionaries({"last_order": moments.map(iso) | st.none()}),
    segments=st.sampled_from([frozenset(), frozenset({"vip"})]),
    consent=st.sampled_from([{}, {("email", "marketing", ""): "given"}]),
    messages=st.lists(messages, max_size=3).map(tuple),
    quantiles=st.sampled_from([{}, {"recency/5": 4}, {"recency/5": 1}]),
)


def folded(person: Person, compiled: Compiled, dice: random.Random) -> tuple[Profile, dict[str, Any]]:
    """The profile and traces that events leave which come in any order, some again, to two who become one."""
    profiles, kept = [Profile("one"), Profile("two")], [dict[str, Any](), dict[str, Any]()]
    for event in dice.sample(person.events, len(person.events)):
        side = dice.randrange(2)
        profiles[side] = fold(profiles[side], deed_of(event), identity="u#1", sequence="1")
        for again in (side, dice.randrange(2)):
            kept[again] |= traced(kept[again], compiled, event)
    one, other = dice.sample(kept, 2)
    united = {trace: traces.join(one.get(trace), other.get(trace)) for trace in {*one, *other}}
    return join(*dice.sample(profiles, 2)), united


def traced(kept: dict[str, Any], compiled: Compiled, event: Happened) -> dict[str, Any]:
    """The traces with one event more."""
    added = {
        trace: traces.add(kept.get(trace), spec, event.name, iso(event.at), event.key, event.properties)
        for trace, spec in compiled.traces.items()
    }
    return {trace: packed for trace, packed in added.items() if packed}


def deed_of(event: Happened) -> Deed:
    """The event as a profile folds it."""
    return Deed(type="track", name=event.name, at=iso(event.at), key=event.key, properties=event.properties)


def view_of(person: Person, profile: Profile, kept: dict[str, Any], now: datetime) -> View:
    """What a compiled rule sees of the person."""
    return View(
        contact=person.contact,
        now=now,
        zone=person.zone,
        attributes=person.attributes,
        facts=person.facts,
        events=profile.events,
        traces={trace: traces.to_trace(packed) for trace, packed in kept.items()},
        segments=person.segments,
        consent=person.consent,
        reachable=person.reachable,
        messages=person.messages,
        quantiles=person.quantiles,
    )
