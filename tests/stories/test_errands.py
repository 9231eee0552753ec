"""What a day leaves out, each taken once under the roles that AWS would ask: every kind of fact that a rule may ask,
wherever one is judged; and the errands of an operator."""

from __future__ import annotations

import uuid
from typing import Any

from sojourn.clock import iso
from tests.calling import a_server, answer
from tests.stories.cloud import Cloud, Person, eventually

# None of it holds, so that all of it is looked at.
ASKED = """{any: [
      {attribute: plan, is: never}, {event: Began NAME, where: {size: large}},
      {message: delivered, template: welcome, times: at least 9},
      {consent: {channel: email, purpose: marketing}, is: pending}, {not: {reachable: email}},
      {not: {reachable: sms}}, {segment: unengaged}, {quantile: frequency, of: 5, at least: 1}]}"""
KEPT = """{all: [
      {attribute: club, is: NAME}, {reachable: email}, {consent: {channel: email, purpose: marketing}, is: given},
      {event: Order Completed, where: {total: {over: 5}}, in the last: 300 days}, {message: sent, times: at most 9},
      {quantile: frequency, of: 7, at least: 1}]}"""
EVERYWHERE = """\
journey: NAME
purpose: marketing
entry: {event: Began NAME}
steps:
  - send: Send the first
    template: welcome
  - branch: Behind a mail
    if: ASKED
    then: [{exit: Out behind a mail, reason: wrong}]
  - call: Ask for a voucher
    url: URL
    send: {plan: attribute.plan}
  - branch: Behind a call
    if: ASKED
    then: [{exit: Out behind a call, reason: wrong}]
  - repeat: Twice
    times: 2
    until: ASKED
    steps:
      - update: Count it
        increment: {rounds: 1}
      - wait: An hour
        for: 1 hour
  - branch: Behind an update
    if: ASKED
    then: [{exit: Out behind an update, reason: wrong}]
  - wait for: Till it holds
    any: [{rule: ASKED}]
    up to: 1 hour
  - branch: Behind a wait
    if: ASKED
    then: [{exit: Out behind a wait, reason: wrong}]
  - wait for: Which of two?
    answers:
      - any: [{rule: ASKED}]
        then: [{update: Note the first, set: {which: first}}]
      - any: [{rule: {attribute: which, exists: false}}]
        then: [{update: Note the second, set: {which: second}}]
    up to: 14 days
  - wait for: Which way?
    answers:
      - any: [{event: Went Left}]
        then: [{update: Note the left, set: {way: left}}]
      - any: [{event: Went Right}]
        then: [{update: Note the right, set: {way: right}}]
    up to: 14 days
  - task: Call them
    assign: NAME
    due: 14 days
    outcomes:
      reached: [{update: Note the call, set: {called: true}}]
      not reached: [{update: Note the silence, set: {called: false}}]
  - task: Call them again
    assign: NAME
    due: 14 days
    outcomes:
      reached: [{exit: They were, reason: reached}]
      not reached: [{exit: They were not, reason: silent}]
"""
WEEKLY = """\
journey: NAME
purpose: marketing
entry: {schedule: "0 9 * * *", zone: UTC, segment: NAME}
steps:
  - wait: Wait a year
    for: 360 days
  - exit: After a year
    reason: late
"""


def test_a_rule_may_ask_everything_wherever_it_is_judged(cloud: Cloud):
    name, person = _name(), Person()
    with a_server(answer('{"code": "SPRING"}')) as server:
        source = EVERYWHERE.replace("ASKED", ASKED).replace("NAME", name).replace("URL", server.url())
        cloud.ensure_journey(name, source)
        cloud.enter(f"Began {name}", person=person)
        eventually(lambda: str(cloud.enrolment(person, name).get("step")).startswith("Which way"))
    cloud.track(person, "Went Right")
    for outcome in ("reached", "not reached"):
        task = eventually(lambda: cloud.api("GET", f"/tasks?assign={name}").json["items"])[0]
        done = cloud.api("POST", f"/tasks/{task['id']}", {"outcome": outcome, "by": "Ada"})
        assert (done.status, done.json["state"]) == (200, "done"), done.body

    assert cloud.ended(person, name)["reason"] == "silent"
    traits = cloud.api("GET", f"/contacts/{person.user_id}").json["traits"]
    assert (traits["rounds"], traits["which"], traits["called"]) == (2, "second", True)


