"""Home and settings, as an admin meets them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sojourn.clock import iso
from sojourn.config import Row, get, put_next
from sojourn.delivery.modes import Mode, Sending
from sojourn.delivery.reputation import Cause, Standing, Tally
from sojourn.insight.counting import CounterKey
from sojourn.insight.daily import ALL, KIND
from sojourn.insight.store import add
from sojourn.journeys.language.entering import OnSchedule
from sojourn.journeys.live import LIVE, LiveJourney, State
from sojourn.journeys.modes import set_sending
from sojourn.journeys.reputation import REPUTATION
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures
from tests.insight_rows import NOW

WELCOME = LiveJourney(name="welcome", version=3, version_arn="arn:v3")


def test_home_and_settings_are_good_for_everybody(console: Console):
    fill()
    window = console.signed_in("admin")

    window.go("/console")
    good(window)
    pictures(window, "home")
    for page in ("", "/mode", "/sender"):
        window.go(f"/console/settings{page}")
        good(window)
    window.go("/console/settings")
    pictures(window, "settings")


def test_marketing_goes_on_by_a_dialog(console: Console):
    fill()
    window = console.signed_in("admin")
    window.go("/console/settings")

    window.page.click("text=Let marketing go on")
    window.page.click("dialog[open] button:has-text('Go on')")
    window.page.wait_for_selector("text=Marketing goes on")

    assert not window.page.is_visible("text=Marketing is paused")


def fill() -> None:
    """Three journeys, a mode that lets few through, and a breaker that opened."""
    set_sending(Sending(mode=Mode.ALLOW_LIST, allow=("ada@example.org", "grace@example.org")))
    row = get(*LIVE)
    assert row is not None
    paused = replace(
        WELCOME,
        name="win-back",
        version=1,
        state=State.PAUSED,
        since="2026-07-20T09:12:00.000Z",
        why="more than 1,000 people came in within an hour",
    )
    there = Standing(
        cause=Cause.BOUNCES,
        since="2026-07-20T10:00:00.000Z",
        tally=Tally(mails=1204, bounces=66, complaints=1),
    )
    monthly = OnSchedule(cron="0 9 1 * *", zone="Europe/Berlin", segment="regulars")
    sale = replace(WELCOME, name="autumn-sale", entries=(monthly,), ends=iso(NOW + timedelta(days=20)))
    several = (WELCOME, replace(WELCOME, name="cart", version=7), paused, sale)
    data = {**row.data, **{each.name: each.to_json() for each in several}, REPUTATION: there.to_json()}
    put_next(Row(*LIVE, row.revision, data))
    for before in range(60):
        _count(before, "email", {"sent": 340 + 97 * (before % 7) - 4 * before, "bounces": before % 4})
        _count(before, "email", {"opens.human": 120 + 31 * (before % 5), "clicks.human": 20 + before % 9})
        _count(before, "EUR", {"orders": 9 + before % 6, "amount": (410_00 + 83_17 * (before % 6)) * 100})
    _count(3, "USD", {"orders": 1, "amount": 99_0000})


def _count(before: int, channel: str, figures: dict[str, int]) -> None:
    day = (NOW - timedelta(days=before)).date().isoformat()
    key = CounterKey(ALL, day, "0", channel, KIND)
    add({key: Counter(figures)}, batch=[f"{before}{channel}{min(figures)}"], wall=NOW)
