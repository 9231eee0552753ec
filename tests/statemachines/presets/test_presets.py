"""The presets, told as whole diaries; together the stories of each visit every state of its machine."""

import importlib
from collections.abc import Iterator

import pytest

from sojourn.journeys.compile import compile_journey
from sojourn.journeys.files import check_files
from sojourn.journeys.folder import known_beside
from tests.compiled import NAMED
from tests.faults.world import World, a_world
from tests.statemachines.presets.stage import ROOT, Case, Preset, played

JOURNEYS = ROOT / "journeys"
NAMES = sorted(path.name.removesuffix(".journey.yaml") for path in JOURNEYS.glob("*.journey.yaml"))


def preset(name: str) -> Preset:
    module = importlib.import_module(f"tests.statemachines.presets.{name.replace('-', '_')}")
    found = module.OF
    assert isinstance(found, Preset)
    return found


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One for all, since making it takes longer than most of what is played."""
    with a_world() as world:
        yield world


@pytest.mark.parametrize("name", NAMES)
def test_the_diaries_are_these_and_every_state_is_visited(name: str, world: World):
    """One test: what is played for the one is played for the other."""
    told = preset(name)

    found = dict(played(told, world))

    assert {story: each.diary for story, each in found.items()} == {
        story: each.diary for story, each in told.stories.items()
    }
    assert {story: each.ends for story, each in found.items()} == {
        story: each.ends for story, each in told.stories.items()
    }
    seen = set().union(*(each.states for each in found.values()))
    assert set(compile_journey(told.journey, version=1, target=NAMED)["States"]) - seen == set()
    assert [
        f"{story}: {case}"
        for story, each in told.stories.items()
        for case in each.tells
        if not found[story].has(case, told.journey)
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_case_is_told_or_it_is_said_why_there_is_none(name: str):
    told = preset(name)
    cases = {case for story in told.stories.values() for case in story.tells}

    assert cases | set(told.without) == set(Case)
    assert not cases & set(told.without)


def test_nothing_in_them_is_doubted():
    assert check_files([JOURNEYS], known=known_beside([JOURNEYS]), strict=True) == 0
