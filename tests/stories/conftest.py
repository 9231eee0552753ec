"""The cloud that the stories play on, with the journeys that only they need."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from functools import partial
from pathlib import Path

import pytest

from tests.stories import proving, stage
from tests.stories.cloud import Cloud

LONGEST = (  # what takes half a minute or more, the longest first
    "test_nobody_who_waits_is_lost_by_an_upgrade",
    "test_a_newcomer_comes_from_an_empty_cloud",
    "conform-repeat-2:",
    "test_every_preset_sends_all_messages",
    "conform-wait-2:",
    "conform-wait-for-4:",
    "throttle-sent-2",
    "test_an_operator_lets_a_run_go_on",
    "test_who_does_not_click_is_reminded",
    "test_from_a_file_to_a_mail_without_a_command",
    "test_who_falls_silent",
    "test_a_segment_may_ask_everything",
)
JOURNEYS = Path(__file__).parent / "journeys"


def pytest_sessionstart(session: pytest.Session) -> None:
    """The cloud of `make test` starts while its test processes read the tests; if it cannot, the stories say why."""
    if proving.is_whole(session.config):
        start = partial(stage.find, owner=os.environ["SOJOURN_OWNER"])
        threading.Thread(target=start, daemon=True).start()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Everything in this folder plays on the local cloud; what takes longest begins first."""
    for item in items:
        if "stories" in item.path.parts:
            item.add_marker(pytest.mark.local_cloud)
    yield
    dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def dealt(items: list[pytest.Item], workers: int) -> None:
    """The longest at the head of each share that xdist's worksteal hands out; the others stay with their neighbours."""
    longest = sorted((item for item in items if _rank(item) < len(LONGEST)), key=_rank)
    others = [item for item in items if _rank(item) == len(LONGEST)]
    left, shares = len(items), []
    for worker in range(workers):
        own, size = longest[worker::workers], left // (workers - worker)
        shares += [*own, *others[: max(0, size - len(own))]]
        del others[: max(0, size - len(own))]
        left -= size
    items[:] = [*shares, *others]


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, each in enumerate(LONGEST) if each in item.nodeid), len(LONGEST))


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
