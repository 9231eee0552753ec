"""Counts what an AWS bill would: requests by operation, invocations by function, state transitions."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import ministack.app as server
from ministack.services import lambda_svc, stepfunctions

_lock = threading.Lock()
requests: Counter[str] = Counter()
invocations: Counter[str] = Counter()
transitions: Counter[str] = Counter()
by_execution: Counter[str] = Counter()


def install() -> None:
    """Count from now on."""
    _count_requests()
    _count_invocations()
    _count_transitions()


def snapshot() -> dict[str, dict[str, int]]:
    """All counts since the start."""
    with _lock:
        return {
            "aws_calls": dict(requests),
            "invocations": dict(invocations),
            "state_transitions": dict(transitions),
        }


def operation(service: str, name: str) -> str:
    """`dynamodb:PutItem`, as in an IAM policy."""
    return f"{service}:{name}"


def _count_requests() -> None:
    dispatch = server._dispatch_service_request
    execute_api = server._handle_execute_api_request

    async def counted_dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
    ) -> Any:
        params = server._routing_params(method, path, headers, body, query)
        service = server.detect_service(method, path, headers, params)
        _add(requests, operation(service, server._ct_event_name(service, method, path, headers, params)))
        return await dispatch(method, path, headers, body, query, request_id)

    async def counted_execute_api(*args: Any, **kwargs: Any) -> Any:
        answer = await execute_api(*args, **kwargs)
        if answer is not None:
            _add(requests, "execute-api:Invoke")
        return answer

    server._dispatch_service_request = counted_dispatch
    server._handle_execute_api_request = counted_execute_api


def _count_invocations() -> None:
    execute = lambda_svc._execute_function_dispatch

    def counted(func: Any, config: dict[str, Any], *rest: Any) -> Any:
        _add(invocations, config.get("FunctionName", ""))
        return execute(func, config, *rest)

    lambda_svc._execute_function_dispatch = counted


def _count_transitions() -> None:
    add_event = stepfunctions._add_event

    def counted(execution: dict[str, Any], event_type: str, details: Any = None) -> Any:
        if event_type.endswith("StateEntered"):
            _, _, _, _, _, _, machine, name = execution["executionArn"].split(":", 7)
            _add(transitions, machine)
            _add(by_execution, name)
        return add_event(execution, event_type, details)

    stepfunctions._add_event = counted


def _add(counter: Counter[str], key: str) -> None:
    with _lock:
        counter[key] += 1
