"""Where the presets are tried: each live by itself in a whole world, with the segments that ship.

    OF = Preset("birthday")

    @OF.story("2026-03-10 09:00 mail Happy birthday, Ann", ends="completed")
    def on_the_day_at_nine(world): ...

What is played leaves a diary: what Ann was sent, and what she was not and why, in her own time, which is New York's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sojourn.clock import iso, parse_iso
from sojourn.events.model import internal_event
from sojourn.events.store import insert
from sojourn.journeys.dates import rule_of
from sojourn.journeys.files import load_file
from sojourn.journeys.language.entering import OnDate
from sojourn.journeys.live import State, change_state, date_segment, live
from sojourn.journeys.model import Journey
from sojourn.journeys.releasing import ask
from sojourn.rules.load import load_segment
from sojourn.segments.model import ENTERED, Cause
from tests.faults.invariants import people
from tests.faults.people import introduces
from tests.faults.world import START, World, a_world, publish
from tests.segments import put_in_force

ROOT = Path(__file__).parents[3] / "statemachines"
HOME = ZoneInfo("America/New_York")
SILENT = "silent"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Play = Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, the diary that must come of it, and how each run must end."""

    play: Play
    diary: list[str]
    ends: list[str]


@dataclass(slots=True)
class Preset:
    """One journey that ships, and what is told of it."""

    name: str
    stories: dict[str, Story] = field(default_factory=dict)

    def story(self, *diary: str, ends: str | list[str]) -> Callable[[Play], Play]:
        """Keep a story; its name says what happens."""

        def keep(play: Play) -> Play:
            said = play.__name__.replace("_", " ")
            self.stories[said] = Story(play, list(diary), [ends] if isinstance(ends, str) else ends)
            return play

        return keep

    @property
    def journey(self) -> Journey:
        """As it ships."""
        return load_file(ROOT / "journeys" / f"{self.name}.journey.yaml")

    def go_live(self, world: World) -> None:
        """With the segments that it names, those of its own dates, and that of those who are left in peace."""
        source = (ROOT / "journeys" / f"{self.name}.journey.yaml").read_text()
        rules = {name: rule for name, rule in segments().items() if name in source or name == SILENT}
        for place, entry in enumerate(self.journey.entries, 1):
            if isinstance(entry, OnDate):
                rules[date_segment(self.name, place)] = rule_of(entry.date)
        put_in_force(**rules)
        if self.name != "welcome":
            change_state("welcome", State.STOPPED, now=START)
        publish(world, self.name, source)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a story."""

    diary: list[str]
    ends: list[str]
    states: set[str]


def played(preset: Preset) -> Iterator[tuple[str, Played]]:
    """Every story, each in a world in which nothing happened before."""
    with a_world() as world:
        preset.go_live(world)
        for name, story in preset.stories.items():
            world.reset()
            change_state(preset.name, State.LIVE, now=START)
            story.play(world)
            yield name, Played(diary_of(world), ends_of(preset.name), states_of(world))


def segments() -> dict[str, Any]:
    """The rules of the segments that ship, but those by quantiles: nobody makes cut points here."""
    found = (load_segment(path.read_text(), file=path.name) for path in segment_files())
    return {segment.name: segment.rule for segment in found}


def segment_files() -> list[Path]:
    """Their files."""
    files = sorted((ROOT / "segments").glob("*.segment.yaml"))
    return [path for path in files if "quantile" not in path.read_text()]


def diary_of(world: World) -> list[str]:
    """What Ann was sent, and what was skipped and why, in her own time."""
    mails = [(mail.at, f"mail {mail.subject}") for mail in world.services.mails]
    texts = [(text.at, f"text {text.text[:40]}") for text in world.services.texts]
    skipped = sorted(
        (row["decided_at"], f"skip {row['step']}: {row['reason']}")
        for row in people("MSG#")
        if row["state"] == "skipped"
    )
    told = sorted([*skipped, *mails, *texts], key=lambda line: line[0])  # what goes instead comes behind
    return [f"{at_home(at)} {said}" for at, said in told]


def at_home(at: str) -> str:
    """A moment as Ann's watch shows it."""
    return f"{parse_iso(at).astimezone(HOME):%Y-%m-%d %H:%M}"


def ends_of(journey: str) -> list[str]:
    """How each run of it stands, in the order in which they began."""
    runs = [row for row in people("ENROL#") if row["sk"].startswith(f"ENROL#{journey}#")]
    runs.sort(key=lambda row: (row["entered_at"], row["sk"]))
    return [f"{row['status']} {row.get('reason', '')}".strip() for row in runs]


def states_of(world: World) -> set[str]:
    """Every state that any execution came to."""
    return {state for run in world.walker.executions.values() for state in run.states}


# What Ann does


def lives(world: World, **traits: Any) -> None:
    """Ann is known, may be written to by mail and text, and may be measured."""
    introduces(world, **traits)


def does(world: World, event: str, **properties: Any) -> None:
    """Something that the shop tells of her."""
    at = iso(world.clock.calendar())
    said = {"type": "track", "userId": "ann", "event": event, "timestamp": at, "properties": properties}
    answer = world.collect(
        {**said, "messageId": f"ann-{event}-{at}-{properties.get('cart_id', properties.get('order_id', ''))}"}
    )
    assert answer["statusCode"] == 200, answer


def learns(world: World, **traits: Any) -> None:
    """Something about her becomes known."""
    at = iso(world.clock.calendar())
    world.collect(
        {"type": "identify", "userId": "ann", "messageId": f"t-{at}", "timestamp": at, "traits": traits}
    )


def comes_into(world: World, segment: str, **about: Any) -> None:
    """The segment takes her in."""
    at = world.clock.calendar()
    properties = {"segment": segment, "cause": Cause.BEHAVIOUR.value, **about}
    insert([internal_event("u#ann", ENTERED, at=at, message_id=f"in-{segment}-{at}", properties=properties)])


def days(world: World, number: float) -> None:
    """Time passes."""
    world.run_until(world.clock.calendar() + number * DAY)


# What we do


def pauses(world: World, journey: str) -> None:
    """Somebody presses pause."""
    change_state(journey, State.PAUSED, now=world.clock.calendar())


def resumes(world: World, journey: str) -> None:
    """Somebody lets it go on, late messages too."""
    change_state(journey, State.LIVE, now=world.clock.calendar(), late={"how": "send"})
    ask(live()[journey], clock=world.clock, shards=1)


def stops(world: World, journey: str) -> None:
    """Somebody ends it for good."""
    change_state(journey, State.STOPPED, now=world.clock.calendar())
    ask(live()[journey], clock=world.clock, shards=1)
