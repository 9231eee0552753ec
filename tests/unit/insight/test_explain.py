"""Explain says why, why not, and what comes next."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.clock import iso
from sojourn.contacts.merge import Merge
from sojourn.contacts.model import News, Profile
from sojourn.contacts.seen import counted
from sojourn.insight.explain import (
    SENTENCES,
    Came,
    EntryFacts,
    EntryKind,
    Gate,
    JourneyFacts,
    Standing,
    StepFacts,
    Verdict,
    explain,
)
from sojourn.journeys.reentry import Refused
from sojourn.messages.model import Message, MessageState
from tests.insight_rows import ADA, NOW, a_message

LATER = NOW + timedelta(days=2)
STEPS = {
    "Send the welcome": StepFacts(
        kind="send", does="Sends it.", then="Wait two days", otherwise="Wait two days"
    ),
    "Wait two days": StepFacts(kind="wait", does="Waits 2 days.", then="Clicked?", otherwise="Clicked?"),
    "Clicked?": StepFacts(kind="wait for", does="Waits for a click.", then="Send more", otherwise="Remind"),
    "Remind": StepFacts(kind="send", does="Reminds.", then="(end)", otherwise="(end)"),
    "Wait a week": StepFacts(kind="wait", does="Waits 1 week.", then="(end)", otherwise="(end)"),
}
LIVE = JourneyFacts(
    name="welcome",
    version=2,
    entries=(EntryFacts(EntryKind.EVENT, "Signed Up"),),
    live_since="2026-11-01T00:00:00.000Z",
    steps=STEPS,
)
STANDING = Standing(
    id=f"{ADA}.welcome.1",
    entry=1,
    version=2,
    status="active",
    reason="",
    entered_at=iso(NOW),
    entered_by="u#ada|x",
    ended_at="",
    step="Wait two days",
    until=iso(LATER),
    leg=1,
    execution="welcome-v2-x-1-1",
)


def ada(**events: str) -> Profile:
    seen = {name.replace("_", " "): {"n": 1, "first": last, "last": last} for name, last in events.items()}
    return Profile(ADA, revision=1, events=seen)


def ada_seen(*news: News) -> Profile:
    """Ada, who signed up as often, and how much of it was news."""
    seen = None
    for each in news:
        seen = counted(seen, iso(NOW), each)
    return Profile(ADA, revision=1, events={"Signed Up": seen or {}})


def told(
    profile: Profile | None = None,
    journey: JourneyFacts = LIVE,
    standing: Standing | None = None,
    messages: tuple[Message, ...] = (),
    **more: Any,
) -> Mapping[str, Any]:
    return explain(profile or ada(), journey, standing=standing, messages=messages, now=NOW, **more)


def entered_by(kind: EntryKind, name: str, **facts: Any) -> JourneyFacts:
    return replace(LIVE, entries=(EntryFacts(kind, name, **facts),))


@pytest.mark.parametrize(
    ("profile", "journey", "reason"),
    [
        (ada(), JourneyFacts(name="welcome", steps={}), "journey_not_live"),
        (ada(Order_Completed=iso(NOW)), LIVE, "entry_event_never_seen"),
        (ada(Signed_Up="2026-10-31T23:59:59.999Z"), LIVE, "entry_event_before_live"),
        (ada(Signed_Up=iso(NOW)), LIVE, "not_admitted"),
        (ada_seen(News.IMPORTED, News.IMPORTED), LIVE, "entry_event_imported"),
        (ada_seen(News.IMPORTED, News.LATE), LIVE, "entry_event_too_old"),
        (ada_seen(News.IMPORTED, News.NEWS), LIVE, "not_admitted"),
        (
            ada(Signed_Up=iso(NOW)),
            replace(
                LIVE, entries=(EntryFacts(EntryKind.EVENT, "Signed Up", unlike={"wanted": "x", "came": "y"}),)
            ),
            "entry_event_unlike",
        ),
        (ada(), entered_by(EntryKind.DATE, "birthday", is_known=False), "date_missing"),
        (ada(), entered_by(EntryKind.DATE, "birthday", at=iso(LATER)), "date_to_come"),
        (ada(), entered_by(EntryKind.SCHEDULE, "vips"), "not_in_segment"),
        (ada(), entered_by(EntryKind.SCHEDULE, "vips", is_in=True, at=iso(LATER)), "scheduled"),
        (ada(), entered_by(EntryKind.REQUEST, "Journey Requested"), "never_requested"),
        (ada(Journey_Requested=iso(NOW)), entered_by(EntryKind.REQUEST, "Journey Requested"), "not_admitted"),
    ],
)
def test_why_a_contact_is_not_in(profile, journey, reason):
    answer = told(profile, journey)

    assert (answer["enrolled"], answer["reason"]) == (False, reason)
    assert answer["enrolment"] is None
    assert answer["next"] is None
    assert answer["why"]


def test_a_contact_that_left_is_told_to_be_done_and_why():
    left = replace(STANDING, status="exited", reason="goal", ended_at=iso(LATER))

    answer = told(standing=left, gates=[Gate("re-entry", "already_once", {"run": STANDING.id})])

    assert (answer["enrolled"], answer["reason"]) == (False, "already_once")
    assert "goal" in answer["why"]
    assert answer["enrolment"]["status"] == "exited"
    assert answer["next"] is None


def test_a_contact_between_two_runs_may_come_again():
    over = replace(STANDING, status="completed", ended_at=iso(LATER))

    answer = told(standing=over, gates=[Gate("journey"), Gate("re-entry", "", {"runs": 1})])

    assert answer["reason"] == "between_runs"
    assert "lets them in again" in answer["why"]
    assert f"It came to its end at {iso(LATER)}." in answer["why"]
    assert answer["gates"][1] == {
        "gate": "re-entry",
        "passes": True,
        "reason": None,
        "says": "The contact may come in; runs before: 1.",
        "seen": {"runs": 1},
    }


SEEN_BY: dict[Refused, dict[str, Any]] = {
    Refused.ALREADY_ONCE: {"run": STANDING.id},
    Refused.ACTIVE: {"run": STANDING.id},
    Refused.TOO_SOON: {"since": iso(NOW), "not_before": iso(LATER)},
    Refused.LIMIT: {"runs": 3, "at_most": 3, "within": "30 days"},
    Refused.DAILY_LIMIT: {"runs": 10, "at_most": 10, "day": "2026-11-21"},
    Refused.FILTER: {"conditions": {"condition": "plan is pro", "holds": False, "seen": "free"}},
    Refused.GOAL_MET: {"event": "Order Completed", "at": iso(NOW)},
    Refused.NO_KEY: {"key": "cart_id"},
    Refused.NOT_STARTED: {"starts": iso(LATER)},
    Refused.OVER: {"ends": iso(NOW)},
    Refused.STOPPED: {"since": iso(NOW)},
    Refused.FAILING: {"since": iso(NOW), "why": "20 runs failed in a row"},
}


TOLD = {Refused.ACTIVE: "was_active"}


@pytest.mark.parametrize("reason", list(Refused))
def test_whoever_was_refused_is_told_why_with_the_values_that_were_seen(reason: Refused):
    refused = Gate("entry", reason.value, SEEN_BY[reason], iso(NOW))

    answer = told(refused=refused)

    assert (answer["enrolled"], answer["reason"]) == (False, TOLD.get(reason, reason.value))
    assert answer["seen"] == {**SEEN_BY[reason], "refused_at": iso(NOW)}
    assert "(unknown)" not in answer["why"]
    assert "{" not in answer["why"]


def test_a_refusal_of_before_the_last_run_is_history():
    over = replace(STANDING, status="completed", ended_at=iso(LATER))

    answer = told(standing=over, refused=Gate("entry", "filter", {}, iso(NOW - timedelta(days=1))))

    assert answer["reason"] == "between_runs"


def test_of_several_entries_the_nearest_is_told():
    both = replace(LIVE, entries=(*LIVE.entries, EntryFacts(EntryKind.DATE, "birthday", at=iso(LATER))))

    answer = told(journey=both)

    assert (answer["reason"], answer["seen"]) == ("date_to_come", {"at": iso(LATER)})


def test_a_journey_that_takes_nobody_says_so_first():
    stopped = Gate("journey", "stopped", {"since": iso(NOW)})

    assert told(gates=[stopped])["reason"] == "stopped"


def test_every_reason_has_its_words_and_is_told_by_one_of_these_tests():
    refused = {TOLD.get(reason, reason.value) for reason in Refused}
    elsewhere = {
        *("active", "between_runs", "journey_not_live", "entry_event_never_seen", "entry_event_before_live"),
        *(
            "entry_event_too_old",
            "entry_event_imported",
            "entry_event_unlike",
            "segment_never_entered",
            "segment_entered_before_live",
        ),
        *("segment_entered_unmoved", "segment_invalid", "date_missing", "date_to_come", "not_in_segment"),
        *("scheduled", "never_requested", "not_admitted"),
    }

    assert {verdict.value for verdict in Verdict} == refused | elsewhere == {each.value for each in SENTENCES}


def test_after_a_wait_comes_the_step_behind_it():
    assert told(standing=STANDING)["next"] == {
        "step": "Clicked?",
        "at": iso(LATER),
        "overdue": False,
        "what": "Waits for a click.",
        "if_answered": None,
        "if_not": None,
        "held": None,
        "answers": [],
        "message": None,
    }


def test_a_wait_for_an_event_names_both_ways():
    coming = told(standing=replace(STANDING, step="Clicked?"))["next"]

    assert (coming["step"], coming["if_answered"], coming["if_not"]) == ("Clicked?", "Send more", "Remind")


def test_a_wait_at_the_end_leads_to_the_end():
    coming = told(standing=replace(STANDING, step="Wait a week"))["next"]

    assert (coming["step"], coming["what"]) == ("(end)", "The journey ends.")


def test_a_held_message_says_what_holds_it():
    held = a_message("Remind", state=MessageState.PLANNED, reason="hours", sent_at="", decided_at="")

    coming = told(standing=replace(STANDING, step="Remind"), messages=(held,))["next"]

    assert (coming["step"], coming["held"]) == ("Remind", "hours")


def test_what_should_have_happened_is_overdue():
    assert told(standing=replace(STANDING, until=iso(NOW - timedelta(hours=1))))["next"]["overdue"] is True


def test_messages_come_in_the_order_in_which_they_were_due():
    second, first = a_message("Remind", due=iso(LATER)), a_message()

    assert [each["step"] for each in told(standing=STANDING, messages=(second, first))["messages"]] == [
        "Send the welcome",
        "Remind",
    ]


def test_a_message_claimed_before_the_exit_says_that_the_exit_came_too_late():
    left = replace(STANDING, status="exited", reason="goal", ended_at=iso(NOW + timedelta(seconds=1)))
    message = a_message(decided_at=iso(NOW), sent_at=iso(NOW + timedelta(seconds=2)))

    assert "too late" in told(standing=left, messages=(message,))["messages"][0]["note"]


def test_an_unknown_message_is_said_not_to_be_sent_again():
    message = a_message(state=MessageState.UNKNOWN, sent_at="")

    assert "not sent again" in told(standing=STANDING, messages=(message,))["messages"][0]["note"]


def test_merges_and_conflicts_are_told():
    merge = Merge(
        survivor=ADA,
        loser="b" * 20,
        at=iso(NOW),
        why="alias",
        identity="u#old",
        event="u#ada|1",
        source="crm",
    )
    conflict = {"at": iso(NOW), "identity": "a#1", "event": "u#ada|2", "why": "another_user"}
    profile = replace(ada(), conflicts=(conflict,))

    answer = explain(profile, LIVE, standing=None, messages=(), merges=[merge], now=NOW)

    assert [(told["contact"], told["into"], told["why"]) for told in answer["merges"]] == [
        ("b" * 20, ADA, "alias")
    ]
    assert answer["conflicts"] == [conflict]


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (None, "segment_never_entered"),
        (Came("2026-10-01T00:00:00.000Z", moves=True), "segment_entered_before_live"),
        (Came("2026-11-02T00:00:00.000Z", moves=False), "segment_entered_unmoved"),
        (Came("2026-11-02T00:00:00.000Z", moves=True), "not_admitted"),
    ],
)
def test_who_is_not_in_a_journey_of_a_segment_is_told_why(came: Came | None, reason: str):
    journey = entered_by(EntryKind.SEGMENT, "lapsed", came=came)

    told = explain(ada(), journey, standing=None, messages=[], now=NOW)

    assert told["reason"] == reason
    assert "lapsed" in told["why"] or reason == "not_admitted"


def test_a_journey_whose_segment_cannot_be_judged_says_so():
    """T109."""
    journey = entered_by(EntryKind.SEGMENT, "lapsed", is_held=True)

    told = explain(ada(), journey, standing=None, messages=[], now=NOW)

    assert told["reason"] == "segment_invalid"
    assert "deleted" in told["why"]
