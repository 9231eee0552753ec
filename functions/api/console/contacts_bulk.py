"""One change of many people: asked first with their number, then done a hundred at a time while the page says how far.

What is left to do stands in the address of the page, marked by the session: loaded again, it goes on where it stood,
and a link that somebody else made does nothing by itself. Each person is changed once, however often a step is said.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import Form, form
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.errors import Problem

ALL, ENROL, EXPORT = "all", "enrol", "export"
A_STEP = {ENROL: 25}
MOST = 100  # in a step, and on a page
FIELDS = ("do", "label", "segment", "job", "of")
PLACES = ("cursor", "done", "left_out")
REFUSED = (400, 404, 409, 422)

contacts_bulk = Blueprint(__name__)


@page(contacts_bulk, "/console/people/change")
def ask_change(request: Request, session: Session) -> Response:
    """What would be done, and with how many."""
    do, label = parameter(request, "do") or "", (parameter(request, "label") or "").strip()
    segment, is_all = parameter(request, "segment") or "", parameter(request, "whom") == ALL
    chosen = [] if is_all else chosen_in(request)
    if do == EXPORT:
        return redirect(
            f"/console/people/export?{urlencode({'segment': segment, 'chosen': chosen}, doseq=True)}"
        )
    count = _size(session, segment) if is_all else len(chosen)
    back = at("/console/contacts?segment={segment}", segment=segment)
    said = {"do": do, "label": label, "segment": segment, "of": str(count), "job": secrets.token_hex(12)}
    return render(
        session,
        "contacts/change.html",
        422 if not count or not label else 200,
        problem=_nothing(do, label, count),
        fields={**said, "mark": _mark(session, said)},
        chosen=chosen,
        question=_question(do, label),
        count=count,
        back=back,
        is_all=is_all,
        enrols=do == ENROL,
    )


@page(contacts_bulk, "/console/people/change", "POST")
def change_people(request: Request, session: Session) -> Response:
    """A step: the next hundred of a segment, or those who were chosen."""
    said = form(request)
    kept = {name: said.get(name) for name in FIELDS}
    _refuse_strange(session, said, kept)
    chosen = said.all("chosen")[:MOST]
    try:
        state = _step(session, said, kept, chosen)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        show, template = (part, "changing") if session.is_part else (render, "changed")
        told = _shown(session, kept, _state(said))
        return show(session, f"contacts/{template}.html", 422, error=problem.message, **told)
    if session.is_part:
        return part(session, "contacts/changing.html", error="", **_shown(session, kept, state))
    return redirect(f"/console/people/changing?{urlencode(_address(session, kept, state))}")


@page(contacts_bulk, "/console/people/changing")
def show_change(request: Request, session: Session) -> Response:
    """How far it is; where scripts run, it goes on by itself."""
    kept = {name: parameter(request, name) or "" for name in FIELDS}
    state = {name: parameter(request, name) or "" for name in PLACES}
    mark = parameter(request, "mark") or ""
    if not session.is_signed(_text(kept), mark):
        raise Problem(
            400, "not_yours", _("This was begun in another session: begin it again from the table.")
        )
    return render(session, "contacts/changed.html", error="", **_shown(session, kept, state))


def _step(session: Session, said: Form, kept: Mapping[str, str], chosen: list[str]) -> dict[str, str]:
    """Where it stands after the next of them."""
    state, cursor = _state(said), ""
    if not chosen:
        most = A_STEP.get(kept["do"], MOST)
        path = at("/api/segments/{name}/members", name=kept["segment"])
        told = ask(session, "GET", path, {"limit": most, "cursor": said.get("cursor")}).body
        chosen, cursor = [each["contact"] for each in told["items"]], told["next"] or ""
    left_out = 0
    if chosen:
        body = {"do": kept["do"], "label": kept["label"], "contacts": chosen}
        answer = ask(session, "POST", "/api/bulk", body=body, headers={"Idempotency-Key": kept["job"]}).body
        left_out = len(answer["left_out"])
    done, out = _number(state["done"]) + len(chosen) - left_out, _number(state["left_out"]) + left_out
    return {"cursor": cursor, "done": str(done), "left_out": str(out)}


def _shown(session: Session, kept: Mapping[str, str], state: Mapping[str, str]) -> dict[str, Any]:
    address = _address(session, kept, state)
    return {
        "fields": address,
        "place": f"/console/people/changing?{urlencode(address)}",
        "question": _question(kept["do"], kept["label"]),
        "done": _number(state["done"]),
        "left_out": _number(state["left_out"]),
        "of": max(_number(kept["of"]), _number(state["done"])),
        "is_over": not state["cursor"],
        "back": at("/console/contacts?segment={segment}", segment=kept["segment"]),
    }


def _address(session: Session, kept: Mapping[str, str], state: Mapping[str, str]) -> dict[str, str]:
    return {**kept, **state, "mark": _mark(session, kept)}


def _state(said: Form) -> dict[str, str]:
    return {name: said.get(name) for name in PLACES}


def _refuse_strange(session: Session, said: Form, kept: Mapping[str, str]) -> None:
    if not session.is_signed(_text(kept), said.get("mark")):
        raise Problem(
            400, "not_yours", _("This was begun in another session: begin it again from the table.")
        )


def _mark(session: Session, kept: Mapping[str, str]) -> str:
    return session.signed(_text(kept))


def _text(kept: Mapping[str, str]) -> str:
    return "change\n" + "\n".join(f"{name}={kept[name]}" for name in FIELDS)


def chosen_in(request: Request) -> list[str]:
    """Whom somebody ticked, as the address has them."""
    query: Any = request.query_params
    said = query.getlist("chosen") if query and "chosen" in query else []
    return list(dict.fromkeys(said))[:MOST]


def _size(session: Session, segment: str) -> int:
    """As its days say, what came less what went, for few reads; where they say nobody, as the index has it."""
    brief = ask(session, "GET", at("/api/segments/{name}/brief", name=segment)).body["members"]
    return int(brief or ask(session, "GET", at("/api/segments/{name}", name=segment)).body["members"])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _nothing(do: str, label: str, count: int) -> str:
    if not count:
        return _("Nobody was chosen: tick some people, or take everybody of the segment.")
    if not label:
        return _("Which journey?") if do == ENROL else _("Which tag or list?")
    return ""


def _question(do: str, label: str) -> str:
    return {
        "tag": _("Add the tag “%(label)s”"),
        "untag": _("Take the tag “%(label)s” off"),
        "join": _("Put on the list “%(label)s”"),
        "leave": _("Take off the list “%(label)s”"),
        "enrol": _("Let into the journey “%(label)s”"),
    }.get(do, do) % {"label": label}
