"""Views of how far messages go: the workspace's sending mode, and drafts that somebody releases."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.journeys import wanted_journey
from functions.api.roles import Role, require_at_least
from functions.api.routing import role_of, route
from functions.api.world import world
from sojourn import config, telemetry
from sojourn.bootstrap import first_sending, settings
from sojourn.clock import is_on_loopback, iso
from sojourn.contacts.workspace import ID, KIND
from sojourn.delivery.modes import Mode, Sending
from sojourn.delivery.policy import Policy
from sojourn.errors import Problem
from sojourn.insight.store import figures_of
from sojourn.journeys import letting_go
from sojourn.journeys.live import live
from sojourn.journeys.modes import sending as sending_now
from sojourn.journeys.modes import set_sending
from sojourn.messages.store import find_message

sending = Blueprint(__name__)
FIELDS = {"mode", "allow", "confirm", "accept_default_host"}
MOST_ALLOWED, LONGEST_ADDRESS = 100, 320
WEEK = timedelta(days=7)


@route(sending, "/api/workspace/mode")
def show_mode(request: Request) -> dict[str, Any]:
    """How far messages go, and to whom in `allow_list`."""
    return _shown(sending_now(first=first_sending()))


@route(sending, "/api/workspace/mode", "PUT")
def put_mode(request: Request) -> dict[str, Any]:
    """Say how far messages go, from the next one on. Going live is an admin's word, said twice: the first time the
    answer tells what would happen."""
    sent = sent_object(request)
    refuse_unknown(sent, FIELDS)
    before = sending_now(first=first_sending())
    mode, allow = _mode(sent), _allow(sent) if "allow" in sent else before.allow
    if mode is Mode.LIVE and before.mode is not Mode.LIVE:
        require_at_least(Role.ADMIN, role_of(request))
        _refuse_default_host(sent)
        _confirmed(sent)
    after = Sending(mode=mode, allow=allow, since=iso(world().clock.calendar()))
    if (before.mode, before.allow) == (mode, allow):
        return _shown(before)
    set_sending(after)
    # Addresses are personal: the log of changes tells how many they are.
    changed(_logged(before), _logged(after))
    telemetry.note("sending mode changed", mode=mode.value)
    return _shown(after)


@route(sending, "/api/journeys/{name}/release", "POST")
def release_journey(request: Request, name: str) -> dict[str, Any]:
    """Let go every draft of a journey that waits by now: the sweep does it within a minute, page after page."""
    _nothing_sent(request)
    wanted_journey(name)
    said = letting_go.ask(name, clock=world().clock, shards=int(settings().due_shards))
    return {"name": name, "until": said}


@route(sending, "/api/messages/{message}/release", "POST")
def release_message(request: Request, message: str) -> dict[str, Any]:
    """Let one draft go. It is held or skipped all the same where another gate is closed."""
    _nothing_sent(request)
    found = find_message(message)
    if found is None:
        raise Problem(
            404, "message_not_found", "there is no such message: `sojourn explain` shows a contact's"
        )
    if not letting_go.release_message(found, engine=world().engine()):
        now = f"{found.state.value}{f' ({found.reason})' if found.reason else ''}"
        raise Problem(409, "not_a_draft", f"the message waits for nobody: it is {now}")
    return {"id": found.id, "state": found.state.value, "released": True}


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


def _confirmed(sent: dict[str, Any]) -> None:
    if sent.get("confirm") is True:
        return
    told = _going_live()
    quota = f"{told['mails_a_day_allowed']:,}" if told["mails_a_day_allowed"] else "as many as SES gives"
    said = (
        f"{told['people_waiting']:,} people are in live journeys; the busiest day of the last week had "
        f"{told['mails_a_day']:,} mails of {quota}, about ${told['usd_a_day']:.2f} by SES: say it again with "
        "`confirm`: true (`--yes`)"
    )
    raise Problem(409, "confirm_live", said, **told)


def _going_live() -> dict[str, Any]:
    """Who waits, and how much would go: what went, was skipped for the mode, or is held, on the busiest day."""
    from sojourn.planning.cost import prices

    since = (world().clock.calendar() - WEEK).date().isoformat()
    waiting, days = 0, dict[str, int]()
    for name in live():
        for key, figures in figures_of(name):
            waiting += figures.get("active", 0)
            if key.channel == "email" and key.day >= since:
                mails = sum(figures.get(each, 0) for each in ("sent", "pending", "skipped.mode"))
                days[key.day] = days.get(key.day, 0) + mails
    most = max(days.values(), default=0)
    usd = round(most * float(prices()["usd"]["ses.mail"]), 4)
    return {
        "people_waiting": waiting,
        "mails_a_day": most,
        "mails_a_day_allowed": _quota(),
        "usd_a_day": usd,
    }


def _quota() -> int | None:
    """As the workspace says; SES's own stands in `sojourn doctor`."""
    row = config.get(KIND, ID)
    return Policy.of((row.data.get("delivery") if row else None) or {}).email_quota or None


def _shown(now: Sending) -> dict[str, Any]:
    return {"mode": now.mode.value, "allow": list(now.allow), "since": now.since or None}


def _logged(now: Sending) -> dict[str, Any]:
    return {"mode": now.mode.value, "allowed": len(now.allow)}


def _nothing_sent(request: Request) -> None:
    if request.raw_body:
        refuse_unknown(sent_object(request), set())
