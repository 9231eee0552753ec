"""`sojourn workspace`: where the company is, and what holds for all its messages."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import click
import yaml
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.commands import OF_WORKSPACE
from sojourn.cli.lazy import Commands, LazyGroup
from sojourn.cli.options import asks_api, show

SHORT = re.compile(r"([0-9]+)(?: +(email|sms))? +per +(.+)")
PLACE = ("country", "timezone")


@click.group("workspace", cls=LazyGroup, commands=Commands(OF_WORKSPACE, ("workspace",)))
def workspace_group() -> None:
    """Where the company is, and what holds for all its messages."""


@workspace_group.command("show")
@asks_api
def show_workspace(api: Api, as_json: bool) -> None:
    """Country and time zone, hours, caps, and how fast the account may send."""
    show(api.get("workspace"), as_json, _told)


@workspace_group.command("set")
@click.option("--country", help="ISO code of two letters, like FR.")
@click.option("--timezone", help="A name of the tz database, like Europe/Paris.")
@click.option(
    "--cap", "caps", multiple=True, help="'3 per 1 week', '1 sms per day', or '{at most: 3, …}'; all of them."
)
@click.option("--no-caps", is_flag=True, help="No caps any more.")
@click.option("--sms-hours", help="Hours of marketing texts, like 'mon-sat 09:00-20:00'; '' for the shipped.")
@click.option("--email-hours", help="The same of mails; '' for the whole day.")
@click.option("--email-rate", type=float, help="Mails a second; 0 for as many as there are.")
@click.option("--email-quota", type=int, help="Mails a day; 0 for as many as there are.")
@click.option(
    "--judged-from", type=int, help="Of fewer mails a day nothing pauses marketing; 0 for the usual 200."
)
@asks_api
def set_workspace(
    country: str | None, timezone: str | None, api: Api, as_json: bool, **messages: Any
) -> None:
    """Country and time zone are said together: what is left out is nobody's. The rest stays unless it is named."""
    place = {"country": country, "timezone": timezone}
    body: dict[str, Any] = place if any(place.values()) or not _is_named(messages) else {}
    if _is_named(messages):
        body = {**body, "delivery": _changed(api.get("workspace").get("delivery") or {}, **messages)}
    show(api.put("workspace", body=json.dumps(body).encode()), as_json, _told)


def _is_named(messages: dict[str, Any]) -> bool:
    return any(value is not None and value != () and value is not False for value in messages.values())


def _changed(
    there: dict[str, Any],
    *,
    caps: Sequence[str],
    no_caps: bool,
    sms_hours: str | None,
    email_hours: str | None,
    email_rate: float | None,
    email_quota: int | None,
    judged_from: int | None,
) -> dict[str, Any]:
    hours = {**there.get("hours", {})}
    hours |= {name: said for name, said in (("sms", sms_hours), ("email", email_hours)) if said is not None}
    found = {
        "hours": {name: said for name, said in hours.items() if said},
        "caps": [] if no_caps else [_cap(text) for text in caps] or there.get("caps", []),
        "email_rate": there.get("email_rate") if email_rate is None else email_rate,
        "email_quota": there.get("email_quota") if email_quota is None else email_quota,
        "judged_from": there.get("judged_from") if judged_from is None else judged_from,
    }
    return {name: said for name, said in found.items() if said}


def _cap(text: str) -> dict[str, Any]:
    if short := SHORT.fullmatch(text.strip()):
        channel = {"channel": short[2]} if short[2] else {}
        return {"at most": int(short[1]), "per": short[3], **channel}
    try:
        cap = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise click.BadParameter(f"{text!r}: write '3 per 1 week'", param_hint="--cap") from error
    if not isinstance(cap, dict):
        raise click.BadParameter(f"{text!r}: write '3 per 1 week'", param_hint="--cap")
    return cap


def _told(answer: dict[str, Any]) -> Iterator[Any]:
    yield Text(f"country {answer['country'] or '–'}, time zone {answer['timezone'] or '–'}")
    delivery = answer.get("delivery") or {}
    for channel, hours in delivery.get("hours", {}).items():
        yield Text(f"{channel} {hours}")
    for cap in delivery.get("caps", ()):
        rest = {name: said for name, said in cap.items() if name not in {"at most", "per"}}
        yield Text(
            f"at most {cap['at most']} per {cap['per']}{''.join(f', {n} {s}' for n, s in rest.items())}"
        )
    for name, words in (
        ("email_rate", "mails a second"),
        ("email_quota", "mails a day"),
        ("judged_from", "mails a day, from which on bounces and complaints pause marketing"),
    ):
        if delivery.get(name):
            yield Text(f"{delivery[name]:g} {words}")
