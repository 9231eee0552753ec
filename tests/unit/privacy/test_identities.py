"""Under which names somebody may stand: in traits, in events, in what was turned away."""

import json
from typing import Any

import pytest

from sojourn.privacy.identities import named_in_event, named_in_traits, needles


def an_image(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": {"S": kind}, "payload": {"S": json.dumps(payload, separators=(",", ":"))}}


def test_an_address_is_looked_for_as_it_was_written_and_as_it_is_stored():
    names = set(named_in_traits({"email": " Ann@Example.ORG ", "phone": "+1 (212) 555-0123"}))

    assert names >= {"e#Ann@Example.ORG", "e#ann@example.org", "e#Ann@example.org"}
    assert "p#+12125550123" in names


@pytest.mark.parametrize("traits", [{}, {"email": None}, {"email": 7, "phone": ""}, {"phone": "   "}])
def test_what_is_no_address_is_none(traits: dict[str, Any]):
    assert list(named_in_traits(traits)) == []


def test_an_event_tells_of_addresses_and_of_other_systems():
    image = an_image(
        "identify",
        traits={"email": "ann@example.org"},
        context={"traits": {"phone": "+12125550123"}, "externalIds": [{"type": "crm", "id": 42}, "no", {}]},
    )

    assert set(named_in_event(image)) == {
        "e#ann@example.org",
        "p#+12125550123",
        "p#12125550123",
        "x#crm#42",
    } - {"p#12125550123"}


def test_a_track_call_with_the_word_email_in_it_is_passed_over():
    assert list(named_in_event(an_image("track", properties={"email": "someone@example.org"}))) == []


@pytest.mark.parametrize(
    ("identity", "record"),
    [
        ("u#Ann", {"userId": "ann", "event": ""}),
        ("u#42", {"userId": 42, "event": ""}),
        ("u#42", {"event": "", "userId": 42}),
        ("a#v-7", {"anonymousId": "v-7"}),
        ("u#ann", {"previousId": "ann"}),
        ("u#ann", {"pk": "u#ann", "payload": {}}),
        ("e#ann@example.org", {"traits": {"mail": "Ann@Example.org"}}),
        ("x#crm#42", {"externalIds": [{"id": "42", "type": "crm"}]}),
    ],
)
def test_a_record_that_names_somebody_is_found(identity: str, record: dict[str, Any]):
    text = json.dumps(record, separators=(",", ":")).lower()

    assert any(needle in text for needle in needles([identity]))


@pytest.mark.parametrize(
    ("identity", "record"),
    [
        ("u#1", {"userId": "12", "properties": {"n": "1"}}),
        ("u#1", {"userId": 12}),
        ("e#a@b", {"traits": {"email": "xa@b.example"}}),
        ("a#v-7", {"userId": "v-7"}),
    ],
)
def test_somebody_elses_is_not(identity: str, record: dict[str, Any]):
    text = json.dumps(record, separators=(",", ":")).lower()

    assert not any(needle in text for needle in needles([identity]))
