"""What somebody means to buy: it stands in a cookie of theirs, which a shop needs and nobody has to be asked for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Self

from infra.local.shop.catalogue import BY_SLUG, CURRENCY, Record

COOKIE = "basket"
MOST = 9  # of one record
ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Basket:
    """Records and how many of each, in the order in which they were chosen.

    `id` tells one basket from the next, and nothing of who carries it.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    id: str = ""

    @classmethod
    def of(cls, header: str) -> Self:
        """From a Cookie header; what we do not sell, or cannot read, is passed over."""
        try:
            said = SimpleCookie(header)[COOKIE].value
        except (CookieError, KeyError):
            return cls()
        named, _, records = said.rpartition("~")
        pairs = (entry.partition(":") for entry in records.split("."))
        counts = {slug: int(n) for slug, _, n in pairs if slug in BY_SLUG and n.isascii() and n.isdecimal()}
        kept = {slug: min(n, MOST) for slug, n in counts.items() if n}
        return cls(kept, named if ID.fullmatch(named) else "")

    def with_change(self, slug: str, by: int) -> Basket:
        """One more or one less."""
        count = min(self.counts.get(slug, 0) + by, MOST)
        rest = {each: n for each, n in self.counts.items() if each != slug or count > 0}
        return Basket({**rest, slug: count} if count > 0 else rest, self.id or secrets.token_hex(6))

    @property
    def lines(self) -> list[tuple[Record, int]]:
        """Each record with its number."""
        return [(BY_SLUG[slug], count) for slug, count in self.counts.items()]

    @property
    def size(self) -> int:
        """How many discs it holds."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """What they cost together."""
        return sum(record.price * count for record, count in self.lines)

    def as_properties(self) -> dict[str, Any]:
        """As Segment's e-commerce events name a cart or an order."""
        products = [record.as_product(count) for record, count in self.lines]
        return {"cart_id": self.id, "value": self.total, "currency": CURRENCY, "products": products}

    def as_cookie(self) -> str:
        """The Set-Cookie header that keeps it."""
        records = ".".join(f"{slug}:{count}" for slug, count in self.counts.items())
        value = f"{self.id}~{records}" if self.id else records
        age = "Max-Age=1209600" if value else "Max-Age=0"
        return f"{COOKIE}={value}; Path=/; SameSite=Lax; HttpOnly; {age}"
