"""Who would be in a segment that is not saved: a head count with its interval, and a few of them, within seconds.

The People table is looked at in pages that lie in it by the hash of the contact, in an order that chance makes and the
rule decides: the same rule looks at the same people. It ends after enough contacts, or when the time is up.
"""

import hashlib
import json
import random
from dataclasses import dataclass
from datetime import timedelta

from sojourn.clock import Clock
from sojourn.contacts.model import Profile
from sojourn.rules.definition import to_definition
from sojourn.rules.nodes import Rule
from sojourn.segments.estimate import Estimate, estimated
from sojourn.segments.runs.store import people_from, rows_counted
from sojourn.segments.trial import Trial

ENOUGH = 20_000  # contacts
PATIENCE = timedelta(seconds=2)
EXAMPLES = 10
ROWS_A_PAGE, ROWS_A_SLOW_PAGE = 4_000, 400
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would come to."""

    estimate: Estimate
    examples: tuple[Profile, ...]


def preview(trial: Trial, *, clock: Clock) -> Preview:
    """Look at contacts, all of them if there are few."""
    rows = rows_counted()
    pages = min(MOST_PAGES, 1 + rows // (ROWS_A_SLOW_PAGE if trial.reads_more else ROWS_A_PAGE))
    order = list(range(pages))
    random.Random(_seed(trial.rule)).shuffle(order)  # noqa: S311  a sample, not a secret
    end, examples = clock.wall() + PATIENCE, list[Profile]()
    looked_at = members = done = 0
    for page in order:
        found = _people_of(page, pages)
        inside = [each for each in found if trial.holds(each)]
        examples += inside[: EXAMPLES - len(examples)]
        looked_at, members, done = looked_at + len(found), members + len(inside), done + 1
        if looked_at >= ENOUGH or (looked_at and clock.wall() >= end):
            break
    return Preview(estimated(members, looked_at, share=done / pages), tuple(examples))


def _people_of(page: int, pages: int) -> list[Profile]:
    found, place = people_from(page, pages, None)
    people = list(found.people)
    while place is not None:
        found, place = people_from(page, pages, place)
        people += found.people
    return people


def _seed(rule: Rule) -> int:
    said = json.dumps(to_definition(rule), sort_keys=True)
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8])
