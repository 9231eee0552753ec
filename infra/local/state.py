"""What the local cloud is and where it keeps its things: in .sojourn, or in the folder that SOJOURN_FOLDER names."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from sojourn.clock import SystemClock, parse_iso

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".sojourn" / "venvs"
FOLDER = Path(os.environ.get("SOJOURN_FOLDER") or ROOT / ".sojourn").resolve()
FILE = FOLDER / "local.json"
LOG = FOLDER / "local.log"
PID = FOLDER / "local.pid"
STACK = "sojourn-local"
SENDER = "hello@example.com"


class StartError(Exception):
    """The local cloud could not start; the message says what failed and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A running local cloud: what .sojourn/local.json says."""

    collect_url: str
    write_key: str
    api_url: str
    api_key: str
    post_office_url: str
    endpoint_url: str
    pid: int
    pace: float
    calendar_start: str
    calendar_wall: str
    ports: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    browser_key: str = ""  # for pages: anybody may read it there
    identify_secret: str = ""  # what users' hashes are made with
    shop_key: str = ""  # the demo shop's own browser key

    @property
    def shop_url(self) -> str:
        """Where the demo shop stands."""
        return f"http://127.0.0.1:{self.ports['shop']}" if "shop" in self.ports else ""

    @property
    def console_url(self) -> str:
        """Where people sign in: the admin API's own function."""
        return f"{self.api_url}/console"

    @property
    def clock(self) -> SystemClock:
        """The same clock as the functions'."""
        return SystemClock(self.pace, parse_iso(self.calendar_start), parse_iso(self.calendar_wall))

    def write(self) -> None:
        """Put it where others look, all at once."""
        fresh = FILE.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self), indent=2) + "\n")
        fresh.replace(FILE)


def read(file: Path = FILE) -> Local | None:
    """The local cloud that was written last, running or not."""
    if not file.exists():
        return None
    said: dict[str, Any] = json.loads(file.read_text())
    return Local(**{one.name: said[one.name] for one in fields(Local) if one.name in said})


def daemon_pid() -> int | None:
    """The process that holds the local cloud of this checkout, if it lives."""
    if not PID.exists():
        return None
    pid = int(PID.read_text() or 0)
    return pid if pid and members(pid) else None


def members(group: int) -> list[int]:
    """The live processes of a process group that was ours when it began."""
    mine = [each for each in processes() if each.group == group]
    # A number is used again after long; a group in which nothing of ours runs is somebody else's.
    ours = any("infra.local" in each.args or str(FOLDER) in each.args for each in mine)
    return [each.pid for each in mine] if ours else []


@dataclass(frozen=True, slots=True)
class Process:
    """A live process of this machine."""

    pid: int
    group: int
    args: str


def processes() -> Iterator[Process]:
    """All live processes: from /proc, as a bare machine has no `ps`; from `ps` where there is no /proc."""
    if Path("/proc/self/stat").exists():
        yield from filter(None, map(_process, Path("/proc").glob("[0-9]*")))
        return
    listed = subprocess.run(
        ["ps", "-axo", "pid=,pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    yield from (
        Process(int(row[0]), int(row[1]), row[3])
        for row in rows
        if len(row) == 4 and not row[2].startswith("Z")
    )


def _process(folder: Path) -> Process | None:
    try:
        stat = (folder / "stat").read_text(errors="replace")
        args = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it ended meanwhile
        return None
    state, _, group = stat.rpartition(")")[2].split()[:3]
    return None if state == "Z" else Process(int(folder.name), int(group), args)


def aws_environment(endpoint: str, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of whatever talks to the local cloud: nobody's real credentials, no real endpoint."""
    inherited = {name: value for name, value in env.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
