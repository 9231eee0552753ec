"""What is believed of a person, from the gateway to the profile: under the roles that the functions have."""

from __future__ import annotations

import uuid
from typing import Any

from tests.stories.cloud import Cloud, Person, eventually


def _profile(cloud: Cloud, person: Person) -> dict[str, Any]:
    answer = cloud.api("GET", f"/contacts/{person.user_id}")
    return dict(answer.json) if answer.status == 200 else {}


def test_traits_come_in_their_form_and_keep_their_type(cloud: Cloud):
    ada, eve = Person(), Person()
    name = f"seats_{uuid.uuid4().hex[:8]}"
    area, line = ada.phone[2:5], ada.phone[8:]
    traits = {"email": f"{ada.user_id}@BÜCHER.example", "phone": f"+1 ({area}) 555-{line}", name: 7}

    assert cloud.collect("identify", {"userId": ada.user_id, "traits": traits}).json == {"success": True}
    told = cloud.collect(
        "identify", {"userId": eve.user_id, "traits": {"email": "eve@", name: "many", "plan": "pro"}}
    )

    assert [(each["code"], each["field"]) for each in told.json["rejected"]] == [
        ("invalid_email", "traits.email"),
        ("attribute_type_conflict", f"traits.{name}"),
    ]
    known = eventually(lambda: _profile(cloud, ada))["traits"]
    assert (known["email"], known["phone"]) == (f"{ada.user_id}@xn--bcher-kva.example", ada.phone)
    assert (known["phone_country"], known[name]) == ("US", 7)
    assert eventually(lambda: _profile(cloud, eve))["traits"] == {"plan": "pro"}
    held = cloud.api("PUT", "/attributes", {"attributes": {name: "text"}})
    assert (held.status, held.json["code"]) == (409, "attribute_type_conflict")
