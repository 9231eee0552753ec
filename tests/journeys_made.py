"""Any journey that the language can say, for hypothesis: well-formed, though not always sensible."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from hypothesis import strategies as st

from sojourn.consent.model import MESSAGING, Purpose
from sojourn.delivery.modes import Mode
from sojourn.journeys.language.around import AtEntry, Cap, ChannelHours, Count, Goal, OnCap, WayOut
from sojourn.journeys.language.entering import (
    Again,
    ByRequest,
    From,
    OnDate,
    OnSchedule,
    Reentry,
    Trigger,
)
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import (
    END_OF_DAY,
    Anchor,
    Answer,
    Arm,
    Branch,
    Call,
    Change,
    Clock,
    Condition,
    ConditionKind,
    Date,
    Duration,
    EndJourney,
    Exit,
    Hours,
    HumanTask,
    If,
    Instead,
    LookBack,
    Of,
    Outcome,
    Outside,
    Repeat,
    Send,
    Since,
    Split,
    StartJourney,
    Step,
    Steps,
    Then,
    Unit,
    Update,
    Verb,
    Wait,
    WaitFor,
    Way,
)
from tests.rules_made import events, paths, rules, slugs, tests

names = st.text("abcé Ω?'\"-", min_size=1, max_size=8).map(str.strip).filter(bool)
words = st.text("abc é-:", min_size=1, max_size=8).map(str.strip).filter(bool)
templates = st.text("abz09-", min_size=1, max_size=8)
durations = st.builds(Duration, st.integers(1, 400), st.sampled_from(Unit))
clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
days = st.lists(st.integers(0, 6), unique=True, max_size=4).map(sorted).map(tuple)
hours = st.builds(Hours, clocks, clocks, days)
channels = st.sampled_from(MESSAGING)
shares = st.integers(1, 10_000).map(lambda hundredths: hundredths / 100)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
scalars = (
    st.text("ab1 é", max_size=5) | st.integers(-999, 999) | st.booleans() | st.sampled_from([0.5, "entry.x"])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, min_size=1, max_size=2),
    max_leaves=3,
)
data = st.dictionaries(names, values, max_size=2).map(lambda pairs: tuple(pairs.items()))
match = st.dictionaries(names, names, max_size=2).map(lambda pairs: tuple(pairs.items()))
where = st.lists(tests, max_size=2).map(tuple)
offsets = st.tuples(st.none() | durations, st.booleans()).map(
    lambda pair: (pair[0], bool(pair[0]) and pair[1])
)


@st.composite
def dates(draw: st.DrawFn) -> Date:
    offset, is_before = draw(offsets)
    return Date(
        path=draw(paths),
        of=draw(st.sampled_from(Of)),
        offset=offset,
        is_before=is_before,
        at=draw(st.none() | clocks),
        yearly=draw(st.booleans()),
    )


clock_moments = st.builds(Clock, clocks, st.none() | st.integers(0, 6)) | st.builds(
    Clock, st.none(), st.integers(0, 6)
)
occurrences = st.builds(Trigger, events, where=where)
arrivals = slugs.map(Trigger.of_segment)
conditions = (
    st.builds(Condition, st.sampled_from(list(ConditionKind)[:3]), names)
    | st.builds(Condition, st.just(ConditionKind.EVENT), events, where, match)
    | st.builds(Condition, st.just(ConditionKind.RULE), rule=rules)
)
changes = st.one_of(
    st.builds(
        Change,
        st.sampled_from([Verb.SET, Verb.ADD, Verb.REMOVE]),
        names,
        values.filter(lambda it: it is not None),
    ),
    st.builds(Change, st.just(Verb.INCREMENT), names, st.integers(-9, 9) | st.just("entry.amount")),
    st.builds(Change, st.just(Verb.UNSET), names),
)


def in_order(found: list[Change]) -> tuple[Change, ...]:
    """As a file has them: by verb, each attribute once."""
    once = {(change.verb, change.attribute): change for change in found}
    return tuple(change for verb in Verb for change in once.values() if change.verb is verb)


def steps_of(inner: st.SearchStrategy[Steps]) -> st.SearchStrategy[Steps]:
    """Lists of steps whose paths are such lists."""
    path = st.just(()) | inner
    ways = st.builds(Way, st.sampled_from(Then)) | inner.map(lambda steps: Way(steps=steps))
    answers = st.builds(Answer, st.lists(conditions, min_size=1, max_size=2).map(tuple), path)
    kinds: list[st.SearchStrategy[Step]] = [
        sends(ways),
        st.builds(Wait, name=names, duration=durations, inside=st.none() | hours, since=st.none() | sinces),
        st.builds(Wait, name=names, until=clock_moments, duration=st.none() | durations),
        st.builds(Wait, name=names, until=dates(), if_past=ways, if_missing=ways),
        st.builds(
            WaitFor,
            name=names,
            answers=st.lists(answers, min_size=1, max_size=3).map(tuple),
            up_to=durations,
            otherwise=path,
            ranked=st.booleans(),
            look_back=st.sampled_from(LookBack),
        ),
        st.builds(
            Branch,
            name=names,
            ifs=st.lists(st.builds(If, rules, path), min_size=1, max_size=2).map(tuple),
            otherwise=path,
        ),
        st.builds(
            Split,
            name=names,
            arms=st.lists(st.builds(Arm, shares, path, st.booleans()), min_size=1, max_size=3).map(tuple),
            seed=st.just("") | words,
        ),
        st.builds(Repeat, name=names, times=st.integers(1, 10_000), steps=inner, until=st.none() | rules),
        st.builds(Update, name=names, changes=st.lists(changes, min_size=1, max_size=4).map(in_order)),
        calls(ways, url=st.just("https://example.com/hook")),
        calls(ways, function=st.just("score")),
        st.builds(
            HumanTask,
            name=names,
            assign=words,
            due=durations,
            outcomes=st.dictionaries(names, path, min_size=1, max_size=2).map(
                lambda pairs: tuple(Outcome(word, then) for word, then in pairs.items())
            ),
            note=st.just("") | words,
            otherwise=path,
        ),
        st.builds(StartJourney, name=names, journey=slugs, properties=data),
        st.builds(EndJourney, name=names, journey=slugs),
        st.builds(Exit, name=names, reason=st.just("") | words),
    ]
    return st.lists(st.one_of(kinds), min_size=1, max_size=2).map(tuple)


def calls(ways: st.SearchStrategy[Way], **where: st.SearchStrategy[str]) -> st.SearchStrategy[Call]:
    return st.builds(Call, name=names, send=data, timeout=st.integers(1, 30), on_fail=ways, **where)


sinces = st.builds(Since, st.sampled_from(Anchor), names)


@st.composite
def sends(draw: st.DrawFn, ways: st.SearchStrategy[Way]) -> Send:
    instead = draw(st.none() | st.builds(Instead, channels, templates))
    outside = Outside.INSTEAD if instead else draw(st.sampled_from([Outside.HOLD, Outside.SKIP]))
    return Send(
        name=draw(names),
        template=draw(templates),
        channel=draw(channels),
        hours=draw(st.none() | hours),
        outside=outside,
        instead=instead,
        expires=draw(st.none() | st.just(END_OF_DAY) | durations),
        at_least_once=draw(st.booleans()),
        on_skip=draw(ways),
        on_fail=draw(ways),
    )


leaf_steps = st.lists(st.builds(Send, name=names, template=templates), min_size=1, max_size=1).map(tuple)
steps: st.SearchStrategy[Steps] = steps_of(steps_of(leaf_steps))

entries = (
    st.builds(Trigger, events, where=where, key=st.just("") | names)
    | st.builds(
        lambda name, included: Trigger.of_segment(name, includes_existing=included), slugs, st.booleans()
    )
    | dates().map(lambda date: OnDate(replace(date, of=Of.CONTACT)))
    | st.builds(OnSchedule, st.just("0 9 * * 1"), st.just("Europe/Paris"), slugs)
    | st.builds(ByRequest, st.just("") | names)
)
pauses = st.builds(Reentry, st.just(Again.AFTER_PAUSE), durations, st.sampled_from(From))
plain = st.builds(Reentry, st.sampled_from([again for again in Again if again is not Again.AFTER_PAUSE]))


@st.composite
def reentries(draw: st.DrawFn) -> Reentry:
    found = draw(pauses | plain)
    if not draw(st.booleans()):
        return found
    times, within = draw(st.integers(1, 10_000)), draw(st.none() | durations)
    return Reentry(found.again, found.pause, found.pause_from, times, within)


aims = (st.none() | durations, st.booleans(), st.sampled_from(AtEntry))
goals = st.builds(Goal, occurrences, match, *aims) | st.builds(Goal, arrivals, st.just(()), *aims)
ways_out = (
    st.builds(WayOut, occurrences, match=match, reason=st.just("") | words)
    | st.builds(WayOut, arrivals, reason=st.just("") | words)
    | st.builds(WayOut, leaves=slugs, reason=st.just("") | words)
    | st.builds(WayOut, rule=rules, reason=st.just("") | words)
)
channel_hours = st.dictionaries(
    channels, st.builds(ChannelHours, hours, st.sampled_from([Outside.HOLD, Outside.SKIP])), min_size=1
)
kept = st.just((0, 0)) | st.tuples(st.integers(1, 1000), st.integers(1, 9))


@st.composite
def caps(draw: st.DrawFn) -> Cap:
    keep, keep_for = draw(kept)
    return Cap(
        most=draw(st.integers(1, 1000)),
        per=draw(durations),
        count=draw(st.sampled_from(Count)),
        channel=draw(st.sampled_from(["", "email", "sms"])),
        topic=draw(st.just("") | slugs),
        on_cap=draw(st.sampled_from(OnCap)),
        keep=keep,
        keep_for=keep_for,
    )


@st.composite
def journeys(draw: st.DrawFn) -> Journey:
    """Any."""
    return Journey(
        name=draw(slugs),
        purpose=draw(st.sampled_from([purpose for purpose in Purpose if purpose is not Purpose.TRACKING])),
        entries=draw(st.lists(entries, min_size=1, max_size=2).map(tuple)),
        steps=draw(steps),
        topic=draw(st.none() | slugs),
        filter=draw(st.none() | rules),
        starts=draw(st.none() | moments),
        ends=draw(st.none() | moments),
        reentry=draw(reentries()),
        goal=draw(st.none() | goals),
        exits=draw(st.lists(ways_out, max_size=2).map(tuple)),
        hours=draw(st.none() | channel_hours),
        caps=draw(st.lists(caps(), max_size=2).map(tuple)),
        priority=draw(st.integers(0, 9)),
        mode=draw(st.sampled_from(Mode)),
        holdout=draw(st.just(0) | shares),
        approvals=draw(st.integers(0, 10)),
        owner=draw(st.just("") | words),
        kpi=draw(st.just("") | words),
        description=draw(st.just("") | words),
        late_data_grace=draw(st.none() | durations),
    )
