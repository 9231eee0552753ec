"""What holds for every test.

The stories share one local cloud, whatever the number of test processes; it ends with the run that started it.
"""

from __future__ import annotations

import gc
import os
import sys

import pytest
from hypothesis import HealthCheck, settings

from tests import quick
from tests.faults.tally import POINTS, VIOLATIONS
from tests.stories import stage

OWNER = "SOJOURN_OWNER"
KEPT = (  # what a container keeps of rows that never change
    ("sojourn.messages.library", "get_template"),
    ("sojourn.journeys.versions", "published"),
    ("sojourn.journeys.live", "_read"),
    ("sojourn.segments.store", "_cuts"),
    ("sojourn.segments.store", "_index"),
)
RARELY = (10_000, 20, 50)  # looking for garbage as often as Python does took a ninth of the tests' time
PLACES = ("stories", "infra_local", "browser")  # where each test process of the stories collects


def is_told(item: pytest.Item) -> bool:
    """Whether `make test` comes by here for what needs the local cloud."""
    return bool(set(PLACES) & set(item.path.parts))


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run owns whatever the run starts; its helpers inherit the number."""
    quick.install()
    gc.set_threshold(*RARELY)
    # By the wall's clock a busy machine would fail what is right.
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")
    if not hasattr(config, "workerinput"):
        os.environ[OWNER] = str(os.getpid())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first, so that at the end no test process waits for another."""
    lost = [each.nodeid for each in items if each.get_closest_marker("local_cloud") and not is_told(each)]
    if lost:
        raise pytest.UsageError(f"`make test` plays {PLACES} alone on the local cloud, and not {lost}")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many faults all walks of tests/faults tried together, and what came of it."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    over = [report for report in reports if getattr(report, "when", "") == "teardown"]
    told = [said for report in over for said in report.user_properties]
    points, violations = (sum(n for name, n in told if name == each) for each in (POINTS, VIOLATIONS))
    if points:
        terminalreporter.write_line(f"{POINTS}: {points:,}, {VIOLATIONS}: {violations}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No process outlives the run."""
    if not hasattr(session.config, "workerinput"):
        stage.clear(owner=os.environ[OWNER])


@pytest.fixture(autouse=True)
def _a_new_container() -> None:
    """No test remembers what another has read: a row kept as immutable is another one in the next test's tables."""
    for module, name in KEPT:
        if loaded := sys.modules.get(module):
            getattr(loaded, name).cache_clear()


@pytest.fixture(autouse=True)
def _as_deep_as_on_lambda() -> None:
    """Python's own limit: hypothesis raises it for its tests, and leaves it so."""
    sys.setrecursionlimit(1_000)
