"""The presets, told as whole diaries; together the stories of each visit every state of its machine."""

import importlib

import pytest

from sojourn.journeys.compile import compile_journey
from tests.compiled import NAMED
from tests.statemachines.presets.stage import ROOT, Preset, played

THE_OTHERS = {"welcome", "double-opt-in", "data-link", "erasure-link", "preferences-link"}  # told elsewhere
NAMES = sorted(
    {path.name.removesuffix(".journey.yaml") for path in (ROOT / "journeys").glob("*.journey.yaml")}
    - THE_OTHERS
)


def preset(name: str) -> Preset:
    module = importlib.import_module(f"tests.statemachines.presets.{name.replace('-', '_')}")
    found = module.OF
    assert isinstance(found, Preset)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_diaries_are_these_and_every_state_is_visited(name: str):
    """One test: what is played for the one is played for the other, and making a world takes long."""
    told = preset(name)

    found = dict(played(told))

    assert {story: each.diary for story, each in found.items()} == {
        story: each.diary for story, each in told.stories.items()
    }
    assert {story: each.ends for story, each in found.items()} == {
        story: each.ends for story, each in told.stories.items()
    }
    seen = set().union(*(each.states for each in found.values()))
    assert set(compile_journey(told.journey, version=1, target=NAMED)["States"]) - seen == set()
