"""Starts the post office and MiniStack, and waits until both answer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from infra.local.pace import Pace
from infra.local.state import FOLDER, ROOT, TOOLS, StartError, aws_environment

MINISTACK_PYTHON = TOOLS / "ministack" / "bin" / "python"
PORT_NAMES = {
    "ministack": "MINISTACK_PORT",
    "post_office": "POST_OFFICE_PORT",
    "public": "PUBLIC_PORT",
    "shop": "SHOP_PORT",
}
PATIENCE_SECONDS = 60


def choose_ports(env: Mapping[str, str] = os.environ) -> dict[str, int]:
    """A free port for each server, or the one that was asked for."""
    return {server: _port(env.get(name, ""), name) for server, name in PORT_NAMES.items()}


def _port(wanted: str, name: str) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(wanted or 0)))
        except OSError:
            raise StartError(
                f"Port {wanted} is taken. Leave {name} out, or name a free one: make up {name}=…"
            ) from None
        return int(probe.getsockname()[1])


def start_post_office(ports: Mapping[str, int], pace: Pace) -> subprocess.Popen[bytes]:
    """The post office, which also judges who may send by asking MiniStack."""
    env = {**aws_environment(_url(ports["ministack"])), **pace.environment()}
    command = [sys.executable, "-m", "infra.local.postoffice", str(ports["post_office"])]
    return _spawn(command, env, FOLDER / "post-office.log")


def start_ministack(ports: Mapping[str, int], pace: Pace) -> subprocess.Popen[bytes]:
    """MiniStack under its launcher; Lambda workers inherit this environment."""
    if not MINISTACK_PYTHON.exists():
        raise StartError("MiniStack is not installed. Run: make install")
    return _spawn(
        [str(MINISTACK_PYTHON), "-m", "infra.local.launcher"],
        ministack_environment(ports, pace),
        FOLDER / "ministack.log",
    )


def ministack_environment(ports: Mapping[str, int], pace: Pace) -> dict[str, str]:
    """Loopback only, permissions enforced, calendar paced, mail to the post office."""
    post_office, endpoint = _url(ports["post_office"]), _url(ports["ministack"])
    return {
        **aws_environment(endpoint),
        **pace.environment(),
        "AWS_ENDPOINT_URL_SESV2": post_office,
        "SOJOURN_POST_OFFICE_URL": post_office,
        "GATEWAY_PORT": str(ports["ministack"]),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true",
        "PYTHONPATH": "",  # a worker imports what was built, whatever this shell points to
        "SFN_WAIT_SCALE": repr(1 / pace.pace),
        "LAMBDA_ACCOUNT_CONCURRENCY": "0",  # the launcher queues instead
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "1",
        "SOJOURN_DEATHS": str(deaths()),
        "SOJOURN_PERMISSIONS": str(permissions()),
        "LOG_LEVEL": os.environ.get("MINISTACK_LOG_LEVEL", "WARNING"),
        "TMPDIR": str(scratch()),
    }


def scratch() -> Path:
    """Where MiniStack unpacks code: what was unpacked stays for the next start, unless it has grown large."""
    folder = FOLDER / "tmp"
    for left in folder.glob("*"):
        if left.name != "unpacked" or len(list(left.iterdir())) > 100:
            shutil.rmtree(left, ignore_errors=True)
            left.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def deaths() -> Path:
    """Where the deaths that tests order of Lambda workers lie; none is left over from an earlier start."""
    folder = FOLDER / "deaths"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def permissions() -> Path:
    """Where MiniStack writes which permissions were used since this start."""
    file = FOLDER / "permissions.jsonl"
    file.write_text("")
    return file


def wait_until_ready(name: str, url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; say why when it ends or stays silent."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"{name} ended at once. Its last words:\n{_last_words(name)}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
        else:
            return
    raise StartError(f"{name} did not answer within {PATIENCE_SECONDS} s; see .sojourn/{name}.log")


def _spawn(command: list[str], env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )


def _last_words(name: str) -> str:
    log = FOLDER / f"{name}.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
