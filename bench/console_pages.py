"""What a page of the console asks of AWS and takes of our own time, in a workspace of 10,000 contacts.

`.venv/bin/python -m bench.console_pages` prints it, in a few minutes. Every page is asked as a browser asks, by an
admin, of the real handler over moto's tables: 10,000 people, all in one segment and all in one step of a journey,
beside something of every other kind (tests/functions/console/full_house.py). Milliseconds are CPU of this process
without moto's share: on AWS come a few for each call, which is why calls are counted. The last column is the page over
the API's cheapest, measured in turn with it. The names of segments and journeys are read anew for each page, as by
somebody who looks in twice a minute; what a container keeps for longer (keys, versions) is there.
"""

import logging
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.botocore_stubber import BotocoreStubber

from bench.large_tables import large_tables
from functions.api.console import pool as pools
from functions.api.console.palette import names
from functions.api.console.routing import PATHS
from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock, iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import put_profile
from sojourn.http import sessions
from sojourn.http.keys import key_row_id
from sojourn.http.tokens import PoolKeys, Tokens
from sojourn.journeys.store import EnrolmentRow
from sojourn.segments.members import store as members
from sojourn.settings import ApiSettings
from tests import quick
from tests.around import FakeMail, people_of
from tests.cloud import moto_cloud
from tests.console import LINK_KEYS, Browser, FakePool, Page
from tests.functions.console.conftest import the_queues
from tests.functions.console.full_house import address, full_house, pages
from tests.insight_rows import NOW, an_enrolment
from tests.partiql import teach_moto
from tests.unit.test_tokens import ISSUER, Pool

PEOPLE, ROUNDS = 10_000, 20
LONG = 0.5  # seconds of CPU: counting ten thousand runs is asked less often
SEGMENT, STEP, KEY = "payers", "Wait two days", "sj_api_bench"
MORE = (
    f"/console/contacts?segment={SEGMENT}",
    "/console/contacts/{contact}?kind=events",
    f"/console/journeys/{{name}}/people?step={STEP.replace(' ', '+')}",
    "/console/runs?state=late",
    "/console/waiting?of=approvals",
    "/console/waiting?of=messages",
    "/console/waiting?of=imports",
    "/console/waiting?of=failures",
)
API = ("/api/journeys", "/api/segments", "/api/names?of=segments", "/api/attributes")


@dataclass(slots=True)
class Aws:
    """What was asked of AWS, and the CPU that its answers took in this process."""

    calls: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Looked:
    """A page, asked some times."""

    path: str
    calls: int
    size: int
    milliseconds: list[float]
    floor: list[float]  # the API's cheapest, in turn with it

    def line(self) -> str:
        """A row of the table."""
        median = statistics.median(self.milliseconds)
        slow = sorted(self.milliseconds)[math.ceil(0.95 * len(self.milliseconds)) - 1]
        told = f"{self.path:62} {self.calls:5} {self.size / 1024:7.1f}"
        if median < 0:
            return f"{told} {'(asks AWS in threads)':>22}"
        return f"{told} {median:7.1f} {slow:7.1f} {median / statistics.median(self.floor):6.1f}"


def main() -> int:
    """Print the table."""
    with a_workspace() as (browser, named):
        logging.disable()  # what is written of a page is not printed between the lines of the table
        cheapest = min(API, key=lambda path: statistics.median(taken(browser, path, 5).milliseconds))
        print(f"{'page':62} {'calls':>5} {'KB':>7} {'ms':>7} {'p95':>7} {'× API':>6}   API: {cheapest}")
        for path in (*(path for path in pages() if not PATHS["GET", path]), *MORE):
            if found := looked_at(browser, path, address(path, named), cheapest):
                print(found.line(), flush=True)
    return 0


