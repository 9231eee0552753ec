"""The segments that ship."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from sojourn.rules.check import Known
from sojourn.rules.compile import Compiled, compile_rule
from sojourn.rules.load import examine, examine_all
from sojourn.rules.view import View
from tests.unit.rules.test_docs import judged, view_of, view_of_events

FOLDER = Path(__file__).parents[3] / "statemachines/segments"
FILES = sorted(FOLDER.glob("*.segment.yaml"))
REGISTRY = {"birthday": "date", "location": "geo"}
SHIPPED = {
    "new-this-week", "active", "at-risk", "lapsed", "best-customers", "big-spenders", "one-time-buyers", "cart-open",
    "birthday-this-month", "near-a-shop", "unengaged", "never-mailed", "silent", "consent-old",
}  # fmt: skip


def test_fourteen_segments_ship():
    assert {path.name.removesuffix(".segment.yaml") for path in FILES} == SHIPPED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_segment_is_sound_and_explains_itself(path: Path):
    examined = examine(path.read_text(), file=path.name, known=Known(attributes=REGISTRY, segments={}))

    assert not examined.findings + examined.warnings
    assert examined.segment is not None
    assert path.name == f"{examined.segment.name}.segment.yaml"
    assert examined.segment.description


def test_they_are_sound_together():
    assert not any(
        it.findings for it in examine_all({path.name: path.read_text() for path in FILES}).values()
    )


RFM = ("recency/5", "frequency/5", "monetary/5")
SENT = [{"sent": f"2026-11-0{day}T12:00:00Z"} for day in range(1, 6)]
OPENED = [{"Message Opened": "2026-11-02T12:00:00Z", "class": "human"}]
CLICKED = [{"Message Clicked": "2026-11-02T12:00:00Z", "class": "human"}]
AGREED = {"consent": {"email marketing": "given"}, "reachable": ["email"]}
KNOWN = {"created_at": "2025-10-01T00:00:00Z"}
FILLED = {"Product Added": "2026-11-20T12:00:00Z"}
# Who is in it, who is not: what is known of them, their attributes, their events. Now is 2026-11-21T12:00Z.
Person = dict[str, Any]
PEOPLE: dict[str, tuple[list[Person], list[Person]]] = {
    "new-this-week": (
        [{"facts": {"created_at": "2026-11-14T12:00:00Z"}}],
        [{"facts": {"created_at": "2026-11-14T11:59:59Z"}}, {}],
    ),
    "active": (
        [{"facts": {"last_seen": "2026-10-22T12:00:00Z"}}],
        [{"facts": {"last_seen": "2026-10-22T11:59:59Z"}}, {}],
    ),
    "at-risk": (
        [{"facts": {"orders": 2, "last_order": "2026-09-01T00:00:00Z"}}],
        [
            {"facts": {"orders": 1, "last_order": "2026-09-01T00:00:00Z"}},
            {"facts": {"orders": 2, "last_order": "2026-11-01T00:00:00Z"}},
            {"facts": {"orders": 2, "last_order": "2026-01-01T00:00:00Z"}},
            {},
        ],
    ),
    "lapsed": (
        [{"facts": {"orders": 1, "last_order": "2026-05-21T11:59:59Z"}}],
        [{"facts": {"orders": 1, "last_order": "2026-05-21T12:00:00Z"}}, {}],
    ),
    "best-customers": (
        [{"quantiles": dict.fromkeys(RFM, 4)}],
        [{"quantiles": {**dict.fromkeys(RFM, 5), "monetary/5": 3}}, {}],
    ),
    "big-spenders": ([{"quantiles": {"monetary/10": 10}}], [{"quantiles": {"monetary/10": 9}}, {}]),
    "one-time-buyers": ([{"facts": {"orders": 1}}], [{"facts": {"orders": 2}}, {}]),
    "cart-open": (
        [{"events": [FILLED]}, {"events": [{"Cart Updated": "2026-11-20T12:00:00Z"}]}],
        [{"events": [FILLED, {"Order Completed": "2026-11-20T13:00:00Z"}]}, {"events": []}],
    ),
    "birthday-this-month": (
        [{"attributes": {"birthday": "1990-11-30"}}],
        [{"attributes": {"birthday": "1990-12-01"}}, {}],
    ),
    "near-a-shop": (
        [{"attributes": {"location": {"lat": 59.95, "lon": 10.76}}}],
        [{"attributes": {"location": {"lat": 0, "lon": 0}}}, {}],
    ),
    "unengaged": ([{"messages": SENT}], [{"messages": SENT[1:]}, {"messages": SENT, "events": OPENED}, {}]),
    "silent": (
        [
            {"facts": {"tags": ["sunset"]}},
            {"facts": {"tags": ["sunset"], "last_order": "2026-08-01T00:00:00Z"}},
        ],
        [
            {"facts": {"tags": ["sunset"], "last_order": "2026-11-01T00:00:00Z"}},
            {"facts": {"tags": ["sunset"]}, "events": CLICKED},
            {},
        ],
    ),
    "consent-old": (
        [{**AGREED, "facts": {**KNOWN, "last_seen": "2025-11-01T00:00:00Z"}}, {**AGREED, "facts": KNOWN}],
        [
            {**AGREED, "facts": {"created_at": "2026-11-01T00:00:00Z"}},
            {**AGREED, "facts": {**KNOWN, "last_seen": "2026-11-01T00:00:00Z"}},
            {**AGREED, "facts": {**KNOWN, "last_click": "2026-11-01T00:00:00Z"}},
            {**AGREED, "consent": {}, "facts": KNOWN},
            {},
        ],
    ),
    "never-mailed": ([{"reachable": ["email"]}], [{"reachable": ["email"], "messages": SENT[:1]}, {}]),
}


def seen(rule: Compiled, person: Person) -> View:
    happened = view_of_events(rule, person.get("events", []), UTC)
    known = view_of(person)
    return replace(
        known, attributes=person.get("attributes", {}), events=happened.events, traces=happened.traces
    )


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_segment_knows_its_people(name: str):
    rule = compile_rule(examine((FOLDER / f"{name}.segment.yaml").read_text()).rule)
    members, others = PEOPLE[name]

    assert [judged(rule, seen(rule, person)) for person in members] == ["yes"] * len(members)
    assert [judged(rule, seen(rule, person)) for person in others] == ["no"] * len(others)
