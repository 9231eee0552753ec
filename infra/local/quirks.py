"""Where MiniStack 1.5.33 differs from AWS in a way that the product would feel, and how each is put right.

Runs inside MiniStack's own environment, before its server starts. tests/infra_local/test_quirks.py tells when
an upgrade makes one of these needless.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import apigateway_v1, dynamodb, lambda_svc, stepfunctions

from infra.local import scans, updates

RAISED = "__raised__"
LARGE_BATCH = 1_000
DIED = "Worker process died"
INSERT_INTO = re.compile(r'INSERT INTO "([^"]+)" ')
_REPLY = (
    '_real_stdout.write(json.dumps({"status": "error", "error": str(e), '
    '"trace": traceback.format_exc()}) + "\\n")'
)
_REPLY_BY_NAME = (
    '_real_stdout.write(json.dumps({"status": "ok", "result": {"' + RAISED + '": {'
    '"errorMessage": str(e), "errorType": type(e).__name__, '
    '"stackTrace": traceback.format_exc().splitlines()}}}) + "\\n")'
)
_CALL = "result = handler_fn(event, context)"
_CALL_AND_LOG = _CALL + '\n            sys.stderr.write("END RequestId: " + context.aws_request_id + "\\n")'


def errors_by_name() -> None:
    """A handler's exception fails the Task under its class name, and the worker stays warm, as on AWS.

    MiniStack reports `Runtime.HandlerError` for all of them and kills the worker. The worker's script is
    changed to answer with the error as a result, and the caller turns that back into a failed invocation.
    """
    lambda_runtime._PYTHON_WORKER_SCRIPT = _replaced(
        lambda_runtime._PYTHON_WORKER_SCRIPT, _REPLY, _REPLY_BY_NAME
    )
    execute = lambda_svc._execute_function_warm

    def execute_by_name(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        return failed_by_name(execute(func, event, request_id))

    lambda_svc._execute_function_warm = execute_by_name


def failed_by_name(result: dict[str, Any]) -> dict[str, Any]:
    """The result of an invocation, failed under the name of what the handler raised, if it raised."""
    body = result.get("body")
    if isinstance(body, dict) and body.get("errorMessage") == DIED:
        return {**result, "body": {**body, "errorType": "Runtime.ExitError"}}
    if not (isinstance(body, dict) and set(body) == {RAISED}):
        return result
    error = body[RAISED]
    log = "\n".join([result.get("log", ""), *error["stackTrace"]])
    return {"body": error, "error": True, "log": log}


def a_line_for_every_call() -> None:
    """Each invocation ends with a line on its log: MiniStack waits 50 ms for one that never comes."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _replaced(
        lambda_runtime._PYTHON_WORKER_SCRIPT, _CALL, _CALL_AND_LOG
    )


def workers_may_die() -> None:
    """Each worker looks, before each invocation, whether a test has ordered its death (see deaths.py)."""
    path = Path(__file__).with_name("deaths.py")
    load = (
        "import importlib.util as _found\n"
        f"_spec = _found.spec_from_file_location('_deaths', {str(path)!r})\n"
        "_deaths = _found.module_from_spec(_spec)\n"
        "_spec.loader.exec_module(_deaths)\n"
    )
    meet = "_deaths.meet(event)\n            "
    script = _replaced(lambda_runtime._PYTHON_WORKER_SCRIPT, _CALL, meet + _CALL)
    lambda_runtime._PYTHON_WORKER_SCRIPT = load + script


