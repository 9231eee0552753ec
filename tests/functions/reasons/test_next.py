"""What `sojourn explain` says of what happens next and when: each gate with its values, each answer with its way."""

from __future__ import annotations

from typing import Any

from sojourn.clock import iso
from tests.faults.people import AGREED, introduces
from tests.faults.world import START
from tests.functions.reasons.coming import becomes_vip
from tests.functions.reasons.stage import DAY, HOUR, MAIL, MINUTE, SEND, WAIT, Stage, shown
from tests.segments import VIP, put_in_force

THEN_A_TEXT = """\
  - {wait: Two days, for: 2 days}
  - {send: Text them, template: offer, channel: sms, hours: 09:00-11:00}
"""
ASKED = """\
  - {send: The question, template: welcome}
  - wait for: What did they do?
    ranked: true
    answers:
      - any: [{event: Bought, match: cart}]
        then: [{exit: Bought, reason: bought}]
      - any: [{clicked: The question}, {rule: {attribute: plan, is: pro}}]
        then: [{send: Offer help, template: reminder}]
    up to: 3 days
    otherwise: [{send: Ask once more, template: reminder}]
"""


def gates(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Of the next message, by name; of several caps the last."""
    return {gate["gate"]: gate for gate in answer["next"]["message"]["gates"]}


def test_the_message_behind_a_wait_is_asked_for_the_moment_when_it_comes(stage: Stage):
    """The wait ends at three in the afternoon, and the text's hours are the morning's."""
    stage.play(THEN_A_TEXT, "caps: [{at most: 2, per: 1 week, channel: sms}]", "topic: offers")

    answer = stage.explain()

    coming = answer["next"]["message"]
    assert (coming["step"], coming["at"]) == ("Text them", iso(START + 2 * DAY))
    assert (coming["would"], coming["reason"], coming["until"]) == (
        "waits",
        "hours",
        "2026-01-08T14:00:00.000Z",
    )
    asked = gates(answer)
    assert list(asked) == ["journey", "address", "suppression", "consent", "hours", "cap", "expiry"]
    assert [name for name, gate in asked.items() if not gate["passes"]] == ["hours"]
    assert asked["hours"]["seen"]["zones"] == "America/New_York (contact)"
    assert asked["consent"]["seen"]["status"] == "given"
    cap = {"used": 0, "at_most": 2, "per": "1 week", "count": "rolling", "channel": "sms", "room": None}
    assert cap.items() <= asked["cap"]["seen"].items()
    assert "“Text them” waits until Thu 2026-01-08 09:00 (in 3 days)" in shown(answer)


def test_what_is_taken_of_a_cap_and_when_there_is_room_is_told_before_the_message_is_due(stage: Stage):
    first = "  - {send: First, template: welcome}\n"
    stage.play(
        first + "  - {wait: An hour, for: 1 hour}\n" + SEND,
        "caps: [{at most: 1, per: 1 day}, {at most: 4, per: week, count: calendar, keep: 1, for priority: 5}]",
    )

    answer = stage.explain()

    told = [gate for gate in answer["next"]["message"]["gates"] if gate["gate"] == "cap"]
    assert [(gate["passes"], gate["seen"]["used"], gate["seen"]["at_most"]) for gate in told] == [
        (False, 1, 1), (True, 1, 3),
    ]  # fmt: skip
    assert told[0]["seen"]["room"] == iso(START + DAY)
    assert "1 of 1 messages within 1 day went or are planned: no room before Tue 2026-01-06 15:00" in shown(
        answer
    )


def test_whoever_changes_their_mind_changes_what_is_told_and_nothing_was_written(stage: Stage):
    stage.play(WAIT.replace("{exit: The end, reason: done}", "{send: Say it, template: reminder}"))
    before = stage.explain()["next"]["message"]
    stage.after(HOUR)
    no = [{**AGREED[0], "status": "withdrawn"}]
    stage.world.collect(
        {"type": "identify", "userId": "ann", "messageId": "no", "traits": {}, "context": {"consent": no}}
    )
    stage.world.pump()

    after = stage.explain()["next"]["message"]

    assert (before["would"], after["would"], after["reason"]) == (
        "goes out",
        "would be skipped",
        "unsubscribed",
    )
    assert stage.explain()["messages"] == []


def test_a_wait_tells_each_answer_with_its_way_and_what_silence_brings(stage: Stage):
    stage.play(ASKED, entry="{event: Go, key: cart}", properties={"cart": "7"})
    stage.after(HOUR)
    stage.world.collect({"type": "identify", "userId": "ann", "messageId": "p", "traits": {"plan": "pro"}})
    stage.world.pump()

    answer = stage.explain()

    told = [(each["when"], each["step"]) for each in answer["next"]["answers"]]
    assert told == [
        ("event “Bought”", "Bought"),
        ("clicked “The question” or plan is 'pro'", "Offer help"),
    ]
    assert (answer["next"]["if_not"], answer["next"]["at"]) == ("Ask once more", iso(START + 3 * DAY))
    assert answer["enrolment"]["waits"]["best"] == "clicked “The question” or plan is 'pro'"
    assert "Run 1 for “7”, version 1: came in Mon 2026-01-05 15:00, by “Go”." in shown(answer)


def test_a_task_tells_whose_it_is_and_where_each_outcome_leads(stage: Stage):
    task = "  - {task: Call them, assign: sales, due: 2 days, outcomes: {reached: [{exit: Talked}], not reached: }}\n"
    stage.play(task + MAIL)

    text = shown(stage.explain())

    assert "A task of sales." in text
    assert "settled: “reached” → “Talked”" in text
    assert "nothing of it in time → “Say it”" in text


def test_runs_side_by_side_are_all_told(stage: Stage):
    stage.play(MAIL, entry="{event: Go, key: cart}", properties={"cart": "7"})
    stage.after(HOUR)
    stage.does("Go", cart="8")

    answer = stage.explain()

    assert [(run["key"], run["status"]) for run in answer["runs"]] == [("8", "active"), ("7", "active")]
    assert "“7”, came in Mon 2026-01-05 15:00. It goes on." in shown(answer)


def test_of_several_entries_each_is_told_and_the_nearest_first(stage: Stage):
    put_in_force(vip=VIP)
    entry = "[{event: Go, where: {total: {over: 20}}}, {segment: vip}, {date: birthday, yearly: true}, {api: true}]"
    stage.publish(entry=entry)
    introduces(stage.world)
    stage.does("Go", total=3)

    answer = stage.explain()

    assert [each["reason"] for each in answer["entries"]] == [
        "entry_event_unlike", "segment_never_entered", "date_missing", "never_requested",
    ]  # fmt: skip
    assert answer["reason"] == "entry_event_unlike"
    assert (
        "by the date “birthday”: The journey is entered by the date “birthday”, and the contact has none."
        in shown(answer)
    )


def test_who_is_in_is_told_of_no_entry_that_it_did_not_let_them_in(stage: Stage):
    put_in_force(vip=VIP)
    stage.publish(entry="[{segment: vip}, {event: Go}]")
    becomes_vip(stage)
    stage.after(MINUTE)

    answer = stage.explain()

    assert answer["enrolled"]
    assert [each["reason"] for each in answer["entries"]] == [None, "entry_event_never_seen"]
    assert answer["enrolment"]["came_by"] == "Segment Entered"


def test_the_next_message_of_a_branch_is_not_guessed(stage: Stage):
    branch = "  - {branch: Which, if: {attribute: plan, is: pro}, then: [{send: A, template: reminder}]}\n"
    stage.play("  - {wait: Two days, for: 2 days}\n" + branch + SEND)

    coming = stage.explain()["next"]

    assert (coming["step"], coming["message"]) == ("Which", None)
