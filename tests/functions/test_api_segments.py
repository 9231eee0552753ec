"""Segments as the callers of the API see them, every answer held against openapi.yaml."""

from collections.abc import Iterator
from typing import Any

import pytest

from functions.api.world import segments as desk
from functions.api.world import world
from functions.judge_segments.world import world as judges
from sojourn.clock import ManualClock, iso
from sojourn.contacts.datatypes import DataType
from sojourn.contacts.model import Profile
from sojourn.contacts.registry import Attribute, write
from sojourn.contacts.seen import counted
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.segments import store
from sojourn.segments.runs import steps
from sojourn.segments.runs.model import Run
from tests.functions.test_api import call, dynamodb, press
from tests.insight_rows import NOW, an_event, put_events
from tests.partiql import teach_moto

__all__ = ["dynamodb", "press"]
SOURCE = """\
segment: {name}
description: Those who pay
rule:
  - {{attribute: plan, is: {plan}}}
"""


class Machine:
    """Does a run at once, as the state machine would, unless it is told to wait."""

    def __init__(self) -> None:
        self.is_slow = False

    def start(self, run: Run) -> None:
        if not self.is_slow:
            play(run.id)

    def is_running(self, run: Run) -> bool:
        return self.is_slow


def play(run: str) -> None:
    """Every step of a run, in the order of statemachines/backfill.asl.json."""
    known = judges()
    answer = steps.plan(run, known)
    while answer["then"] != "done":
        for page in answer["pages"]:
            while steps.page(page["run"], page["stage"], page["page"], known)["more"]:
                pass
        answer = steps.commit(answer["run"], answer["stage"], known)


