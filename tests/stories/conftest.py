"""The cloud that the stories play on, with the journeys that only they need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.stories import proving, stage
from tests.stories.cloud import Cloud

LONGEST = {"test_upgrading.py", "test_import.py", "test_welcome.py", "test_bad_days.py", "test_presets.py"}
JOURNEYS = Path(__file__).parent / "journeys"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder plays on the local cloud; what takes longest begins first."""
    for item in items:
        if "stories" in item.path.parts:
            item.add_marker(pytest.mark.local_cloud)
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.hookimpl(tryfirst=True)  # while the cloud still runs
def pytest_sessionfinish(session: pytest.Session) -> None:
    """When every story was played, it is known which permissions they needed; one that none needed fails the run."""
    proving.prove(session, os.environ.get("SOJOURN_OWNER", ""))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was proved of permissions."""
    proving.tell(terminalreporter, config)


@pytest.fixture(scope="session")
def cloud() -> Cloud:
    """The local cloud of this test run."""
    local, _ = stage.find(owner=os.environ["SOJOURN_OWNER"])
    found = Cloud(local)
    found.hurry_queues()
    for path in sorted(JOURNEYS.glob("*.journey.yaml")):
        found.ensure_journey(path.name.removesuffix(".journey.yaml"), path.read_text())
    return found
