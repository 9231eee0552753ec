"""The welcome journey on MiniStack: contacts a minute, and how much of the CPU time is the emulator's.

    python -m bench.welcome_local                  a thousand contacts, on a local cloud of its own
    python -m bench.welcome_local --contacts 100

Contacts sign up in calls of twenty events, as fast as these are accepted, and walk to the journey's end: three mails
each, and eleven days of waits, which a fast calendar makes half a minute. CPU time is the kernel's account of each
process. What Lambda's workers use is the functions'; MiniStack's own process, the post office in SES's place and the
runner (proxy, ticks) would not be there on AWS.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from infra.local import stack, state
from infra.local.state import ROOT, Local
from sojourn.clock import iso

CONTACTS, A_CALL = 1_000, 10  # two events each
PACE, START = (
    28_800,
    "2001-01-01T00:00:00Z",
)  # a day in three seconds; far from the wall's date, as the stories'
FOLDER = ROOT / ".sojourn" / "bench"
LOOKS = 2.0  # seconds between two looks at who is still on the way
PATIENCE = 10.0  # seconds a contact, before we give up
TICKS = os.sysconf("SC_CLK_TCK")
WHOSE = {
    "infra.local.launcher": "MiniStack",
    "infra.local.postoffice": "the post office",
    "infra.local.daemon": "the runner",
}
CONSENT = [{"channel": "email", "purpose": "marketing", "source": "bench", "wording": "Yes"}]


def main() -> int:
    """1 when somebody did not come to the end."""
    asked = argparse.ArgumentParser(prog="python -m bench.welcome_local", description=__doc__)
    asked.add_argument("--contacts", type=int, default=CONTACTS)
    asked.add_argument("--pace", type=int, default=PACE, help="calendar seconds in one of the wall's")
    said = asked.parse_args()
    with a_cloud(said.pace) as local:
        figures = measure(local, said.contacts)
    print(json.dumps(figures, indent=2))
    return int(figures["ended"] != said.contacts)


@contextmanager
def a_cloud(pace: int) -> Iterator[Local]:
    """A local cloud beside whatever else runs; gone when this ends, however it ends."""
    more = {"SOJOURN_FOLDER": str(FOLDER), "SOJOURN_OWNER": str(os.getpid())}
    environment = {**os.environ, **more, "PACE": str(pace), "CALENDAR_START": START}

    def runner(command: str) -> None:
        said = [sys.executable, "-m", "infra.local.runner", command]
        subprocess.run(said, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)

    runner("down")
    runner("up")
    try:
        local = state.read(FOLDER / "local.json")
        assert local is not None
        yield local
    finally:
        runner("down")


def measure(local: Local, contacts: int) -> dict[str, Any]:
    """From the first sign-up until nobody is on the way."""
    _sign_up(local, range(-A_CALL, 0))  # so that workers have begun, and know the journey
    _until_ended(local, A_CALL)
    mails, before, began = _mails(local), cpu(local), time.monotonic()
    _sign_up(local, range(contacts))
    accepted = time.monotonic() - began
    ended = _until_ended(local, A_CALL + contacts) - A_CALL
    took = time.monotonic() - began
    used = {name: seconds - before.get(name, 0) for name, seconds in sorted(cpu(local).items())}
    total = sum(used.values())
    return {
        "contacts": contacts,
        "ended": ended,
        "mails": _mails(local) - mails,
        "contacts_a_minute": round(ended / took * 60),
        "seconds": round(took, 1),
        "seconds_until_all_signed_up": round(accepted, 1),
        "cpu_seconds": {name: round(seconds, 1) for name, seconds in used.items()},
        "cpu_share": {name: round(seconds / total, 3) for name, seconds in used.items()},
        "functions_cpu_ms_a_contact": round(used["functions"] * 1_000 / contacts, 1),
    }


def cpu(local: Local) -> dict[str, float]:
    """Seconds of CPU that each part of the local cloud has used so far, workers that are gone included."""
    used: defaultdict[str, float] = defaultdict(float)
    for process in state.processes():
        if process.group == local.pid:
            whose = next((name for mark, name in WHOSE.items() if mark in process.args), "functions")
            own, reaped = _times(process.pid)
            used[whose] += own
            used["functions" if whose == "MiniStack" else whose] += reaped  # its children are the workers
    return used


def _times(pid: int) -> tuple[float, float]:
    """A process's own seconds, and those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile: its parent has its time
        return 0, 0
    user, system, reaped_user, reaped_system = (int(each) / TICKS for each in fields[11:15])
    return user + system, reaped_user + reaped_system


def _sign_up(local: Local, numbers: range) -> None:
    for first in range(numbers.start, numbers.stop, A_CALL):
        some = range(first, min(first + A_CALL, numbers.stop))
        batch = [event for number in some for event in _events(local, f"bench-{number}")]
        body = {"batch": batch, "sentAt": iso(local.clock.wall())}
        answer = requests.post(
            f"{local.collect_url}/v1/batch", json=body, auth=(local.write_key, ""), timeout=120
        )
        answer.raise_for_status()


def _events(local: Local, user: str) -> Iterator[dict[str, Any]]:
    about = {"userId": user, "timestamp": iso(local.clock.calendar())}
    traits = {"email": f"{user}@example.org", "firstName": "Ann", "timezone": "America/New_York"}
    yield {
        "type": "identify", "messageId": f"{user}-1", "traits": traits, "context": {"consent": CONSENT}, **about,
    }  # fmt: skip
    yield {"type": "track", "messageId": f"{user}-2", "event": "Signed Up", **about}


def _until_ended(local: Local, people: int) -> int:
    """How many are at the end: all, or as many as were when no more came for too long."""
    end = time.monotonic() + PATIENCE * max(people, 30)
    while (ended := _ended(local)) < people and time.monotonic() < end:
        sys.stderr.write(f"{ended} of {people} are at the end\n")
        time.sleep(LOOKS)
    return ended


def _ended(local: Local) -> int:
    scan: dict[str, Any] = {
        "TableName": local.outputs["PeopleTable"],
        "Select": "COUNT",
        "FilterExpression": "begins_with(sk, :run) AND #status <> :active",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":run": {"S": "ENROL#"}, ":active": {"S": "active"}},
    }
    pages = stack.client("dynamodb", local.endpoint_url).get_paginator("scan").paginate(**scan)
    return sum(page["Count"] for page in pages)


def _mails(local: Local) -> int:
    health = requests.get(f"{local.post_office_url}/health", timeout=30).json()
    return int(health["aws_calls"].get("ses:SendEmail", 0))


if __name__ == "__main__":
    sys.exit(main())
