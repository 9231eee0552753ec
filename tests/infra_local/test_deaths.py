"""A worker that was told to die does, at the call that was named, and the next one lives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import deaths

DEATHS = Path(deaths.__file__)
PROGRAM = """
import importlib.util, sys
from botocore.httpsession import URLLib3Session

def send(session, request):
    print("sent", request.headers["X-Amz-Target"], flush=True)

URLLib3Session.send = send
spec = importlib.util.spec_from_file_location("deaths", sys.argv[1])
deaths = importlib.util.module_from_spec(spec)
spec.loader.exec_module(deaths)

class Request:
    url, body = "http://127.0.0.1/", b""
    def __init__(self, operation):
        self.headers = {"X-Amz-Target": "DynamoDB_20120810." + operation}

deaths.meet({"enrolment": "c1.drill.1"})
for operation in ("GetItem", "PutItem", "GetItem"):
    URLLib3Session.send(None, Request(operation))
"""


def work(folder: Path, function: str = "stack-SendMessageFunction-1") -> tuple[int, list[str]]:
    """A worker's exit code, and the calls that left it."""
    env = {**os.environ, "SOJOURN_DEATHS": str(folder), "AWS_LAMBDA_FUNCTION_NAME": function}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(DEATHS)], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, [line.rpartition(".")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("when", "operation", "call", "sent"),
    [
        ("before", "GetItem", 1, []),
        ("after", "GetItem", 1, ["GetItem"]),
        ("before", "GetItem", 2, ["GetItem", "PutItem"]),
        ("after", "", 2, ["GetItem", "PutItem"]),
    ],
)
def test_it_dies_where_it_was_told_to_and_only_once(
    tmp_path: Path, when: str, operation: str, call: int, sent: list[str]
):
    death = {
        "function": "SendMessage",
        "match": "c1.drill.",
        "operation": operation,
        "when": when,
        "call": call,
    }
    deaths.order(death, tmp_path)

    assert work(tmp_path) == (1, sent)
    assert work(tmp_path) == (0, ["GetItem", "PutItem", "GetItem"])


@pytest.mark.parametrize("other", [{"function": "React"}, {"match": "c2."}])
def test_a_death_meant_for_another_leaves_it_alone(tmp_path: Path, other: dict[str, str]):
    death = {"function": "SendMessage", "match": "c1.", "operation": "", "when": "before", **other}
    deaths.order(death, tmp_path)

    assert work(tmp_path)[0] == 0
    assert json.loads(next(tmp_path.glob("*.json")).read_text()) == death
