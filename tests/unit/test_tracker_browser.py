"""sojourn.js in a real Chromium, against a collector that writes down everything it is asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.collect.tracker import scripts
from infra.browser import chromium
from infra.local.postoffice.http import Request, Response, Server
from tests.devtools import Browser, Page

pytestmark = pytest.mark.skipif(
    chromium() is None, reason="needs Chromium, and there is none on this machine"
)

AGREE = "sojourn.consent({tracking: true, wording: 'You may look'})"
WITHDRAW = "sojourn.consent({tracking: false})"
STORED = "[document.cookie, localStorage.length, sessionStorage.length]"
NOTHING = ["", 0, 0]
OPT_OUT = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
HTML = """<!doctype html><html lang="en"><title>A page</title>
<script>window.sojourn = window.sojourn || []; {early}</script>
<script async src="{host}/sojourn.js" data-key="KEY" {options}></script>
<p><a id="link" href="#there" data-sojourn-click="the link">  Look
  here </a><span id="plain">nothing</span></p>
<form action="/sent" method="post" data-sojourn-form="letters">
<input name="email" type="email"><input name="first" data-sojourn-trait="firstName">
<input name="secret" type="password"><input name="card" autocomplete="cc-number">
<input name="note" data-sojourn-ignore><input name="trap" type="hidden" value="x">
<input name="size" type="radio" value="S"><input name="size" type="radio" value="L" checked>
<input name="gift" type="checkbox" checked>
<label><input id="agreed" type="checkbox" data-sojourn-consent="email|marketing|letters"> Yes,
  write <b>to me</b></label><button>Send</button></form>