def test_a_segment_may_ask_everything_and_looks_again_when_an_address_is_closed(cloud: Cloud):
    name, person = _name(), Person()
    _is_of(cloud, person, name)
    cloud.track(person, "Order Completed", order_id=name, total=20, currency="USD")
    eventually(lambda: cloud.api("GET", f"/contacts/{person.user_id}").json.get("value"))
    _segment(cloud, name, KEPT.replace("NAME", name))
    assert eventually(lambda: _is_in(cloud, name, person))

    assert cloud.api("POST", "/templates/welcome/test", {"to": person.email}).json["state"] == "sent"
    test = cloud.mail_number(person, 1)
    cloud.track(person, "Drill Began")
    cloud.mail_number(person, 2)
    cloud.act(test, "bounce", type="Permanent", subtype="General")

    assert eventually(lambda: not _is_in(cloud, name, person))
    assert cloud.api("DELETE", f"/segments/{name}").status in {200, 202}


def test_whom_a_schedule_let_in_is_let_go_when_the_journey_is_stopped(cloud: Cloud):
    name, person = _name(), Person()
    _segment(cloud, name, f"{{attribute: club, is: {name}}}")
    cloud.ensure_journey(name, WEEKLY.replace("NAME", name))
    _is_of(cloud, person, name)
    eventually(lambda: cloud.enrolment(person, name))

    assert cloud.api("POST", f"/journeys/{name}/stop").json["state"] == "stopped"

    assert cloud.ended(person, name)["status"] == "exited"


def test_an_operator_s_errands(cloud: Cloud):
    person = cloud.enter("Question Asked")
    eventually(lambda: cloud.api("GET", f"/contacts/{person.user_id}").status == 200)
    address = {"channel": "email", "address": person.email, "note": "asked by phone"}

    assert cloud.api("GET", "/contacts?limit=1").json["items"]
    assert cloud.api("GET", "/messages?state=waiting").status == 200
    assert cloud.api("GET", "/workspace/mode/live").json["people_waiting"] >= 0
    rule = f"{{attribute: email, is: {person.email}}}"
    preview = cloud.api("POST", "/segments/preview", f"segment: {_name()}\nrule: {rule}\n")
    assert (preview.status, preview.json["looked_at"] > 0) == (200, True), preview.body
    assert cloud.api("PUT", "/suppressions", address).json["reason"] == "manual"
    assert cloud.api("DELETE", "/suppressions", address).json["reason"] is None


def _name() -> str:
    return f"errand-{uuid.uuid4().hex[:8]}"


def _is_of(cloud: Cloud, person: Person, club: str) -> None:
    """Known, and of this club."""
    traits = {**person.traits(), "club": club}
    body = {"userId": person.user_id, "traits": traits, "context": person.consents()}
    assert cloud.collect("identify", {**body, "timestamp": iso(cloud.now())}).status == 200


def _is_in(cloud: Cloud, segment: str, person: Person) -> bool:
    told = cloud.api("GET", f"/segments/{segment}/explain?contact={person.user_id}").json
    return bool(told.get("is_in") and told.get("since"))


def _segment(cloud: Cloud, name: str, rule: str) -> Any:
    saved = cloud.api("PUT", f"/segments/{name}", f"segment: {name}\nrule: {rule}\n")
    assert saved.status == 200, saved.body
    assert cloud.api("POST", f"/segments/{name}/publish").status in {200, 202}
    return eventually(lambda: cloud.api("GET", f"/segments/{name}").json["live"])
