"""JSON over loopback HTTP."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 60


def get(url: str, *, bearer: str = "") -> Any:
    """The JSON behind a URL."""
    return json.loads(get_bytes(url, bearer=bearer))


def get_bytes(url: str, *, bearer: str = "") -> bytes:
    """The bytes behind a URL."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return _answer(urllib.request.Request(url, headers=headers))


def post(url: str, body: Any, *, method: str = "POST") -> Any:
    """What is answered to a JSON body."""
    request = urllib.request.Request(url, json.dumps(body).encode(), method=method)
    request.add_header("Content-Type", "application/json")
    answer = _answer(request)
    return json.loads(answer) if answer else None


def _answer(request: urllib.request.Request) -> bytes:
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        data: bytes = answer.read()
    return data
