"""Where a link in a message may lead. Pure.

A target's scheme and host are written out by the author; merge fields may stand in a path segment or in the value
of a query parameter, percent-encoded. So no contact's data can choose where a link leads.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import quote

UNSUBSCRIBE, CONFIRM, PREFERENCES = "unsubscribe_url", "confirm_url", "preferences_url"
EXPORT, ERASE = "export_url", "erase_url"
OURS = (UNSUBSCRIBE, CONFIRM, PREFERENCES, EXPORT, ERASE)  # addresses that we put in; no contact's data can
OF_SERVICE = (CONFIRM, EXPORT, ERASE)  # in mails only that were asked for, and that nobody measures
FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
PLACE = "\ue000"
HTTP = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?P<anchor>#.*)?",
    re.IGNORECASE,
)
MAIL = re.compile(r"mailto:[^@/\s]+@[a-z0-9.-]+(\?[^#]*)?", re.IGNORECASE)
PHONE = re.compile(r"tel:\+?[0-9().-]+", re.IGNORECASE)
ANCHOR = re.compile(r"#[\w.-]*")
UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\\"'<>`^{|}\u2028\u2029]")


class Kind(StrEnum):
    """What is done with a link when a template is saved."""

    WEB = "web"  # tracked, unless the author says no
    STILL = "still"  # mailto, tel, #anchor: left alone
    OURS = "ours"  # the way out and its like: never tracked


class TargetError(ValueError):
    """A target that a message may not have."""


def kind_of(target: str) -> Kind:
    """What sort of link this is; raises TargetError when a message may not have it."""
    if (field := FIELD.fullmatch(target.strip())) and field[1].strip(" -\n") in OURS:
        return Kind.OURS
    bare = FIELD.sub(PLACE, target)
    if UNSAFE.search(bare):
        raise TargetError("holds a space, a line break or another character that belongs percent-encoded")
    if PLACE not in bare and (MAIL.fullmatch(bare) or PHONE.fullmatch(bare) or ANCHOR.fullmatch(bare)):
        return Kind.STILL
    if not (web := HTTP.fullmatch(bare)):
        raise TargetError("must begin with https:// and a host written out (or be mailto:, tel: or #anchor)")
    if PLACE in (web["anchor"] or "") or not _only_in_values(web["query"] or ""):
        raise TargetError("may have merge fields in a path segment or a query value only")
    return Kind.WEB


def _only_in_values(query: str) -> bool:
    pairs = query.removeprefix("?").split("&")
    return not any(PLACE in pair.partition("=")[0] for pair in pairs)


def in_ascii(target: str) -> str:
    """The same target with letters beyond ASCII percent-encoded: what a Location header can carry."""
    return re.sub(r"[^\x00-\x7f]+", lambda letters: quote(letters[0]), target)


def expressions(target: str) -> list[str]:
    """The merge fields of a target, in order."""
    return FIELD.findall(target)


def compose(target: str, values: Sequence[str]) -> str:
    """A target with its merge fields filled by values that are percent-encoded already."""
    if "{{" not in target:
        return target
    given = iter(values)
    return FIELD.sub(lambda _: next(given, ""), target)
