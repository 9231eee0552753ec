"""Segments as the callers of the API see them, every answer held against openapi.yaml."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
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
from sojourn.contacts.store import claim_identity, get_profile, put_profile
from sojourn.insight.counting import SEGMENT, CounterKey
from sojourn.insight.store import add
from sojourn.journeys.refold import refolded
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


def test_a_segment_at_a_glance_is_read_without_counting_its_shards():
    saved("payers")
    assert call("GET", "/api/segments/payers/brief").body["means"] == "plan is 'pro'"
    call("POST", "/api/segments/payers/publish")
    day = CounterKey("payers", "2026-11-21", kind=SEGMENT)
    add({day: Counter(entered=7, left=2)}, batch=["1"], wall=NOW)

    told = call("GET", "/api/segments/payers/brief").body
    saved("payers", "team")

    assert (told["members"], told["run"], told["is_changed"]) == (5, None, False)
    assert call("GET", "/api/segments/payers/brief").body["is_changed"]
    assert call("GET", "/api/segments").body["items"][0]["means"] == "plan is 'pro'"
    assert call("GET", "/api/segments/none/brief").status == 404


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
        "{any: [" * 30 + "{attribute: plan, is: x}" + "]}" * 30,
    ],
    ids=["unknown-key", "itself", "reserved", "nothing", "thousand", "hundred-deep", "thirty-deep"],
)
def test_a_wrong_rule_is_refused_with_line_and_remedy(rule: str):
    """S2, S4: saved or only tried, whole or in part."""
    text = f"segment: payers\nrule: {rule}\n"

    for refused in (
        call("PUT", "/api/segments/payers", text),
        call("POST", "/api/segments/preview", text),
    ):
        assert (refused.status, refused.body["code"]) == (400, "segment_refused")
        assert all(error["remedy"] and error["line"] for error in refused.body["errors"])
    assert call("GET", "/api/segments/payers").status == 404


@pytest.mark.parametrize("name", ["#a", "select", "tenant_id", "name; DROP", "-__class__", "рlan"])
def test_a_name_is_a_name_from_the_rule_to_the_members(name: str):
    """S5: it means neither a placeholder, nor a word of a database, nor the attribute that it looks like."""
    for who, traits in (("ada", {name: "pro"}), ("bob", {"plan": "pro"})):
        claim_identity(f"u#{who}", f"contact-{who}")
        put_profile(Profile(f"contact-{who}", traits=traits, identities=(f"u#{who}",)))
    rule = json.dumps({"segment": "them", "rule": [{"attribute": name, "is": "pro"}]})

    assert call("PUT", "/api/segments/them", rule).status == 200
    call("POST", "/api/segments/them/publish")

    members = call("GET", "/api/segments/them/members").body["items"]
    assert [each["contact"] for each in members] == ["contact-ada"]


@pytest.mark.parametrize("are_published", [True, False])
def test_segments_in_a_circle_are_refused(are_published: bool):
    """S2, round two corners."""
    saved("one")
    for name, other in (("two", "one"), ("three", "two")):
        if are_published:
            call("POST", f"/api/segments/{other}/publish")
        text = f"segment: {name}\nrule: [{{not in segment: {other}}}]\n"
        assert call("PUT", f"/api/segments/{name}", text).status == 200
    if are_published:
        call("POST", "/api/segments/three/publish")

    refused = call("PUT", "/api/segments/one", "segment: one\nrule: [{segment: three}]\n")

    assert (refused.status, refused.body["code"]) == (400, "segment_refused")
    assert "one → three → two → one" in refused.body["errors"][0]["problem"]


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


def buyers(*names: str) -> None:
    """Each bought something a day ago; their segment is in force."""
    for name in names:
        event = an_event(f"u#{name}", "Order Completed", at=NOW - timedelta(days=1))
        put_events([event])
        claim_identity(event.pk, f"contact-{name}")
        put_profile(refolded(Profile(f"contact-{name}", identities=(event.pk,))))
    call("PUT", "/api/segments/buyers", "segment: buyers\nrule: [{event: Order Completed}]\n")
    assert call("POST", "/api/segments/buyers/publish").status == 200
    clock = judges().hands.clock
    assert isinstance(clock, ManualClock)
    clock.advance(3_600)  # what is minutes old may still be on its way


def loses_its_marks(name: str) -> None:
    """As by a fault; what there was to tell came back long ago."""
    put_profile(replace(get_profile(f"contact-{name}"), segments={}, unsaid=()))


def verified(path: str = "buyers/verify", **asked: object) -> Any:
    """Asked for, done, and what came of it."""
    begun = call("POST", f"/api/segments/{path}", json.dumps(asked) if asked else None)
    assert begun.status == 202, begun.body
    told = call("GET", f"/api/segments/runs/{begun.body['id']}").body
    assert (told["status"], bool(told["ended_at"])) == ("done", True)
    return told


@pytest.mark.parametrize("path", ["buyers/verify", "verify"])
def test_drift_is_found_repaired_and_gone(path: str):
    buyers("ada", "bob", "eve")
    loses_its_marks("ada")

    found = verified(path)
    assert (found["kind"], found["judged"], found["percent"]) == ("verify", 3, 100)
    assert found["progress"]["seen"] == found["progress"]["estimated"] > 3
    drift = found["drift"]
    assert (drift["contacts"], drift["missing"], drift["surplus"], drift["repaired"]) == (1, 1, 0, 0)
    assert drift["examples"] == ["contact-ada"]
    assert drift["by_segment"]["buyers"]["missing"] == 1
    assert call("GET", "/api/segments/buyers/explain?contact=ada").body["is_in"] is False

    assert verified(path, repair=True)["drift"]["repaired"] == 1

    assert verified(path)["drift"]["contacts"] == 0
    assert call("GET", "/api/segments/buyers/explain?contact=ada").body["is_in"] is True


def test_somebody_too_many_is_told_from_somebody_missing():
    buyers("ada")
    marks = get_profile("contact-ada").segments
    put_profile(Profile("contact-bob", segments=marks, identities=("u#bob",)))

    drift = verified()["drift"]

    assert (drift["missing"], drift["surplus"], drift["examples"]) == (0, 1, ["contact-bob"])


def test_ten_who_drifted_are_named():
    names = [f"n{number}" for number in range(12)]
    buyers(*names)
    for name in names:
        loses_its_marks(name)

    drift = verified()["drift"]

    assert (drift["contacts"], len(drift["examples"])) == (12, 10)


def test_a_verification_that_is_on_is_named_and_one_that_died_goes_on(machine: Machine):
    buyers("ada")
    machine.is_slow = True
    begun = call("POST", "/api/segments/buyers/verify")

    refused = call("POST", "/api/segments/buyers/verify", '{"repair": true}')
    path = f"/api/segments/runs/{begun.body['id']}"
    on = call("GET", path).body
    machine.is_slow = False
    object.__setattr__(desk(), "machine", Still())
    died = call("GET", path).body
    object.__setattr__(desk(), "machine", machine)
    again = call("POST", "/api/segments/buyers/verify")

    assert (refused.status, refused.body["code"], refused.body["run"]) == (409, "run_is_on", begun.body["id"])
    assert (on["status"], on["ended_at"], on["judged"], died["status"]) == ("running", None, 0, "interrupted")
    assert (again.status, again.body["id"]) == (202, begun.body["id"])
    assert call("GET", path).body["status"] == "done"


class Still:
    """A machine whose executions are no more."""

    def is_running(self, run: Run) -> bool:
        return False


def test_while_a_rule_takes_force_its_segment_is_not_verified(machine: Machine):
    buyers("ada")
    machine.is_slow = True
    call("PUT", "/api/segments/buyers", "segment: buyers\nrule: [{event: Visited}]\n")
    run = call("POST", "/api/segments/buyers/publish").body["run"]["id"]

    refused = call("POST", "/api/segments/buyers/verify")

    assert (refused.status, refused.body["run"]) == (409, run)
    shown = call("GET", f"/api/segments/runs/{run}").body
    assert (shown["kind"], shown["segments"], shown["drift"]) == ("publish", ["buyers"], None)


def test_what_is_not_in_force_cannot_be_verified():
    assert call("POST", "/api/segments/verify").body["code"] == "segment_not_in_force"
    saved("payers")
    write(Attribute("plan", DataType.TEXT))

    assert call("POST", "/api/segments/nobody/verify").status == 404
    drafted = call("POST", "/api/segments/payers/verify")
    call("POST", "/api/segments/payers/publish")
    call("DELETE", "/api/attributes/plan")
    deleted = call("POST", "/api/segments/payers/verify")

    assert (drafted.status, drafted.body["code"]) == (409, "segment_not_in_force")
    assert (deleted.status, deleted.body["code"]) == (409, "segment_invalid")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"percent": 0}', "invalid_field"),
        ('{"percent": 101}', "invalid_field"),
        ('{"percent": true}', "invalid_field"),
        ('{"percent": 1.5}', "invalid_field"),
        ('{"percent": "10"}', "invalid_field"),
        ('{"repair": 1}', "invalid_field"),
        ('{"repair": null}', "invalid_field"),
        ('{"repairs": true}', "unknown_field"),
        ("[]", None),
        ("{", None),
    ],
)
def test_what_was_not_meant_starts_no_verification(body: str, code: str | None):
    for path in ("verify", "buyers/verify"):
        refused = call("POST", f"/api/segments/{path}", body)

        assert refused.status == 400
        assert code in (None, refused.body["code"])


@pytest.mark.parametrize("run", ["nothing", "verify-buyers.00001", "x" * 200])
def test_an_unknown_run_is_not_found(run: str):
    told = call("GET", f"/api/segments/runs/{run}")

    assert (told.status, told.body["code"]) == (404, "run_not_found")


@pytest.mark.parametrize("name", ["preview", "runs", "verify"])
def test_a_segment_is_not_called_as_the_api_calls_something_else(name: str):
    told = call("PUT", "/api/segments/payers", SOURCE.format(name=name, plan="pro")).body

    assert any("a word of the API" in error["problem"] for error in told["errors"])
