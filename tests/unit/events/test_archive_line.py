"""What stands in the archive in clear, what does not, and that all of it comes back."""

import pytest

from sojourn.events.archive_line import Line, event_line, event_of, message_line, message_of
from sojourn.events.sealing import SealBrokenError
from sojourn.events.shown import SAFE, clear_part, clear_text, declared
from tests.archive import KEY, RING, a_line
from tests.insight_rows import ADA, a_message, an_event

ADDRESS = "ada@example.org"
ORDER = {
    "total": 49.9,
    "currency": "EUR",
    "is_gift": True,
    "note": "leave it with Bob",
    "products": [{"productId": "sku-1", "price": 3, "name": "A book", "engraving": ADDRESS}],
}


def test_an_event_comes_back_as_it_was():
    event = an_event("u#ada@example.org", "Order Completed", properties=ORDER, context={"ip": "203.0.113.0"})

    assert event_of(Line.parse(a_line(event).text()), KEY) == event


def test_numbers_and_declared_properties_stay_in_clear():
    said = a_line(an_event(name="Order Completed", properties=ORDER)).said

    assert said["properties"] == {
        "total": 49.9,
        "currency": "EUR",
        "is_gift": True,
        "products": [{"productId": "sku-1", "price": 3}],
    }
    assert (said["contact"], said["event"], said["source"]) == (ADA, "Order Completed", "web")


HIDDEN = {
    "user id": an_event(f"u#{ADDRESS}"),
    "name of an event": an_event(name=f"Wrote to {ADDRESS}"),
    "message id": an_event(message_id=f"m-{ADDRESS}"),
    "trait": an_event(traits={"email": ADDRESS}),
    "context": an_event(context={"page": {"url": f"https://example.org/?to={ADDRESS}"}}),
    "declared property": an_event(properties={"category": ADDRESS}),
    "name of a property": an_event(properties={ADDRESS: 1}),
    "deep": an_event(properties={"products": [{"sku": [{"brand": ADDRESS}]}]}),
    "escaped": an_event(properties={"category": "ada%40example.org"}),
}


@pytest.mark.parametrize("event", HIDDEN.values(), ids=HIDDEN)
def test_no_address_is_in_clear(event):
    line = a_line(event)

    assert "example.org" not in line.text()
    assert event_of(line, KEY) == event


@pytest.mark.parametrize(
    "properties",
    [
        {"phone": 15550100},
        {"caller": 4915550100123},
        {"lat": 52.520008},
        {"category": "+1 (212) 555-0100"},
        {"name": "Ada"},
        {"score": None},
    ],
    ids=str,
)
def test_what_tells_who_or_where_somebody_is_stays_sealed(properties):
    assert "properties" not in a_line(an_event(properties=properties)).said


def test_an_operator_may_declare_more():
    assert clear_part({"Plan-Tier": "gold", "note": "x"}, declared(["plan_tier"])) == {"Plan-Tier": "gold"}
    assert declared(None) == SAFE


def test_a_long_text_is_no_word():
    assert (clear_text("x" * 201), clear_text("x" * 200)) == ("", "x" * 200)


def test_a_message_comes_back_as_it_was():
    message = a_message(
        identity=f"u#{ADDRESS}", provider_id="ses-1", values={"name": "Ada"}, outcome="delivered", parts=2
    )

    line = message_line(message, key=KEY, hashed=RING.hashed)

    assert message_of(Line.parse(line.text()), KEY) == message
    assert (line.said["state"], line.said["outcome"], line.said["journey"]) == (
        "sent",
        "delivered",
        "welcome",
    )
    assert not [word for word in (ADDRESS, "ses-1", '"Ada"') if word in line.text()]


def test_a_line_that_was_written_twice_has_one_key():
    first, second = a_line(), a_line()
    sent = message_line(a_message(), key=KEY, hashed=RING.hashed)
    delivered = message_line(a_message(outcome="delivered"), key=KEY, hashed=RING.hashed)

    assert first.key == second.key
    assert first.sealed != second.sealed
    assert sent.key != delivered.key


@pytest.mark.parametrize("key", [b"x" * 32, KEY], ids=["another key", "another line"])
def test_a_seal_opens_with_its_key_and_in_its_line_only(key):
    line, other = a_line(), a_line(an_event(message_id="m2"))
    moved = Line({**line.said, "sealed": other.sealed if key == KEY else line.sealed})

    with pytest.raises(SealBrokenError):
        event_of(moved, key)


def test_a_hash_tells_nothing_without_the_secret():
    assert RING.hashed("u#ada") == RING.hashed("u#ada") != RING.hashed("u#eve")
    line = event_line(an_event("u#ada"), contact="", key=KEY, hashed=RING.hashed, safe=SAFE)
    assert line.identity == RING.hashed("u#ada")
    assert "u#ada" not in line.text()