<article data-sojourn-scroll="story" style="height: 4000px">Long</article></html>"""


@dataclass
class Collector:
    """Our host: serves the tracker, takes batches, and fails as it is told to."""

    host: str = ""
    asked: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        if request.path == "/sojourn.js":
            return Response(200, scripts()[False].body, {"Content-Type": "text/javascript"})
        self.asked.append(request.method)
        self.kinds.append(request.headers.get("content-type", ""))
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        if not status:
            return Response(hang_up=True)
        if status == 200:
            self.bodies.append(request.json)
            known = {
                each["messageId"] for each in self.taken
            }  # a page that ends may say again what is on its way
            self.taken += [each for each in request.json["batch"] if each["messageId"] not in known]
        cors = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
        return Response(status, b"{}", {**cors, **headers})

    def in_order(self) -> list[dict[str, Any]]:
        """As they happened: what a page hands over while it ends may overtake, or be overtaken."""
        return sorted(self.taken, key=lambda each: str(each["timestamp"]))

    def names(self) -> list[str]:
        return [each.get("event") or each["type"] for each in self.in_order()]

    def only(self, name: str) -> dict[str, Any]:
        found = [each for each in self.taken if name in (each.get("event"), each["type"])]
        assert len(found) == 1, self.names()
        return found[0]


@dataclass
class Site:
    """A web site that uses the tracker."""

    url: str = ""
    host: str = ""
    options: str = ""
    early: str = ""

    def answer(self, request: Request) -> Response:
        if request.path == "/favicon.ico":
            return Response(204)
        html = HTML.replace("{host}", self.host).replace("{options}", self.options)
        return Response(200, html.replace("{early}", self.early).encode(), {"Content-Type": "text/html"})


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser.start(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield from _serving(collector, collector.answer, "host")


@pytest.fixture
def site(collector: Collector) -> Iterator[Site]:
    site = Site(host=collector.host)
    yield from _serving(site, site.answer, "url")


@pytest.fixture
def page(browser: Browser, site: Site) -> Page:
    page = browser.new_page()
    page.go(site.url)
    return page


def _serving(what: Any, answer: Callable[[Request], Response], address: str) -> Iterator[Any]:
    server = Server(0, answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    setattr(what, address, server.url)
    yield what
    server.shutdown()
    server.server_close()
    thread.join()


def until(page: Page, look: Callable[[], Any], within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not look():
        assert time.monotonic() < deadline, "waited in vain"
        page.browser.listen(0.02)


def quiet(page: Page) -> None:
    """Long enough for everything that would be sent to be sent."""
    page.browser.listen(0.6)


def test_before_anybody_agrees_nothing_is_stored_and_nothing_sent(
    page: Page, site: Site, collector: Collector
):
    page.js(
        "sojourn.track('Too early'); sojourn.identify('u-1', {email: 'a@example.org'}); sojourn.page(); 1"
    )
    page.js("sojourn.push(['track', 'Too early']); sojourn.reset(); 1")
    page.click("#link")
    page.scroll(2000)
    quiet(page)
    assert page.js(STORED) == NOTHING
    assert page.js("sojourn.consent()") == {"tracking": False, "optedOut": False}

    page.go(f"{site.url}/other?utm_source=x")
    quiet(page)

    assert page.js(STORED) == NOTHING
    assert collector.asked == []
    assert page.complaints() == []


def test_who_agrees_has_an_id_and_says_so_with_the_first_page(page: Page, site: Site, collector: Collector):
    page.js(AGREE)
    page.js("sojourn.track('Product Viewed', {product_id: 'p-1'})")
    until(page, lambda: len(collector.taken) == 2)

    first, second = collector.taken
    identity = page.js("JSON.parse(localStorage.sojourn).id")
    assert {first["anonymousId"], second["anonymousId"]} == {identity}
    assert first["messageId"] != second["messageId"]
    assert first["context"]["consent"] == [
        {
            "channel": "web",
            "purpose": "tracking",
            "source": "sojourn.js",
            "wording": "You may look",
        }
    ]
    assert "consent" not in second["context"]
    assert second["properties"] == {"product_id": "p-1"}
    assert collector.bodies[0]["writeKey"] == "KEY"
    assert collector.bodies[0]["sentAt"] >= second["timestamp"]
    assert collector.asked == ["POST"], "no preflight"
    assert collector.kinds == ["text/plain"]
    assert page.js("document.cookie") == ""

    page.go(f"{site.url}/next")
    until(page, lambda: len(collector.taken) == 3)
    assert collector.taken[2]["anonymousId"] == identity
    assert collector.taken[2]["context"]["page"]["path"] == "/next"


def test_who_withdraws_is_forgotten_here_and_that_is_the_last_word(page: Page, collector: Collector):
    page.js(AGREE)
    until(page, lambda: collector.taken)

    assert page.js(WITHDRAW) == {"tracking": False, "optedOut": False}
    page.js("sojourn.track('Too late'); 1")
    page.click("#link")
    quiet(page)

    assert page.js(STORED) == NOTHING
    assert collector.names() == ["page", "Consent Withdrawn"]
    said = collector.only("Consent Withdrawn")
    assert said["properties"] == {"channel": "web", "purpose": "tracking", "source": "sojourn.js"}
    assert said["anonymousId"] == collector.taken[0]["anonymousId"]


def test_who_agrees_again_is_somebody_new(page: Page, collector: Collector):
    for step in (AGREE, WITHDRAW, AGREE):
        page.js(step)
    until(page, lambda: len(collector.taken) == 3)
    assert len({each["anonymousId"] for each in collector.taken}) == 2


def test_global_privacy_control_is_a_no(browser: Browser, page: Page, site: Site, collector: Collector):
    page.js(AGREE)
    until(page, lambda: collector.taken)
    page.ask("Page.addScriptToEvaluateOnNewDocument", source=OPT_OUT)

    page.go(site.url)
    assert page.js(AGREE) == {"tracking": False, "optedOut": True}
    page.js("sojourn.track('Unwanted'); 1")
    quiet(page)

    assert page.js(STORED) == NOTHING
    assert collector.names() == ["page"]


def test_campaign_and_words_that_were_searched_for(page: Page, site: Site, collector: Collector):
    page.js(AGREE)
    query = "utm_source=mail&utm_medium=email&utm_campaign=spring&utm_content=top&q=blue+hour"
    page.js(f"location.href = '/?{query}#x'")
    until(page, lambda: len(collector.taken) == 2)

    landed = collector.in_order()[-1]
    campaign = {"source": "mail", "medium": "email", "name": "spring", "content": "top"}
    assert landed["context"]["campaign"] == campaign
    assert landed["context"]["page"]["referrer"] == f"{site.url}/"
    assert landed["properties"]["search_term"] == "blue hour"
    assert "#" not in landed["properties"]["url"]


@pytest.mark.parametrize(
    ("referrer", "term"),
    [
        ("https://www.google.com/search?q=quiet+records", "quiet records"),
        ("https://de.search.yahoo.com/search?p=platten", "platten"),
        ("https://example.org/?q=not+a+search+engine", None),
        ("https://google.example.org.evil/?q=x", None),
    ],
)
def test_the_words_of_a_search_engine(page: Page, site: Site, collector: Collector, referrer: str, term: str):
    page.js(AGREE)
    fake = f"Object.defineProperty(document, 'referrer', {{get: () => {referrer!r}}})"
    page.ask("Page.addScriptToEvaluateOnNewDocument", source=fake)
    page.go(f"{site.url}/landing")
    until(page, lambda: len(collector.taken) == 2)

    landed = collector.in_order()[-1]
    assert landed["properties"].get("search_term") == term
    assert landed["context"]["page"]["referrer"] == referrer


def test_clicks_and_depths_of_what_is_marked(page: Page, collector: Collector):
    page.js(AGREE)
    page.click("#plain")
    page.click("#link")
    page.js("scrollTo(0, 1900)")
    page.js("new Promise(requestAnimationFrame)")
    page.js("scrollTo(0, 0)")
    page.js("scrollTo(0, 9999)")
    until(page, lambda: collector.names().count("Element Scrolled") >= 2)

    clicked = collector.only("Element Clicked")["properties"]
    depths = [each["properties"] for each in collector.taken if each.get("event") == "Element Scrolled"]
    assert (clicked["name"], clicked["text"]) == ("the link", "Look here")
    assert clicked["href"].endswith("#there")
    assert {each["name"] for each in depths} == {"story"}
    assert [each["depth"] for each in depths][-1] == 100
    assert len(depths) == len({each["depth"] for each in depths})


def test_a_form_with_its_consent(page: Page, collector: Collector):
    page.js(AGREE)
    _fill(page)
    page.click("#agreed")
    page.follow("form button")
    until(page, lambda: len(collector.taken) >= 4)

    told = collector.only("identify")
    assert told["traits"] == {"email": "ada@example.org", "firstName": "Ada", "size": "L", "gift": True}
    assert collector.only("Consent Requested")["properties"] == {
        "channel": "email",
        "purpose": "marketing",
        "topic": "letters",
        "source": "form letters",
        "wording": "Yes, write to me",
        "evidence": {"form": "letters"},
    }
    assert collector.only("Form Submitted")["properties"] == {"form": "letters"}
    assert len({each["anonymousId"] for each in collector.taken}) == 1
    assert told["context"]["page"]["path"] == "/"


def test_a_ticked_box_is_sent_without_tracking_and_leaves_nothing_behind(
    page: Page, site: Site, collector: Collector
):
    page.go(f"{site.url}/?utm_source=mail")
    _fill(page)
    page.click("#agreed")
    page.follow("form button")
    quiet(page)

    assert collector.names() == ["identify", "Consent Requested", "Form Submitted"]
    assert page.js(STORED) == NOTHING
    context = collector.only("identify")["context"]
    assert "campaign" not in context
    assert context["page"] == {"path": "/", "url": f"{site.url}/", "title": "A page"}


def test_without_tracking_and_without_a_ticked_box_a_form_is_the_sites_own(page: Page, collector: Collector):
    _fill(page)
    page.follow("form button")
    quiet(page)
    assert collector.asked == []


@pytest.mark.parametrize("failure", [500, 429, 0])
def test_what_fails_comes_again_and_is_taken_once(page: Page, collector: Collector, failure: int):
    collector.answers = [(failure, {"Retry-After": "1"})]
    began = time.monotonic()
    page.js(AGREE)
    until(page, lambda: collector.taken)
    quiet(page)

    assert len(collector.taken) == 1
    assert len(collector.asked) == 2
    assert time.monotonic() - began > 1, "not before it was told"


@pytest.mark.parametrize("refusal", [400, 413])
def test_what_is_refused_for_good_does_not_come_again(page: Page, collector: Collector, refusal: int):
    collector.answers = [(refusal, {})]
    page.js(AGREE)
    until(page, lambda: collector.asked)
    page.js("sojourn.track('Next'); 1")
    until(page, lambda: collector.taken)
    assert collector.names() == ["Next"]


def test_what_a_page_could_not_send_the_next_one_sends(page: Page, site: Site, collector: Collector):
    collector.answers = [(429, {"Retry-After": "2"})]
    page.js(AGREE)
    until(page, lambda: collector.asked)
    page.js("sojourn.track('While told to wait'); 1")

    page.go(f"{site.url}/next")
    assert len(collector.asked) == 1, "it was told to wait"
    until(page, lambda: len(collector.taken) == 3)

    assert collector.names() == ["page", "While told to wait", "page"]
    assert page.js("Object.keys(localStorage)") == ["sojourn"]


def test_a_page_that_ends_hands_over_what_it_holds(page: Page, site: Site, collector: Collector):
    page.js(AGREE + "; sojourn.track('At the last moment'); location.href = '/next'; 1")
    until(page, lambda: len(collector.taken) == 3)
    assert collector.names() == ["page", "At the last moment", "page"]


def test_what_is_kept_is_bounded_and_goes_in_batches(page: Page, collector: Collector):
    collector.answers = [(503, {"Retry-After": "1"})]
    page.js(AGREE)
    page.js("for (let n = 0; n < 500; n++) sojourn.track('Event', {n})")
    until(page, lambda: len(collector.taken) >= 200)
    quiet(page)

    numbers = [each["properties"]["n"] for each in collector.taken]
    assert numbers == list(range(300, 500))
    assert {len(body["batch"]) for body in collector.bodies} == {20}


def test_who_identifies_stays_so_and_somebody_else_is_somebody_new(
    page: Page, site: Site, collector: Collector
):
    page.js(AGREE)
    page.js("sojourn.identify('u-1', {plan: 'free'}, 'proof')")
    page.go(f"{site.url}/next")
    page.js(
        "sojourn.identify({city: 'Oslo'}); sojourn.identify('u-2'); sojourn.reset(); sojourn.track('E'); 1"
    )
    until(page, lambda: len(collector.taken) == 6)

    said = [(each.get("userId"), each.get("userHash")) for each in collector.in_order()]
    known = ("u-1", "proof")
    assert said == [(None, None), known, known, known, ("u-2", None), (None, None)]
    assert [each.get("traits") for each in collector.in_order()[1:5]] == [
        {"plan": "free"},
        None,
        {"city": "Oslo"},
        None,
    ]
    identities = [each["anonymousId"] for each in collector.in_order()]
    assert len(set(identities)) == 3
    assert len(set(identities[:4])) == 1


def test_calls_from_before_it_loaded_are_made_afterwards(browser: Browser, site: Site, collector: Collector):
    site.early = (
        "sojourn.push(['consent', {tracking: true}], ['track', 'Early'], (api) => api.track('Later'));"
    )
    page = browser.new_page()
    page.go(site.url)
    until(page, lambda: len(collector.taken) == 3)
    assert collector.names() == ["page", "Early", "Later"]


def test_with_a_cookie_the_cookie_decides(browser: Browser, site: Site, collector: Collector):
    site.options = 'data-cookie="" data-manual'
    page = browser.new_page()
    page.go(site.url)
    page.js(AGREE)
    until(page, lambda: collector.taken)
    identity = collector.taken[0]["anonymousId"]
    assert page.js("document.cookie") == f"sojourn={identity}"

    page.js("localStorage.clear()")  # as on another subdomain
    page.go(f"{site.url}/next")
    assert page.js("sojourn.consent().tracking") is True
    page.js("sojourn.track('Here too'); 1")
    until(page, lambda: len(collector.taken) == 2)
    assert collector.only("Here too")["anonymousId"] == identity

    page.js(WITHDRAW)
    assert page.js(STORED) == NOTHING
    quiet(page)
    assert collector.names() == ["page", "Here too", "Consent Withdrawn"]


def test_where_nothing_may_be_stored_a_visit_lasts_for_a_page(
    browser: Browser, site: Site, collector: Collector
):
    page = browser.new_page()
    broken = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})"
    page.ask("Page.addScriptToEvaluateOnNewDocument", source=broken)
    page.go(site.url)
    page.js(AGREE)
    page.js("sojourn.track('Here'); 1")
    until(page, lambda: len(collector.taken) == 2)
    assert page.complaints() == []


def _fill(page: Page) -> None:
    values = {
        "email": " ada@example.org ",
        "first": "Ada",
        "secret": "s3cret",
        "card": "4111",
        "note": "mine",
    }
    page.js(
        f"Object.entries({json.dumps(values)}).forEach(([name, value]) => document.forms[0][name].value = value)"
    )
