"""The first admin of a local cloud, who has nobody to be invited by. On AWS `sojourn user invite` makes them.

Done when there is an admin: whoever asks again is sent to the door. Dies midway: nobody is an admin yet, so it is done
again. The calls go by the local cloud's own credentials: nobody has an admin's role yet to ask the API by.
"""

import functools
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.entering import let_in
from functions.api.console.forms import form
from functions.api.console.pool import RefusedError, Tokens, pool
from functions.api.console.rendering import redirect, render
from functions.api.console.routing import LOGIN, page
from functions.api.console.session import Session
from functions.api.console.words import _
from sojourn import bootstrap, telemetry
from sojourn.clock import is_on_loopback
from sojourn.settings import ApiSettings

FIRST = "/console/first-run"
first_run = Blueprint(__name__)


@page(first_run, FIRST, is_open=True)
def show_first_run(request: Request, session: Session) -> Response:
    """Asks for an address and a password."""
    return render(session, "login/first_run.html", email="", error="") if is_first() else redirect(LOGIN)


@page(first_run, FIRST, "POST", is_open=True)
def make_admin(request: Request, session: Session) -> Response:
    """Make them, sign them in, and say what comes next."""
    if not is_first():
        return redirect(LOGIN)
    said = form(request)
    email, password = said.get("email"), said.raw("password")
    try:
        _make(email, password)
        told = pool().sign_in(email, password)
    except RefusedError:
        wrong = _(
            "Write an address, and a password of 12 characters: small and capital letters, a digit and a sign."
        )
        return render(session, "login/first_run.html", 422, email=email, error=wrong)
    if not isinstance(told, Tokens):
        return redirect(LOGIN)
    let_in(session, told)
    return redirect("/console/welcome")


@page(first_run, "/console/welcome")
def show_welcome(request: Request, session: Session) -> Response:
    """Three things to do next."""
    return render(session, "login/welcome.html")


def is_first() -> bool:
    """Whether this is a local cloud that has no admin."""
    if not is_on_loopback():
        return False
    from sojourn.account.people import has_admin

    return not has_admin(_local(), ApiSettings.from_env().user_pool_id)


def _make(email: str, password: str) -> None:
    """The password first, the role last: until then it can be done again."""
    from botocore.exceptions import ClientError, ParamValidationError

    cognito, known = _local(), {"UserPoolId": ApiSettings.from_env().user_pool_id, "Username": email}
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    try:
        try:
            cognito.admin_create_user(**known, UserAttributes=attributes, MessageAction="SUPPRESS")
        except cognito.exceptions.UsernameExistsException:
            telemetry.note("first admin made again")
        cognito.admin_set_user_password(**known, Password=password, Permanent=True)
        cognito.admin_add_user_to_group(**known, GroupName="admin")
    except (ClientError, ParamValidationError):
        raise RefusedError from None
    telemetry.note("first admin made")


@functools.cache
def _local() -> Any:
    """A client under the local cloud's own name, which is nobody's on AWS."""
    import botocore.session

    secret = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return botocore.session.get_session().create_client(
        "cognito-idp", region_name=bootstrap.region(), **secret
    )
