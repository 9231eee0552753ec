"""What ships: journeys, their letters and segments, as files beside this function: no cloud is asked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from functions.api.console.words import _
from sojourn.errors import Problem

SHIPPED = Path(__file__).parent / "shipped"
JOURNEYS, SEGMENTS = SHIPPED / "journeys", SHIPPED / "segments"
NAME = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Preset:
    """A journey that ships, as the gallery shows it."""

    name: str
    description: str
    kpi: str
    note: str  # what its file says above itself
    source: str
    steps: list[dict[str, Any]]
    letters: tuple[str, ...]
    segments: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def flat(self) -> list[dict[str, Any]]:
        """Every step, in the order of the file."""
        return list(_flat(self.steps))

    @property
    def messages(self) -> int:
        """How many of them send."""
        return sum(each["kind"] == "send" for each in self.flat)


def groups_of() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Their names, by what they are for."""
    return (
        (_("Begin well"), ("welcome", "double-opt-in")),
        (
            _("Sell more"),
            ("cart", "cross-sell", "upsell", "replenishment", "renewal", "near-a-shop", "review"),
        ),
        (_("Keep people"), ("birthday", "best-customer", "win-back", "re-permission", "sunset")),
        (_("Serve"), ("preferences-link", "data-link", "erasure-link")),
    )


@cache
def shipped() -> Mapping[str, Preset]:
    """By name; read once a container."""
    found = (_read(path) for path in sorted(JOURNEYS.glob("*.journey.yaml")))
    return {each.name: each for each in found}


def preset_named(name: str) -> Preset | None:
    """One of them."""
    return shipped().get(name)


def own_letters(preset: Preset, name: str) -> dict[str, str]:
    """Which letter becomes which."""
    from sojourn.journeys.presets import letters_of

    return letters_of(name, _model(preset.source))


def own_text(preset: Preset, name: str) -> str:
    """The journey under another name, without the words above it."""
    from sojourn.journeys.presets import as_own

    letters = own_letters(preset, name)
    if not NAME.fullmatch(name) or not all(NAME.fullmatch(each) for each in letters.values()):
        said = _("A name is a-z, 0-9 and -, 40 at most, and its letters bear it too: take a shorter one.")
        raise Problem(422, "invalid_name", said, field="name")
    return as_own(preset.source, name, _model(preset.source))


def letter_of(theirs: str, ours: str, brand: Mapping[str, str]) -> dict[str, Any]:
    """A letter under its own name, with the name, site and colour of the workspace."""
    from sojourn.journeys.presets import branded
    from sojourn.messages.files import SUFFIX, read_template

    letter = read_template(JOURNEYS / "templates" / f"{theirs}{SUFFIX}")
    own = {key: branded(value, brand) if isinstance(value, str) else value for key, value in letter.items()}
    return {**own, "template": ours}


def segment_text(name: str) -> str:
    """A segment that a journey begins with."""
    return (SEGMENTS / f"{name}.segment.yaml").read_text(encoding="utf-8")


def _read(path: Path) -> Preset:
    from functions.api.watching import steps_in_words
    from sojourn.journeys.presets import letters_of, segments_in

    source = path.read_text(encoding="utf-8")
    journey = _model(source)
    steps = steps_in_words(journey.steps, {})
    known = sorted(each.name.partition(".")[0] for each in SEGMENTS.glob("*.segment.yaml"))
    return Preset(
        name=journey.name,
        description=journey.description,
        kpi=journey.kpi,
        note=_note(source),
        source=source,
        steps=steps,
        letters=tuple(letters_of(journey.name, journey)),
        segments=tuple(segments_in(source, known)),
        channels=tuple(dict.fromkeys(each["channel"] for each in _flat(steps) if each["channel"])),
    )


def _model(source: str) -> Any:
    from sojourn.journeys.load import load_journey

    return load_journey(source)


def _note(source: str) -> str:
    lines = source.splitlines()
    above = lines[: next(place for place, line in enumerate(lines) if not line.startswith("#"))]
    return " ".join(line.lstrip("# ") for line in above)


def _flat(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for way in step["ways"]:
            yield from _flat(way["steps"])
