"""Who would be in a segment that is not saved: a head count with its interval, and a few of them, within seconds.

The People table is looked at in pages that lie in it by the hash of the contact, in an order that chance makes and the
rule decides; some at once, for most of the time is waiting. It ends when everybody was looked at, or the time is up:
then those who were are a sample, whose contacts chance chose.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sojourn.clock import Clock
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.rules.definition import to_definition
from sojourn.rules.nodes import Rule
from sojourn.segments.estimate import Estimate, estimated
from sojourn.segments.pages import fields_for, people_of
from sojourn.segments.runs.store import rows_counted
from sojourn.segments.trial import Trial

ENOUGH = 20_000  # contacts
PATIENCE = timedelta(seconds=1.5)  # then no page is begun, and who is not at hand is not read
EXAMPLES = 10
ROWS_A_PAGE, ROWS_A_SLOW_PAGE = 16_000, 400  # each reader reads one whole, however long that takes
MOST_PAGES = 100_000
READERS = 2  # pages that are read at once


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would come to."""

    estimate: Estimate
    examples: tuple[Profile, ...]


def preview(trial: Trial, *, clock: Clock) -> Preview:
    """Look at contacts, all of them if there is time."""
    rows_a_page = ROWS_A_SLOW_PAGE if trial.reads_more else ROWS_A_PAGE
    pages = min(MOST_PAGES, 1 + rows_counted() // rows_a_page)
    workspace()  # known before the readers ask for it, all at once
    dice = random.Random(_seed(trial.rule))  # noqa: S311  a sample, not a secret
    waiting = dice.sample(range(pages), pages)
    look = _Look(trial, clock, clock.wall() + PATIENCE, dice, pages, waiting)
    with ThreadPoolExecutor(min(READERS, pages)) as readers:
        for reader in [readers.submit(look.go_on) for _ in range(min(READERS, pages))]:
            reader.result()
    estimate = estimated(look.members, look.looked_at, share=look.done / pages)
    return Preview(estimate, tuple(look.examples))


@dataclass(slots=True)
class _Look:
    """What its readers have seen so far."""

    trial: Trial
    clock: Clock
    until: datetime
    dice: random.Random
    pages: int
    waiting: list[int]
    done: float = 0  # pages, of some of them only a part
    looked_at: int = 0
    members: int = 0
    examples: list[Profile] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def go_on(self) -> None:
        """Page after page, until there is none, or no time."""
        fields = fields_for(self.trial.compiled)
        while (page := self._next()) is not None:
            self._look_at(list(people_of(page, self.pages, fields)))

    def _next(self) -> int | None:
        """A page that nobody has begun; the first always."""
        with self.lock:
            is_over = self.clock.wall() >= self.until or self.looked_at >= ENOUGH
            return None if not self.waiting or (is_over and self.done) else self.waiting.pop()

    def _look_at(self, people: Sequence[Profile]) -> None:
        """As many as there is time for, of whom chance says who comes first."""
        drawn = self._drawn(people)
        inside: list[Profile] = []
        seen = 0
        for profile in drawn:
            seen += 1
            if self.trial.holds(profile):
                inside.append(profile)
            if self.trial.reads_more and self.clock.wall() >= self.until:
                break
        with self.lock:
            self.looked_at += seen
            self.members += len(inside)
            self.done += seen / len(drawn) if drawn else 1
            self.examples += inside[: EXAMPLES - len(self.examples)]

    def _drawn(self, people: Sequence[Profile]) -> Sequence[Profile]:
        if not self.trial.reads_more:
            return people
        with self.lock:
            return self.dice.sample(people, len(people))


def _seed(rule: Rule) -> int:
    said = json.dumps(to_definition(rule), sort_keys=True)
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])
