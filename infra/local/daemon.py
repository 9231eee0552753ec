"""Holds the local cloud: starts everything in order, then passes requests on and ticks until told to stop.

`runner.py up` starts it detached and relays the lines that `say` writes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from infra.local import processes, stack, ticker
from infra.local.pace import Pace, start_calendar
from infra.local.proxy import Proxy
from infra.local.shop.shop import Shop
from infra.local.state import FILE, PID, Local, StartError, aws_environment

STEP, READY, FAILED = "== ", "READY ", "FAILED "


def main() -> int:
    """Start; on any failure leave nothing running, and say what failed and how to mend it."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is for the one who waits
    children: list[subprocess.Popen[bytes]] = []
    try:
        local = start(children, stop)
        print(f"{READY}{local.collect_url}", flush=True)
        _hold(local, children, stop)
    except StartError as error:
        print(f"{FAILED}{error}", flush=True)
        return 1
    except Exception:  # noqa: BLE001  the last line of defence: the one who waits must hear of it
        print(f"{FAILED}An unexpected error:\n{traceback.format_exc()}", flush=True)
        return 1
    finally:
        FILE.unlink(missing_ok=True)
        _end(children)
        PID.unlink(missing_ok=True)
    return 0


def start(children: list[subprocess.Popen[bytes]], stop: threading.Event) -> Local:
    """Everything, in order; what can run beside something else does."""
    began = time.monotonic()
    pace, ports = Pace.from_env(datetime.now(UTC)), processes.choose_ports()
    servers = ("ministack", "post_office", "public")
    endpoint, post_office, public = (f"http://127.0.0.1:{ports[name]}" for name in servers)
    os.environ.update(aws_environment(endpoint) | pace.environment())
    say(began, "starting MiniStack and the post office, building the stack")
    with ThreadPoolExecutor(max_workers=1) as pool:
        building = pool.submit(stack.build)
        _start_servers(children, ports, pace)
        proxy = Proxy(ports["public"], endpoint)
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        building.result()
    _unless_stopped(stop)
    say(began, "deploying the stack")
    outputs = stack.deploy(endpoint, public)
    proxy.apis = outputs
    _unless_stopped(stop)
    say(began, "verifying the sender, seeding keys and journeys")
    stack.verify_sender(endpoint)
    _tell_post_office(post_office, outputs)
    local = Local(
        collect_url=public,
        write_key="",
        api_url=public,
        api_key="",
        post_office_url=post_office,
        endpoint_url=endpoint,
        pid=os.getpid(),
        pace=pace.pace,
        calendar_start=pace.start,
        calendar_wall=pace.wall,
        ports=ports,
        outputs=outputs,
    )
    local = _seeded(local)
    if local.shop_key:
        Shop.open(ports["shop"], host=public, key=local.shop_key)
    if pace.is_the_worlds:
        local.write()
    else:
        local = start_calendar(local)
    say(began, "ready")
    return local


def say(began: float, what: str) -> None:
    """One line of progress."""
    print(f"{STEP}{time.monotonic() - began:5.1f} s  {what}", flush=True)


def _start_servers(children: list[subprocess.Popen[bytes]], ports: dict[str, int], pace: Pace) -> None:
    post_office = processes.start_post_office(ports, pace)
    children.append(post_office)
    ministack = processes.start_ministack(ports, pace)
    children.append(ministack)
    health = f"http://127.0.0.1:{ports['post_office']}/health"
    processes.wait_until_ready("post-office", health, post_office)
    processes.wait_until_ready(
        "ministack", f"http://127.0.0.1:{ports['ministack']}/_sojourn/counts", ministack
    )


def _seeded(local: Local) -> Local:
    """Keys and shipped journeys; without a seed module the stack stands empty."""
    if importlib.util.find_spec("infra.local.seed") is None:
        return local
    from dataclasses import replace

    seed = importlib.import_module("infra.local.seed")
    keys = seed.seed(local.outputs, local.clock)
    return replace(local, **keys)


def _tell_post_office(url: str, outputs: dict[str, str]) -> None:
    config = {
        "email_events_topic": outputs.get("EmailEventsTopicArn", ""),
        "inbound_sms_topic": outputs.get("InboundSmsTopicArn", ""),
        "send_events": False,  # as the template's SendEvents
        "auto_deliver": os.environ.get("AUTO_DELIVER", "true") == "true",
    }
    request = urllib.request.Request(f"{url}/config", json.dumps(config).encode(), method="POST")
    urllib.request.urlopen(request, timeout=30).close()


def _hold(local: Local, children: list[subprocess.Popen[bytes]], stop: threading.Event) -> None:
    """Tick until told to stop, or until a child has ended by itself."""
    for tick in ticker.ticks(local.outputs, local.pace):
        args = (tick, local.endpoint_url, stop)
        threading.Thread(target=ticker.run, args=args, daemon=True).start()
    while not stop.wait(0.5) and _is_wanted():
        for child in children:
            if child.poll() is not None:
                raise StartError(
                    f"a server ended by itself: {child.args!r} with {child.returncode}; see .sojourn/*.log"
                )


def _is_wanted() -> bool:
    """Whoever started it with SOJOURN_OWNER (a test run) must live; without one it stays until told to stop."""
    owner = os.environ.get("SOJOURN_OWNER")
    if not owner:
        return True
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    return True


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """End the servers, and with MiniStack its workers: all are in this process's group."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + 5
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


def _unless_stopped(stop: threading.Event) -> None:
    if stop.is_set():
        raise StartError("stopped while starting")


if __name__ == "__main__":
    PID.write_text(str(os.getpid()))
    code = main()
    sys.stdout.flush()
    if os.getpgid(0) == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)  # workers that outlived their MiniStack
    os._exit(code)
