"""The secrets that links are signed with: the Config row KEY / link, kept for a minute.

link_keys()            to sign
link_keys.knowing(t)   to read t: a key made a second ago, by a rotation elsewhere, is fetched
"""

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn import config
from sojourn.errors import NotFoundError
from sojourn.tracking.tokens import Keys, kid_of

KIND, ID = "KEY", "link"
KEPT_SECONDS = 60.0
PAUSE_SECONDS = 1.0  # strangers name keys that do not exist: they cost one read a second


def read_link_row() -> Mapping[str, Any]:
    """The row as it stands."""
    row = config.get(KIND, ID)
    if row is None:
        raise NotFoundError("there is no signing key for links: the Config row KEY / link is missing")
    return row.data


def keys_of(row: Mapping[str, Any]) -> Keys:
    """The keys in a row: {"active": kid, "keys": {kid: base64 secret}}."""
    return Keys(row["active"], {kid: base64.b64decode(secret) for kid, secret in row["keys"].items()})


@dataclass(slots=True)
class LinkKeys:
    """The keys, read again when they may have changed. `elapsed` is a stopwatch, not a clock."""

    read_row: Callable[[], Mapping[str, Any]] = read_link_row
    elapsed: Callable[[], float] = time.monotonic
    kept_seconds: float = KEPT_SECONDS
    _keys: Keys | None = None
    _read_at: float = 0.0

    def __call__(self) -> Keys:
        """The keys, at most a minute old, or as old as they may be here."""
        return self._within(self.kept_seconds)

    def knowing(self, token: str) -> Keys:
        """The keys to read this token with."""
        return self.with_kid(kid_of(token))

    def with_kid(self, kid: str) -> Keys:
        """The keys with this one among them, if it is one."""
        keys = self()
        return keys if kid in keys.secrets else self._within(PAUSE_SECONDS)

    def _within(self, seconds: float) -> Keys:
        if self._keys is None or self.elapsed() - self._read_at >= seconds:
            self._keys = keys_of(self.read_row())
            self._read_at = self.elapsed()
        return self._keys


link_keys = LinkKeys()
