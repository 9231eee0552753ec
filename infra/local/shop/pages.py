"""The shop's pages and what stands on all of them: the tracker's line, the basket's size, the events to tell."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from infra.local.postoffice.http import Response
from infra.local.shop.basket import Basket
from infra.local.shop.catalogue import Record

FOLDER = Path(__file__).parent
ASSETS = {"shop.css": "text/css; charset=utf-8", "shop.js": "text/javascript; charset=utf-8"}
Told = list[tuple[str, dict[str, Any]]]


class Pages:
    """Writes pages that may load scripts from here and from the tracker's host, and nothing from anywhere else."""

    def __init__(self, *, host: str, key: str) -> None:
        self.host, self.key = host, key
        self.policy = (
            f"default-src 'none'; script-src 'self' {host}; connect-src {host}; style-src 'self'; "
            "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )

    def front(self, basket: Basket, records: list[Record], words: str) -> Response:
        """All records, or those that were looked for."""
        told: Told = [("Products Searched", {"query": words})] if words else []
        return self._page("front.html", basket, told, records=records, words=words)

    def record(self, basket: Basket, record: Record) -> Response:
        """One record."""
        return self._page("record.html", basket, [("Product Viewed", record.as_product())], record=record)

    def cart(self, basket: Basket, added: Record | None, *, is_changed: bool) -> Response:
        """The basket, just after a change or later."""
        told: Told = [("Product Added", added.as_product())] if added else []
        told += [("Cart Updated", basket.as_properties())] if is_changed else []
        return self._page("cart.html", basket, told, added=added)

    def thanks(self, basket: Basket, order: str, bought: Basket, *, is_new: bool) -> Response:
        """After an order."""
        properties = {"order_id": order, "total": bought.total, **bought.as_properties()}
        told: Told = [("Order Completed", properties)] if is_new else []
        return self._page("thanks.html", basket, told, order=order, bought=bought)

    def letters(self, basket: Basket) -> Response:
        """After the form for letters was sent."""
        return self._page("letters.html", basket, [])

    def missing(self, basket: Basket) -> Response:
        """Nothing is here."""
        return self._page("missing.html", basket, [], status=404)

    def _page(
        self, name: str, basket: Basket, told: Told, *, status: int = 200, **values: object
    ) -> Response:
        shared = {"host": self.host, "key": self.key, "basket": basket, "told": told, "page": name}
        html = _templates().get_template(name).render(**shared, **values)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": self.policy}
        return Response(status, html.encode(), {**headers, "Cache-Control": "no-store"})


def asset(name: str) -> Response | None:
    """A style sheet or script of the shop's own."""
    if name not in ASSETS:
        return None
    body = (FOLDER / "assets" / name).read_bytes()
    return Response(200, body, {"Content-Type": ASSETS[name], "Cache-Control": "no-cache"})


@functools.cache
def _templates() -> Environment:
    loader = FileSystemLoader(FOLDER / "pages")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
