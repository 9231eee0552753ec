"""A small whole: two customers, one of whom bought again, with every row that the demo would find."""

import json
from typing import Any

from infra.local.demo import tables
from infra.local.demo.tables import Row, Stored

T0 = "1997-01-01T05:58:11.000Z"


def an_event(user: str, name: str, at: str, **payload: Any) -> Row:
    """A row of the Events table, decoded."""
    internal = payload.pop("internal", False)
    return tables.event(
        {
            "pk": f"u#{user}",
            "sk": f"{at}#{'sojourn' if internal else 'shop'}#{user}-{name}-{at}",
            "type": "track" if name else "identify",
            "event": name,
            "at": at,
            "received_at": payload.pop("received_at", at),
            "source": "sojourn" if internal else "shop",
            "message_id": f"{user}-{name}-{at}",
            "payload": json.dumps(payload),
        }
    )


def about(message: str, **more: str) -> dict[str, str]:
    """Properties of an internal event."""
    return {"message_id": message, "journey": "welcome", "class": "human", **more}


def an_enrolment(contact: str, user: str, status: str, **more: Any) -> Row:
    """An ENROL row."""
    key = {"pk": f"C#{contact}", "sk": "ENROL#welcome#1", "identity": f"u#{user}", "status": status}
    return tables.enrolment({**key, "entered_at": T0, "wait_token": "secret", **more})


def a_message(contact: str, digest: str, channel: str, state: str, **more: Any) -> Row:
    """A MSG row."""
    key = {"pk": f"C#{contact}", "sk": f"MSG#{digest}", "channel": channel, "state": state}
    return tables.message({**key, "due": T0, "decided_at": "1997-01-01T06:58:11.000Z", **more})


def a_profile(contact: str, user: str, zone: str = "America/New_York") -> Row:
    """A PROFILE row."""
    traits = f'{{"timezone": "{zone}", "email": "{user}@example.org"}}'
    return tables.profile({"pk": f"C#{contact}", "identities": json.dumps([f"u#{user}"]), "traits": traits})


def two_customers() -> Stored:
    """c00004 bought again and left by the goal; c00020 has no consent for SMS and went to the end."""
    order = {"order_id": "cdnow-00004-2", "quantity": 1, "total": 29.73}
    return Stored(
        events=[
            an_event("c00004", "", T0),
            an_event("c00004", "Signed Up", T0, received_at="1997-01-01T06:28:11.000Z"),
            an_event("c00020", "", T0),
            an_event("c00020", "Signed Up", T0),
            an_event(
                "c00004", "Message Opened", "1997-01-02T00:00:00.000Z", internal=True, properties=about("a-1")
            ),
            an_event(
                "c00004", "Message Opened", "1997-01-02T00:01:00.000Z", internal=True, properties=about("a-1")
            ),
            an_event("c00004", "Order Completed", "1997-01-18T10:00:00.000Z", properties=order),
        ],
        enrolments=[
            an_enrolment("a", "c00004", "exited", reason="goal", ended_at="1997-01-18T12:00:00.000Z"),
            an_enrolment("b", "c00020", "completed", ended_at="1997-01-14T12:00:00.000Z"),
        ],
        messages=[
            a_message("a", "1", "email", "sent"),
            a_message("b", "2", "email", "sent"),
            a_message("b", "3", "sms", "skipped", reason="no_consent"),
        ],
        profiles=[a_profile("a", "c00004"), a_profile("b", "c00020")],
        counters=[
            {"pk": "events", "sk": "1997-01-01", "duplicates": 2},
            {"pk": "journey#welcome", "sk": "x"},
        ],
    )
