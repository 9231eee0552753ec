"""What the shop sells, from records.yaml, as its pages show it and as events name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CURRENCY = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One album on the shelf."""

    slug: str
    title: str
    artist: str
    year: int
    label: str
    shelf: str
    price: int
    cover: str
    colours: tuple[str, ...]
    notes: tuple[str, ...]
    sides: tuple[tuple[str, ...], ...]

    def as_product(self, quantity: int = 1) -> dict[str, Any]:
        """As Segment's e-commerce events name a product."""
        return {
            "product_id": self.slug,
            "name": f"{self.artist}: {self.title}",
            "category": self.shelf,
            "brand": self.label,
            "price": self.price,
            "currency": CURRENCY,
            "quantity": quantity,
        }


def _records() -> Iterator[Record]:
    for said in yaml.safe_load((Path(__file__).parent / "records.yaml").read_text(encoding="utf-8")):
        sides = tuple(tuple(side) for side in said["sides"])
        yield Record(
            **{**said, "colours": tuple(said["colours"]), "notes": tuple(said["notes"]), "sides": sides}
        )


RECORDS = tuple(_records())
BY_SLUG = {record.slug: record for record in RECORDS}


def found(words: str) -> list[Record]:
    """The records in which every word that was looked for stands; all of them when nothing was."""
    wanted = words.casefold().split()
    return [record for record in RECORDS if all(word in _spoken(record) for word in wanted)]


def _spoken(record: Record) -> str:
    tracks = (track for side in record.sides for track in side)
    parts = (record.title, record.artist, record.label, record.shelf, str(record.year), *tracks)
    return " ".join(parts).casefold()
