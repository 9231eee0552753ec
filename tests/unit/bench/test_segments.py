"""What segments ask for does not grow with their number."""

from __future__ import annotations

from bench import segments
from bench.react import CROWD, EVENTS, REQUESTS_GOAL


def test_an_event_asks_one_rule_and_as_many_rows_however_many_segments_there_are():
    """T107."""
    few, many = (segments.asked(CROWD, number) for number in (2, 120))

    assert few.judged == many.judged == EVENTS
    assert many.requests <= few.requests * segments.SLOPE_GOAL
    assert many.requests / EVENTS <= REQUESTS_GOAL
