"""What a step does, in a few words, from its plain values: enough to know it again on a small card."""

from collections.abc import Callable
from typing import Any

from functions.api.console.words import _

LONGEST = 90
FIRST = (
    "attribute",
    "fact",
    "event",
    "segment",
    "tag",
    "list",
    "stage",
    "score",
    "message",
    "consent",
    "reachable",
)


def says(kind: str, step: Any) -> str:
    """One line; empty where there is nothing to say yet."""
    if not isinstance(step, dict) or kind not in SAID:
        return ""
    told = {str(name).replace("_", " "): value for name, value in step.items()}
    return _short(SAID[kind](told))


def rule_said(rule: Any) -> str:
    """A rule, or what is waited for, as a title."""
    return _short(_rule(rule))


def _rule(rule: Any) -> str:
    if isinstance(rule, list):
        return ", ".join(filter(None, map(_rule, rule)))
    if not isinstance(rule, dict) or not rule:
        return ""
    told = {str(name).replace("_", " "): value for name, value in rule.items()}
    name, value = next(iter(told.items()))
    if name in ("all", "any", "none", "not", "rule"):
        inner = _rule(value)
        return inner if name in ("all", "any", "rule") else _("not %(rule)s") % {"rule": inner}
    rest = [f"{key} {_value(each)}" for key, each in told.items() if key != name]
    shown = {"segment": _("in %(name)s"), "not in segment": _("not in %(name)s"), "tag": _("tagged %(name)s")}
    begins = {
        "clicked": _("clicked “%(name)s”"),
        "opened": _("opened “%(name)s”"),
        "delivered": _("got “%(name)s”"),
    }
    said = (shown | begins).get(name, "%(name)s" if name in FIRST else f"{name} %(name)s") % {
        "name": _value(value)
    }
    return " ".join([said, *rest])


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: _("yes"), False: _("no"), None: ""}[value]
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return " ".join(f"{key} {_value(each)}" for key, each in value.items())
    return str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _joined(*parts: Any) -> str:
    return ", ".join(_value(part) for part in parts if part not in (None, ""))


def _send(told: dict[str, Any]) -> str:
    by = _("by SMS") if told.get("channel") == "sms" else ""
    return _joined(told.get("template"), by, told.get("hours"))


def _wait(told: dict[str, Any]) -> str:
    until = told.get("until")
    till = _("until %(moment)s") % {"moment": _value(until)} if until else ""
    inside = _("into %(hours)s") % {"hours": _value(told["inside"])} if told.get("inside") else ""
    return _joined(told.get("for"), till, inside)


def _wait_for(told: dict[str, Any]) -> str:
    several = told.get("answers")
    answers = (
        [each.get("any") for each in several if isinstance(each, dict)] if isinstance(several, list) else []
    )
    what = _rule(told.get("any")) or "; ".join(filter(None, map(_rule, answers)))
    limit = _("up to %(time)s") % {"time": _value(told["up to"])} if told.get("up to") else ""
    return _joined(what, limit)


def _branch(told: dict[str, Any]) -> str:
    several = told.get("paths")
    rules = (
        [each.get("if") for each in several if isinstance(each, dict)] if isinstance(several, list) else []
    )
    return _rule(told.get("if")) or "; ".join(filter(None, map(_rule, rules)))


def _split(told: dict[str, Any]) -> str:
    several = told.get("paths")
    ways = several if isinstance(several, list) else []
    shares = [_value(next(iter(each.values()))) for each in ways if isinstance(each, dict) and each]
    return " · ".join(f"{share.rstrip('% ')}%" for share in shares)


def _repeat(told: dict[str, Any]) -> str:
    return _("%(n)s times at most") % {"n": _value(told.get("times"))} if told.get("times") else ""


def _update(told: dict[str, Any]) -> str:
    return "; ".join(f"{verb} {_value(what)}" for verb, what in told.items() if verb != "update")


def _call(told: dict[str, Any]) -> str:
    return _value(told.get("url") or told.get("function"))


def _task(told: dict[str, Any]) -> str:
    due = _("within %(time)s") % {"time": _value(told["due"])} if told.get("due") else ""
    return _joined(told.get("assign"), due)


SAID: dict[str, Callable[[dict[str, Any]], str]] = {
    "send": _send,
    "wait": _wait,
    "wait for": _wait_for,
    "branch": _branch,
    "split": _split,
    "repeat": _repeat,
    "update": _update,
    "call": _call,
    "task": _task,
    "start": lambda told: _value(told.get("journey")),
    "end": lambda told: _value(told.get("journey")),
    "exit": lambda told: _value(told.get("reason")),
}
