"""The CDNOW purchases: every order of 23,570 customers, January 1997 to June 1998.

The file ships inside a package of the Python index; it is taken from there by `make install`, which calls
`python -m infra.local.demo.cdnow FOLDER`, or when the demo first runs. A line is ` 00004 19970101  2   29.33`:
customer, date, number of discs, dollars.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.demo.chance import share

PACKAGE = "lifetimes==0.11.3"
MEMBER = "lifetimes/datasets/CDNOW_master.txt"
SHA256 = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"

START = datetime(1997, 1, 1, tzinfo=UTC)
SIGN_UP_DAYS = 21
DAYS = 35
EVERY, REMAINDER = 16, 4


class InputError(Exception):
    """The input could not be had; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One row of the file, with the time of day that the demo gives it."""

    customer: int
    row: int  # 1 for the customer's first row in the file
    at: datetime
    quantity: int
    total: float

    @property
    def user_id(self) -> str:
        return f"c{self.customer:05d}"

    @property
    def order_id(self) -> str:
        return f"cdnow-{self.customer:05d}-{self.row}"


Rows = dict[int, list[Purchase]]


def fetch(cache: Path) -> Path:
    """The input file, checked; downloaded on first use."""
    path = cache / Path(MEMBER).name
    if path.exists() and _sha256(path.read_bytes()) == SHA256:
        return path
    data = _download()
    if _sha256(data) != SHA256:
        raise InputError(f"{MEMBER} in {PACKAGE} is not the file that this demo was made for.")
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(data)
    partial.replace(path)
    return path


def main() -> int:
    """1 when it cannot be had, and says why."""
    try:
        fetch(Path(sys.argv[1]))
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _download() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--disable-pip-version-check", "--dest", folder, PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            raise InputError(
                f"The input could not be fetched: the demo takes it from the package {PACKAGE} of the Python index, "
                f"once. Check the network or proxy and run it again.\n{done.stderr.strip()[-600:]}"
            )
        return zipfile.ZipFile(wheels[0]).read(MEMBER)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def parse(text: str) -> Rows:
    """The purchases of each customer whose id % 16 is 4; one customer's times ascend in the order of the file."""
    days: dict[tuple[int, str], list[tuple[int, float]]] = defaultdict(list)
    for line in filter(str.strip, text.splitlines()[1:]):
        customer, date, quantity, total = line.split()
        if int(customer) % EVERY == REMAINDER:
            days[int(customer), date].append((int(quantity), float(total)))
    rows: Rows = defaultdict(list)
    for (who, day), bought in sorted(days.items()):
        for second, (discs, dollars) in zip(_seconds(who, day, len(bought)), bought, strict=True):
            at = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(seconds=second)
            rows[who].append(Purchase(who, len(rows[who]) + 1, at, discs, dollars))
    return dict(rows)


def _seconds(customer: int, date: str, count: int) -> list[int]:
    """Ascending, distinct seconds of that day, never its first: an `identify` goes before."""
    seconds: set[int] = set()
    draw = 0
    while len(seconds) < count:
        seconds.add(1 + int(share("second", customer, date, draw) * 86_399))
        draw += 1
    return sorted(seconds)


def select(rows: Rows, customers: int | None = None) -> Rows:
    """The demo's customers with their rows of the five weeks; `customers` takes the first by a seeded hash."""
    last_sign_up, end = START + timedelta(days=SIGN_UP_DAYS), START + timedelta(days=DAYS)
    chosen = [customer for customer, bought in rows.items() if START <= bought[0].at < last_sign_up]
    if customers is not None:
        chosen = sorted(chosen, key=lambda customer: share("customer", customer))[:customers]
    return {customer: [row for row in rows[customer] if row.at < end] for customer in sorted(chosen)}


def in_time_order(rows: Iterable[list[Purchase]]) -> list[Purchase]:
    """All rows as they happened."""
    return sorted((row for bought in rows for row in bought), key=lambda row: (row.at, row.customer))


if __name__ == "__main__":
    sys.exit(main())
