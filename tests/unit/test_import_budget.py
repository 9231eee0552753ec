"""What no function may load at its cold start. Facts, not seconds: those are `import_ratio` in the bench."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))
NOWHERE = {
    "asyncio", "aws_xray_sdk", "boto3", "click", "email_validator", "jsonschema", "moto", "phonenumbers", "rich",
    "s3transfer",
}  # fmt: skip
WRITE_MESSAGES = {"send_message"}
SERVE_HTTP = {"api", "collect", "preferences", "receive_webhook", "track"}
READ_JOURNEY_FILES = {"publish_journey"}
IMPORT_FILES = {"import_file"}
KNOW_JOBS_OF_PRIVACY = {
    "archive_changes", "erase_contact", "export_contact", "preferences",
}  # fmt: skip


def forbidden_to(function: str) -> set[str]:
    """The template engine for who writes, Chalice for who serves, YAML for who reads journey files.

    Imports and what people may ask for have a function each; who only asks for them loads them when somebody does.
    """
    found = set(NOWHERE)
    found |= set() if function in WRITE_MESSAGES else {"jinja2"}
    found |= set() if function in SERVE_HTTP else {"chalice"}
    found |= set() if function in IMPORT_FILES else {"sojourn.imports"}
    found |= set() if function in KNOW_JOBS_OF_PRIVACY else {"sojourn.privacy"}
    return found | (set() if function in READ_JOURNEY_FILES else {"yaml"})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_loads_only_what_it_needs(function: str):
    code = f"import json, sys, functions.{function}.app; print(json.dumps(list(sys.modules)))"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/sojourn/python'}"}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    loaded = {".".join(name.split(".")[:2]) for name in json.loads(done.stdout)}
    loaded |= {name.partition(".")[0] for name in loaded}
    assert not loaded & forbidden_to(function)
