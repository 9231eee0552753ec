"""`sojourn plan | apply | pull | diff`: journeys, segments and templates as files in git."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api, ApiRefusal
from sojourn.cli.folder.compare import Compared, Differs, compared, difference
from sojourn.cli.folder.pulling import pulled_project
from sojourn.cli.folder.settings import planned_project
from sojourn.cli.folder.things import JOURNEY, SEGMENT, Key, Thing, of_folder, of_workspace
from sojourn.cli.init import PROJECT
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import Move, progress
from sojourn.cli.publish import if_match, warned

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("statemachines")
)
MOST_NAMED = 5
READING = "reading the workspace"
SIGNS = {Differs.NEW: "+", Differs.CHANGED: "~", Differs.NOT_LIVE: "^", Differs.ONLY_THERE: "?"}


@click.command("plan")
@FOLDER
@asks_api
def plan_command(folder: Path, api: Api, as_json: bool) -> None:
    """Show what `apply` would do with a FOLDER, and who stands in steps that change. Changes nothing."""
    here = of_folder(folder)
    with progress(READING, quiet=as_json, again=f"sojourn plan {folder}"):
        project = planned_project(folder, here, api)
        found = compared(here, of_workspace(api), api)
    plan = {"plan": [each.to_json() for each in found], **project.to_json()}
    show(plan, as_json, lambda _: (*project.told(), *_lines(found, is_more=project.is_to_do)))


@click.command("apply")
@FOLDER
@click.option("--publish/--no-publish", default=True, help="Let it take force (else it is saved as drafts).")
@click.option(
    "--migrate",
    multiple=True,
    metavar="JOURNEY:STEP=WHAT",
    help="Bring people on: stay, finish, exit, a step.",
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@asks_api
def apply_command(
    folder: Path, publish: bool, migrate: tuple[str, ...], yes: bool, api: Api, as_json: bool
) -> None:
    """Bring the workspace to what a FOLDER says. Applied twice it does nothing the second time; deletes nothing."""
    clauses = _clauses(migrate)
    here = of_folder(folder)
    again = f"sojourn apply {folder}"
    with progress(READING, quiet=as_json, again=again):
        project = planned_project(folder, here, api)
        found = compared(here, of_workspace(api), api)
    to_do = [each for each in found if each.is_to_do]
    if not as_json:
        show(None, False, lambda _: (*project.told(), *_lines(found, is_more=project.is_to_do)))
    count = len(to_do) + project.is_to_do
    if count and not yes and not as_json:
        click.confirm(f"Apply {count} change{'s' if count > 1 else ''}?", abort=True)
    with progress("applying", total=len(to_do), quiet=as_json, again=again) as move:
        done = [*project.applied(api), *_apply(to_do, api, publish=publish, move=move)]
    waiting = {each["name"] for each in done if "waits" in each}
    ready = {journey: steps for journey, steps in clauses.items() if publish and journey not in waiting}
    done += [_migrated(journey, steps, api) for journey, steps in ready.items()]
    show({"applied": done}, as_json, lambda answer: _done(answer["applied"]))
    if waiting:
        raise click.exceptions.Exit(1)


@click.command("pull")
@FOLDER
@click.option("--force", is_flag=True, help="Write over files that say something else.")
@asks_api
def pull_command(folder: Path, force: bool, api: Api, as_json: bool) -> None:
    """Write what the workspace has into a FOLDER; a file that says the same already stays as it is."""
    here = of_folder(folder) if folder.is_dir() else {}
    with progress(READING, quiet=as_json, again=f"sojourn pull {folder}"):
        other = list(_other(folder, here, api))
    written = {str(path): text for path, text, is_new in other if is_new or force}
    kept = [str(path) for path, _, _ in other if str(path) not in written]
    for path, text in written.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    show({"written": list(written), "kept": kept}, as_json, _pulled)
    if kept:
        raise click.exceptions.Exit(1)


@click.command("diff")
@FOLDER
@asks_api
def diff_command(folder: Path, api: Api, as_json: bool) -> None:
    """Show the difference line by line; exit 1 when there is one."""
    here = of_folder(folder)
    with progress(READING, quiet=as_json, again=f"sojourn diff {folder}"):
        project, there = pulled_project(folder, api), of_workspace(api)
    keys = [key for key in sorted({*here, *there}) if not _are_same(here.get(key), there.get(key))]
    texts = {
        f"{kind} {name}": list(difference(here.get((kind, name)), there.get((kind, name))))
        for kind, name in keys
    }
    texts = texts if project.is_same else {PROJECT: list(project.difference()), **texts}
    show({"diff": texts}, as_json, lambda _: (Text(line) for lines in texts.values() for line in lines))
    if texts:
        raise click.exceptions.Exit(1)


def _other(folder: Path, here: Mapping[Key, Thing], api: Api) -> Iterator[tuple[Path, str, bool]]:
    """Each file that says something else than the workspace: what it should say, and whether it is a new one."""
    project = pulled_project(folder, api)
    if not project.is_same:
        yield project.path, project.there, not project.here
    for thing in of_workspace(api).values():
        mine = here.get(thing.key)
        if not _are_same(mine, thing):
            path = mine.path if mine and mine.path else folder / f"{thing.name}.{thing.kind}.yaml"
            yield path, _file(thing), mine is None


def _are_same(one: Thing | None, other: Thing | None) -> bool:
    return one is not None and other is not None and one.said == other.said


def _lines(found: Iterable[Compared], *, is_more: bool = False) -> Iterator[Text]:
    found = list(found)
    shown = [each for each in found if each.is_to_do]
    for each in shown:
        yield Text(f"{SIGNS[each.differs]} {each.thing.kind} {each.thing.name}: {each.differs.value}")
        for change in each.changes:
            people = f", {change['standing']} stand there" if change["standing"] else ""
            yield Text(f"    {change['step']}: {change['change']}{people}")
        if any(change["standing"] for change in each.changes):
            step = next(change["step"] for change in each.changes if change["standing"])
            yield Text(
                f"    They stay on their version; else: --migrate '{each.thing.name}:{step}=<a step, finish or exit>'"
            )
    if not shown and not is_more:
        yield Text("The workspace says what the folder says: nothing to do.")
    yield from _only_there([each for each in found if each.differs is Differs.ONLY_THERE])


def _only_there(left: list[Compared]) -> Iterator[Text]:
    """What stays as it is: by name while they are few."""
    if len(left) <= MOST_NAMED:
        yield from (
            Text(f"{SIGNS[each.differs]} {each.thing.kind} {each.thing.name}: {each.differs.value}")
            for each in left
        )
        return
    counts = Counter(each.thing.kind for each in left)
    told = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts.items())
    yield Text(f"? only in the workspace: {told}; they stay as they are (`sojourn diff` names them)")


def _apply(to_do: list[Compared], api: Api, *, publish: bool, move: Move) -> list[dict[str, Any]]:
    """Save each, and let it take force. A crash between leaves drafts that are not live, which the next `apply` finds.

    A journey that is refused because of what is live yet is asked again after the others have gone live.
    """
    done: list[dict[str, Any]] = []
    refused: dict[Key, ApiRefusal] = {}
    left = to_do
    while left:
        for each in left:
            if each.thing.key not in refused:
                _save(each, api)
            try:
                done.append(_in_force(each.thing, api, publish=publish))
                move(len(done))
                refused.pop(each.thing.key, None)
            except ApiRefusal as refusal:
                if refusal.code != "journey_refused":
                    raise
                refused[each.thing.key] = refusal
        if len(refused) == len(left):
            raise next(iter(refused.values()))
        left = [each for each in left if each.thing.key in refused]
    return done


def _save(change: Compared, api: Api) -> None:
    """What was saved already is not saved anew: that would be another revision, to which nobody agreed."""
    if not change.is_saved:
        headers = if_match(change.revision) if change.revision else None
        api.put(f"{change.thing.kind}s", change.thing.name, body=change.thing.body, headers=headers)


def _in_force(thing: Thing, api: Api, *, publish: bool) -> dict[str, Any]:
    """Live now; or waiting for others to agree, while the rest of the folder goes on."""
    done = {"kind": thing.kind, "name": thing.name, "is_live": thing.kind not in {SEGMENT, JOURNEY}}
    if not publish or done["is_live"]:
        return done
    try:
        answer = api.post(f"{thing.kind}s", thing.name, "publish")
    except ApiRefusal as refused:
        if refused.code != "approvals_missing":
            raise
        return done | {"waits": refused.problem["approvals"], "why": str(refused.problem["message"])}
    more = {"version": answer["version"], "warnings": answer.get("warnings", [])}
    return done | {"is_live": True, **(more if thing.kind == JOURNEY else {})}


def _migrated(journey: str, clauses: dict[str, Any], api: Api) -> dict[str, Any]:
    body = json.dumps({"clauses": clauses}).encode()
    answer = api.post("journeys", journey, "migrations", body=body)
    return {"kind": "migration", "name": journey, "version": answer["version"], "is_live": True}


def _done(done: list[dict[str, Any]]) -> Iterator[Text]:
    for each in done:
        yield from map(Text, warned(each))
        if "waits" in each:
            yield Text(f"… {each['kind']} {each['name']} is saved as a draft and waits. {each['why']}")
            yield Text("  When they have agreed, the same `sojourn apply` makes it live.")
            continue
        version = f" version {each['version']}" if "version" in each else ""
        state = "" if each["is_live"] else " (a draft: publish it)"
        yield Text(f"✓ {each['kind']} {each['name']}{version}{state}")


def _pulled(answer: dict[str, Any]) -> Iterator[Text]:
    yield from (Text(f"✓ {path}") for path in answer["written"])
    yield from (
        Text(f"kept {path}: it says something else; --force writes over it") for path in answer["kept"]
    )
    if not answer["written"] and not answer["kept"]:
        yield Text("The folder says what the workspace says: nothing to write.")


def _file(thing: Thing) -> str:
    if thing.kind in {SEGMENT, JOURNEY}:
        return thing.text
    from sojourn.cli.folder.blocks import in_blocks

    return in_blocks(thing.said)


def _clauses(said: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """`welcome:Wait a week=exit` → {"welcome": {"Wait a week": "exit"}}; anything else is a step to move to."""
    found: dict[str, dict[str, Any]] = {}
    for each in said:
        journey, colon, rest = each.partition(":")
        step, equals, what = rest.rpartition("=")
        if not (colon and equals and journey and step and what):
            raise click.BadParameter(f"{each!r} is not JOURNEY:STEP=WHAT", param_hint="--migrate")
        found.setdefault(journey, {})[step] = what if what in {"stay", "finish", "exit"} else {"move": what}
    return found
