"""Whatever is sent to whatever changes something, the answer is in words, and what was refused has written nothing.

ODD_POSTS=40000 pytest tests/functions/console/test_odd_posts.py -n 2    so many; another number makes other posts
"""

import json
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from functions.api.app import rooms
from functions.api.openapi import specification
from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.http.keys import key_row_id
from sojourn.http.making import id_of
from sojourn.intake.hooks import Hook, put_hook
from sojourn.journeys.wait import Engine
from sojourn.privacy.request import Desk
from tests.around import FakeMail
from tests.console import FORM, Browser, FakePool, Page, overheard
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import address, full_house, pages
from tests.functions.console.odd import Sent, part, resolved, spoken, typed
from tests.functions.test_api import Press
from tests.functions.test_api_privacy import Starter
from tests.journeys import Machines

Route = tuple[str, str]
House = dict[str, str]
Pairs = list[tuple[str, str]]
MANY = int(os.environ.get("ODD_POSTS", "0"))
API: list[Route] = [
    (way, path) for path, ways in rooms.whole().routes.items() for way in ways if way != "GET"
]
FORMS: list[Route] = [("POST", path) for path in pages("POST")]
EACH = MANY // len(API + FORMS) + 1 if MANY else 3
ODDLY = settings(
    max_examples=EACH,
    database=None,
    phases=[Phase.generate],  # a post meets what those before it left: none of them can be left out
    suppress_health_check=list(HealthCheck),
)
KEY = "sj_odd"
SLOWEST = 5.0  # seconds of this process's own time
WRITES = {
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "BatchExecuteStatement",
}
WHERE: dict[str, str] = {}  # what the console's forms go to → a page that has one
NAMES: set[str] = set()  # of all their fields


@pytest.fixture
def house(people: FakePool, clock: ManualClock) -> House:
    """A workspace with something of everything, and stand-ins for what is not DynamoDB."""
    known, machines, starter = world(), Machines(), Starter()
    known.publisher = Press({"name": "welcome", "version": 1, "version_arn": "arn:1", "changed": True})
    known.prove = lambda asked: {"state": "sent", "reason": "", "message": "m"}
    known.quota, known.mail = lambda: None, FakeMail
    known.engine = lambda: Engine(clock=clock, machines=machines, due_shards=2)
    desk = Desk(clock=clock, starter=starter, erase_machine="erase", export_machine="export")
    known.privacy = lambda: desk
    config.put("KEY", key_row_id("api", KEY), {"name": "odd", "active": True, "role": "admin"})
    known.uses.note("odd")
    config.put("KEY", key_row_id("api", "sj_other"), {"name": "other", "active": True, "role": "viewer"})
    put_hook(Hook("shop", "shopify", ("whsec_x",)))
    return {
        "queue": "feedback_failures",
        "label": "vip",
        "secret": "link",
        "hook": "shop",
        "key": id_of(key_row_id("api", "sj_other")),
        "person": people.add("bob@example.org", "viewer").name,
        **full_house(),
    }


