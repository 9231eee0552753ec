"""The console in one process: moto's tables, a user pool in memory, and browsers that keep their cookies.

def test_a_page(signed_in):
    browser = signed_in("editor")
    page = browser.get("/console/journeys")
    browser.post("/console/journeys/welcome/pause", reason="…")
    with counted() as made: …                  tests.console: the AWS calls of a page
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import boto3
import pytest

from functions.api.console import pool as pools
from functions.api.world import world
from sojourn import config
from sojourn.account.queues import Queues
from sojourn.clock import ManualClock
from sojourn.http import sessions
from sojourn.http.tokens import PoolKeys, Tokens
from sojourn.settings import ApiSettings
from tests.around import FakeMail, people_of
from tests.cloud import REGION, moto_cloud
from tests.console import LINK_KEYS, Browser, FakePool
from tests.insight_rows import NOW
from tests.partiql import teach_moto
from tests.unit.test_tokens import ISSUER, Pool

QUEUES = (
    "feedback",
    "feedback_failures",
    "inbound_sms",
    "inbound_sms_failures",
    "react_failures",
    "count_changes_failures",
    "archive_changes_failures",
    "schedule_failures",
)
SignedIn = Callable[..., Browser]
_made: list[Queues] = []


@pytest.fixture(scope="module")
def tables() -> Iterator[None]:
    """Empty tables and queues for the tests of one file."""
    teach_moto()
    with moto_cloud():
        _made[:] = [the_queues()]
        yield
    world.cache_clear()


@pytest.fixture
def clock(tables: None, monkeypatch: pytest.MonkeyPatch) -> ManualClock:
    """The world of a function, with a clock that stands."""
    for each in fields(ApiSettings):
        monkeypatch.setenv(each.name.upper(), "somewhere")
    world.cache_clear()
    known = world()
    known.clock = known.uses.clock = clock = ManualClock(NOW)
    known.limiter.lease = _granted  # however fast a test is, no page pays for a lease
    tokens = Tokens(ISSUER, frozenset({"page"}), PoolKeys(clock, Pool()))
    known.tokens = lambda: tokens
    config.put("KEY", "link", LINK_KEYS)
    return clock


def _granted(key: str, *, second: int, asked: int, rate: int) -> int:
    return asked


@pytest.fixture
def people(clock: ManualClock) -> Iterator[FakePool]:
    """The user pool: `people.add("ada@example.org", "editor")`."""
    fake = FakePool()
    pools.use_pool(pools.Pool(fake, "page"))
    team, _ = people_of(fake)
    known = world()
    known.team, known.mail, known.queues = lambda: team, FakeMail, lambda: _made[0]
    yield fake
    pools.use_pool(None)


def the_queues() -> Queues:
    """Those of the stack, in moto."""
    client = boto3.client("sqs", region_name=REGION)
    urls = {name: client.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    return Queues(client, urls, patience=0)


@pytest.fixture
def stranger(people: FakePool) -> Browser:
    """A browser that nobody signed in with."""
    return Browser()


@pytest.fixture
def signed_in(people: FakePool, clock: ManualClock) -> SignedIn:
    """`signed_in("editor")`: a browser of somebody who has this role."""

    def sign_in(role: str = "editor", email: str = "") -> Browser:
        address = email or f"{role}@example.org"
        person = people.add(address, role)
        secret = f"secret-of-{person.name}"
        sessions.begin(person.name, secret, email=address, now=clock.wall())
        tokens = people.tokens_of(person)
        world().uses.note(person.name)
        cookies = {"session": secret, "access": tokens["AccessToken"], "refresh": tokens["RefreshToken"]}
        return Browser(cookies=cookies)

    return sign_in


@pytest.fixture(autouse=True)
def _as_on_lambda(tables: None) -> Any:
    """Every test of the console has tables."""
