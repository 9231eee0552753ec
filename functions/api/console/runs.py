"""Runs that a person must see to: those that failed, those that stand still, and a word on one of them."""

from urllib.parse import quote

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask, at
from functions.api.console.forms import form
from functions.api.console.pieces import piece_of
from functions.api.console.rendering import part, redirect, render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _
from functions.api.paging import parameter
from sojourn.clock import is_on_loopback

PAGE = 50
FAILED, LATE = "failed", "late"
LIST = "/console/runs"

runs = Blueprint(__name__)


@page(runs, LIST)
def list_runs(request: Request, session: Session) -> Response:
    """Those that failed, or by `?state=late` those that should have moved on."""
    state = LATE if parameter(request, "state") == LATE else FAILED
    piece = piece_of(request, session, PAGE)
    told = ask(session, "GET", "/api/runs", {"state": state, **piece.query(parts=3, rest=3)}).body
    show, template = (part, "rows") if piece.is_rest else (render, "list")
    links = piece.links(told, LIST, state=state)
    return show(session, f"runs/{template}.html", runs=told["items"], state=state, **links)


@page(runs, "/console/runs/{run}")
def show_run(request: Request, session: Session, run: str) -> Response:
    """What is known of one, and what can be done."""
    told = ask(session, "GET", at("/api/runs/{run}", run=run)).body
    steps = [(step, step) for step in told["steps"]]
    return render(session, "runs/run.html", run=told, steps=steps, execution=execution(told["execution_arn"]))


@page(runs, "/console/runs/{run}/restart", "POST")
def restart_run(request: Request, session: Session, run: str) -> Response:
    """It goes on from a step."""
    step = form(request).get("step")
    ask(session, "POST", at("/api/runs/{run}/restart", run=run), body={"step": step} if step else {})
    return redirect(at("/console/runs/{run}", run=run), flash=_("It goes on: a new execution has begun."))


@page(runs, "/console/runs/{run}/end", "POST")
def end_run(request: Request, session: Session, run: str) -> Response:
    """It is over."""
    ask(session, "POST", at("/api/runs/{run}/end", run=run))
    return redirect(LIST, flash=_("Seen to: it is over, and listed no more."))


def execution(arn: str) -> str:
    """Its page in the AWS console; none of a cloud that has no such console."""
    if arn.count(":") < 7 or is_on_loopback():
        return ""
    region = quote(arn.split(":")[3], safe="-")
    at_aws = f"https://{region}.console.aws.amazon.com/states/home?region={region}"
    return f"{at_aws}#/v2/executions/details/{quote(arn, safe='')}"
