"""How many requests a key may make in a second of the wall, over all containers.

Costs nothing where little happens: the first FREE requests that a container gets of a key in a second pass unasked.
From then on it takes requests BLOCK at a time from the key's row, those that passed unasked with the first block; when
none are left it refuses until the second is over, and asks no more.

So a busy container makes one small write for every BLOCK requests. The bounds: containers that get no more than FREE
each are not counted, so at most FREE × containers more than the rate pass; and BLOCK − 1 may lie idle in each busy
container. Where two seconds meet, twice the rate may pass within a second. Nobody is refused because the row is out of
reach.
"""

from dataclasses import dataclass, field
from typing import Protocol

from sojourn import telemetry
from sojourn.clock import Clock
from sojourn.errors import Problem, StoreBusyError
from sojourn.limits.store import lease

DEFAULT_RATE = 1_000  # requests in a second, as Segment has it
FREE = 5
BLOCK = 20
MOST_REMEMBERED = 1_000


class Lease(Protocol):
    """Takes requests of a second; see store.lease."""

    def __call__(self, key: str, *, second: int, asked: int, rate: int) -> int:
        """How many of those asked for there were left."""
        ...


@dataclass(slots=True)
class Spell:
    """One key in one second, as one container sees it."""

    second: int
    passed: int = 0
    leased: int = 0
    is_over: bool = False


@dataclass(slots=True)
class Limiter:
    """Lets requests pass, or refuses them."""

    clock: Clock
    lease: Lease = lease
    _spells: dict[str, Spell] = field(default_factory=dict)

    def admit(self, key: str, rate: int | None = None) -> None:
        """Pass, or Problem 429 that says when to come back."""
        limit = DEFAULT_RATE if rate is None else rate
        spell = self._spell(key)
        if not self._passes(spell, key, limit):
            raise too_many(limit, resets_at=spell.second + 1)
        spell.passed += 1

    def _passes(self, spell: Spell, key: str, rate: int) -> bool:
        if spell.passed < max(spell.leased, min(FREE, rate)):
            return True
        if not spell.is_over:
            self._take(spell, key, rate)
        return spell.passed < spell.leased

    def _take(self, spell: Spell, key: str, rate: int) -> None:
        """A block more; with the first one what passed unasked is paid for."""
        asked = BLOCK if spell.leased else BLOCK + spell.passed
        try:
            granted = self.lease(key, second=spell.second, asked=asked, rate=rate)
        except StoreBusyError as error:
            telemetry.warn("rate not counted", error=str(error))
            granted = asked
        spell.leased += granted
        spell.is_over = granted < asked

    def _spell(self, key: str) -> Spell:
        second = int(self.clock.wall().timestamp())
        spell = self._spells.get(key)
        if spell is None or spell.second != second:
            if len(self._spells) >= MOST_REMEMBERED:
                self._spells.clear()
            spell = self._spells[key] = Spell(second)
        return spell


def too_many(rate: int, *, resets_at: int) -> Problem:
    """The refusal, in the headers that Segment's clients read."""
    return Problem(
        429,
        "rate_limited",
        f"this key may make {rate} requests in a second: send it again a little later",
        limit=rate,
        headers={"Retry-After": "1", "X-RateLimit-Reset": str(resets_at)},
    )
