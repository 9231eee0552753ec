"""`make purchases`: every CDNOW purchase into the running local cloud by `sojourn import events`, and the proof.

All 69,659 rows of 23,570 customers are imported, while a journey stands open for whoever completes an order. Then each
customer's orders and dollars are held against the file, and the enrolments are counted: there must be none.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local import runner, stack, state
from infra.local.demo.cdnow import InputError, fetch
from infra.local.demo.tables import Tables
from infra.local.state import Local
from sojourn.contacts.facts.value import totals

EVENT = "Order Completed"
CUSTOMER = re.compile(r"u#c[0-9]{5}")
HEADER = "user_id,timestamp,order_id,currency,total,quantity"
# A journey that every one of these orders would open, were it news.
JOURNEY = """\
journey: after-an-order
purpose: marketing
entry: {event: Order Completed}
steps:
  - wait: Wait a day
    for: 1 day
  - send: Say thanks
    template: feedback
"""
PATIENCE = 7_200  # wall seconds for the profiles to follow, and less while none comes
SILENCE = 300


@dataclass(frozen=True, slots=True)
class Total:
    """What a customer bought: orders, and money in cents."""

    orders: int = 0
    cents: int = 0


def main() -> int:
    """1 when the profiles are not what the file says."""
    local = runner.running()
    if local is None:
        print("No local cloud runs. Start one: make up", file=sys.stderr)
        return 1
    try:
        text = fetch(state.FOLDER / "cache").read_text()
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    file, expected = written(text, state.FOLDER / "purchases.csv", most=int(os.environ.get("CUSTOMERS") or 0))
    rows = sum(total.orders for total in expected.values())
    print(f"{rows:,} purchases of {len(expected):,} customers: {file}")
    open_journey(local)
    began = time.monotonic()
    if imported(local, file):
        return 1
    took = time.monotonic() - began
    print(f"imported in {took:.0f} s: {rows / took:,.0f} rows a second")
    found = followed(local, rows, began)
    print(f"profiles followed after {time.monotonic() - began:.0f} s")
    return report(expected, found, enrolments(local))


def written(text: str, file: Path, *, most: int = 0) -> tuple[Path, dict[str, Total]]:
    """The file as a table, and what it comes to for each customer; of the first `most` of them, where that is said."""
    expected: dict[str, Total] = defaultdict(Total)
    with file.open("w", encoding="utf-8") as out:
        out.write(f"{HEADER}\n")
        for customer, order, day, discs, dollars in purchases(text):
            if most and len(expected) == most and customer not in expected:
                break
            out.write(f"{customer},{day},{order},USD,{dollars},{discs}\n")
            known = expected[customer]
            cents = int(dollars.replace(".", "")) if "." in dollars else int(dollars) * 100
            expected[customer] = Total(known.orders + 1, known.cents + cents)
    return file, dict(expected)


def purchases(text: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Customer, order, day, discs, dollars of each line; dollars have two digits behind the point."""
    rows: dict[str, int] = defaultdict(int)
    for line in filter(str.strip, text.splitlines()[1:]):
        customer, day, discs, dollars = line.split()
        rows[customer] += 1
        yield f"c{customer}", f"cdnow-{customer}-{rows[customer]}", day, discs, f"{float(dollars):.2f}"


def open_journey(local: Local) -> None:
    """A journey that is live: whatever the import starts would stand in it."""
    file = state.FOLDER / "after-an-order.journey.yaml"
    file.write_text(JOURNEY, encoding="utf-8")
    subprocess.run([*_sojourn(), "publish", str(file)], check=True, env=_environment(local))


def imported(local: Local, file: Path) -> int:
    """The command that anybody would type; its exit code."""
    command = [*_sojourn(), "import", "events", str(file), "--event", EVENT, "--yes"]
    print("$ sojourn " + " ".join(command[len(_sojourn()) :]), flush=True)
    return subprocess.run(command, check=False, env=_environment(local)).returncode


def followed(local: Local, rows: int, began: float) -> dict[str, Total]:
    """The totals of the profiles, as soon as they hold as many orders as the file, or stop coming."""
    found: dict[str, Total] = {}
    known, waited = -1, time.monotonic()
    while time.monotonic() - began < PATIENCE:
        found = profiles(local)
        orders = sum(total.orders for total in found.values())
        print(f"  {orders:,} of {rows:,} orders in profiles", flush=True)
        if orders >= rows or (orders == known and time.monotonic() - waited > SILENCE):
            break
        if orders != known:
            known, waited = orders, time.monotonic()
        time.sleep(15)
    return found


def profiles(local: Local) -> dict[str, Total]:
    """What each customer bought, as the profiles tell it."""
    found = {}
    for row in _tables(local).scan(
        "People", FilterExpression="sk = :p", ExpressionAttributeValues={":p": {"S": "PROFILE"}}
    ):
        value = json.loads(row.get("facts") or "{}").get("value")
        bought = totals(value).get("USD")
        for identity in json.loads(row.get("identities") or "[]"):
            if bought and CUSTOMER.fullmatch(identity):
                found[identity[2:]] = Total(int(bought["orders"]), round(bought["value"] * 100))
    return found


def enrolments(local: Local) -> int:
    """How many runs of journeys these customers have."""
    condition = {
        "FilterExpression": "begins_with(sk, :e)",
        "ExpressionAttributeValues": {":e": {"S": "ENROL#"}},
    }
    return sum(1 for row in _tables(local).scan("People", **condition) if "after-an-order" in str(row))


def report(expected: dict[str, Total], found: dict[str, Total], started: int) -> int:
    """Say what is as it should be, and what is not."""
    wrong = [customer for customer, total in expected.items() if found.get(customer) != total]
    print(
        f"customers whose orders and dollars match the file: {len(expected) - len(wrong):,} of {len(expected):,}"
    )
    print(f"sum: {_sum(found)} in profiles, {_sum(expected)} in the file")
    print(f"enrolments started: {started}")
    for customer in wrong[:5]:
        print(f"  {customer}: {found.get(customer)} instead of {expected[customer]}")
    return int(bool(wrong or started))


def _sum(totals_: dict[str, Total]) -> str:
    values: Iterable[Total] = totals_.values()
    return f"{sum(t.orders for t in values):,} orders, ${sum(t.cents for t in values) / 100:,.2f}"


def _tables(local: Local) -> Tables:
    return Tables.find(stack.client("dynamodb", local.endpoint_url), state.STACK)


def _sojourn() -> list[str]:
    return [sys.executable, "-c", "from sojourn.cli.main import main; main()"]


def _environment(local: Local) -> dict[str, str]:
    return {**os.environ, "SOJOURN_API_URL": local.api_url, "SOJOURN_API_KEY": local.api_key}


if __name__ == "__main__":
    sys.exit(main())
