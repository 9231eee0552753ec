"""`sojourn rehearse`: what a journey would do, by the code that would do it. Nothing is sent, nothing is written."""

import difflib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.bars import bars
from sojourn.cli.files import loaded
from sojourn.cli.progress import INTERRUPTED, progress
from sojourn.cli.tables import table
from sojourn.clock import machine_clock, parse_iso
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import every
from sojourn.planning.habits import Behaviour, BehaviourRefusedError, behaviour_of, read_behaviour, shipped
from sojourn.planning.people import ContactsRefusedError, Filed, MadeUp, People

USUAL_DAYS = 90
FIRST_YEAR, LAST_YEAR = 1900, 9900  # time zones and waits may not carry a moment out of the calendar
ALONE = 2_000  # so many contacts are played before a second process has begun
REASONS = "held", "skipped"
ANSWERS = "opened", "clicked", "bought", "unsubscribed", "bounced"


@click.command("rehearse")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--contacts", default="1000", show_default=True, help="A file of contacts, or how many to make up."
)
@click.option("--start", help="When it begins: 2026-12-01, or 2026-12-01T09:00:00Z. Today, unless said.")
@click.option("--days", type=click.IntRange(1, 3_660), help=f"For how many days; {USUAL_DAYS}, unless said.")
@click.option("--until", help="Until when, instead of --days.")
@click.option(
    "--behaviour", type=click.Path(path_type=Path), help="A YAML of how people behave (docs/rehearse.md)."
)
@click.option(
    "--learned", is_flag=True, help="Take the rates that the running journey has seen, from the API."
)
@click.option("--seed", default=0, show_default=True, help="Another seed, other chance.")
@click.option(
    "--diary", "contact", help="Show one contact's diary, by id or user id, instead of the figures."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes; as many as there are cores, unless said."
)
@click.option("--api-url", envvar="SOJOURN_API_URL", help="Where the API is, for --learned.")
@click.option("--api-key", envvar="SOJOURN_API_KEY", help="An API key, for --learned.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rehearse_command(
    file: Path,
    contacts: str,
    start: str | None,
    days: int | None,
    until: str | None,
    behaviour: Path | None,
    learned: bool,
    seed: int,
    contact: str | None,
    workers: int | None,
    api_url: str | None,
    api_key: str | None,
    as_json: bool,
) -> None:
    """Play a journey FILE with contacts on a virtual clock: messages by day, where people stand, cost, one's diary."""
    from sojourn.contacts.workspace import Workspace
    from sojourn.planning.rehearse import Plan, lives_in

    journey = loaded(file)
    begins, ends = span(start, days, until)
    told = Api.found(api_url, api_key).get("journeys", journey.name, "behaviour") if learned else {}
    habits = behaviour_from(behaviour, told)
    _refuse_strange_steps(habits, journey, told)
    people = people_from(contacts, habits, seed)
    plan = Plan(journey.to_definition(), habits.said, people, begins, ends, seed)
    lives_in(Workspace())
    try:
        if contact:
            _show_diary(plan, contact, as_json)
        else:
            _show_figures(plan, workers, as_json)
    except ContactsRefusedError as refused:
        raise click.ClickException(str(refused)) from None


def _refuse_strange_steps(habits: Behaviour, journey: Journey, told: Mapping[str, Any]) -> None:
    """A name that nobody has would say nothing, and nobody would know; what was learned may be of an older version."""
    names = [step.name for step in every(journey.steps)]
    for name in habits.said.get("steps") or {}:
        if name not in names and name not in told.get("steps", {}):
            near = difflib.get_close_matches(str(name), names, n=1) or names
            raise click.ClickException(
                f"behaviour: steps.{name}: the journey has no such step; write `{near[0]}`"
            )


def span(start: str | None, days: int | None, until: str | None) -> tuple[datetime, datetime]:
    """From when to when."""
    today = machine_clock().calendar().replace(hour=0, minute=0, second=0, microsecond=0)
    begins = moment("--start", start) if start else today
    if until and days:
        raise click.UsageError("give --days or --until, not both")
    ends = moment("--until", until) if until else begins + timedelta(days=days or USUAL_DAYS)
    if ends <= begins:
        raise click.UsageError(f"it ends ({until}) before it begins; --until comes after --start")
    return begins, ends


