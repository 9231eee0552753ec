"""Settings of health: what the doctor finds, what SES lets through, and what fell out of the queues."""

import json
from typing import Any
from urllib.parse import urlencode

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _, ngettext
from functions.api.paging import parameter
from functions.api.roles import require
from sojourn.errors import Problem

settings_health = Blueprint(__name__)
HERE = "/console/settings/health"
QUEUES = f"{HERE}/queues"
QUEUE = f"{QUEUES}/{{queue}}"
AT_ONCE = 4
TONES = {"ok": "good", "note": "info", "warning": "warn", "blocker": "bad"}


@page(settings_health, HERE)
def show_health(request: Request, session: Session) -> Response:
    """Findings and quota; the queues come by themselves, or by a link where no scripts run."""
    told = ask(session, "GET", "/api/health").body
    order = ("blocker", "warning", "note", "ok")
    findings = sorted(told["findings"], key=lambda each: order.index(each["level"]))
    return render(
        session, "settings/health.html", **{**told, "findings": findings}, tones=TONES, levels=_levels()
    )


@page(settings_health, QUEUES)
def show_queues(request: Request, session: Session) -> Response:
    """A few queues, and a row that asks for the next: SQS tells of one at a time, so this is a page of its own."""
    cursor = parameter(request, "cursor")
    told = ask(session, "GET", "/api/queues", {"cursor": cursor, "limit": AT_ONCE}).body
    rest = f"{QUEUES}?{urlencode({'cursor': told['next']})}" if told["next"] else ""
    ends: dict[str, Any] = {
        "rest": rest,
        "more": rest,
        "next": "",
        "first": "",
        "is_rest": False,
        "is_bare": False,
    }
    show = part if session.is_part else render
    template = "queues" if not session.is_part else "queue_rows" if cursor else "queue_table"
    return show(session, f"settings/{template}.html", queues=told["items"], names=names(), **ends)


@page(settings_health, QUEUE, "POST")
def look_inside(request: Request, session: Session, queue: str) -> Response:
    """What its messages say; an admin's, and written down."""
    told = ask(session, "POST", at("/api/queues/{queue}/look", queue=queue)).body
    for each in told["messages"]:
        each["text"] = _readable(each["text"])
    return render(session, "settings/queue.html", queue=told, name=names().get(queue, queue))


@page(settings_health, f"{QUEUE}/{{act}}", "POST")
def act_on_queue(request: Request, session: Session, queue: str, act: str) -> Response:
    """Back with them, or away; all of them only when the count was read."""
    require(session.role, "POST", "/api/queues/{queue}/redrive")
    said = form(request)
    if act not in ("redrive", "discard"):
        raise Problem(404, "not_found", _("there is nothing at this path"))
    if not said.get("message") and said.get("confirmed") != "yes":
        waiting = next((each["waiting"] for each in _queues(session) if each["name"] == queue), 0)
        facts: dict[str, Any] = {
            "queue": queue,
            "act": act,
            "waiting": waiting,
            "name": names().get(queue, queue),
        }
        return render(session, "settings/queue_confirm.html", **facts)
    wanted: dict[str, Any] = {"messages": [said.get("message")]} if said.get("message") else {"all": True}
    told = ask(session, "POST", at(f"/api/queues/{{queue}}/{act}", queue=queue), body=wanted).body
    return redirect(QUEUES, flash=_done(act, told))


def names() -> dict[str, str]:
    """What people call the stack's queues."""
    return {
        "feedback": _("What SES reports"),
        "feedback_failures": _("Reports of SES that failed"),
        "inbound_sms": _("Text messages that came in"),
        "inbound_sms_failures": _("Text messages that failed"),
        "react_failures": _("Events that were not acted upon"),
        "count_changes_failures": _("Changes that were not counted"),
        "archive_changes_failures": _("Changes that were not archived"),
        "schedule_failures": _("Ticks that failed"),
    }


def _levels() -> dict[str, str]:
    return {"ok": _("well"), "note": _("note"), "warning": _("warning"), "blocker": _("mend first")}


def _queues(session: Session) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(session, "GET", "/api/queues").body["items"]
    return found


def _done(act: str, told: dict[str, Any]) -> str:
    if not told["done"]:
        return _("Nothing was there any more.")
    if act == "redrive":
        words = ngettext("%(num)s message went back.", "%(num)s messages went back.", told["done"])
    else:
        words = ngettext(
            "%(num)s message was thrown away.", "%(num)s messages were thrown away.", told["done"]
        )
    left = _("About %(num)s wait still: go on.") % {"num": told["waiting"]} if told["waiting"] else ""
    return f"{words % {'num': told['done']}} {left}".strip()


def _readable(text: str) -> str:
    """JSON with its lines broken; whatever else stays as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