class Fields(HTMLParser):
    """Of each form of a page, where it goes and what it sends as it stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "form":
            self.found.append((said.get("action") or "", []))
        elif not self.found or name == "csrf":
            return
        elif tag == "option" and self._open and ("selected" in said or not self._said(self._open)):
            self._put(self._open, value)
        elif tag == "input" and name and ("checked" in said or said.get("type") not in ("radio", "checkbox")):
            self.found[-1][1].append((name, value))
        elif tag in ("select", "textarea", "button") and name:
            self._open = name
            self._put(name, value)

    def handle_data(self, data: str) -> None:
        if self._open and str(self.get_starttag_text()).startswith("<textarea"):
            self._put(self._open, data.removeprefix("\n"))  # as browsers read it

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag in ("select", "textarea", "button") else self._open

    def _said(self, name: str) -> str:
        return next((value for key, value in self.found[-1][1] if key == name), "")

    def _put(self, name: str, value: str) -> None:
        pairs = self.found[-1][1]
        pairs[:] = [*(pair for pair in pairs if pair[0] != name), (name, value)]


@contextmanager
def writing() -> Iterator[list[str]]:
    """What is written meanwhile, by table and key."""
    done: list[str] = []

    def note(action: str, request: AWSPreparedRequest, answer: Any) -> None:
        if action in WRITES and answer and answer[0] < 300:
            done.append(f"{action} {request.body!r:.300}")

    with overheard(note):
        yield done


def fields_of(path: str, browser: Browser, house: House) -> Pairs:
    """What a form of the console sends there."""
    if not WHERE:
        for page in pages():
            for action, pairs in _forms(page, browser, house):
                NAMES.update(name for name, _ in pairs)
                WHERE.setdefault(_route_of(action) or page, page)
    page = WHERE.get(path, "")
    forms = _forms(page, browser, house) if page else []
    return max((pairs for action, pairs in forms if (_route_of(action) or page) == path), key=len, default=[])


def _forms(page: str, browser: Browser, house: House) -> list[tuple[str, Pairs]]:
    reader = Fields()
    reader.feed(browser.get(address(page, house)).text)
    return reader.found


def _route_of(action: str) -> str:
    there = urlsplit(action).path.removeprefix("/live")
    return next((path for _, path in FORMS if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), there)), "")


@st.composite
def addressed(draw: st.DrawFn, path: str, house: House) -> str:
    """An address of this route."""
    for whole, name in re.findall(r"(/\w+/\{(\w+)\})", path):
        known = house.get(whole.strip("/").replace(f"{{{name}}}", name)) or house.get(name, "x")
        known = draw(st.sampled_from((known, "hostile"))) if whole == "/journeys/{name}" else known
        path = path.replace(f"{{{name}}}", draw(part(known)))
    return path


def oddly(route: Route) -> Callable[[Callable[[st.DataObject], None]], Callable[[], None]]:
    """Tries it with posts that are this route's own, and the same each time."""
    own = seed(zlib.crc32(f"{route} {MANY}".encode()))
    return lambda test: own(ODDLY(given(st.data())(test)))


def sent(browser: Browser, method: str, path: str, said: Sent, **headers: str) -> Page:
    """The answer, which came soon, is no fault of ours, and wrote nothing if it is a refusal."""
    began = time.process_time()
    with writing() as done:
        page = browser.send(method, path, said.body, {**said.headers, **headers})
    assert time.process_time() - began < SLOWEST
    assert page.status < 500, page.words
    assert "Traceback" not in page.text
    assert done == [] or page.status < 400
    return page


@pytest.mark.parametrize("route", API, ids=" ".join)
def test_the_api_answers_whatever_is_sent(route: Route, house: House):
    method, path = route
    document = specification()
    asked = resolved(document, document["paths"][path][method.lower()].get("requestBody", {}))
    schema = asked.get("content", {}).get("application/json", {}).get("schema", {"type": "object"})

    @oddly(route)
    def each(data: st.DataObject) -> None:
        said, there = data.draw(spoken(schema, document)), data.draw(addressed(path, house))

        page = sent(Browser(), method, there, said, authorization=f"Bearer {KEY}")

        if page.status >= 400:
            assert page.headers["Content-Type"] == "application/problem+json"
            assert json.loads(page.text).keys() >= {"code", "message"}

    each()


@pytest.mark.parametrize("route", FORMS, ids=" ".join)
def test_the_console_answers_whatever_is_sent(route: Route, house: House, signed_in: SignedIn):
    method, path = route

    @oddly(route)
    def each(data: st.DataObject) -> None:
        browser = signed_in("admin")
        fields = fields_of(path, browser, house)
        said, there = data.draw(typed(fields, sorted(NAMES))), data.draw(addressed(path, house))

        page = sent(browser, method, there, said, **{**FORM, **said.headers, "x-csrf-token": browser.mark})

        if page.status >= 400:
            assert page.headers["Content-Type"].startswith("text/html")
            assert page.words

    each()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/console/people/filter", {"do": "add:rule", "source": "\0", "shown": ""}),
        ("/console/people/filter", {"do": "add:rule/" + "9" * 5_000, "source": "segment: x"}),
        ("/console/new-journey", {"f:goal": "\u202e", "do": "apply"}),
        ("/console/new-journey", {"f:priority": "9" * 400, "do": "apply"}),
        ("/console/templates/{name}/edit", {"version": ""}),
    ],
    ids=["unreadable source", "endless place", "no such kind", "endless number", "no version"],
)
def test_what_was_a_fault_once(path: str, said: dict[str, str], house: House, signed_in: SignedIn):
    browser = signed_in("admin")
    fields = {**dict(fields_of(path, browser, house)), **said}

    sent(
        browser, "POST", address(path, house), Sent(urlencode(fields), FORM), **{"x-csrf-token": browser.mark}
    )