def queue_for_workers(workers: int) -> None:
    """At most `workers` invocations of one function run at once; the others wait for their turn.

    A thousand environments start at once on AWS. Here each is a process on this machine's cores.
    """
    gates: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(workers))
    execute = lambda_svc._execute_function_warm

    def execute_in_turn(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        name = (func.get("config") or func).get("FunctionName", "")
        with gates[name]:
            return execute(func, event, request_id)  # type: ignore[no-any-return]

    lambda_svc._execute_function_warm = execute_in_turn


def share_unpacked_code() -> None:
    """Workers link to one unpacked copy of their code and layers, where Python keeps its bytecode too.

    MiniStack unpacks every archive anew for each worker, and so compiles every module anew.
    """
    store = Path(tempfile.gettempdir()) / "unpacked"
    store.mkdir(parents=True, exist_ok=True)
    lock = threading.Lock()

    class SharedZipFile(zipfile.ZipFile):
        def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
            shared = store / hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()[:24]
            with lock:
                if not shared.exists():
                    fresh = Path(tempfile.mkdtemp(dir=store))
                    super().extractall(fresh, members, pwd)
                    fresh.rename(shared)
            Path(path).rmdir()
            Path(path).symlink_to(shared, target_is_directory=True)

    class SharedZip:
        """Stands in for the module zipfile where lambda_runtime uses it."""

        ZipFile = SharedZipFile
        BadZipFile = zipfile.BadZipFile

    lambda_runtime.zipfile = SharedZip


def _replaced(script: str, old: str, new: str) -> str:
    """The script with its one `old` replaced; says so when this MiniStack is another one."""
    if script.count(old) != 1:
        raise SystemExit(f"MiniStack's worker script has changed; see {__file__}: {old[:60]}…")
    return script.replace(old, new)


def partiql_by_statement() -> None:
    """Each PartiQL statement of a batch is authorised as dynamodb:PartiQLInsert on its table, as on AWS.

    MiniStack asks for dynamodb:BatchExecuteStatement, which is no IAM action.
    """
    checks_of = iam_actions.dynamodb_transaction_checks

    def checks(action: str, body: bytes, region: str, account: str) -> list[tuple[str, str]]:
        if action != "dynamodb:BatchExecuteStatement":
            return checks_of(action, body, region, account)  # type: ignore[no-any-return]
        return partiql_checks(body, region, account)

    iam_actions.dynamodb_transaction_checks = checks


def partiql_checks(body: bytes, region: str, account: str) -> list[tuple[str, str]]:
    """The action and table ARN of each INSERT in a batch; the only statements that we send."""
    statements = [str(each.get("Statement", "")) for each in json.loads(body or b"{}").get("Statements", [])]
    tables = {match[1] for statement in statements if (match := INSERT_INTO.match(statement))}
    arns = [f"arn:aws:dynamodb:{region}:{account}:table/{table}" for table in sorted(tables)]
    return [("dynamodb:PartiQLInsert", arn) for arn in arns]


def partiql_streams() -> None:
    """An INSERT by PartiQL makes a stream record, as a put does."""
    insert = dynamodb._partiql_insert

    def insert_and_tell(table: dict[str, Any], parsed: dict[str, Any]) -> Any:
        answer = insert(table, parsed)
        if answer[0] == 200:
            item = parsed["item"]
            item = item["M"] if set(item) == {"M"} else item
            dynamodb._emit_stream_event(table["TableName"], "INSERT", None, item)
        return answer

    dynamodb._partiql_insert = insert_and_tell


def mail_by_configuration_set() -> None:
    """SendEmail is authorised on the configuration set that it names.

    AWS asks for the identity and the configuration set; MiniStack asks for `*`, which no careful policy allows, and
    knows no ses:FromAddress. tests/template holds the identity's half.
    """
    arn_of = iam_actions._ses_v2_resource_arn

    def arn(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if not path.rstrip("/").endswith("/outbound-emails"):
            return arn_of(method, path, body, region, account)  # type: ignore[no-any-return]
        name = json.loads(body or b"{}").get("ConfigurationSetName", "")
        return f"arn:aws:ses:{region}:{account}:configuration-set/{name}"

    iam_actions._ses_v2_resource_arn = arn


def gateway_responses() -> None:
    """The template's GatewayResponses hold: SAM writes them into the API's body, which MiniStack does not read."""
    import_api = apigateway_v1._import_rest_api

    def import_with_responses(spec: dict[str, Any], base_data: Any = None) -> Any:
        api = import_api(spec, base_data)
        for kind, response in spec.get("x-amazon-apigateway-gateway-responses", {}).items():
            apigateway_v1._put_gateway_response(api, kind, response)
        return api

    apigateway_v1._import_rest_api = import_with_responses


def token_states_fail() -> None:
    """A function that fails on a waitForTaskToken state fails the state, which may then retry it, as on AWS.

    MiniStack passes over the failure and waits for a token that nobody has.
    """
    invoke, call = stepfunctions._invoke_with_callback, stepfunctions._call_lambda
    waiting = threading.local()

    def invoke_with_token(resource: str, input_data: Any, token: str, state: Any) -> Any:
        waiting.token = token
        try:
            return invoke(resource, input_data, token, state)
        finally:
            waiting.token = None

    def call_and_tell(function: str, event: Any) -> Any:
        token, waiting.token = getattr(waiting, "token", None), None
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as error:
            if info := stepfunctions._task_tokens.get(token) if token else None:
                info["error"] = {"Error": error.error, "Cause": error.cause}
                info["event"].set()
            raise

    stepfunctions._invoke_with_callback = invoke_with_token
    stepfunctions._call_lambda = call_and_tell


def windows_gather() -> None:
    """A mapping of large batches waits until its batch is full or its window is over: the archive's, which has time.

    MiniStack hands over whatever is there at once. Small windows stay passed over: stories should not wait for them.
    """
    read = dynamodb.stream_records_since

    def read_gathered(table: str, position: Any, most: int) -> Any:
        found = read(table, position, most)
        if most < LARGE_BATCH or not found or len(found) == most:
            return found
        age = time.time() - float(found[0]["dynamodb"]["ApproximateCreationDateTime"])
        return found if age >= window_of(table, most) else []

    dynamodb.stream_records_since = read_gathered


def window_of(table: str, most: int) -> int:
    """Seconds that a mapping of this table's stream, of this batch size, may gather."""
    mappings = (esm for _, _, esm in lambda_svc._iter_all_esms() if esm.get("BatchSize") == most)
    mine = [esm for esm in mappings if f"table/{table}/" in esm.get("EventSourceArn", "")]
    return max((int(esm.get("MaximumBatchingWindowInSeconds") or 0) for esm in mine), default=0)


def loopback_is_private() -> None:
    """A request over loopback counts as one over TLS: buckets refuse the others, and nobody listens here."""
    resolve = iam_evaluator._resolve_condition_key

    def resolve_key(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    iam_evaluator._resolve_condition_key = resolve_key


def install() -> None:
    """All of them, in an order that works."""
    errors_by_name()
    partiql_by_statement()
    partiql_streams()
    scans.install()
    updates.install()
    mail_by_configuration_set()
    gateway_responses()
    token_states_fail()
    loopback_is_private()
    windows_gather()
    a_line_for_every_call()
    workers_may_die()
    queue_for_workers(int(os.environ.get("SOJOURN_LOCAL_WORKERS", "3")))
    share_unpacked_code()
