"""The shop's HTTP: which request shows what. It knows the local cloud only by the tracker's line."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from typing import Self

from infra.local.postoffice.http import Request, Response, Server
from infra.local.shop.basket import Basket
from infra.local.shop.catalogue import BY_SLUG, found
from infra.local.shop.pages import Pages, asset

Route = Callable[..., Response | None]
STEPS = {"more": 1, "less": -1, "none": -99}


class Shop:
    """Shows records, keeps baskets in cookies and orders in memory."""

    def __init__(self, *, host: str, key: str) -> None:
        self.pages = Pages(host=host, key=key)
        self.orders: dict[str, Basket] = {}
        self.table: list[tuple[str, re.Pattern[str], Route]] = [
            ("GET", re.compile("/"), self.front),
            ("GET", re.compile("/records/([a-z-]+)"), self.record),
            ("GET", re.compile("/cart"), self.cart),
            ("POST", re.compile("/cart"), self.change),
            ("POST", re.compile("/orders"), self.order),
            ("GET", re.compile("/orders/([0-9a-f]+)"), self.thanks),
            ("GET", re.compile("/letters"), self.letters),
            ("POST", re.compile("/letters"), self.subscribe),
            ("GET", re.compile("/assets/([a-z.]+)"), self.asset),
        ]

    @classmethod
    def open(cls, port: int, *, host: str, key: str) -> Self:
        """A shop that serves on this port for as long as the process lives."""
        shop = cls(host=host, key=key)
        threading.Thread(target=Server(port, shop.answer).serve_forever, daemon=True).start()
        return shop

    def answer(self, request: Request) -> Response:
        """The response to any request."""
        method = "GET" if request.method == "HEAD" else request.method
        for wanted, pattern, route in self.table:
            match = pattern.fullmatch(request.path)
            if match and method == wanted:
                answer = route(request, *match.groups())
                return answer if answer is not None else self.pages.missing(_basket(request))
        return self.pages.missing(_basket(request))

    def front(self, request: Request) -> Response:
        words = request.query.get("q", "").strip()[:100]
        return self.pages.front(_basket(request), found(words), words)

    def record(self, request: Request, slug: str) -> Response | None:
        record = BY_SLUG.get(slug)
        return self.pages.record(_basket(request), record) if record else None

    def cart(self, request: Request) -> Response:
        added = BY_SLUG.get(request.query.get("added", ""))
        is_changed = "changed" in request.query or added is not None
        return self.pages.cart(_basket(request), added, is_changed=is_changed)

    def change(self, request: Request) -> Response | None:
        """One more, one less or none of a record; then back to the basket, which tells of the change once."""
        slug, step = request.fields.get("record", ""), request.fields.get("step", "")
        if slug not in BY_SLUG or step not in STEPS:
            return None
        basket = _basket(request).with_change(slug, STEPS[step])
        where = f"/cart?added={slug}" if step == "more" else "/cart?changed"
        return Response(303, b"", {"Location": where, "Set-Cookie": basket.as_cookie()})

    def order(self, request: Request) -> Response:
        basket = _basket(request)
        if not basket.size:
            return Response(303, b"", {"Location": "/cart"})
        order = secrets.token_hex(6)
        self.orders[order] = basket
        where = f"/orders/{order}?placed"
        return Response(303, b"", {"Location": where, "Set-Cookie": Basket().as_cookie()})

    def thanks(self, request: Request, order: str) -> Response | None:
        bought = self.orders.get(order)
        if bought is None:
            return None
        return self.pages.thanks(_basket(request), order, bought, is_new="placed" in request.query)

    def letters(self, request: Request) -> Response:
        return self.pages.letters(_basket(request))

    def subscribe(self, request: Request) -> Response:
        """The tracker carries the form to Sojourn; the shop itself keeps nothing of it."""
        return Response(303, b"", {"Location": "/letters"})

    def asset(self, request: Request, name: str) -> Response | None:
        return asset(name)


def _basket(request: Request) -> Basket:
    return Basket.of(request.headers.get("cookie", ""))
