"""The input file and what the demo wrote, read with the standard library alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Purchases = dict[str, list[tuple[str, int, float]]]  # user id → date, quantity, total
FIRST_DATE, LAST_SIGN_UP, LAST_DATE = "19970101", "19970121", "19970204"


def input_rows(path: Path) -> Purchases:
    """The purchases of the five weeks, by user id, of the customers that the demo takes."""
    bought: dict[int, list[tuple[str, int, float]]] = {}
    for line in path.read_text().splitlines()[1:]:
        customer, date, quantity, total = line.split()
        bought.setdefault(int(customer), []).append((date, int(quantity), float(total)))
    taken = {
        customer: rows
        for customer, rows in bought.items()
        if customer % 16 == 4 and FIRST_DATE <= min(rows)[0] <= LAST_SIGN_UP
    }
    return {f"c{id_:05d}": [row for row in rows if row[0] <= LAST_DATE] for id_, rows in taken.items()}


def ndjson(path: Path) -> list[Row]:
    """One object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
