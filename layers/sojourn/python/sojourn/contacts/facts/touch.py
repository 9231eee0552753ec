"""Where a person came from: the first touch, and the last that was not direct. Pure.

A touch is a page or screen, or any call whose context names a campaign or another site. `context.campaign` is Segment's
(name, source, medium, term, content); a search engine's referrer gives the term where it still tells.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

LONGEST = 200
CAMPAIGN = ("source", "medium", "name", "term", "content")
DIRECT = "direct"
SEARCH = {
    "google.": "q", "bing.": "q", "duckduckgo.": "q", "ecosia.": "q", "yahoo.": "p", "baidu.": "wd", "yandex.": "text",
}  # fmt: skip
PAGES = {"page", "screen"}


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{first, last}, each {at, key, source, medium?, name?, term?, content?, referrer?, landing?}."""
    touch = _touch(deed)
    if touch is None:
        return dict(fact) if fact else None
    lasting = {"first": touch} if touch["source"] == DIRECT else {"first": touch, "last": touch}
    return join(fact or {}, lasting)


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The earlier first and the later last."""
    firsts = [side["first"] for side in (one, other) if "first" in side]
    lasts = [side["last"] for side in (one, other) if "last" in side]
    result = {}
    if firsts:
        result["first"] = min(firsts, key=_place)
    if lasts:
        result["last"] = max(lasts, key=_place)
    return result


def _place(touch: Mapping[str, Any]) -> tuple[str, str]:
    return touch["at"], touch["key"]


def _touch(deed: "Deed") -> dict[str, Any] | None:
    campaign = _texts(deed.context.get("campaign"), CAMPAIGN)
    page = deed.context.get("page")
    page = page if isinstance(page, Mapping) else {}
    referrer = _referrer(deed, page)
    if not campaign and not referrer and deed.type not in PAGES:
        return None
    found: dict[str, Any] = {"at": deed.at, "key": deed.key, "source": DIRECT, **referrer, **campaign}
    if landing := _text(page.get("path")):
        found["landing"] = landing
    return found


def _referrer(deed: "Deed", page: Mapping[str, Any]) -> dict[str, str]:
    """The site that led here, by its host; our own pages lead nowhere."""
    said = _text(page.get("referrer")) or _text(_url(deed.context.get("referrer")))
    parts = _split(said)
    if parts is None or not parts.hostname or parts.hostname == _host(_text(page.get("url"))):
        return {}
    found = {
        "source": parts.hostname.removeprefix("www."),
        "referrer": f"{parts.hostname}{parts.path}"[:LONGEST],
    }
    for engine, parameter in SEARCH.items():
        if engine in f"{parts.hostname}":
            found["medium"] = "organic"
            if terms := parse_qs(parts.query, max_num_fields=100).get(parameter):
                found["term"] = terms[0][:LONGEST]
    return found


def _url(referrer: Any) -> Any:
    return referrer.get("url") if isinstance(referrer, Mapping) else None


def _host(url: str) -> str | None:
    parts = _split(url)
    return parts.hostname if parts else None


def _split(url: str) -> Any:
    try:
        return urlsplit(url) if url else None
    except ValueError:  # a bracket that nobody closed
        return None


def _texts(said: Any, names: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(said, Mapping):
        return {}
    return {name: text for name in names if (text := _text(said.get(name)))}


def _text(value: Any) -> str:
    return value.strip()[:LONGEST] if isinstance(value, str) else ""
