"""A file becomes people, in the browser: chosen, mapped, declared, tried, done, and a segment made of them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.api.world import imports as desk
from functions.api.world import world
from sojourn import config
from sojourn.imports.files import Bucket
from sojourn.imports.finish import finish
from sojourn.imports.model import Chunk
from sojourn.imports.plan import plan
from sojourn.imports.store import get_import
from sojourn.imports.work import work
from sojourn.segments import store as segments
from tests.browser.conftest import Console
from tests.browser.windows import good, pictures
from tests.cloud import REGION
from tests.console import LINK_KEYS
from tests.functions.test_api_imports import Machine
from tests.insight_rows import empty

PEOPLE = """Customer,E-Mail,First name,Points,Born,Newsletter,Internal note
4711,ada@example.org,Ada,120,10.12.1815,yes,old friend
4712,grace@example.org,Grace,85,09.12.1906,yes,
4713,hedy@example.org,Hedy,12,09.11.1914,no,calls on Mondays
4714,abuse@example.org,,x,,yes,
"""


@pytest.fixture(autouse=True)
def machine(clock: object) -> Iterator[Machine]:
    """A bucket for files, and a machine that runs when a test says so."""
    empty(boto3.client("dynamodb", region_name=REGION), "Config", "Counters", "Events")
    config.put("KEY", "link", LINK_KEYS)
    segments.forget()
    boto3.client("s3", region_name=REGION).create_bucket(Bucket="somewhere")
    desk.cache_clear()
    made = Machine()
    object.__setattr__(desk(), "machine", made)  # frozen for everybody else
    yield made
    desk.cache_clear()


def run(job: str) -> None:
    """As the state machine would."""
    files = desk().files
    said = plan(get_import(job), files=files)
    with files.open(said["key"]) as raw:
        for piece in json.load(raw):
            work(get_import(job), Chunk.from_json(piece["piece"]), files=files, clock=world().clock)
    finish(get_import(job), files=files)


def test_a_file_becomes_people_and_a_segment(console: Console, tmp_path: Path):
    file = tmp_path / "spring-fair.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    window = console.signed_in("editor")
    page = window.page

    window.go("/console/imports")
    good(window)
    page.click("main >> text=Import a file")
    page.wait_for_url("**/new-import")
    good(window)
    pictures(window, "import-file")
    page.set_input_files("#file", str(file))
    page.click("text=Upload and look at it")
    page.wait_for_url("**/columns?*")

    page.get_by_label("What Born becomes").select_option("traits.birthday")
    page.get_by_label("What kind of value Born holds").select_option("date")
    page.get_by_label("How dates in Born are written").fill("%d.%m.%Y")
    assert not page.locator("[name='other-3']").is_visible()
    page.get_by_label("What Internal note becomes").select_option("ignore")
    page.get_by_label("All of them did").check()
    page.fill("#consent-how", "form")
    page.fill("#consent-when", "May 2026")
    page.fill("#consent-declared_by", "Grace Hopper, CRM")
    page.fill("#consent-wording", "Yes, send me the newsletter.")
    page.fill("#list", "Spring fair")
    page.evaluate("window.__moved = 0")  # what a choice opened is no jump: the hand did it
    good(window)
    page.evaluate("scrollTo(0, 0)")
    pictures(window, "import-columns")
    page.click("text=Try it")
    page.wait_for_url("**/imports/dry-*")
    good(window)
    pictures(window, "import-running")
    run(window.path.rpartition("/")[2])
    page.wait_for_selector("text=And now in earnest?")  # the page asks by itself how far it is
    good(window)
    pictures(window, "import-tried")

    page.click("text=Import 4")
    page.wait_for_url(lambda url: "/imports/" in url and "dry-" not in url)
    run(window.path.rpartition("/")[2])
    page.reload()
    good(window)
    pictures(window, "import-done")
    page.click("text=Make the segment")
    page.wait_for_url("**/segments/spring-fair")
    window.says("main", "Spring fair")


def test_without_scripts_a_file_comes_in_as_well(console: Console, tmp_path: Path):
    file = tmp_path / "people.csv"
    file.write_text("id,email\nu1,ada@example.org\n", encoding="utf-8")
    window = console.signed_in("editor", scripts=False)

    window.go("/console/new-import")
    window.page.set_input_files("#file", str(file))
    window.page.click("text=Upload and look at it")
    window.page.click("text=Import at once")
    run(window.path.rpartition("/")[2])
    window.page.click("text=Look again")

    window.says("h1 + .badge", "Done")


@contextmanager
def a_bucket(back: list[str]) -> Iterator[str]:
    """The address of whatever takes a posted form as S3 does: it sends the browser back with the file's place."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(303)
            self.send_header("Location", f"{back[0]}?bucket=x&key=imports/uploads/big.csv")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_large_file_goes_to_the_bucket_past_us_and_the_pages_policy_lets_it(
    console: Console, tmp_path: Path
):
    file = tmp_path / "big.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    desk().files.write("imports/uploads/big.csv", [PEOPLE.encode()])
    window, back = console.signed_in("editor"), list[str]()
    with a_bucket(back) as address:
        object.__setattr__(desk(), "files", Posted(desk().files.client, desk().files.name, address, back))

        window.go("/console/new-import/large?kind=contacts")
        good(window)
        window.page.set_input_files("#file", str(file))
        window.page.click("text=Upload and look at it")
        window.page.wait_for_url("**/new-import/columns?*")

    window.says("#columns", "ada@example.org")
    assert window.complaints == []


@dataclass(frozen=True)
class Posted(Bucket):
    """The bucket of the test, whose form goes to an address of ours."""

    address: str
    back: list[str]

    def upload_form(self, folder: str, back: str) -> dict[str, Any]:
        self.back.append(back)
        return {"url": self.address, "fields": {"key": folder, "success_action_redirect": back}}
