"""The facts of a profile as people read them."""

from collections.abc import Mapping
from typing import Any

from sojourn.contacts.facts import labels, stage, value

TOUCH = ("at", "source", "medium", "name", "term", "content", "referrer", "landing")


def shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Stage, tags, lists, groups, value, touches and engagement; empty where nothing is known."""
    touch = facts.get("touch", {})
    return {
        "stage": stage.current(facts.get("stage")),
        "stages": stage.history(facts.get("stage")),
        "tags": labels.held(facts.get("labels"), "tags"),
        "lists": labels.held(facts.get("labels"), "lists"),
        "groups": dict(facts.get("groups", {})),
        "value": value.totals(facts.get("value")),
        "first_touch": _touch(touch.get("first")),
        "last_touch": _touch(touch.get("last")),
        "engagement": dict(facts.get("engagement", {})),
    }


def _touch(kept: Mapping[str, Any] | None) -> dict[str, str] | None:
    return {part: kept[part] for part in TOUCH if part in kept} if kept else None
