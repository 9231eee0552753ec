"""The past through two versions: the difference is what a plain computation says, and the same each time."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sojourn.contacts.store import new_contact_id
from sojourn.contacts.workspace import Workspace
from sojourn.events.archive_line import event_line
from sojourn.events.shown import SAFE
from sojourn.journeys.load import load_journey
from sojourn.planning.archived import Calls, EventsRefusedError, Kept, Source, histories
from sojourn.planning.backtest import Trial, backtest
from sojourn.planning.habits import nothing
from sojourn.planning.rehearse import lives_in
from sojourn.planning.script import Script
from tests.cdnow import Order, orders, the_file

BEGINNING, END = datetime(1997, 1, 1, tzinfo=UTC), datetime(1998, 7, 1, tzinfo=UTC)
EVERY = 48  # of so many customers one: five hundred of them
THANKS = """
journey: thanks
purpose: marketing
entry: {{event: Order Completed}}
re-entry: after exit
steps:
  - wait: Wait a while
    for: {days} days
  - send: Say thanks
    template: feedback
"""


@pytest.fixture(autouse=True)
def _no_cloud() -> None:
    """Whoever asked a table for the workspace before, asks no more."""
    lives_in(Workspace())


@pytest.fixture(scope="module")
def bought() -> list[Order]:
    return list(orders(the_file().read_text(), every=EVERY))


@pytest.fixture(scope="module")
def calls(bought: list[Order], tmp_path_factory: pytest.TempPathFactory) -> Calls:
    path = tmp_path_factory.mktemp("cdnow") / "orders.jsonl"
    path.write_text("".join(f"{json.dumps(_call(order))}\n" for order in bought))
    return Calls(path)


def test_a_wait_of_three_days_in_place_of_two_is_what_brute_force_says(bought: list[Order], calls: Calls):
    outcome = backtest(trial(new=3, old=2), calls)

    found = {(each.contact, each.before, each.after) for each in outcome.differences}
    assert found == brute_force(bought, new=3, old=2)
    assert {each.kind for each in outcome.differences} == {"added", "removed", "moved"}


def test_the_same_version_twice_differs_in_nothing(calls: Calls):
    outcome = backtest(trial(new=2, old=2), calls)

    assert outcome.differences == []
    assert outcome.same > 400


def test_two_runs_are_alike_to_the_byte(calls: Calls):
    trials = [trial(new=3, old=2), trial(new=3, old=2)]

    once, again = (json.dumps(backtest(each, calls).to_json(each)) for each in trials)

    assert once == again


def test_a_copy_of_the_archive_says_the_same_as_the_calls(bought: list[Order], calls: Calls, tmp_path: Path):
    kept = Kept(archived(calls, tmp_path))

    mine, theirs = (backtest(trial(new=3, old=2), source) for source in (kept, calls))
    assert mine.differences == theirs.differences


def test_people_come_in_from_a_moment_on_and_all_ends_at_another(calls: Calls):
    since, until = BEGINNING + timedelta(days=100), BEGINNING + timedelta(days=130)
    outcome = backtest(Trial(script(3), script(2), since, until, nothing()), calls)

    moments = [moment for each in outcome.differences for moment in (each.before, each.after) if moment]
    assert min(moments) >= since + timedelta(days=2)
    assert max(moments) <= until


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", ":1: it is no JSON"),
        ('{"type": "track"}', ":1: nobody knows whose it is"),
        ('{"type": "track", "event": "X", "userId": "u"}', ":1: it has no `timestamp`"),
        ('{"type": "track", "userId": "u", "timestamp": "1997-01-01"}', ":1: a track call needs the name"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, problem: str, tmp_path: Path):
    path = tmp_path / "calls.jsonl"
    path.write_text(line)

    with pytest.raises(EventsRefusedError) as refused:
        list(histories(Calls(path)))

    assert problem in str(refused.value)


def test_what_is_not_there_is_named(tmp_path: Path):
    for source in (Calls(tmp_path / "none.jsonl"), Kept(tmp_path)):
        with pytest.raises(EventsRefusedError, match=" — "):
            list(histories(source))


def trial(*, new: int, old: int) -> Trial:
    return Trial(script(new), script(old), BEGINNING, END, nothing())


def script(days: int) -> Script:
    return Script(load_journey(THANKS.format(days=days)))


def brute_force(
    bought: list[Order], *, new: int, old: int
) -> set[tuple[str, datetime | None, datetime | None]]:
    """An order lets in whoever is in no run; their mail goes so many days later."""
    by_customer: dict[str, set[datetime]] = defaultdict(set)
    for customer, _, at, _ in bought:
        by_customer[customer].add(at)
    found = set()
    for customer, moments in by_customer.items():
        before, after = sends(sorted(moments), old), sends(sorted(moments), new)
        contact = new_contact_id(f"u#{customer}")
        found |= {(contact, before.get(at), after.get(at)) for at in {*before, *after}}
    return found


def sends(moments: list[datetime], days: int) -> dict[datetime, datetime]:
    """Entry → when its mail goes."""
    found: dict[datetime, datetime] = {}
    until = BEGINNING - timedelta(days=1)
    for at in moments:
        if at > until:
            until = at + timedelta(days=days)
            found[at] = until
    return {at: goes for at, goes in found.items() if goes <= END}


def archived(calls: Source, folder: Path) -> Path:
    """The same events as the archive's own lines, some twice."""
    day = folder / "archive" / "kind=event" / "dt=1998-07-01"
    day.mkdir(parents=True)
    lines = []
    for contact, events in histories(calls):
        for event in events:
            line = event_line(event, contact=contact, key=b"k" * 32, hashed=new_contact_id, safe=SAFE)
            lines.append(line.text())
    with gzip.open(day / "part.gz", "wt") as packed:
        packed.write("\n".join([*lines, *lines[:50]]) + "\n")
    return folder


def _call(order: Order) -> dict[str, object]:
    customer, name, at, total = order
    return {
        "type": "track",
        "event": "Order Completed",
        "userId": customer,
        "messageId": name,
        "timestamp": at.isoformat(),
        "properties": {"total": total, "currency": "USD"},
    }
