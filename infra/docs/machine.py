"""docs/welcome.svg: the machine of the welcome journey as Step Functions shows it, with the way of one contact.

Her way is the one to the first step that waits for something: whoever looks for her finds that step blue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from infra.docs.sheet import box, sheet, text
from sojourn.asl.model import to_text
from sojourn.cli.files import NAMED
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.files import load_file

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "welcome.svg"
JOURNEY = ROOT / "statemachines" / "journeys" / "welcome.journey.yaml"
WIDTH, HEIGHT, ROW, COLUMN, LEFT, TOP = 184, 40, 66, 208, 24, 74
ASIDE = ("Hold", "Left")  # where a step goes that must wait, and that of a run which has ended
SOURCE = "Drawn from the compiled journey, not a screenshot. Green: she has passed. Blue: here she waits."
KEY = "Dashed: a message that must wait goes to Hold, a run that was ended goes to Left."

States = Mapping[str, Mapping[str, Any]]
Edge = tuple[str, str]


def picture() -> str:
    """The SVG, the same for the same journey and compiler."""
    machine = compiled()
    states: States = machine["States"]
    way = way_of(machine)
    places = _places(machine)
    gone = set(pairwise(way))
    parts = [_line(places, edge, "gone" if edge in gone else "") for edge in edges(machine)]
    steps = [name for name in states if name not in ASIDE]
    caught = [(name, to) for name in steps for to in ASIDE if to in _caught(states[name])]
    parts += [_line(places, edge, "caught") for edge in caught]
    parts += [_state(places[name], name, way) for name in states]
    deep = max(y for _, y in places.values()) + HEIGHT
    wide = max(x for x, _ in places.values()) + WIDTH + LEFT
    parts.append(text(LEFT, deep + 26, KEY, "soft"))
    return sheet(wide, deep + 44, title="One contact in the journey welcome", source=SOURCE, parts=parts)


def compiled() -> dict[str, Any]:
    """What Step Functions gets."""
    machine: dict[str, Any] = json.loads(
        to_text(compile_journey(load_file(JOURNEY), version=1, target=NAMED))
    )
    return machine


def way_of(machine: Mapping[str, Any]) -> list[str]:
    """From the start to the first step that waits for an event; Resume's default is where a run begins."""
    name, way = str(machine["StartAt"]), []
    while name:
        state = machine["States"][name]
        way.append(name)
        if "waitForTaskToken" in state.get("Resource", ""):
            return way
        name = state.get("Default") or state.get("Next", "")
    return way


def edges(machine: Mapping[str, Any]) -> list[Edge]:
    """Each way on, but those that Resume takes to go on in the middle, and those to the side."""
    found: list[Edge] = []
    for name, state in machine["States"].items():
        if name in ASIDE:
            continue
        following = [state.get("Default") or state.get("Next", "")]
        following += [rule["Next"] for rule in state.get("Choices", ()) if name != machine["StartAt"]]
        following += [each for each in _caught(state) if each not in ASIDE]
        found += [(name, to) for to in dict.fromkeys(following) if to]
    return found


def _caught(state: Mapping[str, Any]) -> list[str]:
    return [catcher["Next"] for catcher in state.get("Catch", ())]


def _places(machine: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Rows by how far a state is from the start, those of one row side by side; what is aside stands right of all."""
    deep = {str(machine["StartAt"]): 0}
    for start, end in edges(machine):  # in the order of the machine: what comes before is known
        deep[end] = max(deep.get(end, 0), deep[start] + 1)
    rows: dict[int, list[str]] = {}
    for name in machine["States"]:
        if name in deep:
            rows.setdefault(deep[name], []).append(name)
    most = max(len(names) for names in rows.values())
    found: dict[str, tuple[int, int]] = {}
    for row, names in rows.items():
        for place, name in enumerate(names):
            left = LEFT + (most - len(names)) * COLUMN // 2 + place * COLUMN
            found[name] = left, TOP + row * ROW
    for place, name in enumerate(name for name in ASIDE if name in machine["States"]):
        found[name] = LEFT + most * COLUMN + 40, TOP + (2 + 3 * place) * ROW
    return found


def _state(place: tuple[int, int], name: str, way: list[str]) -> str:
    kind = "now" if name == way[-1] else "done" if name in way else ""
    x, y = place
    return f'<g class="{kind}">{box(x, y, WIDTH, HEIGHT)}{text(x + 14, y + 25, name, "name")}</g>'


def _line(places: Mapping[str, tuple[int, int]], edge: Edge, kind: str) -> str:
    (x1, y1), (x2, y2) = places[edge[0]], places[edge[1]]
    if kind == "caught":
        right, level, aside = x1 + WIDTH, y1 + HEIGHT // 2, y2 + HEIGHT // 2
        return f'<path class="caught" d="M{right} {level}C{x2 - 30} {level} {x2 - 30} {aside} {x2} {aside}"/>'
    start, end, bottom = x1 + WIDTH // 2, x2 + WIDTH // 2, y1 + HEIGHT
    middle = (bottom + y2) // 2
    return f'<path class="{kind}" d="M{start} {bottom}C{start} {middle} {end} {middle} {end} {y2}"/>'
