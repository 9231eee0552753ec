"""How often a person did something: in all, by day, and how much of it was news when it came. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Seen = Mapping[str, Any]

DAYS = 60  # the newest days that are counted one by one


class News(StrEnum):
    """Whether an event may move anybody: what comes in bulk, or long after it happened, only adds to what is known."""

    NEWS = "news"
    IMPORTED = "imported"
    LATE = "late"


def counted(seen: Seen | None, at: str, news: News = News.NEWS) -> dict[str, Any]:
    """One time more."""
    once: dict[str, Any] = {"n": 1, "first": at, "last": at, "days": {at[:10]: 1}}
    once |= {"news": at} if news is News.NEWS else {news.value: 1}
    return summed(seen, once)


def summed(one: Seen | None, other: Seen | None) -> dict[str, Any]:
    """Both together, in any order: a day that falls out never comes back, for sixty newer ones are there."""
    if not one or not other:
        return dict(one or other or {})
    added: dict[str, Any] = {
        "n": one["n"] + other["n"],
        "first": min(one["first"], other["first"]),
        "last": max(one["last"], other["last"]),
        "days": _newest_days(one.get("days", {}), other.get("days", {})),
    }
    if at := max(last_news(one), last_news(other)):
        added["news"] = at
    for reason in (News.IMPORTED.value, News.LATE.value):
        if n := one.get(reason, 0) + other.get(reason, 0):
            added[reason] = n
    return added


def last_news(seen: Seen) -> str:
    """When it was last news; "" when it never was. Counts of before there was such a word were all news."""
    is_told = "news" in seen or News.IMPORTED in seen or News.LATE in seen
    return str(seen.get("news", "") if is_told else seen["last"])


def _newest_days(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    newest = sorted({*one, *other})[-DAYS:]
    return {day: one.get(day, 0) + other.get(day, 0) for day in newest}
