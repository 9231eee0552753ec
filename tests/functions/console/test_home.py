"""Home: what runs, and what waits for a person."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.config import Row, get, put_next
from sojourn.delivery.modes import Mode, Sending
from sojourn.delivery.reputation import Cause, Standing, Tally
from sojourn.imports.dialect import Dialect
from sojourn.imports.model import Import, Kind, Status
from sojourn.imports.store import put_import
from sojourn.insight.counting import CounterKey
from sojourn.insight.daily import ALL, KIND
from sojourn.insight.store import add
from sojourn.journeys.drafts import Draft, save_draft
from sojourn.journeys.language.entering import OnSchedule
from sojourn.journeys.live import LIVE, LiveJourney, State
from sojourn.journeys.modes import set_sending
from sojourn.journeys.reputation import REPUTATION
from tests.console import counted
from tests.functions.console.conftest import SignedIn
from tests.insight_rows import NOW

HOSTILE = '<script>alert(1)</script>" onmouseover="x'


def runs(journey: LiveJourney) -> None:
    row = get(*LIVE)
    data = {**(row.data if row else {}), journey.name: journey.to_json()}
    put_next(Row(*LIVE, row.revision if row else 0, data))


WELCOME = LiveJourney(name="welcome", version=3, version_arn="arn:v3")


@pytest.fixture(autouse=True)
def empty(clock: object) -> None:
    row = get(*LIVE)
    put_next(Row(*LIVE, row.revision if row else 0, {}))


def test_an_empty_workspace_is_told_how_to_begin(signed_in: SignedIn):
    page = signed_in("viewer").get("/console")

    assert page.status == 200
    assert "Nothing runs yet" in page.words
    assert "Look at journeys" in page.words


def test_journeys_are_counted_by_state_in_few_reads(signed_in: SignedIn):
    runs(WELCOME)
    runs(replace(WELCOME, name="cart", state=State.PAUSED, since="2026-11-20T09:12:00.000Z", why=HOSTILE))
    browser = signed_in("viewer")

    with counted() as made:
        page = browser.get("/console")

    assert "1 running, 1 paused, 0 stopped" in page.words
    assert "cart is paused" in page.words
    assert HOSTILE in page.words
    assert "<script>alert" not in page.text
    assert len(made) <= 5
    assert "Scan" not in made


def test_marketing_that_paused_by_itself_comes_first(signed_in: SignedIn):
    runs(WELCOME)
    set_sending(Sending(mode=Mode.ALLOW_LIST, allow=("ada@example.org",)))
    there = Standing(cause=Cause.BOUNCES, since="2026-11-20T09:12:00.000Z", tally=Tally())
    row = get(*LIVE)
    assert row is not None
    put_next(Row(*LIVE, row.revision, {**row.data, REPUTATION: there.to_json()}))

    words = signed_in("viewer").get("/console").words

    assert words.index("Marketing is paused") < words.index("Messages do not go to everybody")


def test_where_all_is_well_nothing_is_asked(signed_in: SignedIn):
    runs(WELCOME)
    set_sending(Sending(mode=Mode.LIVE))

    assert "Nothing waits for you" in signed_in("viewer").get("/console").words


def counted_on(before: int, channel: str, **figures: int) -> None:
    """What the workspace counted that many days ago."""
    day = (NOW - timedelta(days=before)).date().isoformat()
    key = CounterKey(ALL, day, "0", channel, KIND)
    told = {name.replace("_", "."): number for name, number in figures.items()}
    add({key: Counter(told)}, batch=[f"{before}{channel}"], wall=NOW)


def test_what_went_and_what_was_bought_stands_by_day_and_compares_with_before(signed_in: SignedIn):
    runs(WELCOME)
    counted_on(1, "email", sent=1_100, opens_human=300, opens_proxy=30, clicks_human=66, bounces=11)
    counted_on(31, "email", sent=1_000)
    counted_on(2, "EUR", orders=4, amount=1_000_0000, refunds=1, refunded=50_0000)
    counted_on(2, "USD", orders=1, amount=9_9900)
    browser = signed_in("viewer")

    month = browser.get("/console")
    week = browser.get("/console?days=7")

    assert "Sent 1,100 10 % more than before" in month.words
    assert "Opened 330 30.0 % of sent" in month.words
    assert "Clicked 66 6.0 % of sent" in month.words
    assert "Revenue 1,000.00 EUR" in month.words
    assert "Given back 50.00 EUR" in month.words
    assert "And in other currencies: 9.99 USD" in month.words
    assert "Messages sent by day" in month.text
    assert "Sent 1,100 Opened" in week.words
    assert browser.get("/console?days=999999").status == 200


def test_what_comes_by_a_schedule_and_what_ends_is_told_in_order(signed_in: SignedIn):
    monthly = OnSchedule(cron="0 9 1 * *", zone="Europe/Berlin", segment="regulars")
    runs(replace(WELCOME, name="news", entries=(monthly,), ends="2026-11-24T00:00:00.000Z"))
    runs(replace(WELCOME, name="sale", entries=(monthly,), state=State.STOPPED))
    runs(replace(WELCOME, name="gone", starts="2026-01-01T00:00:00.000Z"))

    words = signed_in("viewer").get("/console").words

    assert "news ends" in words
    assert "takes in" not in words, "it ends before the first of the month"
    assert "sale ends" not in words
    assert "gone begins" not in words


def test_what_waits_is_counted_after_the_page_and_leads_there(signed_in: SignedIn):
    runs(WELCOME)
    job = Import(
        id="spring",
        kind=Kind.CONTACTS,
        key="k",
        size=1,
        etag="e",
        dialect=Dialect("csv", "utf-8"),
        headers=(),
        mapping={},
    )
    put_import(replace(job, status=Status.INCOMPLETE))
    put_import(replace(job, id="try", status=Status.FAILED, is_dry=True))
    save_draft(Draft(name="cart", revision=0, source="", definition={"approvals": 1}, saved_by="somebody"))
    approver, editor = signed_in("approver"), signed_in("editor")

    assert "Approvals for you to give –" in approver.get("/console").words
    part = approver.part("/console/waiting")
    page = approver.get("/console/waiting")

    assert "Approvals for you to give 1 Messages to release 0 Imports that broke off 1" in part.words
    assert "/console/journeys/cart/publish" in part.text
    assert "/console/imports/spring" in part.text
    assert "<html" not in part.text
    assert page.words.count("Approvals for you to give") == 2, "as a page it names them"
    assert "Approvals for you to give 0" in editor.part("/console/waiting").words
    for kind, figure in (("approvals", "1"), ("messages", "0"), ("imports", "1"), ("failures", "0")):
        assert f"/console/waiting?of={kind}" in approver.get("/console").text
        assert approver.part(f"/console/waiting?of={kind}").words.endswith(f" {figure}")
    assert approver.part("/console/waiting?of=x").status == 400