def moment(option: str, text: str) -> datetime:
    """A day, which begins at midnight UTC, or a moment with its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"{option} {text!r} is no date; write 2026-12-01 or 2026-12-01T09:00:00Z"
        ) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise click.UsageError(f"{option} {text!r}: years go from {FIRST_YEAR} to {LAST_YEAR}")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else parse_iso(text)


def behaviour_from(path: Path | None, learned: dict[str, Any] | None = None) -> Behaviour:
    """What ships, with what was learned laid over, and over that what the file says."""
    try:
        behaviour = behaviour_of(learned) if learned else shipped()
        if path is None:
            return behaviour
        said = read_behaviour(path.read_text(encoding="utf-8"))
        return behaviour_of(
            {**said.said, "steps": {**behaviour.said.get("steps", {}), **said.said.get("steps", {})}}
        )
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}; check --behaviour") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{path}: it is not UTF-8 text; save it as UTF-8") from None
    except BehaviourRefusedError as refused:
        raise click.ClickException(f"{path}: {refused}") from None


def people_from(contacts: str, behaviour: Behaviour, seed: int) -> People:
    """So many that nobody ever met, or those of a file."""
    if contacts.isdecimal():
        return MadeUp(int(contacts), behaviour, seed)
    try:
        return Filed.of(Path(contacts))
    except ContactsRefusedError as refused:
        raise click.ClickException(str(refused)) from None


def _show_figures(plan: Any, workers: int | None, as_json: bool) -> None:
    from sojourn.planning.answer import answer_of
    from sojourn.planning.rehearse import rehearse

    count = workers or (1 if len(plan.people) <= ALONE else os.cpu_count() or 1)
    with progress("contacts", total=len(plan.people), quiet=as_json) as move:
        total, interrupted = rehearse(plan, workers=count, progress=move)
    answer = answer_of(plan, total, interrupted=interrupted)
    if as_json:
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        print_all(_shown(answer))
    if interrupted:
        click.echo(
            f"Interrupted: these are the figures of {answer['contacts']:,} of {answer['of']:,}.", err=True
        )
        raise click.exceptions.Exit(INTERRUPTED)


def _show_diary(plan: Any, contact: str, as_json: bool) -> None:
    from sojourn.planning.rehearse import diary

    lines = diary(plan, contact)
    if lines is None:
        first = next(iter(plan.people.between(0, 1)), None)
        example = f"; the first of them is {first.contact}" if first else ""
        raise click.ClickException(f"nobody is called {contact} among the contacts{example}")
    if as_json:
        click.echo(json.dumps(lines, indent=2, ensure_ascii=False))
        return
    rows = (
        [
            line["at"][:16].replace("T", " "),
            line["local"][5:16].replace("T", " "),
            line["step"],
            _said(line),
            _gates(line),
        ]
        for line in lines
    )
    print_all(
        [table(f"{contact} · {plan.definition['journey']}", ("UTC", "local", "step", "what", "gates"), rows)]
    )


def _said(line: dict[str, Any]) -> str:
    return f"{line['what']} ({line['why']})" if line.get("why") else str(line["what"])


def _gates(line: dict[str, Any]) -> str:
    """What closed, or whose hours were asked; open gates need no word."""
    return "; ".join(f"{gate} {said}" for gate, said in line.get("gates", {}).items() if said != "open")


def _shown(answer: dict[str, Any]) -> Iterator[Any]:
    messages = answer["messages"]
    yield Text(
        f"{answer['journey']}: {answer['contacts']:,} contacts, {answer['start'][:10]} to {answer['until'][:10]}; "
        f"{answer['entered']:,} came in, {messages['total']:,} messages, {answer['converted']:,} reached the goal."
    )
    yield table(
        "Messages", ("step", "sent", "opened", "clicked", "held", "skipped"), map(_step, messages["by_step"])
    )
    yield from bars("By day", [(each["day"], each["messages"]) for each in messages["by_day"]])
    stands = [*answer["standing"].items(), *answer["ended"].items()]
    yield table(
        "Where people stand at the end", ("", "runs"), ([name, f"{count:,}"] for name, count in stands)
    )
    if answer["refused"]:
        yield table(
            "Did not come in", ("", "times"), ([name, f"{n:,}"] for name, n in answer["refused"].items())
        )
    yield table("Pressure", ("", ""), _pressure(answer["pressure"]))
    lines = (
        [each["service"], f"{each['quantity']:,} {each['unit']}", f"{each['usd']:,.2f}"]
        for each in answer["cost"]["lines"]
    )
    yield table(
        "Expected cost, at list prices",
        ("", "", "USD"),
        [*lines, ["total", "", f"{answer['cost']['usd']:,.2f}"]],
    )


def _step(row: dict[str, Any]) -> list[str]:
    why = (", ".join(f"{reason} {n:,}" for reason, n in row[name].items()) for name in REASONS)
    return [row["step"], f"{row['sent']:,}", f"{row['opened']:,}", f"{row['clicked']:,}", *why]


def _pressure(said: dict[str, Any]) -> Iterator[list[str]]:
    day, second = said["most_in_a_day"], said["most_in_a_second"]
    yield ["most in a day", f"{day['messages']:,} on {day['day']}"]
    yield ["most in a second", f"{second['messages']:,} at {second['at']}"]
    yield ["held, or skipped, by a cap", f"{said['held_by_cap']:,}, or {said['skipped_by_cap']:,}"]
    if said["email_quota"]:
        yield ["days over the quota", f"{said['days_over_quota']:,} of {said['email_quota']:,} mails"]


def print_all(parts: Any) -> None:
    """One after the other, as wide as the terminal is."""
    from rich.console import Console

    console = Console(highlight=False)
    for part in parts:
        console.print(part)
