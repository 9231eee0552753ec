"""Reads again and compares."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from infra.local.demo.reader.figures import differences, recompute
from infra.local.demo.reader.files import input_rows
from infra.local.demo.reader.promises import broken_promises

STATE = Path(".sojourn")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Recompute .sojourn/demo.json from the input and .sojourn/demo/."
    )
    parser.add_argument("--input", type=Path, default=STATE / "cache" / "CDNOW_master.txt")
    parser.add_argument("--folder", type=Path, default=STATE / "demo")
    parser.add_argument("--figures", type=Path, default=STATE / "demo.json")
    parser.add_argument(
        "--customers", type=Path, help="a file of user ids, one a line: what CUSTOMERS=n chose"
    )
    given = parser.parse_args(arguments)
    bought = input_rows(given.input)
    if given.customers:
        chosen = set(given.customers.read_text().split())
        bought = {user_id: rows for user_id, rows in bought.items() if user_id in chosen}
    figures = json.loads(given.figures.read_text())
    found = recompute(given.folder)
    wrong = differences(figures, found) + broken_promises(bought, given.folder)
    if figures["contacts"] != len(bought):
        wrong.append(("contacts of the input", len(bought), figures["contacts"]))
    for path, said, recomputed in wrong:
        print(f"{path:<40} {said!s:>24} {recomputed!s:>24}")
    print(
        f"{len(found)} figures and {len(bought)} customers read again: "
        + (f"{len(wrong)} differ" if wrong else "all agree")
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
