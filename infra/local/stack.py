"""Builds and deploys the template, the same one that goes to AWS."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.local.state import FOLDER, ROOT, SENDER, STACK, TOOLS, StartError, aws_environment

SAM = TOOLS / "sam" / "bin" / "sam"
BUILT = Path(os.environ.get("SOJOURN_BUILT") or FOLDER / "build")
BUCKET = f"{STACK}-artifacts"


def build(tree: Path = ROOT, into: Path = BUILT) -> None:
    """`sam build`, which leaves alone what has not changed. What SOJOURN_BUILT names was built already."""
    if into == BUILT and "SOJOURN_BUILT" in os.environ:
        return
    command = ["build", "--cached", "--parallel", "--template", str(tree / "template.yaml")]
    _sam([*command, "--build-dir", str(into), "--cache-dir", str(FOLDER / "build-cache")], {}, "sam build")


def deploy(endpoint: str, public_url: str) -> dict[str, str]:
    """`sam deploy`; the stack's outputs. Onto a stack that runs it is an upgrade, or the way back."""
    s3 = client("s3", endpoint)
    s3.create_bucket(Bucket=BUCKET)
    parameters = [f"{name}={value}" for name, value in stack_parameters(public_url, BUILT).items()]
    command = ["deploy", "--template-file", str(BUILT / "template.yaml"), "--stack-name", STACK]
    command += [
        "--s3-bucket",
        BUCKET,
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
        "--no-progressbar",
    ]
    command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
    if parameters:
        command += ["--parameter-overrides", *parameters]
    _sam(command, aws_environment(endpoint), "sam deploy")
    described = client("cloudformation", endpoint).describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def stack_parameters(public_url: str, built: Path = ROOT) -> dict[str, str]:
    """Those of the wanted parameters that the template has."""
    machine = "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"
    wanted = {
        "Sender": SENDER,
        "PostalAddress": "'1 Example Street, Example Town'",
        "PublicUrl": public_url,
        "Architecture": machine,
        "DueShards": "1",
        "MaxEventAgeHours": "336",  # a demo replays two weeks at once
        "SchedulesState": "DISABLED",
        "TracingMode": "PassThrough",
        "LogLevel": "DEBUG",  # MiniStack waits 50 ms more for a handler without a line; one poller reads all
        "ArchiveBatchingSeconds": os.environ.get("ARCHIVE_SECONDS", "5"),
    }
    template = (built / "template.yaml").read_text()
    return {
        name: value for name, value in wanted.items() if re.search(rf"^  {name}:", template, re.MULTILINE)
    }


def verify_sender(endpoint: str) -> None:
    """SES sends only from addresses that were verified; here asking is enough."""
    ses = client("sesv2", endpoint)
    try:
        ses.create_email_identity(EmailIdentity=SENDER)
    except ses.exceptions.AlreadyExistsException:
        return


def client(service: str, endpoint: str) -> Any:
    """A client of the local cloud, whatever the environment says."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  MiniStack's own
        config=Config(ignore_configured_endpoint_urls=True, read_timeout=120),
    )


def _sam(arguments: list[str], env: Mapping[str, str], what: str) -> None:
    if not SAM.exists():
        raise StartError("The SAM command line is not installed. Run: make install")
    config = FOLDER / "samconfig.toml"  # empty: a person's samconfig.toml is about AWS
    config.write_text("version = 0.1\n")
    subcommand, *options = arguments
    command = [str(SAM), subcommand, "--config-file", str(config), *options]
    done = subprocess.run(
        command, cwd=ROOT, env=_sam_environment(env), capture_output=True, text=True, check=False
    )
    (FOLDER / f"{what.replace(' ', '-')}.log").write_text(done.stdout + done.stderr)
    if done.returncode:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise StartError(
            f"{what} failed; all of it is in .sojourn/{what.replace(' ', '-')}.log. The end:\n{words}"
        )


def _sam_environment(env: Mapping[str, str]) -> dict[str, str]:
    # SAM looks for exactly the interpreter that the template names, with pip in it: ours.
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    ours = {"PATH": path, "SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2", "SOJOURN_LOCAL": "1"}
    return {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", **env, **ours}
