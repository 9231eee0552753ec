"""MiniStack still is as the launcher believes: when one of these fails after an upgrade, a quirk has gone or moved."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from infra.local.processes import MINISTACK_PYTHON
from infra.local.state import ROOT

pytestmark = [
    pytest.mark.local_cloud,
    pytest.mark.skipif(not MINISTACK_PYTHON.exists(), reason="needs: make install"),
]


def within_ministack(program: str) -> Any:
    """Run a program in MiniStack's environment; the JSON that it prints last."""
    env = {"PATH": os.environ["PATH"], "HOME": str(ROOT / ".sojourn"), "AUTH": "true"}
    done = subprocess.run(
        [str(MINISTACK_PYTHON), "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_worker_without_the_launcher_hides_the_name_of_an_error():
    program = """
import json
from infra.local import quirks
from ministack.core import lambda_runtime
print(json.dumps([lambda_runtime._PYTHON_WORKER_SCRIPT.count(text) for text in (quirks._REPLY, quirks._CALL)]))
"""
    assert within_ministack(program) == [1, 1]


def test_an_error_comes_back_under_its_own_name():
    program = """
import json
from infra.local.quirks import RAISED, failed_by_name
body = {RAISED: {"errorMessage": "until 9", "errorType": "HeldError", "stackTrace": ["a"]}}
print(json.dumps([failed_by_name({"body": body, "log": ""}), failed_by_name({"body": {"a": 1}})]))
"""
    failed, fine = within_ministack(program)
    assert (failed["error"], failed["body"]["errorType"]) == (True, "HeldError")
    assert fine == {"body": {"a": 1}}


def test_a_mapping_of_large_batches_gathers_until_its_batch_is_full_or_its_window_is_over():
    program = """
import json, time
from infra.local import quirks
from ministack.services import dynamodb, lambda_svc
arn = "arn:aws:dynamodb:us-east-1:000000000000:table/People/stream/1"
mapping = {"BatchSize": 1000, "EventSourceArn": arn, "MaximumBatchingWindowInSeconds": 5}
lambda_svc._iter_all_esms = lambda: [("", "", mapping)]
def record(age):
    return {"dynamodb": {"ApproximateCreationDateTime": time.time() - age}}
there = {"young": [record(1)], "old": [record(6)], "full": [record(0)] * 1000}
found = {}
for name, records in there.items():
    dynamodb.stream_records_since = lambda table, position, most: records[:most]
    quirks.windows_gather()
    found[name] = [len(dynamodb.stream_records_since("People", 0, most)) for most in (1000, 1)]
print(json.dumps(found))
"""
    assert within_ministack(program) == {"young": [0, 1], "old": [1, 1], "full": [1000, 1]}


def test_all_changes_find_their_place():
    program = """
import json
from infra.local import admin, counts, launcher, quirks
quirks.install(); counts.install(); launcher.send_sms_to("http://127.0.0.1:1")
print(json.dumps(True))
"""
    assert within_ministack(program) is True


def test_a_dead_worker_has_the_name_that_aws_gives_it():
    program = """
import json
from infra.local.quirks import failed_by_name
body = {"errorMessage": "Worker process died", "errorType": "Runtime.HandlerError"}
print(json.dumps(failed_by_name({"body": body, "error": True})))
"""
    assert within_ministack(program)["body"]["errorType"] == "Runtime.ExitError"


def test_a_token_state_whose_function_fails_fails_only_with_our_help():
    program = """
import json
from infra.local import quirks
from ministack.services import stepfunctions

def fail(function, event):
    raise stepfunctions._ExecutionError("Runtime.ExitError", "died")

def outcome():
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    try:
        stepfunctions._invoke_with_callback(function, {}, "t", {"TimeoutSeconds": 0.01})
    except stepfunctions._ExecutionError as error:
        return error.error

stepfunctions._call_lambda = fail
bare = outcome()
quirks.token_states_fail()
helped = outcome()
print(json.dumps([bare, helped]))
"""
    assert within_ministack(program) == ["States.Timeout", "Runtime.ExitError"]


def test_gateway_responses_of_a_body_are_still_passed_over():
    program = """
import inspect, json
from ministack.services import apigateway_v1
print(json.dumps("gateway-responses" in inspect.getsource(apigateway_v1._import_rest_api)))
"""
    assert within_ministack(program) is False
