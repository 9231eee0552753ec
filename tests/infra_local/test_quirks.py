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


def test_what_a_nested_stack_left_alone_keeps_its_attributes_only_with_our_help():
    program = """
import json
from infra.local import updates
from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

cloudformation._stacks["inner"] = {"_resources": {"Table": {"Attributes": {"Arn": "arn"}}}}

def found():
    same = {"BillingMode": "PAY_PER_REQUEST"}
    return provisioners._update_resource("AWS::DynamoDB::Table", "t", same, same, "inner", "Table")

bare = found()
updates.nested_stacks_update()
print(json.dumps([bare, found()]))
"""
    assert within_ministack(program) == [["t", {}], ["t", {"Arn": "arn"}]]


def test_an_api_whose_body_changes_keeps_its_id_only_with_our_help():
    program = """
import json
from infra.local import updates
from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

def body(path):
    return {"Body": {"info": {"title": "Api"}, "paths": {path: {"get": {}}}}}

def updated():
    kind = "AWS::ApiGateway::RestApi"
    api, _ = provisioners._provision_resource(kind, "Api", body("/old"), "stack")
    same, told = provisioners._update_resource(kind, api, body("/old"), body("/new"), "stack", "Api")
    paths = sorted(each["path"] for each in apigateway_v1._resources[same].values())
    return [api == same, paths, told["RootResourceId"] in apigateway_v1._resources[same], len(apigateway_v1._rest_apis)]

bare = updated()
updates.apis_keep_their_address()
print(json.dumps([bare, updated()]))
"""
    bare, helped = within_ministack(program)

    assert bare[0] is False
    assert helped[:3] == [True, ["/", "/new"], True]
    assert helped[3] == bare[3] + 1, "one more API, and none beside it"


def test_a_worker_that_is_at_work_when_its_function_is_updated_finishes_only_with_our_help():
    program = """
import json, threading, types
from infra.local import updates
from ministack.core import lambda_runtime
from ministack.services.cloudformation import provisioners

killed = []
lambda_runtime.kill_workers = lambda workers: killed.extend(each.name for each in workers)
handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
handlers["update"] = lambda *what: lambda_runtime.invalidate_worker("f")

def worker(name, in_use):
    return types.SimpleNamespace(name=name, in_use=in_use, _lock=threading.Lock())

def updated():
    killed.clear()
    busy = worker("busy", True)
    lambda_runtime._workers["000000000000:us-east-1:f:$LATEST"] = [busy, worker("idle", False)]
    with busy._lock:
        handlers["update"]()
        at_once = sorted(killed)
    for each in threading.enumerate():
        if each is not threading.current_thread():
            each.join(5)
    return [at_once, sorted(killed)]

bare = updated()
updates.workers_finish_first()
print(json.dumps([bare, updated()]))
"""
    bare, helped = within_ministack(program)

    assert bare == [["busy", "idle"], ["busy", "idle"]]
    assert helped == [["idle"], ["busy", "idle"]]
