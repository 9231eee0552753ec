"""Writes down which permission of which role was used, and what was refused: a line for each, the first time.

Runs inside MiniStack's own environment. Under AUTH=true each call of a function is judged by its role's policies; the
lines say what the stories needed (see grants.py), and in a refusal what the template lacks.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

ASSUMED = ":assumed-role/"
MOST_KEPT = 50_000  # questions that need no second look; the lines are as few as the roles' statements

_lock = threading.Lock()
_seen: set[tuple[str, str, str]] = set()
_written: set[tuple[str, ...]] = set()


def install() -> None:
    """Write from now on."""
    evaluate, enforce = iam_evaluator.evaluate, iam_evaluator.enforce

    def evaluate_and_tell(ctx: Any, policies: Any, *limits: Any) -> Any:
        result = evaluate(ctx, policies, *limits)
        asked = (ctx.principal_arn, ctx.action, ctx.resource_arn)
        if asked not in _seen and result.decision == "Allow" and ASSUMED in ctx.principal_arn:
            _allowed(ctx, asked, [statement for policy in policies for statement in policy])
        return result

    def enforce_and_tell(key: str, action: str, *rest: Any, **more: Any) -> Any:
        refused = enforce(key, action, *rest, **more)
        if ASSUMED in getattr(refused, "principal_arn", ""):
            resource = more.get("resource_arn") or (rest[2] if len(rest) > 2 else "*")
            _write("refused", refused.principal_arn, action, resource)
        return refused

    iam_evaluator.evaluate = evaluate_and_tell
    iam_evaluator.enforce = enforce_and_tell


def _allowed(ctx: Any, asked: tuple[str, str, str], statements: list[Any]) -> None:
    """The first time that a role asks for this, every grant that allows it counts as used."""
    if len(_seen) < MOST_KEPT:
        _seen.add(asked)
    if statement := iam_evaluator._first_match(ctx, statements, "Allow"):
        matches = iam_evaluator._resource_matches
        granted = [one for one in statement.resources if matches(ctx.resource_arn, [one], [])]
        _write("allowed", ctx.principal_arn, ctx.action, ctx.resource_arn, *granted[:1])


def _write(said: str, principal: str, action: str, resource: str, granted: str = "") -> None:
    """One line, unless the same grant, or the same refusal, has one."""
    role, _, session = principal.partition(ASSUMED)[2].partition("/")
    key = (said, role, action, granted or resource)
    with _lock:
        if key in _written:
            return
        _written.add(key)
        line = {"said": said, "role": role, "by": session, "action": action, "resource": resource}
        with Path(os.environ["SOJOURN_PERMISSIONS"]).open("a") as file:
            file.write(json.dumps({**line, "granted": granted}) + "\n")
