"""What people of ours change of a contact: traits and tags; and what people may ask for: their file, or oblivion."""

import json
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console import contacts_words as words
from functions.api.console.asking import ask, at
from functions.api.console.colleagues import colleagues
from functions.api.console.contacts import path_of
from functions.api.console.forms import Form, form
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn.errors import Problem

NAME, TRAIT, WAS = "name-", "trait-", "was-"  # and a number: names of traits are anybody's words

contact_changes = Blueprint(__name__)


@page(contact_changes, "/console/contacts/{contact}/edit")
def edit_contact(request: Request, session: Session, contact: str) -> Response:
    """A field for each trait, one for a new one, and the tags."""
    return _editor(session, contact, {}, "")


@page(contact_changes, "/console/contacts/{contact}/edit", "POST")
def save_contact(request: Request, session: Session, contact: str) -> Response:
    """Only what was changed here is said: what others changed meanwhile stays theirs."""
    said = form(request)
    try:
        changed = _changed(said)
        if changed:
            ask(
                session,
                "PATCH",
                at("/api/contacts/{contact}", contact=contact),
                body={"traits": changed},
            )
    except Problem as problem:
        if problem.status not in (400, 422):
            raise
        return _editor(session, contact, said.as_dict(), problem.message, 422)
    flash = _("Saved. It shows within a second.") if changed else _("Nothing was changed.")
    return redirect(path_of(contact), flash=flash)


@page(contact_changes, "/console/contacts/{contact}/tags", "POST")
def change_tags(request: Request, session: Session, contact: str) -> Response:
    """Put a tag on, or take one off."""
    said = form(request)
    method, tag = ("DELETE", said.raw("remove")) if said.raw("remove") else ("PUT", said.get("tag"))
    try:
        ask(session, method, at("/api/contacts/{contact}/tags/{tag}", contact=contact, tag=tag))
    except Problem as problem:
        if problem.status not in (400, 422):
            raise
        return _editor(session, contact, {}, problem.message, 422)
    flash = (
        _("The tag %(tag)s goes on within a second.") if method == "PUT" else _("The tag %(tag)s comes off.")
    )
    return redirect(f"{path_of(contact)}/edit", flash=flash % {"tag": tag})


@page(contact_changes, "/console/contacts/{contact}/export")
def ask_export(request: Request, session: Session, contact: str) -> Response:
    """What would be in the file."""
    return _question(session, contact, "contacts/export.html", "")


@page(contact_changes, "/console/contacts/{contact}/export", "POST")
def export_contact(request: Request, session: Session, contact: str) -> Response:
    """Begin writing it."""
    job = ask(session, "POST", at("/api/contacts/{contact}/export", contact=contact)).body
    return redirect(f"{path_of(contact)}/exports/{job['id']}")


@page(contact_changes, "/console/contacts/{contact}/exports/{job}")
def show_export(request: Request, session: Session, contact: str, job: str) -> Response:
    """How far it is; then where the file lies for a quarter of an hour."""
    told = ask(session, "GET", at("/api/exports/{job}", job=job)).body
    return render(
        session,
        "contacts/job.html",
        told=told,
        is_export=True,
        path=path_of(told["contact"]),
        people=colleagues(session, [told["asked_by"]]),
    )


@page(contact_changes, "/console/contacts/{contact}/erase")
def ask_erasure(request: Request, session: Session, contact: str) -> Response:
    """What forgetting means, and a field for the id: no click by mistake forgets anybody."""
    return _question(session, contact, "contacts/erase.html", "")


@page(contact_changes, "/console/contacts/{contact}/erase", "POST")
def erase_contact(request: Request, session: Session, contact: str) -> Response:
    """Only with the id typed in."""
    if form(request).get("typed") != contact:
        error = _("That is not the id of this contact: nothing was erased.")
        return _question(session, contact, "contacts/erase.html", error, 422)
    job = ask(session, "POST", at("/api/contacts/{contact}/erase", contact=contact)).body
    return redirect(f"{path_of(contact)}/erasures/{job['id']}")


@page(contact_changes, "/console/contacts/{contact}/erasures/{job}")
def show_erasure(request: Request, session: Session, contact: str, job: str) -> Response:
    """How far it is, and the proof."""
    told = ask(session, "GET", at("/api/erasures/{job}", job=job)).body
    return render(
        session,
        "contacts/job.html",
        told=told,
        is_export=False,
        path="",
        people=colleagues(session, [told["asked_by"]]),
    )


def _person(session: Session, contact: str) -> Any:
    return ask(session, "GET", at("/api/contacts/{contact}", contact=contact)).body


def _question(session: Session, contact: str, template: str, error: str, status: int = 200) -> Response:
    person = _person(session, contact)
    name, path = words.name_of(person), path_of(person["id"])
    return render(session, template, status, person=person, name=name, path=path, error=error)


def _editor(session: Session, contact: str, said: dict[str, str], error: str, status: int = 200) -> Response:
    """What was written stands again where it was refused; what was not touched is what it is now."""
    person = _person(session, contact)
    written = _touched(said)
    fields = [
        (name, written.get(name, _written(value)), json.dumps(value), isinstance(value, str))
        for name, value in sorted(person["traits"].items())
    ]
    return render(
        session,
        "contacts/edit.html",
        status,
        person=person,
        name=words.name_of(person),
        path=path_of(person["id"]),
        fields=fields,
        new_name=said.get("new_name", ""),
        new_value=said.get("new_value", ""),
        error=error,
    )


def _changed(said: Form) -> dict[str, Any]:
    """Traits whose text is another than the form showed; an emptied one is taken away."""
    changed: dict[str, Any] = {}
    for field, name in said.pairs:
        number = field.removeprefix(NAME)
        if number == field or not said.raw(WAS + number):
            continue
        was, text = _json(said.raw(WAS + number), name), said.get(TRAIT + number)
        if text != _written(was).strip():
            changed[name] = None if not text else text if isinstance(was, str) else _json(text, name)
    if said.get("new_name"):
        changed[said.get("new_name")] = said.get("new_value") or None
    return changed


def _touched(said: dict[str, str]) -> dict[str, str]:
    """The texts that are not those that the form had shown, by the names of their traits."""
    numbers = [key.removeprefix(NAME) for key in said if key.startswith(NAME)]
    told = {said[NAME + each]: (said.get(TRAIT + each, ""), said.get(WAS + each, "")) for each in numbers}
    return {name: text for name, (text, was) in told.items() if not _says(text, was)}


def _says(text: str, was: str) -> bool:
    try:
        return text.strip() == _written(json.loads(was)).strip()
    except ValueError:
        return False


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        message = _("%(name)s is no text: write a number, true, false, or JSON as it was.") % {"name": name}
        raise Problem(400, "invalid_field", message, field=name) from None
