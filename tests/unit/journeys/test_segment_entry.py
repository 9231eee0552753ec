"""A journey that begins, or is fulfilled, when somebody comes into a segment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.events.model import internal_event
from sojourn.journeys.load import JourneyRefusedError, load_journey
from sojourn.journeys.model import Journey, Trigger
from sojourn.journeys.news import is_news
from sojourn.journeys.versions import LiveJourney
from tests.insight_rows import NOW

TEXT = """
journey: win-back
purpose: marketing
entry: {segment: lapsed}
goal: {segment: active}
steps:
  - send: Say hello
    template: hello
"""


def test_coming_into_a_segment_is_an_entry_and_a_goal():
    journey = load_journey(TEXT)

    assert journey.triggers[0] == Trigger.of_segment("lapsed")
    assert journey.goal
    assert journey.goal.trigger == Trigger.of_segment("active")
    assert Journey.from_definition(journey.to_definition()) == journey
    assert journey.to_definition()["entry"] == {"segment": "lapsed"}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{segment: lapsed, event: Signed Up}", "an event and a segment in one"),
        ("{segment: No Such!}", "the entry segment is"),
        ("{segment: lapsed, include: everybody}", "`existing` is what can be included"),
        ("{segmnt: lapsed}", "unknown key"),
    ],
)
def test_what_is_neither_is_refused_with_a_remedy(entry: str, problem: str):
    with pytest.raises(JourneyRefusedError) as refused:
        load_journey(TEXT.replace("{segment: lapsed}", entry))

    assert problem in " ".join(finding.problem for finding in refused.value.findings)
    assert all(finding.remedy for finding in refused.value.findings)


@pytest.mark.parametrize(
    ("event", "segment", "is_internal", "is_met"),
    [
        ("Segment Entered", "lapsed", True, True),
        ("Segment Entered", "active", True, False),
        ("Segment Left", "lapsed", True, False),
        ("Segment Entered", "lapsed", False, False),  # anybody may send an event of this name
    ],
)
def test_only_our_own_word_on_this_segment_counts(event: str, segment: str, is_internal: bool, is_met: bool):
    trigger = Trigger.of_segment("lapsed")

    assert trigger.is_met_by(event, {"segment": segment}, is_internal=is_internal) is is_met


def test_those_who_are_in_already_enter_the_journey_that_asks_for_them_and_no_other():
    journey = load_journey(
        TEXT.replace("entry: {segment: lapsed}", "entry: {segment: lapsed, include: existing}")
    )
    live = LiveJourney(
        name="win-back",
        version=1,
        version_arn="a",
        entries=journey.entries,
    )
    said = {"segment": "lapsed", "cause": "existing", "journey": "win-back"}
    event = internal_event("u#ada", "Segment Entered", at=NOW, message_id="m", properties=said)

    assert journey.triggers[0].includes_existing
    assert Journey.from_definition(journey.to_definition()) == journey
    assert is_news(event)
    assert live.is_entered_by(event)
    assert not replace(live, name="another").is_entered_by(event)
    assert not Trigger.of_segment("lapsed").is_met_by(event.event, said, is_internal=True)
    assert not live.is_entered_by(replace(event, source="web"))
