"""Publishing by name. What publishing does: tests/unit/journeys/test_publish.py."""

from collections.abc import Iterator

import pytest

from sojourn.journeys.versions import Draft, get_draft, save_draft
from tests.faults.world import JOURNEYS, World, a_world

SOURCE = (JOURNEYS / "welcome.journey.yaml").read_text()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def draft(source: str) -> None:
    there = get_draft("welcome")
    save_draft(Draft(name="welcome", revision=there.revision if there else 0, source=source, definition={}))


def test_what_is_live_is_answered(world: World):
    answer = world.call("publish_journey", {"journey": "welcome"})

    assert (answer["name"], answer["version"], answer["changed"]) == ("welcome", 1, False)
    assert answer["version_arn"].endswith(":stateMachine:sojourn-test-j-welcome:1")


def test_an_authors_errors_are_an_answer(world: World):
    draft(SOURCE.replace("template: offer", "template: ofer"))

    answer = world.call("publish_journey", {"journey": "welcome"})

    (error,) = answer["errors"]
    assert (error["file"], error["step"]) == ("welcome.journey.yaml", "Text an offer")
    assert error["line"]
    assert error["remedy"]


def test_a_journey_that_is_not_there_is_an_answer(world: World):
    assert "not_found" in world.call("publish_journey", {"journey": "nothing"})
