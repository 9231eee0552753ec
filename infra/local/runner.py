"""`python -m infra.local.runner up|upgrade|down|status`: the local cloud of this checkout, as one thing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from infra.local import stack, state
from infra.local.daemon import FAILED, READY, STEP
from infra.local.state import LOG, PID, ROOT, Local, StartError

STOP_SECONDS = 15


def up() -> int:
    """Start the local cloud, or find the one that runs."""
    if found := running():
        print("The local cloud is running already.")
        show(found)
        return 0
    down(quiet=True)
    state.FOLDER.mkdir(parents=True, exist_ok=True)
    state.FILE.unlink(missing_ok=True)
    with LOG.open("wb") as log:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "infra.local.daemon"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    PID.write_text(str(daemon.pid))
    try:
        code = _relay(daemon)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses it again means the same
        print(f"\nStopping what was started: {STOP_SECONDS} seconds at most.", flush=True)
        down()
        return 130
    if code == 0 and (started := state.read()):
        show(started)
    return code


def upgrade() -> int:
    """Build and deploy this tree onto the local cloud that runs; whoever waits there goes on."""
    found = running()
    if found is None:
        return status()
    try:
        stack.build()
        stack.deploy(found.endpoint_url, found.collect_url)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    print("Upgraded.")
    return 0


def down(*, quiet: bool = False) -> int:
    """Stop it, and leave no process."""
    pid = state.daemon_pid()
    if pid is None:
        state.FILE.unlink(missing_ok=True)
        PID.unlink(missing_ok=True)
        if not quiet:
            print("Nothing is running.")
        return 0
    _stop_group(pid)
    state.FILE.unlink(missing_ok=True)
    PID.unlink(missing_ok=True)
    if not quiet:
        print("Stopped.")
    return 0


def status() -> int:
    """Say whether it runs."""
    if found := running():
        show(found)
        return 0
    print("Not running. Start it: make up")
    return 1


def running() -> Local | None:
    """The local cloud, if its processes live and answer."""
    local, pid = state.read(), state.daemon_pid()
    if local is None or pid != local.pid:
        return None
    answers = (_answers(f"{local.endpoint_url}/_sojourn/counts"), _answers(f"{local.post_office_url}/health"))
    return local if all(answers) else None


def show(local: Local) -> None:
    """The addresses that a person needs."""
    print(f"  console      {local.console_url}")
    print(f"  collect      {local.collect_url}/v1/batch   write key {local.write_key or '-'}")
    print(f"  pages        {local.collect_url}/sojourn.js   browser key {local.browser_key or '-'}")
    print(f"  admin API    {local.api_url}/api   key {local.api_key or '-'}")
    print(f"  post office  {local.post_office_url}")
    print(f"  demo shop    {local.shop_url or '-'}")
    print(f"  calendar     {local.calendar_start} at pace {local.pace:g}")
    print("  all of it    .sojourn/local.json   log .sojourn/local.log   stop: make down")


def _relay(daemon: subprocess.Popen[bytes]) -> int:
    """Print the daemon's progress until it is ready or has failed."""
    with LOG.open(encoding="utf-8", errors="replace") as log:
        while True:
            line = log.readline()
            if line.startswith(STEP):
                print(line.removeprefix(STEP), end="", flush=True)
            elif line.startswith(READY):
                return 0
            elif line.startswith(FAILED):
                print(f"\n{line.removeprefix(FAILED)}{log.read()}", file=sys.stderr, flush=True)
                daemon.wait()
                return 1
            elif not line and daemon.poll() is not None:
                print("The local cloud ended while starting; see .sojourn/local.log", file=sys.stderr)
                return 1
            elif not line:
                time.sleep(0.05)


def _stop_group(pid: int) -> None:
    """Ask the daemon to end; after a while, end its whole group."""
    for number, target in ((signal.SIGTERM, os.kill), (signal.SIGKILL, os.killpg)):
        try:
            target(pid, number)
        except ProcessLookupError:
            # The daemon is gone, and left somebody behind: the next round reaches the group.
            continue
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not state.members(pid):
                return
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=10).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


COMMANDS: dict[str, Callable[[], int]] = {"up": up, "upgrade": upgrade, "down": down, "status": status}

if __name__ == "__main__":
    sys.exit(COMMANDS[sys.argv[1]]())
