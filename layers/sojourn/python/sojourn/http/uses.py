"""The day on which an API key was used last: one small write a day and container, `KEYUSE` / its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn import config
from sojourn.clock import Clock

KIND = "KEYUSE"


@dataclass(slots=True)
class Uses:
    """What this container has written down today."""

    clock: Clock
    _noted: dict[str, str] = field(default_factory=dict)

    def note(self, name: str) -> None:
        """This key was used today."""
        today = self.clock.wall().date().isoformat()
        if self._noted.get(name) != today:
            config.put(KIND, name, {"day": today})
            self._noted[name] = today


def last_uses() -> Mapping[str, str]:
    """The last day of each key that was ever used, by name."""
    return {row.id: str(row.data["day"]) for row in config.query(KIND)}
