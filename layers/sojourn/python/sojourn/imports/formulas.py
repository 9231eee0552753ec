"""Tables that a spreadsheet may open: what it would take for a formula is marked as text.

A cell that begins with = + - @, a tab or a line's end gets an apostrophe before it (OWASP, CSV injection). Numbers and
phone numbers in E.164 are no formulas and stay as they are.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HARMLESS = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")


def safe(value: Any) -> Any:
    """The cell as a spreadsheet may show it."""
    if not isinstance(value, str) or not value.lstrip(" ").startswith(STARTS) or HARMLESS.fullmatch(value):
        return value
    return f"'{value}"


def table(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV, every cell safe."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()
