"""Segments on the running cloud: time alone lets somebody in; an edited rule lets everybody in, and starts nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sojourn.clock import iso, parse_iso
from tests.stories.cloud import Cloud, Person, eventually

SILENCE = timedelta(days=8)  # 24 seconds of the wall
DST = timedelta(hours=1)  # days are those of ada's own clock, which may be set meanwhile
LATE = timedelta(days=12)  # a busy machine may be half a minute behind


def test_who_falls_silent_comes_into_the_segment_on_the_day_and_is_written_to(cloud: Cloud):
    name = a_name("quiet")
    before = published(
        cloud,
        name,
        "{event: Visited}, {event: Visited, times: never, in the last: 8 days}",
    )
    cloud.ensure_journey(name, a_journey(name))

    ada = Person()
    cloud.identify(ada, **ada.consents())
    cloud.track(ada, "Visited")
    at = eventually(lambda: last_of(cloud, ada, "Visited"))
    expected = cloud.api("GET", f"/segments/{name}/explain?contact={ada.user_id}").json
    if not expected["is_in"]:  # on a busy machine eight days may be over
        assert timedelta() <= at + SILENCE - parse_iso(expected["rule"]["flips_at"]) + DST <= 2 * DST

    row = eventually(lambda: membership(cloud, name, ada))
    assert row["cause"] == "time"
    assert SILENCE - DST <= parse_iso(row["since"]) - at < SILENCE + LATE
    after = cloud.api("GET", f"/segments/{name}").json
    assert (after["live"], after["run"]["id"]) == (
        before["live"],
        before["run"]["id"],
    )  # nothing was built anew
    assert cloud.mail_number(ada, 1)
    assert cloud.enrolment(ada, name)["status"] in {"active", "completed"}


def test_an_edited_rule_lets_everybody_in_and_starts_nothing(cloud: Cloud):
    name = a_name("fans")
    published(cloud, name, "{attribute: club, is: gold}")
    cloud.ensure_journey(name, a_journey(name))
    fans = [a_fan(cloud, name) for _ in range(3)]
    assert [membership(cloud, name, fan) for fan in fans] == [None] * 3

    told = published(cloud, name, f"{{attribute: club, is: {name}}}")

    rows = [eventually(lambda fan=fan: membership(cloud, name, fan)) for fan in fans]  # type: ignore[misc]
    assert {row["cause"] for row in rows} == {"rule_edit"}
    assert (told["run"]["status"], told["run"]["members"]) == ("done", 3)
    assert eventually(lambda: last_of(cloud, fans[0], "Segment Entered"))
    assert [cloud.enrolment(fan, name) for fan in fans] == [{}] * 3
    assert {cloud.explain(fan, name)["reason"] for fan in fans} == {"segment_entered_unmoved"}

    checked = verified(cloud, name)
    assert (checked["status"], checked["reason"], checked["drift"]["contacts"]) == ("done", None, 0)
    assert checked["judged"] >= len(fans)

    asking = a_name("asking")
    source = a_journey(name).replace(f"journey: {name}", f"journey: {asking}")
    included = source.replace(f"segment: {name}", f"segment: {name}, include: existing")
    assert cloud.api("PUT", f"/journeys/{asking}", included).status == 200
    unsaid = cloud.api("POST", f"/journeys/{asking}/publish")
    assert (unsaid.status, unsaid.json["existing"]) == (409, 3)
    assert cloud.api("POST", f"/journeys/{asking}/publish", {"existing": 3}).status == 200
    for fan in fans:
        assert eventually(lambda fan=fan: cloud.enrolment(fan, asking))  # type: ignore[misc]
    assert [cloud.enrolment(fan, name) for fan in fans] == [{}] * 3


def a_name(kind: str) -> str:
    """One that no other run has."""
    return f"{kind}-{uuid.uuid4().hex[:8]}"


def a_journey(segment: str) -> str:
    return (
        f"journey: {segment}\npurpose: marketing\nentry: {{segment: {segment}}}\n"
        "steps:\n  - send: Send the first\n    template: welcome\n"
    )


def a_fan(cloud: Cloud, club: str) -> Person:
    person = Person()
    body = {
        "userId": person.user_id,
        "traits": {**person.traits(), "club": club},
        "context": person.consents(),
        "timestamp": iso(cloud.now()),
    }
    assert cloud.collect("identify", body).status == 200
    eventually(lambda: cloud.api("GET", f"/contacts/{person.user_id}").status == 200)
    return person


def published(cloud: Cloud, name: str, rule: str) -> Any:
    """Saved, published, and in force."""
    saved = cloud.api("PUT", f"/segments/{name}", f"segment: {name}\nrule: [{rule}]\n")
    assert saved.status == 200, saved.body
    answer = cloud.api("POST", f"/segments/{name}/publish")
    assert answer.status in {200, 202}, answer.body

    def in_force() -> Any:
        stands = cloud.api("GET", f"/segments/{name}").json
        return (
            stands if stands["live"] and not stands["pending"] and stands["run"]["status"] == "done" else None
        )

    return eventually(in_force, every=0.5)


def verified(cloud: Cloud, name: str) -> Any:
    """Everybody judged anew from their raw events."""
    begun = cloud.api("POST", f"/segments/{name}/verify")
    assert begun.status == 202, begun.body

    def ended() -> Any:
        run = cloud.api("GET", f"/segments/runs/{begun.json['id']}").json
        return run if run["ended_at"] else None

    return eventually(ended, every=0.5)


def membership(cloud: Cloud, name: str, person: Person) -> Any:
    """How they are in the segment; None while they are not."""
    answer = cloud.api("GET", f"/segments/{name}/explain?contact={person.user_id}")
    return answer.json if answer.status == 200 and answer.json["is_in"] and answer.json["since"] else None


def last_of(cloud: Cloud, person: Person, event: str) -> Any:
    answer = cloud.api("GET", f"/contacts/{person.user_id}")
    seen = answer.json["events"].get(event) if answer.status == 200 else None
    return parse_iso(seen["last"]) if seen else None
