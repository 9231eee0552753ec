"""What a row of an import costs: rows a second and core, beside the bare loop that reads a CSV and writes in batches.

`.venv/bin/python -m bench.import_rows` prints it. Both sides run in turn in one process on the same file; AWS is
answered before the socket, so only our own work and botocore's is measured. `… --million` cuts a file of 1,000,000
rows, draws every one, and says how much memory that took.
"""

import csv
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session

from bench.ingest import CALL, TAKEN
from bench.measures import Measure, cpu_ratio, judged
from bench.stub import answer
from tests.cloud import ENVIRONMENT

ROWS = 500
REPEATS = 4
MILLION = 1_000_000
HEADER = "customer_id,timestamp,order_id,total,currency,quantity\n"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def measure() -> list[Measure]:
    """Rows a second of one core, ours and the bare loop's, and their ratio."""
    os.environ.update(ENVIRONMENT)
    table = HEADER + "".join(a_row(number) for number in range(ROWS))
    ratio = cpu_ratio(ours(table.encode()), bare(table), repeats=REPEATS, per=ROWS)
    return [
        judged("import_cpu_ratio", ratio.ratio, "×", None),
        judged("import_rows_per_second", round(1e6 / ratio.ours), "rows a second and core", None),
        judged("import_bare_rows_per_second", round(1e6 / ratio.bare), "rows a second and core", None),
    ]


def a_row(number: int) -> str:
    """An order."""
    return f"c{number % 23_570:05d},1997-01-{number % 28 + 1:02d},o{number},{number % 90}.99,USD,{number % 4 + 1}\n"


def ours(raw: bytes) -> Callable[[], None]:
    """As a piece of an import goes, with the table answered in this process."""
    from sojourn.events import wire
    from sojourn.events.insertion import insert_rows
    from sojourn.imports.work import take
    from sojourn.settings import Settings

    wire.bind(Settings.from_env(), clock=_Clock(), region=ENVIRONMENT["AWS_REGION"])
    answer(wire.wire().client, lambda *_: TAKEN)

    def call() -> None:
        records, drawing = opened(io.BytesIO(raw))
        outcome = take(records, drawing, insert=insert_rows, closed_to=lambda _: 0)
        assert outcome.tally.imported == ROWS, outcome

    return call


def bare(table: str) -> Callable[[], None]:
    """The least that would do: read the CSV, put items in batches of 25, by a client as it comes."""
    client = botocore.session.get_session().create_client("dynamodb", region_name=ENVIRONMENT["AWS_REGION"])
    answer(client, lambda *_: b'{"UnprocessedItems": {}}')

    def call() -> None:
        items = [_item(row) for row in csv.DictReader(io.StringIO(table))]
        for start in range(0, len(items), CALL):
            puts = [{"PutRequest": {"Item": item}} for item in items[start : start + CALL]]
            client.batch_write_item(RequestItems={"Events": puts})

    return call


def opened(raw: Any) -> tuple[Any, Any]:
    """The records of a file, and what draws them."""
    from sojourn.imports.dialect import Dialect
    from sojourn.imports.guessing import guess_mapping
    from sojourn.imports.mapping import read_mapping
    from sojourn.imports.model import Kind
    from sojourn.imports.reading import open_lines, read_headers, read_records
    from sojourn.imports.rows import Drawing

    dialect = Dialect("csv", "utf-8")
    lines = open_lines(raw, dialect)
    headers = read_headers(lines, dialect)
    sample = [a_row(number).strip().split(",") for number in range(20)]
    guess = guess_mapping(Kind.EVENTS, headers, sample, event="Order Completed")
    mapping = read_mapping(Kind.EVENTS, guess.as_json())
    return read_records(lines, dialect), Drawing(mapping, headers, "import:bench", "f" * 64, NOW, NOW)


def million() -> None:
    """Cut and draw a million rows; the memory at its peak, before and after."""
    from sojourn.imports.dialect import Dialect
    from sojourn.imports.pieces import cut
    from sojourn.imports.work import dry_run, take

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        with file.open("w") as out:
            out.write(HEADER)
            out.writelines(a_row(number) for number in range(MILLION))
        opened(io.BytesIO(HEADER.encode()))  # so that modules are loaded before the first look
        before, began = _peak(), time.process_time()
        with file.open("rb") as raw:
            pieces = cut(raw, Dialect("csv", "utf-8"))
        print(f"cut into {len(pieces.chunks)} pieces in {time.process_time() - began:.1f} s of CPU")
        began = time.process_time()
        with file.open("rb") as raw:
            records, drawing = opened(raw)
            tally = take(records, drawing, insert=dry_run, closed_to=lambda _: 0).tally
        took = time.process_time() - began
        print(f"{tally.imported:,} rows drawn in {took:.1f} s of CPU: {tally.rows / took:,.0f} a second")
        print(f"memory at its peak: {before:.0f} MB before, {_peak():.0f} MB after")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _item(row: dict[str, str]) -> dict[str, dict[str, str]]:
    at = f"{row['timestamp']}T00:00:00.000Z"
    keys = {"pk": f"u#{row['customer_id']}", "sk": f"{at}#import:bench#{row['order_id']}"}
    fixed = {"type": "track", "event": "Order Completed", "at": at, "source": "import:bench"}
    properties = {name: row[name] for name in ("order_id", "total", "currency", "quantity")}
    texts = {
        **keys,
        **fixed,
        "message_id": row["order_id"],
        "payload": json.dumps({"properties": properties}),
    }
    return {name: {"S": value} for name, value in texts.items()}


class _Clock:
    """Stands still."""

    pace = 1.0

    def calendar(self) -> datetime:
        return NOW

    def wall(self) -> datetime:
        return NOW


if __name__ == "__main__":
    if "--million" in sys.argv:
        million()
    else:
        for figure in measure():
            print(json.dumps(figure))
