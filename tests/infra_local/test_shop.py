"""The demo shop without a browser: its pages, its basket, and what its pages tell."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.postoffice.http import Request, Response
from infra.local.shop.basket import Basket
from infra.local.shop.catalogue import RECORDS, found
from infra.local.shop.shop import Shop

HOST = "http://127.0.0.1:1234"


@pytest.fixture
def shop() -> Shop:
    return Shop(host=HOST, key="shop-key")


def get(shop: Shop, target: str, **headers: str) -> Response:
    return shop.answer(Request("GET", target, headers, b""))


def post(shop: Shop, target: str, fields: dict[str, str] | None = None, **headers: str) -> Response:
    form = {"content-type": "application/x-www-form-urlencoded", **headers}
    return shop.answer(Request("POST", target, form, urlencode(fields or {}).encode()))


def told(page: Response) -> list[tuple[str, Any]]:
    said = re.search(r'id="happened">(.*?)</script>', page.body.decode())
    assert said
    return [(event, properties) for event, properties in json.loads(html.unescape(said[1]))]


@pytest.mark.parametrize(
    "target", ["/", "/?q=jazz", *(f"/records/{each.slug}" for each in RECORDS), "/cart", "/letters"]
)
def test_every_page_loads_the_tracker_and_nothing_from_elsewhere(shop: Shop, target: str):
    page = get(shop, target)
    text = page.body.decode()

    assert page.status == 200
    assert f'<script async src="{HOST}/sojourn.js" data-key="shop-key"></script>' in text
    assert set(re.findall(r"https?://[^\"'\s<]+", text)) == {f"{HOST}/sojourn.js"}
    assert f"script-src 'self' {HOST};" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


def test_events_are_named_as_segment_names_them(shop: Shop):
    night_ferry = {
        "product_id": "night-ferry",
        "name": "Mara Lindqvist: Night Ferry",
        "category": "Piano",
        "brand": "Harbour",
        "price": 24,
        "currency": "USD",
        "quantity": 1,
    }
    assert told(get(shop, "/")) == []
    assert told(get(shop, "/?q=blue+hour")) == [("Products Searched", {"query": "blue hour"})]
    assert told(get(shop, "/records/night-ferry")) == [("Product Viewed", night_ferry)]

    added = post(shop, "/cart", {"record": "night-ferry", "step": "more"})
    assert added.status == 303
    cookie = added.headers["Set-Cookie"].split(";")[0]
    changed = told(get(shop, added.headers["Location"], cookie=cookie))
    cart = {"cart_id": Basket.of(cookie).id, "value": 24, "currency": "USD", "products": [night_ferry]}
    assert changed == [("Product Added", night_ferry), ("Cart Updated", cart)]
    assert told(get(shop, "/cart", cookie=cookie)) == []

    ordered = post(shop, "/orders", cookie=cookie)
    name, properties = told(get(shop, ordered.headers["Location"]))[0]
    assert properties["cart_id"] == cart["cart_id"]
    assert (name, properties["total"], properties["products"]) == ("Order Completed", 24, [night_ferry])
    assert ordered.headers["Set-Cookie"].startswith("basket=;")
    assert told(get(shop, ordered.headers["Location"].removesuffix("?placed"))) == []


def test_the_basket_is_a_cookie_that_scripts_do_not_see():
    basket = (
        Basket(id="0123456789ab")
        .with_change("night-ferry", 1)
        .with_change("blue-hour", 1)
        .with_change("night-ferry", 1)
    )
    assert basket.as_cookie() == (
        "basket=0123456789ab~night-ferry:2.blue-hour:1; Path=/; SameSite=Lax; HttpOnly; Max-Age=1209600"
    )
    assert Basket.of("other=1; basket=0123456789ab~night-ferry:2.blue-hour:1") == basket
    assert (basket.size, basket.total) == (3, 73)
    assert basket.with_change("night-ferry", -99).counts == {"blue-hour": 1}


def test_a_basket_keeps_its_number_until_it_is_bought():
    filled = Basket().with_change("night-ferry", 1)

    emptied = Basket.of(filled.as_cookie().partition(";")[0]).with_change("night-ferry", -1)
    assert Basket.of(emptied.as_cookie().partition(";")[0]).as_properties() == {
        "cart_id": filled.id,
        "value": 0,
        "currency": "USD",
        "products": [],
    }
    assert filled.id != Basket().with_change("night-ferry", 1).id


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "basket=no-number~",
        "basket=",
        "basket=nothing-of-ours:1",
        "basket=night-ferry:0",
        "basket=night-ferry:-1",
        "basket=night-ferry:²",
        "\x00=;",
    ],
)
def test_a_cookie_that_makes_no_sense_is_an_empty_basket(cookie: str):
    assert Basket.of(cookie) == Basket()


def test_nobody_orders_more_than_a_few_of_a_record():
    assert Basket.of("basket=night-ferry:99999").with_change("night-ferry", 1).counts == {"night-ferry": 9}


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/nope"),
        ("GET", "/records/nope"),
        ("GET", "/orders/00"),
        ("GET", "/assets/shop.py"),
        ("POST", "/"),
        ("POST", "/cart"),
    ],
)
def test_what_is_not_there_says_so(shop: Shop, method: str, target: str):
    assert shop.answer(Request(method, target, {}, b"")).status == 404


def test_an_empty_basket_is_not_ordered(shop: Shop):
    assert post(shop, "/orders").headers["Location"] == "/cart"
    assert shop.orders == {}


def test_words_are_looked_for_in_everything_that_is_said_of_a_record():
    assert [record.slug for record in found("harbour VOICE")] == ["salt-songs"]
    assert [record.slug for record in found("kindling")] == ["first-frost"]
    assert found("") == list(RECORDS)
    assert found("<script>") == []


def test_what_was_looked_for_is_shown_as_text(shop: Shop):
    text = get(shop, "/?q=%3C/script%3E%3Cb%3E").body.decode()
    assert "</script><b>" not in text
    assert "&lt;/script&gt;&lt;b&gt;" in text


@pytest.mark.parametrize("name", ["shop.css", "shop.js"])
def test_its_own_files_are_served(shop: Shop, name: str):
    assert get(shop, f"/assets/{name}").status == 200
