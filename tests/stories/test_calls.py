"""A journey asks a server on this machine, which the local cloud alone may, and goes on by what it answers."""

from __future__ import annotations

import json

from tests.calling import a_server, answer
from tests.stories.cloud import Cloud, Person

JOURNEY = """\
journey: story-call
purpose: marketing
entry: {event: Wanted A Voucher}
steps:
  - call: Ask for a voucher
    url: URL
    send: {plan: attribute.plan, size: entry.size}
  - branch: Did they get one?
    if: {attribute: reply.ask_for_a_voucher.code, is: SPRING}
    then: [{exit: They did, reason: voucher}]
  - exit: They did not
"""


def test_a_call_is_answered_by_a_real_server_under_the_functions_own_role(cloud: Cloud):
    person = Person()
    with a_server(answer('{"code": "SPRING"}')) as server:
        cloud.ensure_journey("story-call", JOURNEY.replace("URL", server.url()))
        traits = {**person.traits(), "plan": "pro"}
        cloud.collect("identify", {"userId": person.user_id, "traits": traits})
        cloud.track(person, "Wanted A Voucher", size="large")
        ended = cloud.ended(person, "story-call")

    (asked,) = server.asked
    said = json.loads(asked.body)
    assert ended["reason"] == "voucher"
    assert (said["userId"], said["step"], said["send"]["plan"]) == (
        person.user_id,
        "Ask for a voucher",
        "pro",
    )
    assert asked.headers["idempotency-key"] == said["id"] == asked.headers["webhook-id"]
