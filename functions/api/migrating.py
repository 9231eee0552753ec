"""Views of versions: what a draft would change and for whom, and moving people of older versions to the live one."""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_journey, sent_object
from functions.api.journeys import checked, wanted_journey
from functions.api.routing import caller, route
from functions.api.world import world
from sojourn import bootstrap, telemetry
from sojourn.clock import iso
from sojourn.errors import Problem
from sojourn.journeys.live import State, live
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Version, get_version

migrating = Blueprint(__name__)
MOST_CLAUSES = 500


@route(migrating, "/api/journeys/{name}/plan", "POST")
def plan_journey(request: Request, name: str) -> dict[str, Any]:
    """What publishing a text, or the draft, would change, and who stands in the steps that change. Writes nothing."""
    from sojourn.journeys.migrating.changes import changes
    from sojourn.journeys.migrating.standing import standing

    wanted = Journey.from_definition(_wanted(request, name))
    running = live().get(name)
    if running is None:
        return {"name": name, "live_version": None, "changes": [], "standing": {}, "may_move_to": []}
    now_live = get_version(name, running.version)
    stands = standing(name)
    found = [
        {
            "step": change.step,
            "change": change.kind.value,
            "standing": sum(count[change.step] for count in stands.values()),
        }
        for change in changes(Journey.from_definition(now_live.definition), wanted)
    ]
    return {
        "name": name,
        "live_version": running.version,
        "is_changed": _is_changed(wanted, now_live),
        "changes": found,
        "standing": {str(version): dict(count) for version, count in sorted(stands.items())},
        "may_move_to": _may_move_to(wanted),
    }


@route(migrating, "/api/journeys/{name}/migrations", "POST")
def migrate_journey(request: Request, name: str) -> Response:
    """Bring those who stand in named steps of older versions to the live one, or let them finish or leave."""
    from sojourn.journeys.migrating.migrate import Migration, begin, migration_of, set_out

    running = live().get(name)
    if running is None:
        raise Problem(409, "not_live", f"{name} is not live: publish it first")
    sent = sent_object(request)
    refuse_unknown(sent, {"clauses"})
    there = migration_of(name, running.version)
    clauses = _clauses(
        sent.get("clauses"), Journey.from_definition(get_version(name, running.version).definition)
    )
    clock, shards = world().clock, int(bootstrap.settings().due_shards)
    if there is not None and not there.is_done:
        if there.clauses != clauses:
            raise Problem(
                409, "migration_is_on", "people are on their way already: wait until they have come"
            )
        set_out(
            there, clock=clock, shards=shards
        )  # said again: whoever said it first may have died before this
        return Response(there.to_json(), {"Content-Type": "application/json"}, 202)
    migration = Migration(
        journey=name,
        number=running.version,
        clauses=clauses,
        by=caller(request),
        at=iso(clock.calendar()),
        figures={},
    )
    begin(migration, clock=clock, shards=shards)
    telemetry.note("migration begun", journey=name, version=running.version, clauses=len(clauses))
    return Response(migration.to_json(), {"Content-Type": "application/json"}, 202)


@route(migrating, "/api/journeys/{name}/migrations/{version}")
def show_migration(request: Request, name: str, version: str) -> dict[str, Any]:
    """How far it has come, what was said, and by whom."""
    from sojourn.journeys.migrating.migrate import migration_of

    found = migration_of(name, int(version)) if version.isdecimal() and len(version) < 6 else None
    if found is None:
        raise Problem(404, "migration_not_found", "nobody was brought to this version")
    return found.to_json()


@route(migrating, "/api/journeys/{name}/continuations", "POST")
def continue_journey(request: Request, name: str) -> Response:
    """Let those who have finished an older version go on at a step of the live one, and run nothing before it again."""
    from sojourn.journeys.migrating.continuing import Continuation, begin, continuation_of

    running = live().get(name)
    if running is None or running.state is State.STOPPED:
        raise Problem(409, "not_live", f"{name} is not live: publish it first")
    sent = sent_object(request)
    refuse_unknown(sent, {"to"})
    journey = Journey.from_definition(get_version(name, running.version).definition)
    to = _step(sent.get("to"), journey)
    there = continuation_of(name, running.version)
    if there is not None and not there.is_done:
        raise Problem(409, "continuation_is_on", "people are being let in already: wait until all were asked")
    clock = world().clock
    by, at = caller(request), iso(clock.calendar())
    word = Continuation(journey=name, number=running.version, to=to, by=by, at=at)
    begin(word, clock=clock, shards=int(bootstrap.settings().due_shards))
    telemetry.note("continuation begun", journey=name, version=running.version)
    return Response(word.to_json(), {"Content-Type": "application/json"}, 202)


@route(migrating, "/api/journeys/{name}/continuations/{version}")
def show_continuation(request: Request, name: str, version: str) -> dict[str, Any]:
    """How many have gone on, and whether everybody was asked."""
    from sojourn.journeys.migrating.continuing import continuation_of

    found = continuation_of(name, int(version)) if version.isdecimal() and len(version) < 6 else None
    if found is None:
        raise Problem(404, "continuation_not_found", "nobody was asked to go on in this version")
    return found.to_json()


def _may_move_to(journey: Journey) -> list[str]:
    """The steps at which people may be put down, in their order."""
    from sojourn.journeys.graph import steps_by_name
    from sojourn.journeys.migrating.clauses import Clause, Fate, flaw

    return [step for step in steps_by_name(journey) if not flaw(Clause(Fate.MOVE, step), journey)]


def _is_changed(wanted: Journey, now_live: Version) -> bool:
    """Whether people would meet something else: other steps, or the same with a newer template."""
    from sojourn.journeys.content import templates_now

    is_other = dict(now_live.definition) != wanted.to_definition()
    return is_other or templates_now(wanted) != dict(now_live.templates)


def _step(said: Any, journey: Journey) -> str:
    from sojourn.journeys.migrating.clauses import Clause, Fate, flaw

    if not isinstance(said, str) or not said:
        raise Problem(400, "invalid_field", "`to` is the name of a step of the live version", field="to")
    if why := flaw(Clause(Fate.MOVE, said), journey):
        raise Problem(422, "clause_refused", f"`to`: {why}", field="to")
    return said


def _wanted(request: Request, name: str) -> Mapping[str, Any]:
    """The definition that was sent, or the draft's."""
    if request.raw_body:
        return checked(sent_journey(request).source, name)
    draft, published = wanted_journey(name)
    latest = draft or published
    assert latest is not None
    return latest.definition


def _clauses(said: Any, journey: Journey) -> dict[str, Any]:
    from sojourn.journeys.migrating.clauses import Clause, flaw

    if not isinstance(said, dict) or not 0 < len(said) <= MOST_CLAUSES:
        way = 'an object: {"<step>": "stay" | "finish" | "exit" | {"move": "<a step>"}}'
        raise Problem(400, "invalid_field", f"`clauses` is {way}", field="clauses")
    clauses = {}
    for step, each in said.items():
        try:
            clauses[step] = Clause.from_json(each)
        except ValueError as error:
            raise Problem(400, "invalid_field", f"`clauses`, {step!r}: {error}", field="clauses") from None
        if why := flaw(clauses[step], journey):
            raise Problem(422, "clause_refused", f"{step!r}: {why}", field="clauses")
    return clauses
