"""Lets a Lambda worker die before or after one of its AWS calls, as tests order it by `POST /_sojourn/deaths`.

An order is a file: {"function", "match", "operation", "when": "before"|"after", "call": n}. The first worker of such
a function whose event holds `match` takes it, and dies at the n-th call of the operation (of any, when none is
named). Every worker loads this file by its path, beside the product's code: nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

_unharmed: list[Any] = []  # botocore's own send, while a death is pending


def order(death: dict[str, Any], folder: Path) -> None:
    """Leave an order for the workers."""
    fresh = folder / f"{uuid.uuid4().hex}.new"
    fresh.write_text(json.dumps(death))
    fresh.rename(fresh.with_suffix(".json"))


def meet(event: Any) -> None:
    """Before each invocation: forget an order that was not met, take one that is meant for this event."""
    _disarm()
    folder = os.environ.get("SOJOURN_DEATHS", "")
    for path in sorted(Path(folder).glob("*.json")) if folder else ():
        death = _read(path)
        if death and _is_meant(death, event) and _taken(path):
            _arm(death)
            return


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:  # another worker was faster
        return None
    return found


def _is_meant(death: dict[str, Any], event: Any) -> bool:
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    return death["function"] in function and death["match"] in json.dumps(event, ensure_ascii=False)


def _taken(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _arm(death: dict[str, Any]) -> None:
    from botocore.httpsession import URLLib3Session

    send, left = URLLib3Session.send, [int(death.get("call", 1))]

    def send_or_die(session: Any, request: Any) -> Any:
        left[0] -= death.get("operation", "") in ("", operation_of(request))
        dies = left[0] == 0
        if dies and death["when"] == "before":
            os._exit(1)
        answer = send(session, request)
        if dies:
            os._exit(1)
        return answer

    _unharmed.append(send)
    URLLib3Session.send = send_or_die


def _disarm() -> None:
    if _unharmed:
        from botocore.httpsession import URLLib3Session

        URLLib3Session.send = _unharmed.pop()


def operation_of(request: Any) -> str:
    """`PutItem`, `StartExecution`, `Publish`, `SendEmail`: which AWS operation a prepared request asks for."""
    target = request.headers.get("X-Amz-Target", b"")
    if target:
        return _text(target).rpartition(".")[2]
    if request.url.endswith("/v2/email/outbound-emails"):
        return "SendEmail"
    return _text(request.body or b"").partition("Action=")[2].partition("&")[0]


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
