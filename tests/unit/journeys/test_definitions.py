"""Nothing is lost between a journey, its JSON, and its file."""

import json
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from sojourn.journeys.load import MOST_LEVELS, load_journey
from sojourn.journeys.model import Journey
from sojourn.journeys.reading.journey import read_journey
from sojourn.journeys.steps import READERS, every
from sojourn.rules.fields import Notes
from sojourn.rules.parse import parse
from tests.journeys_made import journeys

WHOLE = (Path(__file__).parent / "whole.journey.yaml").read_text()
THOROUGH = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def read(text: str) -> tuple[Journey, list[str]]:
    notes = Notes("made")
    return read_journey(parse(text, deepest=MOST_LEVELS), notes).journey, [
        str(each) for each in notes.findings
    ]


@THOROUGH
@given(journeys())
def test_any_journey_survives_json_whole(journey: Journey):
    assert Journey.from_definition(json.loads(json.dumps(journey.to_definition()))) == journey


@THOROUGH
@given(journeys())
def test_any_definition_is_a_file_of_the_same_journey(journey: Journey):
    assert read(json.dumps(journey.to_definition())) == (journey, [])


def test_the_whole_language_stands_in_one_file():
    journey = load_journey(WHOLE)

    assert load_journey(json.dumps(journey.to_definition())) == journey
    assert {step.kind for step in every(journey.steps)} == set(READERS)


@pytest.mark.parametrize("kind", READERS)
def test_each_field_of_each_kind_is_set_somewhere_in_that_file(kind: str):
    steps = [step for step in every(load_journey(WHOLE).steps) if step.kind == kind]

    assert [field.name for field in fields(kind_of(steps[0])) if not is_set(field, steps)] == []


def test_each_field_of_the_journey_is_set_in_that_file():
    assert [field.name for field in fields(Journey) if not is_set(field, [load_journey(WHOLE)])] == []


def test_two_hundred_steps_are_read_checked_and_compiled_in_a_fifth_of_a_second():
    head = WHOLE.split("steps:\n")[0]
    rows = "".join(
        f"  - branch: B{n}\n    paths:\n      - if: {{attribute: plan, is: pro}}\n"
        f"        then: [{{send: S{n}, template: t}}]\n  - wait: W{n}\n    for: 1 day\n"
        for n in range(66)
    )
    text = f"{head}steps:\n{rows}  - {{send: Last, template: t}}\n"
    assert len(list(every(load_journey(text).steps))) == 199

    best = min(timed(text) for _ in range(5))

    assert best < 0.2


def timed(text: str) -> float:
    """In seconds of the processor: others may be at work on it."""
    began = time.process_time()
    load_journey(text)
    return time.process_time() - began


def kind_of(step: Any) -> Any:
    return type(step)


def is_set(field: Any, owners: list[Any]) -> bool:
    usual = field.default_factory() if callable(field.default_factory) else field.default
    return any(getattr(owner, field.name) != usual for owner in owners)
