"""A form that was refused is not lost: the page that says so bears what was sent, to be sent once more.

Only what a page of ours sent for certain comes back, and it is done when somebody presses the button. A password, a
file and what is very large are not repeated.
"""

from chalice.app import Request

from functions.api.console.forgery import is_surely_ours
from functions.api.console.forms import form
from functions.api.console.session import Session
from sojourn.errors import Problem

MOST = 1_000_000  # characters
LATER = {401, 403, 429, 502, 503}  # what may be another answer the next time
SECRET = {"password", "old", "again", "code", "secret"}
Fields = list[tuple[str, str]]


def kept(request: Request, session: Session, problem: Problem) -> Fields | None:
    """What the form said, where sending it again can help."""
    is_form = request.method == "POST" and not session.is_part and problem.status in LATER
    if not (is_form and is_surely_ours(request)):
        return None
    said = form(request)
    fields = [pair for pair in said.pairs if pair[0] != "csrf"]
    size = sum(len(name) + len(value) for name, value in fields)
    is_apt = size <= MOST and not said.files and not SECRET & {name for name, _ in fields}
    return fields if is_apt else None


def is_outrun(request: Request, session: Session, problem: Problem) -> bool:
    """Whether it was a page of ours that knew another session: they signed in again while it was open."""
    return problem.code == "forged" and session.is_signed_in and is_surely_ours(request)
