"""What holds for everybody in the workspace: the Config row SETTING / workspace, kept for a minute of the wall.

{"country": "US", "timezone": "America/New_York", "delivery": {…}}     all may be missing; see delivery/policy.py
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sojourn import config
from sojourn.clock import Clock
from sojourn.contacts.addresses import country
from sojourn.tables import store_errors_translated

KIND, ID = "SETTING", "workspace"
REMEMBERED_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the company is: how numbers without + are read, and whose hours hold where nobody knows better.

    `delivery` is the JSON text of what holds for its messages, which rooms above understand.
    """

    country: str = ""
    timezone: str = ""
    delivery: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Workspace":
        """From the row; what is wrong in it is as if it were missing."""
        zone, delivery = data.get("timezone"), data.get("delivery")
        return cls(
            country(data.get("country")),
            zone if isinstance(zone, str) else "",
            json.dumps(delivery, sort_keys=True) if isinstance(delivery, dict) and delivery else "",
        )


def read_workspace() -> Workspace:
    """The row as it stands."""
    with store_errors_translated():
        row = config.get(KIND, ID)
    return Workspace.of(row.data) if row else Workspace()


@dataclass(slots=True)
class WorkspaceReader:
    """What this container knows of the row."""

    clock: Clock
    read: Callable[[], Workspace] = read_workspace
    _known: Workspace = Workspace()
    _until: datetime | None = None

    def __call__(self) -> Workspace:
        """The workspace, a minute old at most."""
        now = self.clock.wall()
        if self._until is None or now >= self._until:
            self._known, self._until = self.read(), now + REMEMBERED_FOR
        return self._known


_readers: list[WorkspaceReader] = []


def use_workspace(reader: WorkspaceReader | None) -> None:
    """Read by this from now on; whatever names the tables says so. None: nothing is known."""
    _readers[:] = [reader] if reader else []


def workspace() -> Workspace:
    """The container's workspace."""
    return _readers[0]() if _readers else Workspace()
