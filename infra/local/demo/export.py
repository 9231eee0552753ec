"""Writes .sojourn/demo/: everything that a reader needs to recompute the figures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.local.demo.tables import Row, Stored


def write(folder: Path, stored: Stored, *, mails: Iterable[tuple[str, bytes]], texts: Iterable[Row]) -> None:
    """The whole Events table, every mail's exact bytes, every text, and the rows behind the figures."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mail").mkdir(parents=True)
    lines(folder / "events.ndjson", stored.events)
    lines(folder / "enrolments.ndjson", stored.enrolments)
    lines(folder / "messages.ndjson", stored.messages)
    lines(folder / "contacts.ndjson", stored.profiles)
    lines(folder / "sms.ndjson", texts)
    for mail_id, raw in mails:
        (folder / "mail" / f"{mail_id}.eml").write_bytes(raw)


def lines(path: Path, rows: Iterable[Row]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)


def document(path: Path, value: Any) -> None:
    """One JSON document, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)
