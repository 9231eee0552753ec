"""How long an event takes to move somebody: `python -m bench.freshness`, on the local cloud that `make up` runs.

event accepted → `Segment Entered` written → the journey's first task decides on its message. Each is a moment that
the product itself notes; PACE must be 1, so that the calendar's seconds are the wall's. Events come one by one, as on a
calm day. What the same path costs in process, without a cloud, is in bench/react.py: the rest is the emulator's.
"""

import json
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import requests

from infra.local import state
from infra.local.state import Local
from sojourn.clock import iso, parse_iso

PEOPLE = 60
PATIENCE = 400.0  # a rule takes force after two waits of 70 seconds
RULE = "segment: {name}\nrule: [{{attribute: club, is: {name}}}]\n"
JOURNEY = (
    "journey: {name}\npurpose: marketing\nentry: {{segment: {name}}}\n"
    "steps:\n  - send: Say hello\n    template: welcome\n"
)


def main() -> int:
    """Print median and 95th percentile of both ways."""
    local = state.read()
    if local is None or local.pace != 1:
        sys.stderr.write("a local cloud at its own pace must run: make up\n")
        return 1
    name = f"fresh-{uuid.uuid4().hex[:8]}"
    _prepare(local, name)
    people = [f"{name}-{number}" for number in range(PEOPLE)]
    for person in people:
        _identify(local, person, name)
    moments = [_moments(local, person) for person in people]
    _told("accepted → in the segment", [entered - at for at, entered, _ in moments])
    _told("accepted → the first task decides", [decided - at for at, _, decided in moments])
    return 0


def _prepare(local: Local, name: str) -> None:
    _api(local, "PUT", f"segments/{name}", RULE.format(name=name))
    _api(local, "POST", f"segments/{name}/publish")
    _until(lambda: _api(local, "GET", f"segments/{name}")["run"]["status"] == "done")
    _api(local, "PUT", f"journeys/{name}", JOURNEY.format(name=name))
    _api(local, "POST", f"journeys/{name}/publish")


def _identify(local: Local, person: str, name: str) -> None:
    consent = [{"channel": "email", "purpose": "marketing", "source": "bench", "wording": "Yes"}]
    body = {
        "userId": person,
        "traits": {"email": f"{person}@example.org", "club": name},
        "context": {"consent": consent},
        "timestamp": iso(local.clock.calendar()),
    }
    headers = {"Authorization": f"Bearer {local.write_key}"}
    requests.post(
        f"{local.collect_url}/v1/identify", json=body, headers=headers, timeout=60
    ).raise_for_status()


def _moments(local: Local, person: str) -> tuple[float, float, float]:
    """Accepted, in the segment, decided: in seconds."""

    def there() -> Any:
        return _first(local, person, "messages", "decided_at")

    decided = _until(there)
    events = _api(local, "GET", f"contacts/{person}/events")["items"]
    by_name = {event["event"] or event["type"]: event["received_at"] for event in events}
    return _seconds(by_name["identify"]), _seconds(by_name["Segment Entered"]), _seconds(decided)


def _first(local: Local, person: str, what: str, field: str) -> Any:
    answer = _ask(local, "GET", f"contacts/{person}/{what}")
    items = answer.json()["items"] if answer.ok else []
    return items[0][field] if items else None


def _until(look: Callable[[], Any]) -> Any:
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError("it did not come to pass")
        pause.wait(0.2)
    return found


def _api(local: Local, method: str, path: str, body: str | None = None) -> Any:
    answer = _ask(local, method, path, body)
    answer.raise_for_status()
    return answer.json()


def _ask(local: Local, method: str, path: str, body: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {local.api_key}"}
    return requests.request(method, f"{local.api_url}/api/{path}", data=body, headers=headers, timeout=60)


def _seconds(moment: str) -> float:
    return parse_iso(moment).timestamp()


def _told(way: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[round(0.95 * (len(ordered) - 1))]
    sys.stdout.write(
        json.dumps({"way": way, "median_s": round(statistics.median(ordered), 3), "p95_s": round(p95, 3)})
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
