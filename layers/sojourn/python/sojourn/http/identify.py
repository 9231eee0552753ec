"""The secrets that users' hashes are made with: the Config row KEY / identify, kept for a minute.

A hash of any of them is good: after a rotation pages that were made before it go on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn.clock import Clock
from sojourn.http.keys import REMEMBERED_FOR, Lookup, read_key_row

ID = "identify"


@dataclass(slots=True)
class IdentifySecrets:
    """What this container knows of the row."""

    clock: Clock
    lookup: Lookup = read_key_row
    _until: datetime | None = None
    _secrets: tuple[str, ...] = ()

    def __call__(self) -> tuple[str, ...]:
        """Every secret that is in use; none before the first is made."""
        now = self.clock.wall()
        if self._until is None or now >= self._until:
            self._secrets = secrets_of(self.lookup(ID))
            self._until = now + REMEMBERED_FOR
        return self._secrets


def secrets_of(row: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The secrets in a row: {"active": kid, "keys": {kid: secret}}."""
    return tuple(row["keys"].values()) if row else ()
