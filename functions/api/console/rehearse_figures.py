"""A rehearsal's answer as its page shows it: charts, tables, and whose diaries can be read. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from functions.api.console import charts
from functions.api.console.words import _

MOST_DAYS = 62  # bars by the day; more are told by the week
LEAST_DAYS = 7  # so that one day is no wall
MOST_DIARIES = 12
MADE_UP = "made{:016d}"


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, and what is drawn of it."""
    messages = answer["messages"]
    return {
        **answer,
        "chart": _chart(messages["by_day_and_step"]) if messages["total"] else Markup(""),
        "stood": _most(answer["standing"]),
        "left": _most(answer["ended"]),
        "steps": [
            {**each, "why": [*each["skipped"].items()], "holds": [*each["held"].items()]}
            for each in messages["by_step"]
        ],
        "persons": [MADE_UP.format(place) for place in range(min(answer["contacts"], MOST_DIARIES))],
    }


def _chart(rows: list[dict[str, Any]]) -> Markup:
    """Each step in a colour of its own; where there are more steps than colours, the smallest together."""
    total: dict[str, int] = defaultdict(int)
    for row in rows:
        total[row["step"]] += row["messages"]
    largest = sorted(total, key=lambda step: -total[step])
    own = set(largest if len(largest) <= charts.MOST_SERIES else largest[: charts.MOST_SERIES - 1])
    spans = _spans([row["day"] for row in rows])
    series: dict[str, list[float]] = {}
    for row in rows:
        step = row["step"] if row["step"] in own else _("Others")
        series.setdefault(step, [0] * len(spans))[_place(spans, row["day"])] += row["messages"]
    is_weeks = len(spans) > 1 and (spans[1] - spans[0]).days > 1
    title = _("Messages by week") if is_weeks else _("Messages by day")
    return charts.bars(title, [f"{day.day} {day:%b}" for day in spans], series)


def _spans(days: Iterable[str]) -> list[date]:
    """Every day from the first to the last, or every week."""
    known = [date.fromisoformat(day) for day in days]
    first = min(known)
    last = max(*known, first + timedelta(days=LEAST_DAYS - 1))
    size = 1 if (last - first).days < MOST_DAYS else 7
    return [first + timedelta(days=size * each) for each in range((last - first).days // size + 1)]


def _place(spans: list[date], day: str) -> int:
    size = (spans[1] - spans[0]).days if len(spans) > 1 else 1
    return (date.fromisoformat(day) - spans[0]).days // size


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
