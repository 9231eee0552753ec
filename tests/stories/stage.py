"""Where the stories play: a local cloud of their own, beside whatever `make up` runs.

SOJOURN_STAGE=<folder of a running local cloud> plays on that one, and leaves it running (PACE is to be 28800).
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import state
from infra.local.state import ROOT, Local

PACE = 28_800  # a day in three seconds
START = "2001-01-01T00:00:00Z"  # far from the wall's date, so that collect does not take the difference for a skew
FOLDER = Path(os.environ.get("SOJOURN_STAGE") or ROOT / ".sojourn" / "stories")
IS_LENT = "SOJOURN_STAGE" in os.environ


def find(*, owner: str) -> tuple[Local, bool]:
    """The cloud of this run, and whether it is new: the first test process that asks starts it."""
    with _held():
        if IS_LENT or _owner() == owner:
            return _running(), False
        if is_alive(_owner()):
            raise RuntimeError(f"another test run ({_owner()}) plays in {FOLDER}; wait for its end")
        runner("down", owner)
        runner("up", owner)
        _owner_file().write_text(owner)
        return _running(), True


def is_owned_by(owner: str) -> bool:
    """Whether this run started the cloud, and so has all of it to itself."""
    return not IS_LENT and FOLDER.exists() and _owner() == owner


def clear(*, owner: str) -> None:
    """Stop the cloud, if this run started it."""
    if is_owned_by(owner):
        runner("down", owner)
        _owner_file().unlink()


def is_alive(pid: str) -> bool:
    """Whether this is a test run; a number is used again after long, by somebody else."""
    return any(each.pid == int(pid) and "pytest" in each.args for each in state.processes()) if pid else False


@contextmanager
def _held() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "stage.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def runner(command: str, owner: str, folder: Path = FOLDER, **more: str) -> None:
    """One command of the local cloud that lives in this folder."""
    env = {**os.environ, "SOJOURN_FOLDER": str(folder), "SOJOURN_OWNER": owner}
    paced = {"PACE": str(PACE), "CALENDAR_START": START}
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.runner", command],
        cwd=ROOT,
        env={**env, **paced, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the local cloud for the stories: {done.stdout}\n{done.stderr}")


def _running() -> Local:
    local = state.read(FOLDER / "local.json")
    assert local, f"no local cloud runs in {FOLDER}"
    return local


def _owner_file() -> Path:
    return FOLDER / "owner"


def _owner() -> str:
    return _owner_file().read_text() if _owner_file().exists() else ""
