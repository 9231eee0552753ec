"""Views of how far messages go: the workspace's sending mode."""

from typing import Any
from urllib.parse import urlsplit

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.going_live import confirm_live, figures, in_words
from functions.api.roles import Role, require_at_least
from functions.api.routing import role_of, route
from functions.api.world import world
from sojourn import telemetry
from sojourn.bootstrap import first_sending, settings
from sojourn.clock import is_on_loopback, iso
from sojourn.delivery.modes import Mode, Sending
from sojourn.errors import Problem
from sojourn.journeys.modes import sending as sending_now
from sojourn.journeys.modes import set_sending

sending = Blueprint(__name__)
FIELDS = {"mode", "allow", "confirm", "accept_default_host"}
MOST_ALLOWED, LONGEST_ADDRESS = 100, 320


@route(sending, "/api/workspace/mode")
def show_mode(request: Request) -> dict[str, Any]:
    """How far messages go, and to whom in `allow_list`."""
    return _shown(sending_now(first=first_sending()))


@route(sending, "/api/workspace/mode/live")
def show_going_live(request: Request) -> dict[str, Any]:
    """What going live would do, or does: the figures that the word is asked about with. Changes nothing."""
    told = figures()
    return {**told, "message": in_words(told)}


@route(sending, "/api/workspace/mode", "PUT")
def put_mode(request: Request) -> dict[str, Any]:
    """Say how far messages go, from the next one on. Going live is an admin's word, said twice: the first time the
    answer tells what would happen."""
    sent = sent_object(request)
    refuse_unknown(sent, FIELDS)
    before = sending_now(first=first_sending())
    mode, allow = _mode(sent), _allow(sent) if "allow" in sent else before.allow
    if mode is Mode.LIVE and (before.restored or before.mode is not Mode.LIVE):
        require_at_least(Role.ADMIN, role_of(request))
        _refuse_default_host(sent)
        if sent.get("confirm") is not True:
            raise confirm_live()
    after = Sending(mode=mode, allow=allow, since=iso(world().clock.calendar()))
    # Addresses are personal: the log of changes tells how many they are. Said twice it is logged twice: the first may
    # have died before its line was written.
    changed(_logged(before), _logged(after))
    if (before.mode, before.allow, before.restored) == (mode, allow, False):
        return _shown(before)
    set_sending(after)
    telemetry.note("sending mode changed", mode=mode.value)
    return _shown(after)


def _mode(sent: dict[str, Any]) -> Mode:
    if sent.get("mode") not in tuple(Mode):
        raise Problem(400, "invalid_mode", f"`mode` is one of {', '.join(Mode)}", field="mode")
    return Mode(sent["mode"])


def _allow(sent: dict[str, Any]) -> tuple[str, ...]:
    said = sent["allow"]
    is_list = isinstance(said, list) and all(isinstance(each, str) for each in said)
    if not is_list or len(said) > MOST_ALLOWED:
        problem = f"`allow` is a list of at most {MOST_ALLOWED} e-mail addresses and phone numbers"
        raise Problem(400, "invalid_field", problem, field="allow")
    found = tuple(each.strip() for each in said)
    if not all(_is_address(each) for each in found):
        problem = "`allow` names e-mail addresses, and phone numbers that begin with +"
        raise Problem(400, "invalid_field", problem, field="allow")
    return found


def _is_address(said: str) -> bool:
    before, at, behind = said.partition("@")
    is_mail = bool(before and at and behind)
    return len(said) <= LONGEST_ADDRESS and (is_mail or said.startswith("+"))


def _refuse_default_host(sent: dict[str, Any]) -> None:
    """Links in mail outlive a stack; on the API's own address they die with it."""
    host = urlsplit(settings().public_url).hostname or ""
    is_own = bool(host) and not host.endswith(".amazonaws.com")
    if is_on_loopback() or is_own or sent.get("accept_default_host") is True:
        return
    said = (
        "links in mails would lead to the API's own address and die with the stack: `sojourn setup --host` gives them "
        "a host of yours, or say `accept_default_host`: true (`--i-accept-default-host`)"
    )
    raise Problem(409, "default_host", said)


def _shown(now: Sending) -> dict[str, Any]:
    told = {"mode": now.mode.value, "allow": list(now.allow), "since": now.since or None}
    return {**told, "restored": now.restored}


def _logged(now: Sending) -> dict[str, Any]:
    return {"mode": now.mode.value, "allowed": len(now.allow), **({"restored": True} if now.restored else {})}
