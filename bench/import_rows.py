"""What a row of an import costs: rows a second and core, beside the bare loop that reads a CSV and writes in batches.

`.venv/bin/python -m bench.import_rows` prints it. Both sides run in turn in one process on the same file; AWS is
answered before the socket, so only our own work and botocore's is measured. `… --million` looks at, cuts and draws a
file of 1,000,000 rows; `… --largest` one of 5,000,000 rows and two gigabytes, of which it draws some pieces. Both read
it as from a bucket, by ranges, and say how much memory that took.
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
from typing import IO, Any

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


def opened(raw: Any, headers: tuple[str, ...] = (), chunk: Any = None) -> tuple[Any, Any]:
    """The records of a file, or of a piece of it, and what draws them."""
    from sojourn.imports.dialect import Dialect
    from sojourn.imports.guessing import guess_mapping
    from sojourn.imports.mapping import read_mapping
    from sojourn.imports.model import Kind
    from sojourn.imports.reading import open_lines, read_headers, read_records
    from sojourn.imports.rows import Drawing

    dialect = Dialect("csv", "utf-8")
    lines = open_lines(raw, dialect) if chunk is None else open_lines(raw, dialect, offset=chunk.start)
    headers = headers or read_headers(lines, dialect)
    sample = [[*a_row(number).strip().split(","), "x"][: len(headers)] for number in range(20)]
    guess = guess_mapping(Kind.EVENTS, headers, sample, event="Order Completed")
    mapping = read_mapping(Kind.EVENTS, guess.as_json())
    return read_records(lines, dialect), Drawing(mapping, headers, "import:bench", "f" * 64, NOW, NOW)


def flat(rows: int, *, width: int = 0, draw_every: int = 1) -> None:
    """Look at a file, cut it, and draw every nth piece; the memory at its peak after each."""
    from sojourn.imports.examine import examine
    from sojourn.imports.files import Bucket
    from sojourn.imports.pieces import cut
    from sojourn.imports.work import dry_run, take

    with tempfile.TemporaryDirectory() as folder:
        size = _write(Path(folder) / "orders.csv", rows, "x" * width)
        files = Bucket(_Disk(Path(folder)), "files")
        print(f"{rows:,} rows, {size / 2**20:,.0f} MiB; {_peak():.0f} MB before")
        found = examine(files, "orders.csv", {})
        print(f"looked at: {_peak():.0f} MB")
        began = time.process_time()
        with files.open("orders.csv") as raw:
            pieces = cut(raw, found.dialect)
        took = time.process_time() - began
        print(f"cut into {len(pieces.chunks):,} pieces in {took:.1f} s of CPU: {_peak():.0f} MB")
        began, drawn = time.process_time(), 0
        for chunk in pieces.chunks[::draw_every]:
            with files.open("orders.csv", chunk.start, chunk.end) as raw:
                records, drawing = opened(raw, pieces.headers, chunk)
                drawn += take(records, drawing, insert=dry_run, closed_to=lambda _: 0).tally.imported
        took = time.process_time() - began
        print(f"{drawn:,} rows drawn in {took:.1f} s of CPU, {drawn / took:,.0f} a second: {_peak():.0f} MB")
        assert pieces.rows == rows


def _write(file: Path, rows: int, filler: str) -> int:
    with file.open("w") as out:
        out.write(HEADER.replace("\n", ",note\n") if filler else HEADER)
        out.writelines(
            a_row(number).replace("\n", f",{filler}\n" if filler else "\n") for number in range(rows)
        )
    return file.stat().st_size


class _Disk:
    """A folder that answers as S3's client does: ranges of objects, as streams."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Its size."""
        return {"ContentLength": (self.folder / Key).stat().st_size, "ETag": "e"}

    def get_object(self, *, Bucket: str, Key: str, Range: str) -> dict[str, Any]:  # noqa: N803
        """The bytes of a range."""
        first, _, last = Range.removeprefix("bytes=").partition("-")
        file = (self.folder / Key).open("rb")
        file.seek(int(first))
        return {"Body": _Body(file, int(last) + 1 - int(first) if last else sys.maxsize)}


class _Body:
    """The next bytes of a file, as they are asked for."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self.file, self.left = file, left

    def read(self, size: int) -> bytes:
        """As a response's body does."""
        data = self.file.read(min(size, self.left))
        self.left -= len(data)
        return data


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

    def pause(self, seconds: float) -> None:
        """Nor does it wait."""


if __name__ == "__main__":
    if "--million" in sys.argv:
        flat(MILLION)
    elif "--largest" in sys.argv:
        flat(5 * MILLION, width=375, draw_every=100)
    else:
        for figure in measure():
            print(json.dumps(figure))
