"""Rounds of repeats as words: `2`, and inside a repeat that stands inside another `2.1`. Pure."""

from collections.abc import Mapping

from sojourn.journeys.model import Journey
from sojourn.journeys.shape import shape_of


def round_of(journey: Journey, rounds: Mapping[str, int], step: str) -> str:
    """The round in which a step stands, or last stood; empty for one in no repeat."""
    return ".".join(str(rounds.get(name, 1)) for name in shape_of(journey).repeats.get(step, ()))


def next_round(journey: Journey, rounds: Mapping[str, int], repeat: str) -> dict[str, int]:
    """The counts when a repeat begins one round more: those of the repeats inside it begin anew."""
    around = shape_of(journey).repeats
    counts = {name: n for name, n in rounds.items() if repeat not in around.get(name, ())}
    return {**counts, repeat: rounds.get(repeat, 0) + 1}
