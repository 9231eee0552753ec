"""What holds for every test.

The stories share one local cloud, whatever the number of test processes; it ends with the run that started it.
"""

from __future__ import annotations

import os
import sys

import pytest

from tests.stories import stage

OWNER = "SOJOURN_OWNER"


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run owns whatever the run starts; its helpers inherit the number."""
    if not hasattr(config, "workerinput"):
        os.environ[OWNER] = str(os.getpid())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No process outlives the run."""
    if not hasattr(session.config, "workerinput"):
        stage.clear(owner=os.environ[OWNER])


@pytest.fixture(autouse=True)
def _as_deep_as_on_lambda() -> None:
    """Python's own limit: hypothesis raises it for its tests, and leaves it so."""
    sys.setrecursionlimit(1_000)
