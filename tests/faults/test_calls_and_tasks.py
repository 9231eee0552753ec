"""Every fault at every AWS call of a call step, and of a task from its opening to its end: the run goes its way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sojourn import bootstrap
from sojourn.asl.walk import Crash
from sojourn.errors import StoreBusyError
from sojourn.journeys.tasks import store
from sojourn.journeys.tasks.model import TaskSettledError
from sojourn.journeys.tasks.settle import settle, still_open
from tests.faults.explore import Point, explore
from tests.faults.network import Kind
from tests.faults.world import START, World, a_world
from tests.playing import play, run_of

LOCAL = "http://127.0.0.1:4566"
# In a process of its own: the walks fork, and threads do not come along.
SHOP = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Shop(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "18")
        self.end_headers()
        self.wfile.write(b'{"code": "SPRING"}')
    def log_message(self, *_): pass
shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
print(shop.server_port, flush=True)
shop.serve_forever()
"""
CALL = """\
  - call: Ask for a voucher
    url: URL
    on fail: [{exit: Nothing, reason: no voucher}]
  - branch: Did they get one?
    if: {attribute: reply.ask_for_a_voucher.code, is: SPRING}
    then: [{exit: Voucher, reason: voucher}]
  - exit: Over
"""
TASK = """\
  - task: Call them
    assign: sales
    due: 2 days
    outcomes: {reached: [], not reached: [{exit: Silent, reason: silent}]}
    otherwise: [{exit: Forgotten, reason: forgotten}]
  - exit: Over
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-c", SHOP], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        process.terminate()


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", LOCAL)
        patch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")  # the world stands in for AWS
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


def test_a_call_step_survives_every_fault(world: World, shop: str):
    def story(world: World) -> None:
        play(world, CALL.replace("URL", shop))
        world.run_until(START + timedelta(hours=30))

    def verify(world: World) -> list[str]:
        run = run_of(world)
        found = (run.reason, dict(run.replies))
        return [] if found == ("voucher", {"ask_for_a_voucher": {"code": "SPRING"}}) else [str(run)]

    points = explore(world, story, verify, functions=("call_out",))

    assert _harm(points) == []
    assert len(points) >= 20


def test_a_task_survives_every_fault(world: World):
    def story(world: World) -> None:
        play(world, TASK)
        world.run_until(START + timedelta(hours=1))
        _settled(world)
        world.run_until(START + timedelta(hours=40))

    def verify(world: World) -> list[str]:
        run = run_of(world)
        return [] if run.reason == "silent" else [str(run)]

    points = explore(world, story, verify, functions=("park_token", "api"))

    assert _harm(points) == []
    assert len(points) >= 40


def _settled(world: World) -> None:
    """Somebody settles it; when there is no answer, again."""
    engine = bootstrap.engine()
    found, _ = store.listed("sales", 10, None)
    (task,) = still_open(found, engine=engine)
    for _ in range(3):
        try:
            with world.network.on_behalf_of("api"), bootstrap.store_errors_translated():
                settle(task.id, "not reached", by="ops", engine=engine)
        except (Crash, StoreBusyError):
            continue
        except TaskSettledError:
            return  # which says how: it was us
        return


def _harm(points: list[Point]) -> list[str]:
    assert {point.kind for point in points} <= set(Kind)
    return [str(point) for point in points if point.problems]
