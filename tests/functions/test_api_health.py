"""Health by the API: the doctor's findings as far as the function may look."""

from typing import Any

import botocore.session
from botocore.stub import Stubber

from functions.api.world import world
from tests.around import FakeMail
from tests.functions.test_api import call, dynamodb, press

__all__ = ["dynamodb", "press"]  # fixtures


def test_findings_come_in_their_order_with_the_quota_and_the_domain(press: Any):
    world().mail = FakeMail

    told = call("GET", "/api/health").body

    levels = {each["code"]: each["level"] for each in told["findings"]}
    assert levels == {
        "identity": "ok", "dkim": "ok", "mail_from": "warning", "ses_sandbox": "ok", "ses_standing": "ok",
        "ses_quota": "ok", "reputation": "ok", "public_host": "ok",
    }  # fmt: skip
    assert told["quota"]["mails_a_day"] == 50_000
    assert [each["name"] for each in told["sender"]["identities"]] == ["example.org"]


def test_an_ses_that_does_not_answer_is_a_finding_and_no_error(press: Any):
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = botocore.session.get_session().create_client("sesv2", region_name="us-east-1", **keys)
    world().mail = lambda: client
    with Stubber(client) as ses:
        ses.add_client_error("get_email_identity", "AccessDeniedException")

        told = call("GET", "/api/health").body

    assert [(each["code"], each["level"]) for each in told["findings"]] == [("access", "blocker")]
