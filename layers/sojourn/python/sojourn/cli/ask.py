"""Commands that ask the API: report, contact show, journey show."""

from collections.abc import Iterator
from typing import Any

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.commands import OF_CONTACT, OF_JOURNEY
from sojourn.cli.explaining import explained
from sojourn.cli.lazy import Commands, LazyGroup
from sojourn.cli.options import asks_api, show
from sojourn.cli.tables import table


@click.command("report")
@click.argument("journey")
@asks_api
def report_command(journey: str, api: Api, as_json: bool) -> None:
    """Figures of a JOURNEY."""
    show(api.get("journeys", journey, "report"), as_json, _reported)


@click.group("contact", cls=LazyGroup, commands=Commands(OF_CONTACT, ("contact",)))
def contact_group() -> None:
    """Contacts."""


@contact_group.command("show")
@click.argument("contact")
@asks_api
def show_contact(contact: str, api: Api, as_json: bool) -> None:
    """A CONTACT's profile and consent, by id or userId."""
    show(api.get("contacts", contact), as_json, _contact)


@contact_group.command("explain")
@click.argument("contact")
@click.argument("journey", required=False)
@asks_api
def explain_contact(contact: str, journey: str | None, api: Api, as_json: bool) -> None:
    """Why a CONTACT is in a JOURNEY or not; without one, in each journey that is live."""
    if journey:
        show(api.get("explain", contact=contact, journey=journey), as_json, explained)
        return
    names = [each["name"] for each in api.get("journeys", limit="200")["items"] if each["live_version"]]
    if not names:
        api.get("contacts", contact)  # nothing to explain, but that somebody is there
    told = [{"journey": name, **api.get("explain", contact=contact, journey=name)} for name in names]
    show(told, as_json, _explained_all)


@click.group("journey", cls=LazyGroup, commands=Commands(OF_JOURNEY, ("journey",)))
def journey_group() -> None:
    """Journeys."""


@journey_group.command("list")
@asks_api
def list_journeys(api: Api, as_json: bool) -> None:
    """Every journey, and which version of it is live."""
    show(api.get("journeys", limit="200"), as_json, _journeys)


@journey_group.command("show")
@click.argument("name")
@asks_api
def show_journey(name: str, api: Api, as_json: bool) -> None:
    """A journey's draft, as it was saved."""
    show(api.get("journeys", name), as_json, lambda answer: [Text(answer["source"])])


def _journeys(answer: dict[str, Any]) -> Iterator[Any]:
    columns = ("name", "revision", "live_version", "entry")
    yield table("Journeys", columns, ([each[name] for name in columns] for each in answer["items"]))


def _explained_all(answers: list[dict[str, Any]]) -> Iterator[Any]:
    columns = ("journey", "reason", "why")
    yield table("Journeys", columns, ([each[name] for name in columns] for each in answers))


def _reported(answer: dict[str, Any]) -> Iterator[Any]:
    yield table("Enrolments", ("", "n"), _lines(answer["enrolments"]))
    messages = answer["messages"]
    channels = messages["by_channel"]
    names = [name for name, _ in _lines({**messages, "by_channel": {}})]
    figures = {channel: dict(_lines(part)) for channel, part in {"all": messages, **channels}.items()}
    rows = ([name, *(figures[channel].get(name, 0) for channel in figures)] for name in names)
    yield table("Messages", ("", *figures), rows)


def _contact(answer: dict[str, Any]) -> Iterator[Any]:
    yield Text(f"{answer['id']}  {'  '.join(answer['identities'])}")
    yield table("Person", ("", ""), _standing(answer))
    if answer["traits"]:
        yield table("Traits", ("trait", "value"), answer["traits"].items())
    consent = [(slot, said["status"], said["at"]) for slot, said in answer["consent"].items()]
    if consent:
        yield table("Consent", ("channel|purpose|topic", "said", "at"), consent)
    events = ((name, seen["n"], seen["last"]) for name, seen in answer["events"].items())
    yield table("Events", ("event", "n", "last"), events)


def _standing(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is known beside traits, as far as it is."""
    yield "stage", " → ".join(step["stage"] for step in answer["stages"]) or answer["stage"]
    for name in ("tags", "lists", "groups"):
        if answer[name]:
            yield name, ", ".join(answer[name])
    for currency, money in answer["value"].items():
        yield f"value {currency}", f"{money['value']:g} of {money['orders']} orders"
    for name in ("first_touch", "last_touch"):
        if touch := answer[name]:
            yield name.replace("_", " "), f"{touch['source']} at {touch['at']}"
    for channel, measures in answer["engagement"].items():
        yield channel, ", ".join(f"{name} {seen['n']}" for name, seen in measures.items())


def _lines(figures: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """`{sent: 3, skipped: {no_consent: 1}}` → sent 3, skipped: no_consent 1."""
    for name, figure in figures.items():
        if isinstance(figure, int):
            yield name, figure
        elif name != "by_channel":
            yield from ((f"{name}: {reason}", n) for reason, n in figure.items())
