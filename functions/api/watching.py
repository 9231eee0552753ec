"""Views of a journey as it runs: its steps and what became of the messages of each, where people stand, and who."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.paging import Fetched, Position, listing, parameter
from functions.api.parts import PARTS, Row, parts_asked, walked
from functions.api.routing import route
from sojourn import config
from sojourn.bootstrap import first_sending
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profiles
from sojourn.delivery.modes import Mode, strictest
from sojourn.errors import Problem
from sojourn.insight.report import report
from sojourn.insight.store import figures_of
from sojourn.journeys.language.paths import OTHERWISE
from sojourn.journeys.live import LIVE, LiveJourney, live_of
from sojourn.journeys.migrating.standing import open_runs
from sojourn.journeys.model import Journey
from sojourn.journeys.modes import sending_of
from sojourn.journeys.say import answers_of, say
from sojourn.journeys.steps import Branch, HumanTask, Repeat, Send, Split, Step, Steps, WaitFor
from sojourn.journeys.store import OPEN_SHARDS
from sojourn.journeys.versions import get_draft, get_version
from sojourn.rules.say import sentence

watching = Blueprint(__name__)
MOST_READ = 100  # profiles in one request
NAMED = ("sent", "pending", "failed", "unknown")
AT_ONCE = {"update", "start", "end"}  # nobody stays there, and everybody goes on
SUMMED = ("skipped", "opens", "clicks")  # over their reasons, or over who it was


@route(watching, "/api/journeys/{name}/steps")
def show_steps(request: Request, name: str) -> dict[str, Any]:
    """The steps in words, what became of the messages of each, and how the journey stands: the draft's before it was
    ever published."""
    row = config.get(*LIVE)
    running = live_of(row).get(name)
    known = _live(running) if running else _draft(name)
    journey = Journey.from_definition(known.pop("definition"))
    figures = list(figures_of(name)) if running else []
    counted: dict[str, Counter[str]] = {}
    for key, numbers in figures:
        counted.setdefault(key.step, Counter()).update(numbers)
    own, allowed = journey.mode, sending_of(row.data if row else {}, first=first_sending()).mode
    return {
        "name": name,
        "description": journey.description,
        **known,
        "mode": {"own": own.value, "workspace": allowed.value, "holds": _strictest(own, allowed)},
        "report": report(figures),
        "steps": steps_in_words(journey.steps, counted),
    }


@route(watching, "/api/journeys/{name}/standing")
def show_standing(request: Request, name: str) -> dict[str, Any]:
    """How many stand in each step, of all versions, and when the first of them and the last are to move on."""
    _running(name)
    found: dict[str, dict[str, Any]] = {}
    for shard in range(OPEN_SHARDS):
        for run, key in open_runs(name, shard):
            until = key["until"]["S"]
            step = found.setdefault(run.at, {"people": 0, "first": until, "last": until})
            step["people"] += 1
            step["first"], step["last"] = min(step["first"], until), max(step["last"], until)
    return {"name": name, "people": sum(each["people"] for each in found.values()), "steps": found}


@route(watching, "/api/journeys/{name}/people")
def list_people(request: Request, name: str) -> dict[str, Any]:
    """Who stands in a step, a page at a time, those first who move on first within each part of the index."""
    _running(name)
    step = parameter(request, "step")
    if step is None:
        raise Problem(400, "missing_parameter", "say which step: `?step=…`", parameter="step")
    parts = parts_asked(request)

    def fetch(limit: int, after: Position | None) -> Fetched:
        found, position = walked(
            lambda *asked: _in(name, step, *asked), of=OPEN_SHARDS, parts=parts, limit=limit, after=after
        )
        return _told(found), position

    return listing(request, fetch, of={"step": step}, besides={PARTS})


def _in(name: str, step: str, shard: int, place: Position, most: int) -> list[Row]:
    """The next of those who stand in a step, of one part of the index."""
    behind = {key: {"S": text} for key, text in zip(KEY, place, strict=True)} if place else None
    found = (
        (run, [key[part]["S"] for part in KEY])
        for run, key in open_runs(name, shard, after=behind)
        if run.at == step
    )
    return list(islice(found, most))


def _told(found: list[Row]) -> list[dict[str, Any]]:
    """With the addresses that people know each other by; of who was merged or erased there is none."""
    contacts = [run.enrolment.partition(".")[0] for run, _ in found]
    known: dict[str, Profile] = {}
    for begin in range(0, len(contacts), MOST_READ):
        known |= get_profiles(contacts[begin : begin + MOST_READ])
    return [
        {
            "contact": contact,
            "email": known[contact].email if contact in known else None,
            "enrolment": run.enrolment,
            "version": run.version,
            "until": place[KEY.index("until")],
        }
        for contact, (run, place) in zip(contacts, found, strict=True)
    ]


KEY = ("pk", "sk", "open", "until")


def _running(name: str) -> LiveJourney:
    found = live_of(config.get(*LIVE)).get(name)
    if found is None:
        raise Problem(404, "journey_not_live", "no journey of this name was ever published")
    return found


def _live(running: LiveJourney) -> dict[str, Any]:
    version = get_version(running.name, running.version)
    return {
        "definition": version.definition,
        "version": version.number,
        "version_arn": version.version_arn,
        "published_at": version.published_at,
        "state": running.state.value,
        "since": running.since or None,
        "because": running.why or None,
    }


def _draft(name: str) -> dict[str, Any]:
    draft = get_draft(name)
    if draft is None:
        raise Problem(404, "journey_not_found", "there is no such journey")
    nothing = ("version", "version_arn", "published_at", "state", "since", "because")
    return {"definition": draft.definition, **dict.fromkeys(nothing)}


def _strictest(own: Mode, allowed: Mode) -> str:
    return strictest((own, allowed)).value


def steps_in_words(steps: Steps, counted: Mapping[str, Counter[str]]) -> list[dict[str, Any]]:
    """The tree of steps, each said in words, and what was counted of its messages."""
    return [
        {
            "step": step.name,
            "kind": step.kind,
            "channel": step.channel.value if isinstance(step, Send) else None,
            "template": step.template if isinstance(step, Send) else None,
            "says": say(step),
            "messages": _messages(counted.get(step.name, Counter())) if isinstance(step, Send) else None,
            "ways": [
                {"way": word, "came": _came(inner, counted), "steps": steps_in_words(inner, counted)}
                for word, inner in zip(_words(step), step.paths().values(), strict=True)
            ],
        }
        for step in steps
    ]


def _came(steps: Steps, counted: Mapping[str, Counter[str]]) -> int | None:
    """How often people went along these steps: known by the first message that everybody comes to at once."""
    for step in steps:
        if isinstance(step, Send):
            return counted.get(step.name, Counter())["planned"]
        if isinstance(step, Split) or (isinstance(step, Branch) and OTHERWISE in step.paths()):
            ways = [_came(inner, counted) for inner in step.paths().values()]
            known = [each for each in ways if each is not None]
            return sum(known) if len(known) == len(ways) else None
        if step.kind not in AT_ONCE:
            return None
    return None


def _messages(counted: Counter[str]) -> dict[str, int]:
    summed = {name: sum(n for key, n in counted.items() if key.startswith(f"{name}.")) for name in SUMMED}
    return {name: counted[name] for name in NAMED} | summed


def _words(step: Step) -> list[str]:
    """What leads along each of its paths, in their order."""
    paths = list(step.paths())
    if isinstance(step, Branch):
        said = [sentence(each.rule) for each in step.ifs]
    elif isinstance(step, WaitFor | HumanTask):
        said = answers_of(step)
    elif isinstance(step, Split):
        said = [f"{arm.percent:g}%{' held out' if arm.holdout else ''}" for arm in step.arms]
    elif isinstance(step, Repeat):
        said = ["each time"]
    else:
        return paths
    silence = {WaitFor: "no answer", HumanTask: "not settled in time"}.get(type(step), "everybody else")
    return [*said, *([silence] if OTHERWISE in paths else [])]