def looked_at(browser: Browser, path: str, here: str, floor: str, rounds: int = ROUNDS) -> Looked | None:
    """One page so many times, and the floor each time beside it; None where there is no such thing to look at. What
    leads to a page when it is asked for whole is a part of that page."""
    is_part = browser.get(here).status == 303 or "of=" in here
    ask = browser.part if is_part else browser.get
    page = ask(here)
    if page.status != 200 or page.place:
        return None
    begin = time.process_time()
    first = taken(browser, here, 1, ask)
    is_long = time.process_time() - begin > LONG  # nearly all of it moto's
    times, beside = list[float](), list[float]()
    for _ in range(rounds // 5 if is_long else rounds):
        times += taken(browser, here, 1, ask).milliseconds
        beside += taken(browser, floor, 1).milliseconds
    return Looked(path, first.calls, len(page.text.encode()), times, beside)


def taken(browser: Browser, path: str, times: int, ask: Callable[[str], Page] | None = None) -> Looked:
    """Calls of the last time, and milliseconds of each without what answers them."""
    asked = ask or browser.get
    found, calls = list[float](), 0
    headers = {"authorization": f"Bearer {KEY}"} if path.startswith("/api/") else {}
    for _ in range(times):
        names.forget()
        with heard() as aws:
            begin = time.process_time()
            asked(path, **headers)
            spent = time.process_time() - begin
        found.append((spent - aws.seconds) * 1000)
        calls = aws.calls
    return Looked(path, calls, 0, found, [])


@contextmanager
def heard() -> Iterator[Aws]:
    """Calls of AWS, with what answering them costs here."""
    aws, before = Aws(), BotocoreStubber.process_request

    def answered(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        begin = time.process_time()
        try:
            return before(stubber, request)
        finally:
            aws.calls += 1
            aws.seconds += time.process_time() - begin

    setattr(BotocoreStubber, "process_request", answered)  # noqa: B010  as tests/quick.py does
    try:
        yield aws
    finally:
        setattr(BotocoreStubber, "process_request", before)  # noqa: B010


@contextmanager
def a_workspace(people: int = PEOPLE) -> Iterator[tuple[Browser, dict[str, str]]]:
    """Somebody signed in where many are."""
    teach_moto()
    quick.install()
    with ExitStack() as stack:
        stack.enter_context(moto_cloud())
        browser = _signed_in()
        named = full_house()
        _crowd(people)
        stack.enter_context(large_tables())
        try:
            yield browser, named
        finally:
            pools.use_pool(None)
            world.cache_clear()


def _signed_in() -> Browser:
    for each in fields(ApiSettings):
        os.environ[each.name.upper()] = "somewhere"
    world.cache_clear()
    known, clock, fake, queues = world(), ManualClock(NOW), FakePool(), the_queues()
    known.clock = known.uses.clock = clock
    known.limiter.lease = lambda key, *, second, asked, rate: asked
    tokens = Tokens(ISSUER, frozenset({"page"}), PoolKeys(clock, Pool()))
    team, _ = people_of(fake)
    known.tokens, known.team, known.mail = lambda: tokens, lambda: team, FakeMail
    known.queues = lambda: queues
    pools.use_pool(pools.Pool(fake, "page"))
    config.put("KEY", "link", LINK_KEYS)
    config.put("KEY", key_row_id("api", KEY), {"name": "bench", "active": True})
    person = fake.add("admin@example.org", "admin")
    sessions.begin(person.name, "secret", email="admin@example.org", now=clock.wall())
    held = fake.tokens_of(person)
    known.uses.note(person.name)
    return Browser({"session": "secret", "access": held["AccessToken"], "refresh": held["RefreshToken"]})


def _crowd(people: int) -> None:
    """So many, in a segment and in a step."""
    came = {"segment": SEGMENT, "entered": True, "at": iso(NOW), "cause": "behaviour", "by": "x"}
    for number in range(people):
        contact = f"{number:020d}"
        traits = {"email": f"p{number}@example.org", "firstName": "Ada", "plan": "pro", "city": "Berlin"}
        put_profile(Profile(contact, traits=traits, created_at=iso(NOW)))
        members.note(contact, {**came, "generation": 1, "step": 1})
        EnrolmentRow.of(an_enrolment(contact=contact, identity=f"u#{number}", version=2, at=STEP)).save()


if __name__ == "__main__":
    raise SystemExit(main())
