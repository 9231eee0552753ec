"""The whole file to a journey."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sojourn.consent.model import Purpose
from sojourn.delivery.modes import Mode
from sojourn.journeys.model import Journey, as_topic
from sojourn.journeys.reading import acting, forks, sending, waiting  # noqa: F401  they register their readers
from sojourn.journeys.reading.around import HIGHEST, caps_of, exits_of, goal_of, hours_by_channel
from sojourn.journeys.reading.entering import entries_of, reentry_of
from sojourn.journeys.reading.paths import rule_of, steps_of
from sojourn.journeys.reading.values import as_duration, as_instant, as_share, as_words
from sojourn.rules.fields import Fields, Notes, as_text
from sojourn.rules.findings import Source
from sojourn.rules.read_values import as_whole
from sojourn.rules.tree import Node

MOST_APPROVALS = 10
PURPOSES = tuple(purpose for purpose in Purpose if purpose is not Purpose.TRACKING)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of the tree: the journey (sound only without findings), and where its parts stand."""

    journey: Journey
    source: Source


def read_journey(tree: Node, notes: Notes) -> Reading:
    """The journey that the tree describes; errors go to `notes`."""
    fields = Fields.of(tree, (), notes, example="`journey: <name>` and the keys beside it")
    name = fields.text("journey", example="welcome")
    notes.seed = name
    journey = Journey(
        name=name,
        purpose=fields.value(
            "purpose", _purpose, example="marketing", otherwise=None, instead=Purpose.MARKETING
        ),
        topic=as_topic(fields.text("topic", example="onboarding", otherwise="") or None),
        entries=entries_of(fields),
        filter=rule_of(fields, "filter") if fields.has("filter") else None,
        starts=_optional(fields, "starts", as_instant, example="2026-12-01"),
        ends=_optional(fields, "ends", as_instant, example="2027-01-06"),
        reentry=reentry_of(fields),
        goal=goal_of(fields),
        exits=exits_of(fields),
        hours=hours_by_channel(fields),
        caps=caps_of(fields),
        priority=_whole(fields, "priority", HIGHEST),
        mode=_optional(fields, "mode", _mode, example="draft") or Mode.LIVE,
        holdout=_optional(fields, "holdout", as_share, example="10%") or 0,
        approvals=_whole(fields, "approvals", MOST_APPROVALS),
        description=fields.value(
            "description", as_words, example="Greets whoever signs up", otherwise="", instead=""
        ),
        owner=fields.value("owner", as_words, example="Ada", otherwise="", instead=""),
        kpi=fields.value("kpi", as_words, example="first orders within a week", otherwise="", instead=""),
        late_data_grace=_optional(fields, "late data grace", as_duration, example="1 hour"),
        steps=steps_of(fields, "steps", required=True),
    )
    fields.asked.append("filter")
    fields.finish()
    return Reading(journey, notes.source)


def _optional(fields: Fields, key: str, read: Callable[[Node], T], *, example: str) -> T | None:
    if not fields.has(key):
        fields.asked.append(key)
        return None
    return fields.value(key, read, example=example, otherwise=None, instead=None)


def _whole(fields: Fields, key: str, most: int) -> int:
    return fields.value(key, as_whole(0, most), example="1", otherwise=0, instead=0)


def _purpose(node: Node) -> Purpose:
    text = as_text(node)
    if text not in PURPOSES:
        raise ValueError(f"a purpose is one of {', '.join(PURPOSES)}")
    return Purpose(text)


def _mode(node: Node) -> Mode:
    text = as_text(node)
    if text not in tuple(Mode):
        raise ValueError(f"a mode is one of {', '.join(Mode)}")
    return Mode(text)
