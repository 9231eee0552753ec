"""Segments before the console: people, drafts, what is in force, and days on which somebody came or went."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import boto3

from functions.api.world import segments as desk
from functions.api.world import world
from functions.judge_segments.world import world as judges
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.insight.counting import SEGMENT, CounterKey
from sojourn.insight.store import add
from sojourn.segments import publish, store
from tests.cloud import REGION
from tests.console import LINK_KEYS
from tests.functions.test_api_segments import Machine
from tests.insight_rows import NOW, empty

TABLES = ("Config", "Counters", "People", "Identity")
RULE = """\
segment: {name}
description: Those who pay
rule:
  - {{attribute: plan, is: {plan}}}
"""


@contextmanager
def segments_world() -> Iterator[Machine]:
    """Empty tables; a run through everybody is played at once, unless the machine is told to wait."""
    empty(boto3.client("dynamodb", region_name=REGION), *TABLES)
    config.put("KEY", "link", LINK_KEYS)
    _forget()
    machine = Machine()
    object.__setattr__(judges().hands, "clock", ManualClock(NOW))
    object.__setattr__(desk(), "clock", world().clock)
    object.__setattr__(desk(), "machine", machine)  # frozen for everybody else
    yield machine
    _forget()


def people(**plans: str) -> None:
    """Each by their address and their plan."""
    for name, plan in plans.items():
        contact, identity = f"contact-{name}", f"u#{name}"
        claim_identity(identity, contact)
        traits = {"plan": plan, "email": f"{name}@example.org"}
        put_profile(Profile(contact, traits=traits, identities=(identity,)))


def drafted(name: str, plan: str = "pro", text: str = RULE) -> str:
    """A draft, saved."""
    there = store.get_draft(name)
    source = text.format(name=name, plan=plan)
    publish.save(name, source, revision=there.revision if there else 0)
    return source


def in_force(name: str, plan: str = "pro", text: str = RULE) -> None:
    """A draft, saved and published."""
    drafted(name, plan, text)
    publish.publish(name, desk=desk())


def came_and_went(name: str, *moves: tuple[int, int]) -> None:
    """Day by day, the last of them today."""
    first = NOW - timedelta(days=len(moves) - 1)
    deltas = {
        CounterKey(name, f"{first + timedelta(days=number):%Y-%m-%d}", kind=SEGMENT): Counter(
            entered=came, left=left
        )
        for number, (came, left) in enumerate(moves)
    }
    add(deltas, batch=[name], wall=NOW)


def _forget() -> None:
    store.forget()
    desk.cache_clear()
    judges.cache_clear()
