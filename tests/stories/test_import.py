"""A list of two hundred people and what they bought comes in by file: known, counted, written to by nobody."""

from __future__ import annotations

import uuid
from typing import Any

from tests.stories.cloud import Cloud, Person, eventually

JOURNEY = """\
journey: buyers
purpose: marketing
entry: {event: Order Completed}
steps:
  - wait: Wait twelve hours
    for: 12 hours
  - send: Say thanks
    template: feedback
"""
STATEMENT = {
    "channels": ["email"],
    "how": "form",
    "when": "March 2025",
    "wording": "Yes, write to me",
    "declared_by": "Grace Hopper, CRM",
}
ENDED = {"completed", "incomplete", "failed", "duplicate", "interrupted"}


def imported(cloud: Cloud, name: str, table: str, **asked: Any) -> dict[str, Any]:
    """Upload a file, ask for its import, and wait for its end."""
    place = cloud.api("POST", "/uploads", {"name": name, "size": len(table)}).json
    assert cloud.ask("PUT", place["url"], table.encode()).status == 200
    begun = cloud.api("POST", "/imports", {"key": place["key"], **asked})
    assert begun.status == 202, begun.body

    def over() -> dict[str, Any] | None:
        job: dict[str, Any] = cloud.api("GET", f"/imports/{begun.json['id']}").json
        return job if job["status"] in ENDED else None

    found = eventually(over, every=0.5)
    assert found
    assert found["status"] == "completed", found
    return found


def contact(cloud: Cloud, user_id: str) -> dict[str, Any]:
    """Somebody, as soon as they are known; nothing before."""
    answer = cloud.api("GET", f"/contacts/{user_id}")
    return dict(answer.json) if answer.status == 200 else {}


def test_two_hundred_people_come_in_and_who_left_stays_away(cloud: Cloud):
    cloud.ensure_journey("buyers", JOURNEY)
    left = Person()
    cloud.identify(
        left, consent=[{"channel": "email", "purpose": "marketing", "source": "story", "status": "withdrawn"}]
    )
    eventually(lambda: contact(cloud, left.user_id).get("consent"))
    names = [f"{uuid.uuid4().hex[:10]}" for _ in range(199)]
    people = [f"{name},{name}@example.org,{number}" for number, name in enumerate(names)]
    people.append(f"{left.user_id},{left.email},7")
    orders = [f"{name},2001-01-01T10:00:00Z,{name}-1,12.50,USD" for name in names]

    list_ = "id,email,points\n" + "\n".join(people)
    known = imported(cloud, "people.csv", list_, kind="contacts", consent=STATEMENT)
    table = "user_id,timestamp,order_id,total,currency\n" + "\n".join(orders)
    bought = imported(cloud, "orders.csv", table, kind="events", event="Order Completed")

    assert (known["figures"]["imported"], known["figures"]["unsubscribed"]) == (200, 1)
    assert bought["figures"]["events"] == 199
    eventually(lambda: contact(cloud, names[-1]).get("value", {}).get("USD"))
    last = contact(cloud, names[-1])
    assert last["value"]["USD"]["orders"] == 1
    assert last["traits"]["points"] == 198
    assert last["consent"]["email|marketing|*"]["status"] == "given"
    assert contact(cloud, left.user_id)["consent"]["email|marketing|*"]["status"] == "withdrawn"
    assert not any(
        cloud.api("GET", f"/explain?contact={name}&journey=buyers").json["enrolment"] for name in names[:5]
    )
