"""A journey that begins, or is fulfilled, when somebody comes into a segment."""

from __future__ import annotations

import pytest

from sojourn.journeys.load import JourneyRefusedError, load_journey
from sojourn.journeys.model import Journey, Trigger

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

    assert journey.entry == Trigger.of_segment("lapsed")
    assert journey.goal == Trigger.of_segment("active")
    assert Journey.from_definition(journey.to_definition()) == journey
    assert journey.to_definition()["entry"] == {"segment": "lapsed"}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{segment: lapsed, event: Signed Up}", "an event and a segment in one"),
        ("{segment: No Such!}", "the entry segment is"),
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
