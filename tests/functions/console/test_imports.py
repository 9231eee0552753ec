"""Imports in the console: a file comes in, its columns are mapped, it is tried, done, and found again as a segment."""

import json
import re
from collections.abc import Iterator

import boto3
import pytest

from functions.api.world import imports as desk
from functions.api.world import world
from sojourn import config
from sojourn.imports.finish import finish
from sojourn.imports.model import Chunk, Status
from sojourn.imports.plan import plan
from sojourn.imports.store import get_import, list_imports
from sojourn.imports.work import work
from sojourn.segments import store as segments
from tests.cloud import REGION
from tests.console import FORM, LINK_KEYS, Browser, Page, counted
from tests.functions.test_api_imports import Machine
from tests.insight_rows import empty

HOSTILE = "<script>alert(1)</script>"
PEOPLE = (
    f"id,E-Mail,opted in,Points,{HOSTILE}\nu1,ada@example.org,yes,5,{HOSTILE}\nu2,bob@example.org,no,7,x\n"
)
BOUNDARY = "----sojourn"


@pytest.fixture(autouse=True)
def machine(clock: object) -> Iterator[Machine]:
    """An empty workspace, a bucket for files, and whoever runs imports, by hand."""
    empty(boto3.client("dynamodb", region_name=REGION), "Config", "Counters", "Events")
    config.put("KEY", "link", LINK_KEYS)
    segments.forget()
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="somewhere")
    desk.cache_clear()
    made = Machine()
    object.__setattr__(desk(), "machine", made)  # frozen for everybody else
    yield made
    for each in s3.list_objects_v2(Bucket="somewhere").get("Contents", []):
        s3.delete_object(Bucket="somewhere", Key=each["Key"])
    desk.cache_clear()


