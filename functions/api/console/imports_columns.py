"""What each column of a file becomes, as a form shows it, and as the API reads it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.api.console.forms import Form
from functions.api.console.words import _

MOST = 300  # columns that a form can hold; the command line maps more
IGNORE, OTHER, TEXT = "ignore", "other", "text"
TYPED = ("traits.", "properties.")
Options = list[tuple[str, list[tuple[str, str]]]]  # groups of (target, words)


@dataclass(frozen=True, slots=True)
class Column:
    """A column, the first cells in it, and what it becomes."""

    name: str
    cells: list[str]
    to: str
    type: str
    format: str
    other: str  # the name of an attribute that the list does not have
    own: list[tuple[str, str]]  # options of this column alone


def columns_of(
    preview: Mapping[str, Any], mapping: Mapping[str, Any], offered: set[str], kind: str
) -> list[Column]:
    """The columns that a form shows, as the mapping has them."""
    rows, told = preview["rows"], mapping["columns"]
    return [
        _column(name, [row[place] for row in rows], told.get(name, IGNORE), offered, kind)
        for place, name in enumerate(preview["columns"][:MOST])
    ]


def _column(name: str, cells: list[str], said: Any, offered: set[str], kind: str) -> Column:
    target = said if isinstance(said, Mapping) else {"to": said or IGNORE}
    to = str(target.get("to", IGNORE))
    own = [] if to in offered else [(to, called(to))]
    place = "traits" if kind == "contacts" else "properties"
    other = to.partition(".")[2] if to.startswith(f"{place}.") else ""
    return Column(name, cells, to, str(target.get("type", TEXT)), str(target.get("format", "")), other, own)


def mapping_of(said: Form, kind: str) -> dict[str, Any]:
    """What the form says, as the API reads it."""
    columns: dict[str, Any] = {}
    count = said.get("count")
    for number in range(min(int(count), MOST) if count.isdecimal() else 0):
        columns.setdefault(said.raw(f"name-{number}"), _target(said, number, kind))
    columns |= _wild(said.raw("wild"))
    told: dict[str, Any] = {"columns": columns}
    words = {"event": said.get("event"), "country": said.get("country").upper(), "list": said.get("list")}
    told |= {field: word for field, word in words.items() if word}
    told |= {field: "skip" for field in ("role_addresses", "disposable_addresses") if said.get(field)}
    return told | ({"pinpoint": True} if said.get("pinpoint") else {})


def wild_of(preview: Mapping[str, Any], mapping: Mapping[str, Any]) -> str:
    """What is said of columns by how their names begin, which no row of the form shows: it goes along as it is."""
    told = mapping["columns"]
    return json.dumps({name: to for name, to in told.items() if name not in preview["columns"]})


def _wild(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _target(said: Form, number: int, kind: str) -> Any:
    to = said.get(f"to-{number}") or IGNORE
    if to == OTHER:
        other = said.get(f"other-{number}")
        to = f"{'traits' if kind == 'contacts' else 'properties'}.{other}" if other else IGNORE
    form, type_ = said.get(f"format-{number}"), said.get(f"type-{number}") or TEXT
    if to == "evidence.at" and form:
        return {"to": to, "format": form}
    if not to.startswith(TYPED) or type_ == TEXT:
        return to
    return {"to": to, "type": type_} | ({"format": form} if form and type_ in ("date", "datetime") else {})


def options(kind: str, attributes: list[str]) -> Options:
    """What a column may become, in groups."""
    if kind == "events":
        return [
            (_("Who did it"), _named("userId", "anonymousId", "traits.email")),
            (_("What and when"), _named("event", "timestamp")),
        ]
    known = [f"traits.{name}" for name in KNOWN]
    more = [f"traits.{name}" for name in attributes if f"traits.{name}" not in known]
    says = [f"{word}.{channel}" for channel in ("email", "sms") for word in ("consent", "unsubscribed")]
    shows = [f"evidence.{name}" for name in ("at", "how", "source", "form", "wording", "ip")]
    return [
        (_("Who it is"), _named("userId", "anonymousId", *known[:2])),
        (_("What is known"), _named(*known[2:], *more)),
        (_("What they allow"), _named(*says)),
        (_("How that is proved"), _named(*shows)),
    ]


KNOWN = ("email", "phone", "firstName", "lastName", "name", "birthday", "company", "language", "timezone")


def called(to: str) -> str:
    """A target in a person's words."""
    place, _dot, name = to.partition(".")
    return _words().get(to) or {
        "traits": _("Attribute “%(name)s”"),
        "properties": _("Property “%(name)s”"),
        "externalId": _("Id in “%(name)s”"),
        "consent": _("Allows %(name)s"),
        "unsubscribed": _("Left %(name)s"),
    }.get(place, to) % {"name": name}


def _named(*targets: str) -> list[tuple[str, str]]:
    return [(to, called(to)) for to in targets]


def _words() -> dict[str, str]:
    return {
        "userId": _("User id"),
        "anonymousId": _("Visitor's id"),
        "traits.email": _("E-mail address"),
        "traits.phone": _("Phone number"),
        "traits.firstName": _("First name"),
        "traits.lastName": _("Last name"),
        "traits.name": _("Whole name"),
        "traits.birthday": _("Birthday"),
        "traits.company": _("Company"),
        "traits.language": _("Language"),
        "traits.timezone": _("Time zone"),
        "consent.email": _("Allows e-mail: yes or no"),
        "consent.sms": _("Allows SMS: yes or no"),
        "unsubscribed.email": _("Left the e-mails: yes or no"),
        "unsubscribed.sms": _("Left the SMS: yes or no"),
        "evidence.at": _("Consented at"),
        "evidence.how": _("Consented how"),
        "evidence.source": _("Consented where"),
        "evidence.form": _("By which form"),
        "evidence.wording": _("To which wording"),
        "evidence.ip": _("From which IP address"),
        "event": _("What they did"),
        "timestamp": _("When"),
    }
