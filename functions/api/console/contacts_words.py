"""The moments of a life, traits and consent, in the words of the contact's page. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from functions.api.console.code_words import word
from functions.api.console.formats import long_day
from functions.api.console.words import _
from sojourn.clock import parse_iso

ICONS = {
    "event": "bolt",
    "message": "mail",
    "consent": "check",
    "segment": "segments",
    "journey": "journeys",
    "merge": "merge",
}
TONES = {
    "sent": "good",
    "given": "good",
    "imported": "good",
    "converted": "good",
    "skipped": "warn",
    "unknown": "warn",
    "doubted": "warn",
    "withdrawn": "bad",
    "failed": "bad",
    "sending": "info",
    "planned": "info",
    "requested": "info",
}
ALL, MOST_SHOWN, LONGEST_SHOWN = "*", 4, 160


@dataclass(frozen=True, slots=True)
class Told:
    """One moment as the page shows it."""

    icon: str
    tone: str
    title: str
    detail: str
    at: str


@dataclass(frozen=True, slots=True)
class Slot:
    """What holds for one channel, purpose and topic."""

    what: str
    status: str
    label: str
    at: str
    by: str


def kinds() -> list[tuple[str, str]]:
    """What a life-line can be narrowed to."""
    return [
        ("", _("Everything")),
        ("event", _("Events")),
        ("message", _("Messages")),
        ("journey", _("Journeys")),
        ("segment", _("Segments")),
        ("consent", _("Consent")),
    ]


def name_of(person: Mapping[str, Any]) -> str:
    """How people call this person, as far as it is known."""
    traits = person["traits"]
    both = [_text(traits, "first_name", "firstName"), _text(traits, "last_name", "lastName")]
    known = [_text(traits, "name"), " ".join(filter(None, both)), _text(traits, "email"), *_user_ids(person)]
    return next(filter(None, known), _("Somebody unknown"))


def traits_of(traits: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values, by name."""
    return [(name, shown(value)) for name, value in sorted(traits.items())]


def consent_of(consent: Mapping[str, Mapping[str, str]]) -> list[Slot]:
    """What the person allowed, slot by slot."""
    labels = {"given": _("given"), "pending": _("pending"), "withdrawn": _("withdrawn")}
    return [
        Slot(
            slot_of(slot), said["status"], labels.get(said["status"], said["status"]), said["at"], said["by"]
        )
        for slot, said in sorted(consent.items())
    ]


def slot_of(slot: str) -> str:
    """`email|marketing|*` as people say it."""
    channel, _first, rest = slot.partition("|")
    purpose, _second, topic = rest.partition("|")
    return f"{_channels().get(channel, channel)} · {word(purpose)}" + (
        "" if topic in ("", ALL) else f" · {topic}"
    )


def _channels() -> Mapping[str, str]:
    return {"email": _("E-mail"), "sms": _("SMS"), "web": _("Web")}


def days(items: Iterable[Mapping[str, Any]], zone: str) -> list[tuple[str, list[Told]]]:
    """The moments by the viewer's day, as they came: the latest first."""
    known = ZoneInfo(zone)
    grouped = groupby(items, lambda each: parse_iso(each["at"]).astimezone(known).date())
    return [(long_day(day), [told(each) for each in group]) for day, group in grouped]


def told(moment: Mapping[str, Any]) -> Told:
    """A moment with its picture, its sentence, and what else is worth knowing."""
    kind, what = moment["kind"], moment["what"]
    icon = "phone" if moment["detail"].get("channel") == "sms" and kind == "message" else ICONS[kind]
    tone = "" if kind == "event" else TONES.get(what, "")
    return Told(icon, tone, _title(kind, what, moment["name"]), _detail(kind, moment), moment["at"])


def shown(value: Any) -> str:
    """A value as text, whatever it is."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        value = ", ".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _title(kind: str, what: str, name: str) -> str:
    if kind == "event":
        return {"identify": _("Traits were told"), "page": _("Saw a page"), "screen": _("Saw a screen")}.get(
            what, what
        )
    sentence = _sentences().get((kind, what), "%(name)s: %(what)s")
    return sentence % {"name": slot_of(name) if kind == "consent" else name, "what": what}


def _sentences() -> Mapping[tuple[str, str], str]:
    return {
        ("message", "sent"): _("“%(name)s” was sent"),
        ("message", "planned"): _("“%(name)s” waits"),
        ("message", "sending"): _("“%(name)s” is being sent"),
        ("message", "skipped"): _("“%(name)s” was skipped"),
        ("message", "failed"): _("“%(name)s” failed"),
        ("message", "unknown"): _("“%(name)s” is in doubt"),
        ("consent", "given"): _("Allowed %(name)s"),
        ("consent", "imported"): _("%(name)s was imported as allowed"),
        ("consent", "requested"): _("Asked for %(name)s, not confirmed"),
        ("consent", "doubted"): _("%(name)s is in doubt after a merge"),
        ("consent", "withdrawn"): _("Withdrew %(name)s"),
        ("segment", "entered"): _("Came into the segment %(name)s"),
        ("segment", "left"): _("Left the segment %(name)s"),
        ("journey", "entered"): _("Entered the journey %(name)s"),
        ("journey", "converted"): _("Met the goal of %(name)s"),
        ("journey", "completed"): _("Completed the journey %(name)s"),
        ("journey", "exited"): _("Left the journey %(name)s"),
        ("journey", "failed"): _("The run through %(name)s failed"),
        ("merge", "merged"): _("Another contact turned out to be the same person"),
    }


def _detail(kind: str, moment: Mapping[str, Any]) -> str:
    detail = moment["detail"]
    if kind == "event":
        return _few(detail["properties"] or detail["traits"])
    if kind == "message":
        parts = [moment["why"], detail["journey"], detail["outcome"]]
    elif kind == "consent":
        parts = [detail["source"], detail["how"], detail["wording"]]
    elif kind == "journey":
        parts = [moment["why"], _("version %(number)s") % {"number": detail["version"]}]
    else:
        cause = detail.get("cause") or detail.get("properties", {}).get("cause")
        parts = [moment["why"], detail.get("identity"), _causes().get(str(cause), cause)]
    return " · ".join(str(each) for each in parts if each)


def _causes() -> Mapping[str, str]:
    """Why somebody came into a segment, or went."""
    return {
        "behaviour": _("by what they did"),
        "time": _("by time alone"),
        "backfill": _("the segment was new"),
        "rule_edit": _("its rule was changed"),
        "import": _("by an import"),
        "existing": _("was in it when a journey began"),
    }


def _few(values: Mapping[str, Any]) -> str:
    """The first few of what an event tells."""
    first = [f"{name}: {shown(value)}" for name, value in list(values.items())[:MOST_SHOWN]]
    return " · ".join([*first, "…"] if len(values) > MOST_SHOWN else first)


def _text(traits: Mapping[str, Any], *names: str) -> str:
    return next((traits[name] for name in names if isinstance(traits.get(name), str)), "").strip()


def _user_ids(person: Mapping[str, Any]) -> list[str]:
    return [each[2:] for each in person["identities"] if each.startswith("u#")]
