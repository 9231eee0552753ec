"""`sojourn explain`: the answer of the API for people, in one screen. Times are the contact's own."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from sojourn.cli.api import Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.tables import table
from sojourn.clock import parse_iso

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MOST_MESSAGES, MOST_RUNS = 12, 5
END = "(end)"
UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


@click.command("explain")
@click.argument("contact")
@click.argument("journey")
@asks_api
def explain_command(contact: str, journey: str, api: Api, as_json: bool) -> None:
    """Why a CONTACT (its id or userId) is in a JOURNEY or not, and what comes next."""
    show(api.get("explain", contact=contact, journey=journey), as_json, explained)


def explained(answer: dict[str, Any]) -> Iterator[Any]:
    """The whole of it, the verdict first."""
    for line in _lines(answer):
        yield Text(_local(line, answer))
    if messages := answer.get("messages"):
        rows = [
            (
                each["step"],
                each["channel"],
                each["state"],
                _local(_when(each), answer),
                _local(_about(each), answer),
            )
            for each in messages[-MOST_MESSAGES:]
        ]
        yield table("Messages", ("step", "channel", "state", "when", "why"), rows)


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield f"{answer['why']} ({answer['reason']})" if "reason" in answer else answer["why"]
    if answer.get("state") in {"paused", "stopped"}:
        because = f": {answer['state_because']}" if answer.get("state_because") else ""
        yield f"The journey is {answer['state']} since {answer['state_since']}{because}: nothing is sent."
    run = answer.get("enrolment")
    if run:
        yield from _run(run, answer)
    coming = answer.get("next")
    if run and coming:
        yield from _coming(coming, run, answer)
    elif answer.get("live_version"):
        yield from _door(answer)
    if answer.get("zone"):
        yield f"Times are the contact's own: {answer['zone']}."


def _run(run: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    came = f", by “{run['came_by']}”" if run.get("came_by") else ""
    key = f" for “{run['key']}”" if run.get("key") else ""
    yield f"Run {run['entry']}{key}, version {run['version']}: came in {run['entered_at']}{came}."
    if run.get("holdout"):
        yield "It is of the holdout: nothing is sent, and the goal counts."
    if run.get("converted_at"):
        yield f"It met the goal at {run['converted_at']}."
    if run.get("left") and answer["enrolled"] is False and run["left"] not in answer["why"]:
        yield run["left"]
    for call in run.get("calls", ()):
        if call["failed"]:
            yield f"“{call['step']}” had no answer ({call['failed']}): {call['why']}"
    others = [each for each in answer.get("runs", ()) if each["id"] != run["id"]]
    if others:
        yield f"Other runs: {len(others)}."
        yield from (f"  {_other(each)}" for each in others[:MOST_RUNS])


def _other(run: dict[str, Any]) -> str:
    key = f"“{run['key']}”, " if run["key"] else ""
    return f"{key}came in {run['entered_at']}. {run['left'] or 'It goes on.'}"


def _coming(coming: dict[str, Any], run: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    late = " It is overdue: the hourly check looks after it." if coming["overdue"] else ""
    until = f", until {coming['at']}{_in(coming['at'], answer)}" if coming["at"] else ""
    yield f"Stands at “{run['step']}”{until}.{late}"
    waits = run.get("waits") or {}
    if waits.get("assigned_to"):
        yield f"A task of {waits['assigned_to']}."
    for answered in coming.get("answers", ()):
        yield f"  {answered['when']} → {_step(answered['step'])}"
    if waits.get("best"):
        yield f"  came already, and wins unless something better comes: {waits['best']}"
    if coming["if_not"]:
        yield f"  nothing of it in time → {_step(coming['if_not'])}"
    else:
        yield f"Next: {_step(coming['step'])}. {coming['what']}"
    if message := coming.get("message"):
        yield from _message(message, answer)


def _message(message: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    is_later = message["at"] > answer["now"] and not message["until"]
    when = f" at {message['at']}" if is_later else ""
    until = f" until {message['until']}{_in(message['until'], answer)}" if message["until"] else ""
    why = f": {message['why']}" if message["why"] else "."
    yield f"As things stand, “{message['step']}” {message['would']}{when}{until}{why}"
    yield from (f"  {_mark(gate)} {gate['gate']:<12} {gate['says']}" for gate in message["gates"])


def _door(answer: dict[str, Any]) -> Iterator[str]:
    """Of whoever is not in: each way in, and what the door would say now."""
    entries = answer.get("entries", ())
    if answer.get("enrolment") is None and len(entries) > 1:
        yield from (f"  {each['entry']}: {each['why'] or 'it came'}" for each in entries)
    if entries:
        yield f"It is entered {' or '.join(each['entry'] for each in entries)}. If the contact came now:"
    for gate in answer.get("gates", ()):
        yield f"  {_mark(gate)} {gate['gate']:<12} {gate['says']}"
        if gate["gate"] == "filter" and gate["seen"]:
            yield from _conditions(gate["seen"])
    if answer["reason"] == "filter":
        yield f"The filter, as it was asked at {answer['seen']['refused_at']}:"
        yield from _conditions(answer["seen"]["conditions"])


def _conditions(node: dict[str, Any], depth: int = 2) -> Iterator[str]:
    """A rule as a tree: each part with whether it holds, and a condition with what was seen."""
    seen = f": {node.get('seen') or 'nothing is known of it'}" if not node.get("parts") else ""
    yield f"{'  ' * depth}{'✓' if node['holds'] else '✗'} {node['condition']}{seen}"
    for part in node.get("parts", ()):
        yield from _conditions(part, depth + 1)


def _mark(gate: dict[str, Any]) -> str:
    return "✓" if gate["passes"] else "✗"


def _step(name: str) -> str:
    return "the end of the journey" if name == END else f"“{name}”"


def _when(message: dict[str, Any]) -> str:
    return str(message["sent_at"] or message["decided_at"] or message["due"] or "")


def _about(message: dict[str, Any]) -> str:
    told = [message.get("why"), message["outcome"], message.get("note")]
    reason = f"{message['reason']}: " if message["reason"] else ""
    return reason + " ".join(each for each in told if each)


def _local(text: str, answer: dict[str, Any]) -> str:
    """With every moment as the contact's clock shows it."""
    zone = ZoneInfo(answer.get("zone") or "UTC")
    return MOMENT.sub(lambda found: f"{parse_iso(found[0]).astimezone(zone):%a %Y-%m-%d %H:%M}", text)


def _in(moment: str, answer: dict[str, Any]) -> str:
    """` (in 2 days)`."""
    if not answer.get("now"):
        return ""
    left: timedelta = parse_iso(moment) - parse_iso(answer["now"])
    for unit, length in UNITS.items():
        if left >= length:
            n = round(left / length)
            return f" (in {n} {unit}{'' if n == 1 else 's'})"
    return ""
