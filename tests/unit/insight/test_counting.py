"""Figures are those of the rows as they stand, whatever happened to them on the way."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import PoisonRecordError
from sojourn.events.model import Event
from sojourn.insight.counting import Change, CounterKey, Deltas, deltas, event_deltas, merged
from sojourn.insight.report import report
from tests.insight_rows import NOW

WELCOME = CounterKey("welcome", "2026-11-21")
FIRST_MAIL = CounterKey("welcome", "2026-11-21", "Send the welcome", "email")


def an_enrolment(status: str = "active", reason: str | None = None) -> dict[str, str]:
    row = {"sk": "ENROL#welcome#1", "status": status, "entered_at": "2026-11-21T10:00:00.000Z"}
    return row | ({"reason": reason} if reason else {})


def a_message(state: str = "sent", reason: str | None = None, **facts: str) -> dict[str, str]:
    row = {
        "sk": "MSG#0123456789abcdef",
        "journey": "welcome",
        "step": "Send the welcome",
        "channel": "email",
        "state": state,
        "due": "2026-11-21T10:00:00.000Z",
    }
    return row | facts | ({"reason": reason} if reason else {})


def test_a_new_enrolment_is_enrolled_and_active():
    assert deltas(Change(None, an_enrolment())) == {WELCOME: Counter(enrolled=1, active=1)}


def test_an_exit_moves_one_from_active_to_its_reason():
    change = Change(an_enrolment(), an_enrolment("exited", "goal"))

    assert deltas(change) == {WELCOME: Counter({"active": -1, "exited.goal": 1})}


@pytest.mark.parametrize(
    ("state", "reason", "figure"),
    [
        ("planned", "hours", "pending"),
        ("sending", None, "pending"),
        ("sent", None, "sent"),
        ("skipped", "no_consent", "skipped.no_consent"),
        ("skipped", None, "skipped.unspecified"),
        ("failed", "rejected", "failed"),
        ("unknown", None, "unknown"),
    ],
)
def test_each_state_of_a_message_has_its_figure(state, reason, figure):
    assert deltas(Change(None, a_message(state, reason))) == {FIRST_MAIL: Counter({"planned": 1, figure: 1})}


def test_a_change_that_moves_no_figure_writes_nothing():
    before, after = a_message("sending"), a_message("sending", owner="leg 1")

    assert deltas(Change(before, after)) == {}


def test_a_removed_row_is_not_counted_any_more():
    assert deltas(Change(a_message(), None)) == {FIRST_MAIL: Counter(planned=-1, sent=-1)}


def test_a_message_that_is_due_on_another_day_takes_its_figures_along():
    tomorrow = CounterKey("welcome", "2026-11-22", "Send the welcome", "email")
    before, after = a_message("planned"), a_message("planned", due="2026-11-22T09:00:00.000Z")

    assert deltas(Change(before, after)) == {
        FIRST_MAIL: Counter(planned=-1, pending=-1),
        tomorrow: Counter(planned=1, pending=1),
    }


@pytest.mark.parametrize("sk", ["PROFILE", "CONSENT", "CONSENT#2026#x", "WAIT#1"])
def test_other_rows_of_a_person_count_for_nothing(sk):
    assert deltas(Change(None, {"sk": sk})) == {}


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"sk": "ENROL#welcome#1"},
        {"sk": "MSG#1", "journey": "welcome"},
        an_enrolment("lost"),
        a_message("lost"),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_read_is_poison(row):
    with pytest.raises(PoisonRecordError):
        deltas(Change(None, row))


@pytest.mark.parametrize(
    "record", [{}, {"dynamodb": None}, {"dynamodb": {"NewImage": 7}}, {"dynamodb": []}], ids=str
)
def test_a_record_that_is_none_is_poison(record):
    with pytest.raises(PoisonRecordError):
        Change.from_record(record)


@pytest.mark.parametrize("step", ["Send the welcome", "50 % off #1", "#", "-"])
def test_a_key_survives_its_row(step):
    key = CounterKey("welcome", "2026-11-21", step, "sms")

    assert CounterKey.from_row(key.pk, key.sk) == key


def test_brackets_in_a_reason_do_not_reach_an_attribute_name():
    assert list(deltas(Change(an_enrolment(), an_enrolment("exited", "x[0]")))[WELCOME]) == [
        "exited.x0",
        "active",
    ]


STATES = ["planned", "sending", "sent", "skipped", "failed", "unknown"]
LIVES = st.lists(
    st.tuples(st.sampled_from(STATES), st.sampled_from(["email", "sms"]), st.booleans()), max_size=8
)


@given(st.lists(LIVES, max_size=6))
def test_the_sums_hold_after_every_change(lives: list[list[tuple[str, str, bool]]]):
    sums: Deltas = {}
    for life in lives:
        before: dict[str, str] | None = None
        for state, channel, there in life:
            after = a_message(state, "why", channel=channel) if there else None
            sums = merged([sums, deltas(Change(before, after))])
            before = after
            assert_adds_up(report(sums.items())["messages"])


def assert_adds_up(messages: dict[str, Any]) -> None:
    for figures in (messages, *messages["by_channel"].values()):
        parts = sum(figures[name] for name in ("sent", "failed", "unknown", "pending"))
        assert figures["planned"] == parts + sum(figures["skipped"].values())
        assert min(figures["planned"], figures["sent"], figures["pending"]) >= 0


def an_event(name: str, **properties: Any) -> Event:
    return Event(
        pk="u#1",
        sk="-#sojourn#m1",
        type="track",
        event=name,
        at=NOW,
        received_at=NOW,
        source="sojourn",
        message_id="m1",
        payload={"properties": properties},
    )


@pytest.mark.parametrize(
    ("name", "facts", "figure"),
    [
        ("Message Opened", {"class": "proxy"}, "opens.proxy"),
        ("Message Clicked", {"class": "human"}, "clicks.human"),
        ("Message Bounced", {}, "bounces"),
        ("Message Complained", {}, "complaints"),
        ("Unsubscribed", {}, "unsubscribes"),
    ],
)
def test_what_a_recipient_does_is_counted_at_its_step(name, facts, figure):
    event = an_event(name, journey="welcome", step="Send the welcome", channel="email", **facts)

    assert event_deltas(event) == {FIRST_MAIL: Counter({figure: 1})}


def test_an_event_about_no_message_counts_for_nothing():
    assert event_deltas(an_event("Order Completed", journey="welcome")) == {}
    assert event_deltas(an_event("Unsubscribed")) == {}


def a_membership(since: str = "2026-11-21T10:00:00.000Z", until: str = "") -> dict[str, str]:
    row = {"sk": "SEG#lapsed", "since": since, "cause": "time"}
    return row | ({"until": until} if until else {"segment": "lapsed#3"})


def of_segment(day: str, **figures: int) -> Deltas:
    return {CounterKey("lapsed", day, kind="segment"): Counter(figures)}


def test_who_comes_into_a_segment_and_goes_is_counted_on_the_days():
    came, went = a_membership(), a_membership(until="2026-11-23T10:00:00.000Z")
    again = a_membership(since="2026-11-24T10:00:00.000Z")

    assert deltas(Change(None, came)) == of_segment("2026-11-21", entered=1)
    assert deltas(Change(came, {**came, "cause": "rule_edit"})) == {}
    assert deltas(Change(came, went)) == of_segment("2026-11-23", left=1)
    assert deltas(Change(went, again)) == of_segment("2026-11-24", entered=1)


def test_who_is_forgotten_is_not_counted_any_more():
    went = a_membership(until="2026-11-23T10:00:00.000Z")

    assert deltas(Change(a_membership(), None)) == of_segment("2026-11-21", entered=-1)
    assert deltas(Change(went, None)) == of_segment("2026-11-21", entered=-1) | of_segment(
        "2026-11-23", left=-1
    )


def test_a_counter_row_of_a_segment_tells_its_key():
    key = CounterKey("lapsed", "2026-11-21", kind="segment")

    assert CounterKey.from_row(key.pk, key.sk) == key


def an_image(**facts: object) -> dict[str, dict[str, object]]:
    """A row of an enrolment, or of a refusal, as the stream has it."""
    kinds = {bool: "BOOL", str: "S"}
    return {name: {kinds[type(value)]: value} for name, value in facts.items()}


RUN = {"pk": "C#a", "sk": "ENROL#cart#1", "status": "active", "entered_at": "2026-11-21T10:00:00.000Z"}


def told(old: Mapping[str, object] | None, new: Mapping[str, object] | None) -> dict[str, int]:
    """The figures that one change of a row adds."""
    images = {"OldImage": an_image(**old) if old else None, "NewImage": an_image(**new) if new else None}
    found = deltas(Change.from_record({"dynamodb": {name: image for name, image in images.items() if image}}))
    return dict(next(iter(found.values()), {}))


def test_a_run_that_meets_its_goal_is_counted_once_when_it_is_over_too():
    met = {**RUN, "converted_at": "2026-11-22T10:00:00.000Z"}

    assert told(RUN, met) == {"converted": 1}
    assert told(met, {**met, "status": "exited", "reason": "goal"}) == {"active": -1, "exited.goal": 1}


def test_those_held_out_are_counted_apart():
    held = {**RUN, "holdout": True}

    assert told(None, held) == {"enrolled": 1, "active": 1, "holdout.enrolled": 1}
    assert told(held, {**held, "converted_at": "2026-11-22T10:00:00.000Z"}) == {"holdout.converted": 1}


def test_a_refusal_is_counted_by_reason_when_its_event_is_new():
    row = {"pk": "C#a", "sk": "REFUSED#cart", "journey": "cart", "reason": "active", "at": RUN["entered_at"]}
    first, second = {**row, "event": "1"}, {**row, "event": "2", "reason": "filter"}

    assert told(None, first) == {"skipped.active": 1}
    assert told(first, {**first, "seen": "{}"}) == {}
    assert told(first, second) == {"skipped.filter": 1}
    assert told(second, None) == {}, "it happened, though they are forgotten"
