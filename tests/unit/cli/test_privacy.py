"""`sojourn contact erase` and `export`: what they ask, what they show, what they leave on the disk."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from sojourn.cli.main import main
from sojourn.cli.privacy import environment_of
from tests.unit.cli.test_commands import Server, run, server  # noqa: F401  fixtures


def a_job(status: str = "running", step: str = "find", **more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": "j",
        "status": status,
        "step": step,
        "found": None,
        "deleted": {},
        "status_url": "/api/erasures/j",
    }
    return {**usual, **more}


def test_erasing_asks_first(run: Any, server: Server):  # noqa: F811
    result = CliRunner().invoke(main, ["contact", "erase", "ann"], input="n\n")

    assert result.exit_code == 1
    assert server.asked == []


def test_erasing_shows_each_step_and_ends_when_the_tables_are_clean(run: Any, server: Server):  # noqa: F811
    server.answers = [
        (202, a_job()),
        (200, a_job(step="delete")),
        (200, a_job(step="settle", deleted={"events": 7, "messages": 0})),
    ]

    result = run("contact", "erase", "u#ann", "--yes")

    assert [asked[:2] for asked in server.asked] == [
        ("POST", "/api/contacts/u%23ann/erase"),
        ("GET", "/api/erasures/j"),
        ("GET", "/api/erasures/j"),
    ]
    assert "7 events." in result.output
    assert "follow within half an hour" in result.output


def test_erasing_nobody_says_so(run: Any, server: Server):  # noqa: F811
    server.answers = [(202, a_job("done", "prove", found=False))]

    assert "Nobody goes by that name" in run("contact", "erase", "eve", "--yes").output


def test_an_erasure_that_is_done_shows_its_proof(run: Any, server: Server):  # noqa: F811
    server.answers = [(202, a_job("done", "prove", found=True, deleted={"events": 2}))]

    assert (
        "Erased: 2 events. Proof: /api/erasures/j" in run("contact", "erase", "ann", "--yes", "--wait").output
    )


def test_an_export_is_fetched_into_a_file(run: Any, server: Server):  # noqa: F811
    done = {
        "status": "done",
        "found": True,
        "bytes": 14,
        "download_url": f"{server.url}/file",
        "contact": "c",
    }
    server.answers = [
        (202, {"id": "e", "status": "running"}),
        (200, {"id": "e", **done}),
        (200, {"contact": 1}),
    ]

    result = run("contact", "export", "ann", "-o", "ann.json")

    assert json.loads(Path("ann.json").read_text()) == {"contact": 1}
    assert "ann.json: 14 bytes" in result.output


def test_an_export_of_somebody_who_is_gone_says_so(run: Any, server: Server):  # noqa: F811
    server.answers = [(202, {"id": "e", "status": "done", "found": False, "contact": "c"})]

    result = run("contact", "export", "ann")

    assert result.exit_code == 1
    assert "erased meanwhile" in result.output


OUTPUTS = {"PeopleTable": "People", "FilesBucket": "files", "PersonKeyArn": "arn"}


def test_a_replay_works_on_the_tables_of_the_stack_or_on_restored_ones():
    found = environment_of(OUTPUTS, ("events=Events-restored",))

    assert (found["PEOPLE_TABLE"], found["EVENTS_TABLE"]) == ("People", "Events-restored")
    assert (found["FILES_BUCKET"], found["PERSON_KEY_ARN"]) == ("files", "arn")


@pytest.mark.parametrize("said", ["people", "people=", "nobody=People"])
def test_a_replay_wants_tables_by_name(said: str):
    with pytest.raises(click.ClickException, match="NAME=TABLE"):
        environment_of(OUTPUTS, (said,))
