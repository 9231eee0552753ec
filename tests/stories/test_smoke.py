"""`sojourn smoke` and `sojourn doctor` as an operator runs them, against the local cloud."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.local.state import STACK
from tests.stories.cloud import Cloud, Person

SOJOURN = Path(sys.executable).with_name("sojourn")


def _sojourn(cloud: Cloud, *words: str) -> tuple[int, Any]:
    """What the command answers as JSON, and how it exits."""
    known = {
        "AWS_ENDPOINT_URL": cloud.local.endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SOJOURN_API_URL": cloud.local.api_url,
        "SOJOURN_API_KEY": cloud.local.api_key,
    }
    done = subprocess.run(
        [SOJOURN, *words, "--json"], env=os.environ | known, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_four_letters_come_home(cloud: Cloud):
    status, told = _sojourn(cloud, "smoke", "--to", Person().email, "--within", "300", "--stack", STACK)

    assert {each["letter"]: each["came"] for each in told} == dict.fromkeys(
        ("success", "bounce", "complaint", "you"), True
    ), told
    assert status == 0


def test_the_doctor_looks_at_everything_and_finds_what_a_laptop_lacks(cloud: Cloud):
    status, findings = _sojourn(cloud, "doctor", "--stack", STACK)

    levels = {each["code"]: each["level"] for each in findings}
    assert levels["identity"] == "ok" or levels["identity"] == "warning"
    assert levels["dmarc"] == "blocker"  # no domain of ours
    assert {"region", "ses_quota", "dead_letters", "keys", "alarms"} <= set(levels)
    assert status == 1