@pytest.fixture(autouse=True)
def machine(press: Any, dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    teach_moto()
    store.forget()
    desk.cache_clear()
    judges.cache_clear()
    monkeypatch.setenv("MAX_EVENT_AGE_HOURS", "24")
    object.__setattr__(judges().hands, "clock", ManualClock(NOW))
    object.__setattr__(desk(), "clock", world().clock)
    made = Machine()
    object.__setattr__(desk(), "machine", made)  # frozen for everybody else
    yield made
    store.forget()
    desk.cache_clear()
    judges.cache_clear()


def people(**plans: str) -> None:
    for name, plan in plans.items():
        claim_identity(f"u#{name}", f"contact-{name}")
        put_profile(Profile(f"contact-{name}", traits={"plan": plan}, identities=(f"u#{name}",)))


def saved(name: str, plan: str = "pro") -> None:
    assert call("PUT", f"/api/segments/{name}", SOURCE.format(name=name, plan=plan)).status == 200


def test_a_segment_is_saved_published_and_lists_its_members():
    people(ada="pro", bob="free", eve="pro")
    saved("payers")

    told = call("POST", "/api/segments/payers/publish")

    shown = call("GET", "/api/segments/payers").body
    members = call("GET", "/api/segments/payers/members?limit=1")
    rest = call("GET", f"/api/segments/payers/members?limit=1&cursor={members.body['next']}")
    found = {each["contact"] for each in (*members.body["items"], *rest.body["items"])}
    assert (told.status, told.body["changed"], told.body["generation"]) == (200, True, 1)
    assert (shown["live"], shown["members"], shown["run"]["status"]) == (1, 2, "done")
    assert found == {"contact-ada", "contact-eve"}
    assert call("POST", "/api/segments/payers/publish").body["changed"] is False


def test_a_preview_counts_everybody_where_there_are_few_and_writes_nothing():
    people(ada="pro", bob="free", eve="pro")

    told = call("POST", "/api/segments/preview", SOURCE.format(name="payers", plan="pro")).body

    assert (told["count"], told["of"], told["is_exact"]) == (2, 3, True)
    assert {each["id"] for each in told["examples"]} == {"contact-ada", "contact-eve"}
    assert call("GET", "/api/segments/payers").status == 404


def test_a_contact_is_explained_condition_by_condition():
    people(ada="pro", bob="free")
    saved("payers")
    call("POST", "/api/segments/payers/publish")

    inside = call("GET", "/api/segments/payers/explain?contact=ada").body
    outside = call("GET", "/api/segments/payers/explain?contact=bob").body

    assert (inside["is_in"], inside["cause"], inside["rule"]["holds"]) == (True, "backfill", True)
    assert (outside["is_in"], outside["rule"]["holds"]) == (False, False)
    assert "free" in str(outside["rule"])


def test_a_draft_is_explained_before_it_is_in_force():
    people(ada="pro")
    saved("payers")

    told = call("GET", "/api/segments/payers/explain?contact=ada").body

    assert (told["is_live"], told["is_in"], told["rule"]["holds"]) == (False, False, True)


def test_while_everybody_is_judged_the_rule_before_is_in_force(machine: Machine):
    people(ada="pro", bob="free")
    saved("payers")
    call("POST", "/api/segments/payers/publish")
    machine.is_slow = True
    saved("payers", "free")

    told = call("POST", "/api/segments/payers/publish")

    shown = call("GET", "/api/segments/payers").body
    assert told.status == 202
    assert (shown["live"], shown["pending"], shown["members"]) == (1, 2, 1)
    assert shown["evaluated_at"] is None
    assert call("GET", "/api/segments/payers/explain?contact=ada").body["is_in"] is True


def test_who_looks_at_a_segment_keeps_it():
    saved("payers")
    call("POST", "/api/segments/payers/publish")
    call("PUT", "/api/segments/others", "segment: others\nrule: [{not in segment: payers}]\n")
    call("POST", "/api/segments/others/publish")

    refused = call("DELETE", "/api/segments/payers")

    assert (refused.status, refused.body["code"]) == (409, "segment_named")
    assert call("GET", "/api/segments/payers").body["used_by"]["segments"] == ["others"]
    assert call("DELETE", "/api/segments/others").status == 202
    assert call("DELETE", "/api/segments/payers").status == 202


@pytest.mark.parametrize(
    "rule",
    [
        "[{attribute: plan, iz: pro}]",
        "[{segment: payers}]",  # itself
        "[{event: Segment Entered}]",
        "[{attribute: seen, in the last: 0 days}]",
        "[" + ",".join("{attribute: plan, is: x}" for _ in range(1_000)) + "]",
        "{any: [" * 100 + "{attribute: plan, is: x}" + "]}" * 100,
    ],
)
def test_a_wrong_rule_is_refused_with_line_and_remedy(rule: str):
    refused = call("PUT", "/api/segments/payers", f"segment: payers\nrule: {rule}\n")

    assert (refused.status, refused.body["code"]) == (400, "segment_refused")
    assert all(error["remedy"] and error["line"] for error in refused.body["errors"])


def test_somebody_elses_draft_is_not_written_over():
    saved("payers")

    late = call(
        "PUT", "/api/segments/payers", '{"revision": 0, "source": "segment: payers\\nrule: [{tag: vip}]\\n"}'
    )

    assert (late.status, late.body["revision"]) == (409, 1)


@pytest.mark.parametrize("path", ["", "/members", "/explain?contact=ada"])
def test_an_unknown_segment_is_not_found(path: str):
    people(ada="pro")

    assert call("GET", f"/api/segments/nobody{path}").status == 404


def test_every_segment_is_listed():
    saved("payers")
    saved("friends")

    names = [each["name"] for each in call("GET", "/api/segments").body["items"]]

    assert names == ["friends", "payers"]


def test_what_profiles_do_not_hold_yet_is_read_from_events():
    for name, total in (("ada", 60), ("bob", 20)):
        event = an_event(f"u#{name}", "Order Completed", properties={"total": total})
        put_events([event])
        seen = {"Order Completed": counted(None, iso(event.at))}
        put_profile(Profile(f"contact-{name}", events=seen, identities=(f"u#{name}",)))
    source = "segment: big\nrule: [{event: Order Completed, where: {total: {over: 50}}}]\n"

    told = call("POST", "/api/segments/preview", source).body

    assert (told["count"], [each["id"] for each in told["examples"]]) == (1, ["contact-ada"])


WIN_BACK = """\
journey: win-back
purpose: marketing
entry: {segment: payers, include: existing}
steps:
  - send: Say hello
    template: hello
"""


def test_those_who_are_in_come_into_a_journey_once_their_number_is_confirmed(press: Any, dynamodb: Any):
    people(ada="pro", bob="free", eve="pro")
    saved("payers")
    call("POST", "/api/segments/payers/publish")
    assert call("PUT", "/api/journeys/win-back", WIN_BACK).status == 200

    unsaid = call("POST", "/api/journeys/win-back/publish")
    wrong = call("POST", "/api/journeys/win-back/publish", '{"existing": 3}')
    assert (unsaid.status, unsaid.body["code"], unsaid.body["existing"]) == (409, "confirm_existing", 2)
    assert (wrong.status, press.asked) == (409, [])

    told = call("POST", "/api/journeys/win-back/publish", '{"existing": 2}')
    again = call("POST", "/api/journeys/win-back/publish", '{"existing": 2}')

    rows = [row for row in dynamodb.scan(TableName="Events")["Items"] if "existing" in str(row)]
    assert (told.status, told.body["existing"]["status"], again.body["existing"]["status"]) == (
        200,
        "done",
        "done",
    )
    assert sorted(row["pk"]["S"] for row in rows) == ["u#ada", "u#eve"]


def test_a_deleted_attribute_makes_its_segments_stand_still():
    write(Attribute("plan", DataType.TEXT))
    people(ada="pro", bob="free")
    saved("payers")
    call("POST", "/api/segments/payers/publish")

    told = call("DELETE", "/api/attributes/plan")

    shown = call("GET", "/api/segments/payers").body
    assert (told.status, told.body["invalid_segments"]) == (200, {"payers": ["plan"]})
    assert (shown["invalid"], shown["members"]) == (["plan"], 1)
    refused = call("POST", "/api/segments/payers/publish")
    assert (refused.status, refused.body["code"]) == (400, "segment_refused")


@pytest.mark.parametrize(("name", "status"), [("nothing", 404), ("email", 409)])
def test_not_every_attribute_can_be_deleted(name: str, status: int):
    assert call("DELETE", f"/api/attributes/{name}").status == status


def test_a_rule_with_quantiles_shows_how_far_its_cut_points_are(machine: Machine):
    machine.is_slow = True
    call("PUT", "/api/segments/best", "segment: best\nrule: [{quantile: monetary, is: 5}]\n")

    told = call("POST", "/api/segments/best/publish")
    waiting = call("GET", "/api/segments/best").body
    play(told.body["run"]["id"])
    done = call("GET", "/api/segments/best").body

    assert (told.status, told.body["generation"]) == (202, None)
    assert (waiting["run"]["status"], waiting["run"]["stage"], waiting["live"]) == (
        "running",
        "measure",
        None,
    )
    assert (done["run"]["status"], done["live"]) == ("done", 1)
