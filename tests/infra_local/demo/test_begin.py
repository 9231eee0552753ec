"""The calendar's first instant, with every function awake."""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from infra.local.demo.begin import wake


@dataclass
class Functions:
    """As much of a Lambda client as waking needs."""

    called: dict[str, Any] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get_paginator(self, operation: str) -> "Functions":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        names = [
            "sojourn-local-ReactFunction-1",
            "sojourn-local-SweepDueFunction-2",
            "sojourn-local-TrackFunction-3",
        ]
        return [{"Functions": [{"FunctionName": name}]} for name in names]

    def invoke(self, *, FunctionName: str, Payload: bytes) -> None:  # noqa: N803
        with self.lock:
            self.called[FunctionName] = json.loads(Payload)


def test_functions_that_work_on_request_are_woken_with_nothing_to_do():
    functions = Functions()

    wake(functions)

    assert functions.called == {
        "sojourn-local-ReactFunction-1": {"Records": []},
        "sojourn-local-TrackFunction-3": {"Records": []},
    }
