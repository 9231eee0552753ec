"""Whatever Step Functions says of an execution that has ended, stopping it is done."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from sojourn.errors import StoreBusyError
from sojourn.journeys.machine import StepFunctions
from tests.cloud import REGION
from tests.insight_rows import an_enrolment


def stopped(code: str, message: str) -> None:
    client: Any = boto3.client(
        "stepfunctions", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stub:
        stub.add_client_error("stop_execution", code, message)
        StepFunctions(client).stop(an_enrolment())


@pytest.mark.parametrize(
    ("code", "message"),
    [("ExecutionDoesNotExist", "gone"), ("ValidationException", "Execution is not running")],
)
def test_what_has_ended_needs_no_stopping(code: str, message: str):
    stopped(code, message)


@pytest.mark.parametrize("code", ["ValidationException", "ThrottlingException"])
def test_anything_else_is_tried_again(code: str):
    with pytest.raises(StoreBusyError):
        stopped(code, "no")
