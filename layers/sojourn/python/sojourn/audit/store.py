"""Changes in the Config table: `AUDIT`, `<wall time>#<random>`, so that a day is a range and the latest are the last.

Append-only: nothing in the product changes or deletes a row, and no function but those that make changes may write one.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from sojourn.audit.model import Change
from sojourn.config import Row
from sojourn.tables import ConfigRow

KIND = "AUDIT"


def record(change: Change) -> None:
    """Keep it: one write."""
    row = row_of(change)
    ConfigRow(row.kind, row.id, revision="1", data=row.data).save()


def row_of(change: Change) -> Row:
    """Its row, for whoever writes it together with the change."""
    return Row(KIND, f"{change.at}#{secrets.token_hex(4)}", 1, change.to_json())


def changes_before(sk: str | None, limit: int) -> tuple[list[Mapping[str, Any]], str | None]:
    """The latest first; where the next page begins, when there is one."""
    earlier = ConfigRow.sk < sk if sk else None
    rows = list(
        ConfigRow.query(KIND, earlier, scan_index_forward=False, limit=limit + 1, consistent_read=True)
    )
    shown = rows[:limit]
    return [row.data for row in shown], shown[-1].sk if len(rows) > limit else None
