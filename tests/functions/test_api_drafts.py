"""Drafts: whose revision it is, what two authors see of each other, and what a draft is warned of."""

import json
from pathlib import Path
from typing import Any

import pytest

from sojourn import config
from sojourn.clock import iso
from sojourn.errors import StaleWriteError
from sojourn.http.keys import key_row_id
from sojourn.journeys.drafts import Draft, get_draft, get_revision, save_draft
from sojourn.journeys.load import load_journey
from tests.functions.test_api import MAIL, YAML, Press, call, dynamodb, get, press
from tests.insight_rows import NOW

__all__ = ["dynamodb", "press"]

WHOLE = Path(__file__).parents[1] / "unit" / "journeys" / "whole.journey.yaml"
ADA, BOB = "sj_api_ada", "sj_api_bob"
AT = "/api/journeys/welcome"
LONGER = YAML.replace("for: 2 days", "for: 3 days")
RENAMED = YAML.replace("Remind", "Ask again")


@pytest.fixture(autouse=True)
def people(press: Press) -> None:
    for name, key in (("ada", ADA), ("bob", BOB)):
        config.put("KEY", key_row_id("api", key), {"name": name, "active": True})


def put(source: str, *, key: str = ADA, **headers: str) -> Any:
    return call("PUT", AT, source, key=key, **headers)


def test_a_draft_tells_who_saved_it_and_when():
    put(YAML)

    shown = get(AT)

    assert (shown["saved_by"], shown["saved_at"]) == ("ada", iso(NOW))


def test_who_takes_the_place_of_a_draft_names_what_they_read():
    """A3."""
    assert put(YAML).body["revision"] == 1

    silent = put(LONGER, key=BOB)

    assert (silent.status, silent.body["code"]) == (428, "revision_required")
    assert silent.headers["ETag"] == '"1"'
    assert 'If-Match: "1"' in silent.body["message"]
    assert get(AT)["source"] == YAML
    assert put(LONGER, If_Match=silent.headers["ETag"]).body["revision"] == 2
    assert put(YAML, If_Match="*").body["revision"] == 3
    assert put(YAML, If_Match='"7", "3"').body["revision"] == 4
    said = json.dumps({"source": LONGER, "revision": 4})
    assert put(said).body["revision"] == 5


def test_two_authors_do_not_overwrite_each_other_and_see_what_changed():
    """T11, A9."""
    put(YAML)
    put(LONGER, key=BOB, If_Match='"1"')

    stale = put(RENAMED, If_Match='"1"')
    outdated = put(json.dumps({"source": RENAMED, "revision": 1}))

    assert (stale.status, stale.body["code"]) == (412, "precondition_failed")
    assert (outdated.status, outdated.body["code"]) == (409, "revision_conflict")
    for answer in (stale, outdated):
        assert (answer.body["revision"], answer.body["since"], answer.body["saved_by"]) == (2, 1, "bob")
        assert answer.headers["ETag"] == '"2"'
        assert answer.body["changes"] == [{"step": "Wait two days", "change": "changed"}]
        assert {"-    for: 2 days", "+    for: 3 days"} <= set(answer.body["diff"])
        assert "bob" in answer.body["message"]
    assert get(AT)["source"] == LONGER


def test_what_changed_over_several_revisions_is_one_difference():
    put(YAML)
    put(LONGER, If_Match='"1"')
    put(RENAMED, If_Match='"2"')

    (first, second) = (put(YAML, If_Match=tag).body for tag in ('"1"', '"2"'))

    assert {each["step"]: each["change"] for each in first["changes"]} == {
        "Remind": "removed",
        "Wait two days": "leads elsewhere",
        "Ask again": "added",
    }
    assert "Wait two days" in {each["step"] for each in second["changes"] if each["change"] == "changed"}


@pytest.mark.parametrize("tag", ['"99"', '"x"', 'W/"1"', '"0"'])
def test_of_a_revision_that_never_was_the_difference_is_to_what_was_sent(tag: str):
    put(YAML)

    answer = put(LONGER, If_Match=tag)

    assert (answer.status, answer.body["since"], answer.body["changes"]) == (412, None, [])
    assert {"-    for: 3 days", "+    for: 2 days"} <= set(answer.body["diff"])


def test_a_draft_that_is_not_there_matches_nothing():
    answer = put(YAML, If_Match='"1"')

    assert (answer.status, answer.body["revision"]) == (412, 0)
    assert put(YAML, If_Match="*").status == 412


def test_who_saves_between_the_reading_and_the_writing_is_not_lost():
    """The row's own condition, where the two requests overlap."""
    put(YAML)
    seen = get_draft("welcome")
    assert seen is not None
    put(LONGER, key=BOB, If_Match='"1"')

    with pytest.raises(StaleWriteError):
        save_draft(Draft(name="welcome", revision=seen.revision, source=RENAMED, definition={}))

    kept = get_revision("welcome", 1)
    assert kept is not None
    assert (kept.source, kept.saved_by) == (YAML, "ada")


def test_publishing_may_name_the_revision_that_is_meant():
    put(YAML)
    put(LONGER, key=BOB, If_Match='"1"')

    other = call("POST", f"{AT}/publish", If_Match='"1"')

    assert (other.status, other.body["saved_by"]) == (412, "bob")
    assert call("POST", f"{AT}/publish", If_Match='"2"').status == 200


# --- warnings


def test_a_saved_draft_is_warned_of_what_check_warns_of():
    for name in ("welcome", "reminder"):
        assert call("PUT", f"/api/templates/{name}", json.dumps(_showing("first_name"))).status == 200

    said = [each["problem"] for each in put(YAML).body["warnings"] if not each["hinders"]]

    assert any("without a topic" in problem for problem in said)
    assert any("no goal" in problem for problem in said)
    assert any("`first_name` without a default" in problem for problem in said)


def test_a_check_finds_what_publishing_would_find_and_writes_nothing():
    wrong = call("POST", f"{AT}/check", YAML.replace("for: 2 days", "for: a while"))
    missing = call("POST", f"{AT}/check", YAML)

    assert (wrong.status, wrong.body["is_sound"]) == (200, False)
    assert {error["step"] for error in wrong.body["errors"]} >= {"Wait two days"}
    assert {error["step"] for error in missing.body["errors"]} == {"Send the welcome", "Remind"}
    assert missing.body["warnings"]
    assert call("POST", f"{AT}/check").status == 404
    put(YAML)
    assert call("POST", f"{AT}/check").body == missing.body


def test_publishing_tells_its_warnings(press: Press):
    put(YAML)
    warning = {
        "file": "welcome.journey.yaml",
        "line": 1,
        "step": "",
        "problem": "no goal",
        "remedy": "name one",
    }
    press.answer = {**press.answer, "warnings": [warning]}

    assert call("POST", f"{AT}/publish").body["warnings"] == [warning]


def _showing(field: str) -> dict[str, str]:
    return {**MAIL, "html": MAIL["html"].replace("Hello", f"Hello {{{{ {field} }}}}")}


def test_a_journey_with_everything_in_it_comes_back_as_it_went_in():
    """T15: as YAML, and as the JSON that was answered, with nothing left out."""
    whole = WHOLE.read_text(encoding="utf-8")
    name = load_journey(whole).name

    saved = call("PUT", f"/api/journeys/{name}", whole)
    again = call("PUT", f"/api/journeys/{name}", json.dumps(saved.body["definition"]), If_Match='"1"')

    assert (saved.status, again.status) == (200, 200)
    assert saved.body["definition"] == again.body["definition"] == load_journey(whole).to_definition()
    assert load_journey(again.body["source"]) == load_journey(whole)
