"""Dates and schedules bring people in at their own moments, where they are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.contacts.workspace import Workspace, use_workspace
from sojourn.events.model import internal_event
from sojourn.journeys.load import load_journey
from sojourn.planning.answer import answer_of
from sojourn.planning.figures import Figures
from sojourn.planning.habits import behaviour_of, nothing, shipped
from sojourn.planning.people import Listed, MadeUp, People, person_of
from sojourn.planning.rehearse import Plan, diary, lives_in, rehearse
from sojourn.planning.script import Script
from sojourn.planning.stage import Stage
from sojourn.segments.model import ENTERED

START = datetime(2026, 2, 1, tzinfo=UTC)
A_YEAR = timedelta(days=365)
ENDS = "\nsteps:\n  - send: Write\n    template: feedback\n"
BIRTHDAY = "journey: birthday\npurpose: marketing\nentry: {date: birthday, yearly: true, at: 09:00}" + ENDS
RENEWAL = "journey: renewal\npurpose: marketing\nentry: {date: renews, before: 3 days, at: 10:00}" + ENDS
MONDAYS = (
    'journey: mondays\npurpose: marketing\nentry: {schedule: "0 9 * * 1", zone: Europe/Berlin, segment: vip}'
    + ENDS
)
EITHER = (
    "journey: either\npurpose: marketing\nentry:\n  - {event: Signed Up}\n  - {date: birthday, yearly: true}"
    + ENDS
)


@pytest.fixture(autouse=True)
def _no_cloud() -> Iterator[None]:
    lives_in(Workspace())
    yield
    use_workspace(None)


@pytest.mark.parametrize(
    ("birthday", "zone", "at"),
    [
        ("1990-05-04", "Europe/Berlin", "2026-05-04T07:00:00.000Z"),
        ("1990-05-04", "America/New_York", "2026-05-04T13:00:00.000Z"),
        ("1992-02-29", "Europe/Berlin", "2026-02-28T08:00:00.000Z"),
        ("1990-01-31", "Europe/Berlin", "2027-01-31T08:00:00.000Z"),
    ],
)
def test_a_birthday_lets_in_at_nine_where_the_contact_is(birthday: str, zone: str, at: str):
    plan = plan_of(BIRTHDAY, Listed((row("ann", timezone=zone, birthday=birthday),)))

    assert entered(plan, "ann") == [at]


def test_a_date_with_a_distance_lets_in_once_and_before_the_start_never():
    people = Listed((row("ann", renews="2026-04-20"), row("bob", renews="2026-02-02"), row("eve")))
    plan = plan_of(RENEWAL, people)

    assert entered(plan, "ann") == ["2026-04-17T08:00:00.000Z"]
    assert entered(plan, "bob") == []
    assert entered(plan, "eve") == []


def test_a_schedule_lets_its_members_in_at_each_moment_across_the_change_of_the_clocks():
    people = Listed((row("ann", segments=["vip"]), row("bob", segments=["other"]), row("eve")))
    plan = plan_of(MONDAYS, people, days=60)

    found = entered(plan, "ann")

    assert found[0] == "2026-02-02T08:00:00.000Z"
    assert found[-1] == "2026-03-30T07:00:00.000Z"  # nine o'clock is an hour earlier by then
    assert len(found) == 9
    assert entered(plan, "bob") == []
    assert entered(plan, "eve") == found  # of whom no segment is said, of them none is denied


def test_events_bring_people_in_as_arrivals_say_and_dates_beside_them():
    people = Listed((row("ann", birthday="1990-05-04"),))
    plan = plan_of(EITHER + "re-entry: always\n", people, behaviour=behaviour_of({"arrivals": {}}))

    assert entered(plan, "ann") == ["2026-02-01T00:00:00.000Z", "2026-05-03T22:00:00.000Z"]


@pytest.mark.parametrize("text", [BIRTHDAY, RENEWAL], ids=["yearly", "once"])
def test_made_up_contacts_have_their_dates_all_over_the_year(text: str):
    plan = plan_of(text, MadeUp(200, shipped()), behaviour=shipped())

    total, _ = rehearse(plan)
    answer = answer_of(plan, total)

    assert 190 <= answer["entered"] <= 200
    assert len({each["day"][:7] for each in answer["messages"]["by_day_and_step"]}) >= 12


def test_who_is_told_of_their_day_at_midnight_comes_at_its_moment():
    stage = a_stage(row("ann", birthday="1990-05-04"))
    told = internal_event(
        "u#ann",
        ENTERED,
        at=datetime(2026, 5, 3, 22, 0, 5, tzinfo=UTC),
        message_id="m",
        properties={"segment": "birthday--d1"},
    )

    stage.at(told.at, lambda: stage.happens(told))
    stage.play()

    assert [run.first.entered_at for run in stage.runs] == ["2026-05-04T07:00:00.000Z"]
    assert stage.runs[0].first.entered_by == "date 1 2026-05-04"


def a_stage(said: dict[str, Any]) -> Stage:
    """A contact of the birthday's journey."""
    return Stage(
        Script(load_journey(BIRTHDAY)),
        nothing(),
        person_of(said),
        seed=0,
        start=START,
        until=START + A_YEAR,
        figures=Figures(),
        workspace=Workspace(),
    )


def entered(plan: Plan, user: str) -> list[str]:
    """When somebody came in."""
    lines = diary(plan, user)
    assert lines is not None
    return [line["at"] for line in lines if line["what"] == "came in"]


def plan_of(text: str, people: People, *, days: int = 365, behaviour: Any = None) -> Plan:
    """From February on."""
    habits = behaviour or nothing()
    until = START + timedelta(days=days)
    return Plan(load_journey(text).to_definition(), habits.said, people, START, until)


def row(user: str, **more: Any) -> dict[str, Any]:
    """Somebody in Berlin."""
    return {"user_id": user, "email": f"{user}@example.org", "timezone": "Europe/Berlin", **more}
