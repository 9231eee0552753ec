"""Where the presets are tried: each live by itself in a whole world, with the segments that ship.

    OF = Preset("birthday")

    @OF.story("2026-03-10 09:00 mail Happy birthday, Ann", ends="completed")
    def on_the_day_at_nine(world): ...

What is played leaves a diary: what Ann was sent, and what she was not and why, in her own time, which is New York's.
Each preset tells five cases, or says why it cannot have one: `tells=Case.AGAIN`, `without={Case.NIGHT: "…"}`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sojourn import config
from sojourn.clock import iso, parse_iso
from sojourn.consent.model import Purpose
from sojourn.contacts.workspace import ID, KIND, WorkspaceReader, use_workspace
from sojourn.events.model import internal_event
from sojourn.events.store import insert
from sojourn.journeys.dates import rule_of
from sojourn.journeys.files import load_file
from sojourn.journeys.language.entering import Again, OnDate
from sojourn.journeys.live import State, change_state, date_segment, live
from sojourn.journeys.model import Journey
from sojourn.journeys.releasing import ask
from sojourn.rules.load import load_segment
from sojourn.segments.model import ENTERED, Cause
from sojourn.segments.store import change_live
from tests.faults.invariants import people
from tests.faults.people import introduces
from tests.faults.world import START, World, publish
from tests.segments import put_in_force

ROOT = Path(__file__).parents[3] / "statemachines"
HOME = ZoneInfo("America/New_York")
SILENT = "silent"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Play = Callable[[World], None]


class Case(StrEnum):
    """What every preset must tell of."""

    UNSUBSCRIBES = "somebody unsubscribes midway"
    GOAL = "the goal is met in a wait"
    NIGHT = "a message waits for the morning"
    SKIP = "a message is skipped"
    AGAIN = "somebody comes again"


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, the diary that must come of it, how each run must end, and which cases it tells."""

    play: Play
    diary: list[str]
    ends: list[str]
    tells: tuple[Case, ...]


@dataclass(slots=True)
class Preset:
    """One journey that ships, and what is told of it; `without` says which cases it cannot have, and why."""

    name: str
    without: Mapping[Case, str] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)

    def story(
        self, *diary: str, ends: str | list[str], tells: Case | tuple[Case, ...] = ()
    ) -> Callable[[Play], Play]:
        """Keep a story; its name says what happens."""

        def keep(play: Play) -> Play:
            said = play.__name__.replace("_", " ")
            cases = (tells,) if isinstance(tells, Case) else tells
            self.stories[said] = Story(play, list(diary), [ends] if isinstance(ends, str) else ends, cases)
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
        change_live(lambda stands: {})
        put_in_force(**rules)
        for other in set(live()) - {self.name}:
            change_state(other, State.STOPPED, now=START)
        publish(world, self.name, source)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a story."""

    diary: list[str]
    ends: list[str]
    states: set[str]
    met: bool  # the goal

    def has(self, case: Case, journey: Journey) -> bool:
        """Whether it is what it says that it tells."""
        told = " ".join(self.diary)
        match case:
            case Case.UNSUBSCRIBES:
                return "unsubscribed" in told or journey.purpose is not Purpose.MARKETING
            case Case.GOAL:
                return self.met
            case Case.NIGHT:
                return "Hold" in self.states or "outside_hours" in told
            case Case.SKIP:
                return " skip " in told
            case Case.AGAIN:
                return len(self.ends) > 1 or journey.again is Again.ONCE


def played(preset: Preset, world: World) -> Iterator[tuple[str, Played]]:
    """Every story, as if nothing had happened before."""
    world.reset()
    preset.go_live(world)
    for name, story in preset.stories.items():
        world.reset()
        opens_at_all_hours(world)
        change_state(preset.name, State.LIVE, now=START)
        story.play(world)
        yield name, Played(diary_of(world), ends_of(preset.name), states_of(world), has_met_the_goal())


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
        (row.get("decided_at", row["due"]), f"skip {row['step']}: {row['reason']}")
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


def has_met_the_goal() -> bool:
    """Whether any run is counted as one that reached what it is for."""
    return any(row.get("converted_at") for row in people("ENROL#"))


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


def asks_for(world: World, event: str) -> None:
    """What a button of ours tells when she presses it."""
    at = world.clock.calendar()
    insert([internal_event("u#ann", event, at=at, message_id=f"{event}-{at}", properties={})])


def leaves(world: World) -> None:
    """She takes back that she may be mailed for marketing."""
    does(world, "Consent Withdrawn", channel="email", purpose="marketing", source="form")


def days(world: World, number: float) -> None:
    """Time passes."""
    world.run_until(world.clock.calendar() + number * DAY)


# What we do


def opens_at_all_hours(world: World) -> None:
    """The workspace says nothing about mails, as when it is new."""
    config.put(KIND, ID, {})
    use_workspace(WorkspaceReader(world.clock))


def mails_by_day(world: World, *, start: str = "08:00", end: str = "20:00") -> None:
    """The workspace lets mails go between these hours."""
    hours = {"email": {"start": start, "end": end}}
    config.put(KIND, ID, {"country": "US", "timezone": "America/New_York", "delivery": {"hours": hours}})
    use_workspace(WorkspaceReader(world.clock))


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