def upload(browser: Browser, content: str = PEOPLE, kind: str = "contacts", name: str = "people.csv") -> Page:
    """As a browser sends a form with a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in (("csrf", browser.mark), ("kind", kind))
    ]
    file = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n'
    body = "".join([*parts, f"--{BOUNDARY}\r\n{file}\r\n{content}\r\n--{BOUNDARY}--\r\n"])
    headers = FORM | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return browser.send("POST", "/console/new-import", body.encode(), headers)


def mapped(browser: Browser, **more: str) -> dict[str, str]:
    """The form of the columns as it comes, filled in a little more."""
    page = browser.get(upload(browser).place)
    assert page.status == 200
    chosen = {"to-0": "userId", "to-1": "traits.email", "to-2": "ignore", "to-3": "traits.Points"}
    return {**page.inputs(), **chosen, "declares": "no", **more}


def run(place: str) -> None:
    """As the state machine would."""
    job, files = place.rpartition("/")[2], desk().files
    said = plan(get_import(job), files=files)
    with files.open(said["key"]) as raw:
        for piece in json.load(raw):
            work(get_import(job), Chunk.from_json(piece["piece"]), files=files, clock=world().clock)
    finish(get_import(job), files=files)


def test_without_imports_the_list_teaches_what_one_is(signed_in):
    page = signed_in("editor").get("/console/imports")

    assert "No file was imported yet" in page.words
    assert "/console/new-import" in page.text


def test_a_file_comes_in_and_its_columns_are_guessed(signed_in):
    browser = signed_in("editor")

    answer = upload(browser)
    page = browser.get(answer.place)

    assert answer.status == 303
    assert page.status == 200
    assert "ada@example.org" in page.text
    assert '<option value="traits.email" selected' in page.text
    assert '<option value="consent.email" selected' in page.text
    assert "says who allowed something, and not how" in page.words
    assert HOSTILE not in page.text


@pytest.mark.parametrize(("content", "kind"), [("", "contacts"), (PEOPLE, "lies")], ids=["empty", "kind"])
def test_what_is_no_file_is_said_so(content: str, kind: str, signed_in):
    page = upload(signed_in("editor"), content, kind)

    assert page.status == 422
    assert "Choose a file" in page.words


@pytest.mark.parametrize("content", ["PK\x03\x04rest", "\n\n"], ids=["workbook", "blank"])
def test_what_cannot_be_read_is_said_with_the_remedy(content: str, signed_in):
    browser = signed_in("editor")

    page = browser.get(upload(browser, content).place)

    assert page.status == 422
    assert "CSV" in page.words or "empty" in page.words


def test_it_is_tried_first_and_writes_nothing_then_it_is_done(signed_in, machine: Machine):
    browser = signed_in("editor")

    tried = browser.post("/console/new-import/columns", mapped(browser, do="try", list="Spring fair")).place
    running = browser.get(tried)
    run(tried)
    shown = browser.get(tried)
    done = browser.post(f"{tried}/real").place
    run(done)
    page = browser.get(done)

    assert "It runs" in running.words
    assert "nothing is written" in shown.words
    assert "2 rows come in" in shown.words
    assert tried != done
    assert "Make a segment of them" in page.words
    assert machine.started == [each.rpartition("/")[2] for each in (tried, done)]
    assert get_import(done.rpartition("/")[2]).mapping["list"] == "Spring fair"


def test_while_it_runs_the_page_asks_for_its_progress_and_is_told_to_load_again_at_the_end(signed_in):
    browser = signed_in("editor")
    place = browser.post("/console/new-import/columns", mapped(browser, do="import")).place

    part = browser.part(f"{place}/progress")
    run(place)
    end = browser.part(f"{place}/progress")

    assert 'hx-trigger="every 2s"' in part.text
    assert end.headers["HX-Redirect"].endswith(place)
    assert browser.get(f"{place}/progress").place.endswith(place)


def test_what_stopped_half_way_goes_on(signed_in, machine: Machine):
    browser = signed_in("editor")
    place = browser.post("/console/new-import/columns", mapped(browser, do="import")).place
    machine.is_alive = False

    page = browser.get(place)
    answer = browser.post(f"{place}/resume")

    assert "It stopped half way" in page.words
    assert answer.place.endswith(place)
    assert len(machine.started) == 2


def test_a_segment_is_made_of_them_and_a_name_that_is_taken_is_said_so(signed_in):
    browser = signed_in("editor")
    fields = mapped(browser, do="import", list='Spring "fair": 1')
    place = browser.post("/console/new-import/columns", fields).place
    run(place)
    assert browser.get(place).inputs()["name"] == "spring-fair-1"

    made = browser.post(f"{place}/segment", name="spring-fair-1")
    again = browser.post(f"{place}/segment", name="spring-fair-1")
    wrong = browser.post(f"{place}/segment", name="Spring Fair")

    assert made.place.endswith("/console/segments/spring-fair-1")
    draft = segments.get_draft("spring-fair-1")
    assert draft is not None
    assert 'Spring \\"fair\\": 1' in draft.source
    assert (again.status, wrong.status) == (422, 422)


def test_consent_without_proof_is_refused_beside_what_was_filled_in(signed_in):
    browser = signed_in("editor")

    page = browser.post(
        "/console/new-import/columns", mapped(browser, **{"to-2": "consent.email", "do": "import"})
    )

    assert page.status == 422
    assert "must show how" in page.words
    assert page.inputs()["key"]
    assert list(list_imports()) == []


def test_a_declared_consent_is_kept_with_the_import(signed_in):
    browser = signed_in("editor")
    said = {
        "declares": "yes",
        "channels": "email",
        "consent-how": "form",
        "consent-when": "May 2026",
        "consent-wording": "Yes, write to me",
        "consent-declared_by": f"Grace {HOSTILE}",
    }

    place = browser.post(
        "/console/new-import/columns", mapped(browser, **{"to-2": "consent.email", "do": "import", **said})
    ).place
    run(place)
    page = browser.get(place)

    statement = get_import(place.rpartition("/")[2]).statement
    assert statement is not None
    assert statement["declared_by"] == f"Grace {HOSTILE}"
    assert "Yes, write to me" in page.words
    assert HOSTILE not in page.text
    assert get_import(place.rpartition("/")[2]).status is Status.COMPLETED


def test_a_wrong_mapping_names_the_column_and_keeps_what_was_chosen(signed_in):
    browser = signed_in("editor")

    page = browser.post(
        "/console/new-import/columns", mapped(browser, **{"to-0": "ignore", "to-1": "ignore"})
    )

    assert page.status == 422
    assert "no column tells who" in page.words


def test_another_attribute_and_its_type_are_said_in_the_row(signed_in):
    browser = signed_in("editor")
    chosen = {"to-3": "other", "other-3": "loyalty", "type-3": "number", "do": "import"}

    place = browser.post("/console/new-import/columns", mapped(browser, **chosen)).place

    columns = get_import(place.rpartition("/")[2]).mapping["columns"]
    assert columns["Points"] == {"to": "traits.loyalty", "type": "number"}


def test_the_same_again_is_one_import(signed_in, machine: Machine):
    browser = signed_in("editor")

    first = browser.post("/console/new-import/columns", mapped(browser, do="import")).place
    run(first)
    again = browser.post("/console/new-import/columns", mapped(browser, do="import")).place

    assert first == again
    assert "nothing is done again" in browser.get(again).words
    assert len(machine.started) == 1


def test_faults_are_fetched_from_where_they_lie(signed_in):
    browser = signed_in("editor")
    fields = mapped(browser, do="import") | {"type-3": "date"}
    place = browser.post("/console/new-import/columns", fields).place
    run(place)

    answer = browser.get(f"{place}/errors")

    assert "All faults" in browser.get(place).words
    assert answer.status == 303
    assert "Signature" in answer.place


def test_a_large_file_goes_to_the_bucket_and_the_browser_comes_back(signed_in):
    browser = signed_in("editor")

    page = browser.get("/console/new-import/large?kind=events")
    back = browser.get("/console/new-import/uploaded/events?bucket=x&key=imports/uploads/a/x%26y.csv&etag=z")

    fields = page.inputs()
    assert "csrf" not in page.text.partition("<main")[2]
    assert fields["success_action_redirect"].endswith("/console/new-import/uploaded/events")
    assert fields["key"].startswith("imports/uploads/")
    policy = page.headers["Content-Security-Policy"]
    assert re.search(r"form-action 'self' https://[\w.-]*amazonaws.com$", policy)
    assert back.place.endswith(
        "/console/new-import/columns?kind=events&key=imports%2Fuploads%2Fa%2Fx%26y.csv"
    )
    assert browser.get("/console/new-import/large?kind=lies").status == 400
    assert signed_in("viewer").get("/console/new-import/large").status == 403


def test_pages_cost_few_calls(signed_in):
    browser = signed_in("editor")
    columns = upload(browser).place
    place = browser.post("/console/new-import/columns", mapped(browser, do="import")).place
    run(place)

    for path in ("/console/new-import", columns, place, "/console/imports"):
        with counted() as made:
            browser.get(path)
        assert len(made) <= 6 - (path != columns), (path, made)
        assert "Scan" not in made


@pytest.mark.parametrize("path", ["/resume", "/real", "/segment"])
def test_a_viewer_looks_and_imports_nothing(path: str, signed_in):
    editor, viewer = signed_in("editor"), signed_in("viewer")
    place = editor.post("/console/new-import/columns", mapped(editor, do="import")).place
    run(place)

    assert viewer.get(place).status == 200
    assert viewer.post(place + path, name="x").status == 403
    assert upload(viewer).status == 403
    assert viewer.post("/console/new-import/columns", key="x", kind="contacts", do="import").status in (
        403,
        422,
    )


def test_no_such_import_is_not_found(signed_in):
    assert signed_in("viewer").get("/console/imports/nothing").status == 404
