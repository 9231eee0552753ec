"""Hostile text in every field of a workspace stays text on every page of the console (T117), asked in any words."""

from urllib.parse import urlencode

import pytest

from functions.api.console.routing import PATHS
from tests.console import Browser
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import (
    ADDRESS,
    BARE,
    SUM,
    TEXT,
    acting,
    address,
    full_house,
    pages,
)
from tests.insight_rows import ADA

ASKED = (
    "q", "next", "notice", "step", "cursor", "segment", "rule", "topic", "kind", "key", "name", "from", "why", "user",
    "contact", "journey", "columns", "version", "with", "than", "since", "by", "days", "source", "preset", "file",
    "state", "tab", "sort", "of", "to", "path", "code", "email", "error", "reason",
)  # fmt: skip
# A template's own look: its text is the page, in a sandbox without scripts.
LOOKED_AT = [path for path in pages() if path != "/console/templates/{name}/preview"]
EMAIL = "\"><script>alert(1)</script>'onmouseover=x@example.org"
SHOWN = {
    f"/console/contacts/{ADA}": TEXT,
    "/console/journeys/hostile": BARE,
    "/console/segments/payers/edit": "<script>alert(1)</script>{{7*70707}}",
    "/console/templates/hello": TEXT,
    "/console/account": EMAIL,
}


@pytest.mark.parametrize("path", LOOKED_AT)
def test_what_others_wrote_or_a_link_says_acts_on_no_page(path: str, signed_in: SignedIn):
    named = full_house()
    browser = Browser() if PATHS["GET", path] else signed_in("admin", email=EMAIL)
    here = {address(path, named), address(path, named | {"journeys/name": "hostile"})}
    asked = f"{address(path, named)}?{urlencode(dict.fromkeys(ASKED, ADDRESS))}"

    for page in (*map(browser.get, sorted(here)), *map(browser.part, sorted(here)), browser.get(asked)):
        assert page.status < 500, page.words
        assert acting(page.text) == []
        assert "\n" not in page.place
        assert not page.place.startswith(("//", "http", "javascript"))


@pytest.mark.parametrize(("path", "said"), SHOWN.items(), ids=lambda each: each.split("/")[-1][:20])
def test_it_is_shown_as_it_was_written(path: str, said: str, signed_in: SignedIn):
    full_house()

    page = signed_in("admin", email=EMAIL).get(path)

    assert " ".join(said.split()) in page.words


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<p onclick=x>",
        "<a href='java\tscript:alert(1)'>",
        "<img src=https: onerror=x>",
        "<form action=' javascript:x'>",
        f"<p>{SUM}",
        "<p style='x'>",
    ],
)
def test_whatever_acts_would_be_found(page: str):
    assert acting(page)
