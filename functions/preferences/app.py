"""The preference centre, /p/<token>, and double opt-in, /p/confirm/<token>. Public, for people: pages and forms.

What a person has a right to, the page asks for and `rights` does.

Runs twice: the second press finds nothing left to change. Dies midway: what is recorded stays, and the next press does
the rest. GET, HEAD and OPTIONS change nothing, whoever sends them; a link that ended says so and offers a new one.
"""

from collections.abc import Mapping
from typing import Any, cast

from chalice.app import Chalice, Request, Response

from functions.preferences.pages import FORMS, Fields, Page, answered, fields, seen
from functions.preferences.rights import asked, doors
from functions.preferences.world import centre
from sojourn import telemetry
from sojourn.http import lambda_handler
from sojourn.tables import store_errors_translated
from sojourn.tracking.confirming import Link, confirmed, link_of
from sojourn.tracking.preferences import (
    REASONS,
    Visitor,
    choices_of,
    request_noted,
    save,
    stop,
    tell_reason,
    visitor_of,
)
from sojourn.tracking.tokens import Action

PAGE_OF_STATUS = {404: Page.NOT_FOUND, 405: Page.NOT_FOUND}
PAGE_OF_CONFIRM = {Link.GOOD: Page.CONFIRM, Link.ENDED: Page.ENDED_CONFIRM, Link.NONE: Page.GONE}

app = Chalice(app_name="preferences")
app.register_blueprint(doors)


@app.route("/p/confirm/{token}", methods=["GET", "OPTIONS"])
def ask_before_confirming(token: str) -> Response:
    """A page with a button. Scanners that follow links sign nobody up."""
    return answered(PAGE_OF_CONFIRM[link_of(token, Action.CONFIRM, gate=centre().gate)])


@app.route("/p/confirm/{token}", methods=["POST"], content_types=FORMS)
def confirm(token: str) -> Response:
    """The button: 200, and the same page for whoever presses it again."""
    link = link_of(token, Action.CONFIRM, gate=centre().gate)
    if link is not Link.GOOD or ("confirm", "subscribe") not in fields(_request()):
        return answered(PAGE_OF_CONFIRM[link])
    changed = confirmed(token, seen=seen(_request()), gate=centre().gate)
    telemetry.note("confirmation answered", changed=changed)
    return answered(Page.CONFIRMED)


@app.route("/p/{token}", methods=["GET", "OPTIONS"])
def show_choices(token: str) -> Response:
    """The boxes as they stand."""
    return _unchanged(token, link_of(token, Action.PREFERENCES, gate=centre().gate))


@app.route("/p/{token}", methods=["POST"], content_types=FORMS)
def change_choices(token: str) -> Response:
    """What one of the page's buttons says."""
    link, said = link_of(token, Action.PREFERENCES, gate=centre().gate), fields(_request())
    action = next((value for name, value in said if name == "action"), "")
    if link is Link.ENDED and action == "fresh":
        return _fresh(token)
    if link is not Link.GOOD or action not in ACTIONS:
        return _unchanged(token, link)
    with store_errors_translated():
        visitor = visitor_of(token, seen=seen(_request()), centre=centre())
        telemetry.note("preferences answered", action=action, known=visitor is not None)
        return ACTIONS[action](token, visitor, said) if visitor else answered(Page.GONE)


def _unchanged(token: str, link: Link) -> Response:
    return _choices(token) if link is Link.GOOD else answered(Page.ENDED if link is Link.ENDED else Page.GONE)


def _saved(token: str, visitor: Visitor, said: Fields) -> Response:
    values = {name: {value for field, value in said if field == name} for name in ("shown", "on")}
    save(visitor, values["shown"], values["on"], centre=centre())
    _reason(visitor, said)
    wish = {"less_often": "less_often" in values["on"]} if "less_often" in values["shown"] else {}
    return _choices(token, "Saved. This is how it stands now.", **wish)


def _stopped(token: str, visitor: Visitor, said: Fields) -> Response:
    stop(visitor, centre=centre())
    _reason(visitor, said)
    return _choices(token, "All marketing has stopped, by e-mail and by text.")


def _asked_for_data(token: str, visitor: Visitor, said: Fields) -> Response:
    return asked(visitor, Action.EXPORT)


def _asked_for_erasure(token: str, visitor: Visitor, said: Fields) -> Response:
    return asked(visitor, Action.ERASE)


ACTIONS = {"save": _saved, "stop": _stopped, "export": _asked_for_data, "erase": _asked_for_erasure}


def _fresh(token: str) -> Response:
    """A mail with a new link, by the journey that listens for this event; to the address it went to before."""
    with store_errors_translated():
        if visitor := visitor_of(token, seen=seen(_request()), centre=centre()):
            request_noted(visitor, "Preferences Requested", gate=centre().gate)
    return answered(Page.FRESH)


def _reason(visitor: Visitor, said: Fields) -> None:
    told = dict(said)
    tell_reason(visitor, told.get("reason", ""), told.get("comment", ""), centre=centre())


def _choices(token: str, note: str = "", **known: Any) -> Response:
    with store_errors_translated():
        visitor = visitor_of(token, seen={}, centre=centre())
        if visitor is None:
            return answered(Page.GONE)
        choices = choices_of(visitor, centre=centre())
    return answered(
        Page.CHOICES,
        note=note,
        choices=choices,
        reasons=REASONS,
        **{"less_often": choices.less_often, **known},
    )


def _request() -> Request:
    return cast(Request, app.current_request)  # inside a view there is one


answer_as_api = lambda_handler(app)


@telemetry.measured
def handler(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
    """People come here: what fails shows them a page, not a problem document."""
    answer = answer_as_api(event, context)
    status = int(answer["statusCode"])
    if status < 400:
        return answer
    kept = {name: value for name, value in answer["headers"].items() if name in {"Allow", "Retry-After"}}
    page = answered(PAGE_OF_STATUS.get(status, Page.BUSY), status).to_dict()
    body = "" if event["httpMethod"] == "HEAD" else page["body"]
    return {**page, "headers": {**page["headers"], **kept}, "body": body}
