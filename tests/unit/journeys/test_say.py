"""Steps in plain English."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from sojourn.journeys.language.paths import Step
from sojourn.journeys.load import load_journey
from sojourn.journeys.say import say
from sojourn.journeys.steps import every
from tests.journeys_made import steps

WHOLE = load_journey((Path(__file__).parent / "whole.journey.yaml").read_text())
SAID = {
    "Note it down": "Sets stage to “lead”, sets plan to “entry.plan”",
    "Ask for a voucher": "Calls shop.example.com and waits 5 seconds for an answer; without one, whoever it was",
    "Ask the old way": "Calls the function voucher and waits 10 seconds for an answer; "
    "without one, whoever it was for leaves.",
    "Text an offer": "Sends the template “offer” by sms, between mon,tue,wed,thu,fri,sat 10:00-20:00 local time, "
    "or “offer-mail” by email, the same day; whoever it is skipped for goes on to “Out of reach”",
    "Let it sink in": "Waits 2 days, counted from when “Text an offer” was clicked, until it is mon,tue,wed,thu,fri "
    "09:00-17:00 local time.",
    "Till Monday": "Waits until Monday 09:00 local time.",
    "Till the renewal nears": "Waits until 3 days after renews of the entry at 09:00 local time; whose day has passed "
    "goes on to “Too late”; whoever has no such day leaves.",
    "What did they do?": "Waits up to 3 days for: event “Order Completed”; or clicked “Text an offer” or delivered "
    "“Text an offer” or is in the segment active, the first of them before all others.",
    "Which plan?": "Goes the way of the first that holds: (1) reply.ask_for_a_voucher.code is known; (2) plan",
    "Which subject?": "Parts people by chance: 45%, 45%, 10% held out.",
    "Remind weekly": "Repeats “Weekly word”, “A week”, 3 times at most, until did Order Completed in the last 7 days.",
    "Call them": "Asks sales to settle it within 2 days: “reached” or “not reached”.",
    "Win them back": "Lets them into the journey win-back.",
    "No more reminders": "Takes them out of the journey renewal.",
    "The end": "Leaves the journey: done.",
    "Tell more": "Sends the template “more” by email.",
    "A week": "Waits 1 week.",
}


@pytest.mark.parametrize(("name", "said"), SAID.items())
def test_a_step_is_said_in_a_sentence(name: str, said: str):
    (step,) = [step for step in every(WHOLE.steps) if step.name == name]

    assert say(step).startswith(said)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_any_step_is_one_line(made: tuple[Step, ...]):
    for step in every(made):
        assert say(step).isprintable()
        assert len(say(step)) <= 500
