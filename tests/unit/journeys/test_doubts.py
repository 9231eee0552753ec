"""Warnings: what keeps nobody from publishing, and yet is not what most people mean."""

from datetime import timedelta

import pytest

from sojourn.journeys.checking.case import Known
from sojourn.journeys.checking.doubts import longest_closed
from sojourn.journeys.load import NOTHING_KNOWN, examine, load_journey
from sojourn.journeys.steps import Hours
from sojourn.rules.check import Known as KnownOfRules

GOOD = """\
journey: good
purpose: marketing
topic: news
kpi: orders within a week
entry: {event: Signed Up}
goal: {event: Order Completed}
steps:
  - {send: Hello, template: hello}
"""


def warned(text: str, known: Known = NOTHING_KNOWN) -> list[str]:
    examined = examine(text, known=known)
    assert examined.findings == ()
    return [f"{finding.line}: {finding.problem}" for finding in examined.warnings]


def warned_of(step: str, known: Known = NOTHING_KNOWN) -> list[str]:
    return warned(f"{GOOD}  - {step}\n", known)


def test_a_journey_with_an_aim_gives_no_doubt():
    assert warned(GOOD) == []


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        ("topic: news\n", "2: messages without a topic"),
        ("kpi: orders within a week\n", "1: no kpi"),
        ("goal: {event: Order Completed}\n", "1: no goal"),
    ],
)
def test_marketing_without_an_aim_is_doubted_and_service_is_not(line: str, warning: str):
    (found,) = warned(GOOD.replace(line, ""))

    assert found.startswith(warning)
    assert warned(GOOD.replace(line, "").replace("marketing", "service")) == []


def test_whoever_leaves_may_be_meant_to_leave_everything():
    text = GOOD.replace("topic: news", "topic: all")
    journey = load_journey(text)

    assert warned(text) == []
    assert journey.topic == ""
    assert type(journey).from_definition(journey.to_definition()) == journey


@pytest.mark.parametrize(
    ("entry", "goal", "is_doubted"),
    [
        ("{segment: active}", "{segment: active}", True),
        ("{segment: active}", "{segment: active, at entry: enter}", False),
        ("{segment: lapsed}", "{segment: active}", False),
        ("{event: Order Completed}", "{event: Order Completed}", False),  # another one
    ],
)
def test_who_comes_into_the_goal_has_met_it(entry: str, goal: str, is_doubted: bool):
    text = GOOD.replace("{event: Signed Up}", entry).replace(
        "goal: {event: Order Completed}", f"goal: {goal}"
    )

    assert [each.startswith("6: the entry is the goal") for each in warned(text)] == [True] * is_doubted


@pytest.mark.parametrize(
    "step",
    [
        "{wait for: W, any: [{opened: Hello}], up to: 1 day, then: [{exit: X}]}",
        "{wait for: W, answers: [{any: [{opened: Hello}], then: [{exit: X}]}, {any: [{event: E}]}], up to: 1 day}",
        "{branch: B, paths: [{if: {message: opened}, then: [{exit: X}]}]}",
        "{branch: B, paths: [{if: [{message: opened, times: at least 2}], then: [{exit: X}]}]}",
    ],
)
def test_opens_alone_decide_nothing(step: str):
    (warning,) = warned_of(step)

    assert "opens alone decide" in warning


@pytest.mark.parametrize(
    "step",
    [
        "{wait for: W, any: [{opened: Hello}, {clicked: Hello}], up to: 1 day, then: [{exit: X}]}",
        "{branch: B, paths: [{if: {any: [{message: opened}, {event: E}]}, then: [{exit: X}]}]}",
    ],
)
def test_with_something_beside_they_may(step: str):
    assert warned_of(step) == []


def test_a_field_without_a_default_is_named():
    known = Known(templates={"hello": "email"}, bare={"hello": ("first_name",)})

    (warning,) = warned(GOOD, known)

    assert "shows `first_name` without a default" in warning


@pytest.mark.parametrize(
    ("send", "is_doubted"),
    [
        ("hours: mon-fri 09:00-17:00, expires: 1 day", True),
        ("hours: mon-fri 09:00-17:00, expires: 3 days", False),
        ("hours: mon-fri 09:00-17:00, expires: 1 day, outside: skip", False),
        ("hours: mon-fri 09:00-17:00", False),
        ("hours: 09:00-17:00, expires: 2 hours", True),
    ],
)
def test_a_message_may_not_outlive_its_hours(send: str, is_doubted: bool):
    found = warned_of(f"{{send: B, template: t, {send}}}")

    assert ["and it expires after" in warning for warning in found] == [True] * is_doubted


@pytest.mark.parametrize(
    ("hours", "closed"),
    [
        ("mon-fri 09:00-17:00", 64),
        ("09:00-17:00", 16),
        ("22:00-06:00", 16),
        ("mon 09:00-10:00", 167),
        ("sat-sun 10:00-12:00", 142),
    ],
)
def test_how_long_hours_are_closed(hours: str, closed: int):
    assert longest_closed(Hours.from_text(hours)) == timedelta(hours=closed)


def test_a_fork_that_parts_for_nothing_is_doubted():
    (warning,) = warned_of("{split: S, paths: [{share: 50%}, {share: 50%}]}")

    assert "none of its paths has a step" in warning


def test_a_journey_that_is_not_there_yet_is_doubted():
    other = load_journey(GOOD.replace("journey: good", "journey: win-back"))

    (warning,) = warned_of("{end: E, journey: winback}", Known(journeys={"win-back": other}))

    assert "no journey 'winback' yet" in warning
    assert warned_of("{end: E, journey: winback}") == []


def test_an_attribute_that_nobody_said_is_doubted_unless_it_is_of_the_run():
    known = Known(rules=KnownOfRules(attributes={"plan": "text"}))
    branch = "{{branch: B, paths: [{{if: {{attribute: {}, is: pro}}, then: [{{exit: X}}]}}]}}"

    assert warned_of(branch.format("plan"), known) == warned_of(branch.format("entry.plan"), known) == []
    assert "nobody has said the attribute `pln` yet" in warned_of(branch.format("pln"), known)[0]
