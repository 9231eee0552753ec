"""Who of a segment fits a rule that is not saved, every answer held against openapi.yaml."""

from dataclasses import replace

from sojourn.clock import iso
from sojourn.contacts.seen import counted
from sojourn.contacts.store import get_profile, put_profile
from tests.functions.test_api import call, dynamodb, press
from tests.functions.test_api_segments import machine, people, saved
from tests.insight_rows import an_event, put_events

__all__ = ["dynamodb", "machine", "press"]
HERE = "/api/segments/payers/matching"
BUYERS = "segment: any\nrule: [{event: Order Completed, where: {total: {over: 50}}}]\n"
FREE = "segment: any\nrule:\n  - {attribute: plan, is: free}\n"


def published() -> None:
    people(ada="pro", bob="free", eve="pro")
    saved("payers")
    call("POST", "/api/segments/payers/publish")


def test_those_who_fit_come_by_pages_that_say_how_many_were_looked_at():
    published()
    event = an_event("u#eve", "Order Completed", properties={"total": 99})
    put_events([event])
    seen = {"Order Completed": counted(None, iso(event.at))}
    put_profile(replace(get_profile("contact-eve"), events=seen))

    first = call("POST", f"{HERE}?limit=1", BUYERS).body
    rest = call("POST", f"{HERE}?limit=1&cursor={first['next']}", BUYERS).body

    found = [each["contact"] for each in (*first["items"], *rest["items"])]
    assert (first["looked_at"], rest["looked_at"]) == (1, 1)
    assert found == ["contact-eve"]


def test_nobody_outside_the_segment_is_found_and_everybody_by_what_holds_now():
    published()
    put_profile(
        replace(get_profile("contact-eve"), traits={"plan": "free"})
    )  # the judge has not heard of it yet

    told = call("POST", HERE, FREE).body

    assert [each["contact"] for each in told["items"]] == ["contact-eve"]
    assert (told["next"], told["looked_at"]) == (None, 2)


def test_a_rule_that_is_wrong_and_a_segment_that_never_was_are_refused():
    published()

    wrong = call("POST", HERE, FREE.replace("is:", "isnt:"))
    gone = call("POST", "/api/segments/none/matching", FREE)
    twisted = call("POST", f"{HERE}?cursor=x", FREE)

    assert (wrong.status, wrong.body["code"], wrong.body["errors"][0]["line"]) == (400, "segment_refused", 3)
    assert (gone.status, gone.body["code"]) == (404, "segment_not_found")
    assert (twisted.status, twisted.body["code"]) == (400, "invalid_cursor")
