"""What is believed of traits, whoever sends them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.clock import ManualClock
from sojourn.contacts.workspace import Workspace, WorkspaceReader, use_workspace
from sojourn.events.envelope import Envelope
from sojourn.events.normalise import normalise
from sojourn.events.surroundings import truncated_ip
from sojourn.events.traits import check_traits

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def in_france() -> Iterator[None]:
    use_workspace(WorkspaceReader(ManualClock(NOW), lambda: Workspace(country="FR")))
    yield
    use_workspace(None)


def stored(item: dict[str, Any], ip: str = "") -> dict[str, Any]:
    whole = {"type": "identify", "userId": "1", **item}
    done = normalise(whole, Envelope(source="shop", received=NOW, wall=NOW, ip=ip))
    return {**done.event.payload, "left_out": [(each.code, each.field) for each in done.left_out]}


@pytest.mark.parametrize(
    ("traits", "clean"),
    [
        ({"email": "Ada@BÜCHER.example"}, {"email": "Ada@xn--bcher-kva.example"}),
        ({"phone": "+1 (202) 555-0123"}, {"phone": "+12025550123", "phone_country": "US"}),
        (
            {"phone": "0612345678", "country": "fr"},
            {"phone": "+33612345678", "phone_country": "FR", "country": "fr"},
        ),
        (
            {"phone": "07400 123456", "address": {"country": "GB"}},
            {"phone": "+447400123456", "phone_country": "GB", "address": {"country": "GB"}},
        ),
        ({"phone": None}, {"phone": None, "phone_country": None}),
        ({"email": None, "timezone": None}, {"email": None, "timezone": None}),
        ({"timezone": "Europe/Paris"}, {"timezone": "Europe/Paris"}),
        ({}, {}),
    ],
)
def test_addresses_are_brought_into_their_form(traits: dict[str, Any], clean: dict[str, Any]):
    assert check_traits(traits) == (clean, [])


def test_a_number_without_plus_is_read_as_at_home(in_france: None):
    assert check_traits({"phone": "0612345678"})[0] == {"phone": "+33612345678", "phone_country": "FR"}
    # The person's own country comes first.
    assert check_traits({"phone": "202-555-0123", "country": "US"})[0]["phone_country"] == "US"


def test_without_a_country_it_cannot_be_read():
    clean, rejections = check_traits({"phone": "0612345678", "n": 1})

    assert clean == {"n": 1}
    assert [(each.code, each.field) for each in rejections] == [("invalid_phone", "traits.phone")]


def test_an_invalid_address_alone_is_left_out():
    """I34."""
    told = stored({"traits": {"email": "ada@", "phone": "+12025550123", "plan": "pro"}})

    assert told["traits"] == {"phone": "+12025550123", "phone_country": "US", "plan": "pro"}
    assert told["left_out"] == [("invalid_email", "traits.email")]
    assert told["flags"] == ["invalid_email"]


def test_odd_addresses_are_kept_and_flagged():
    """C9."""
    told = stored({"traits": {"email": "Info@mailinator.com", "n": 1}})

    assert told["traits"]["email"] == "info@mailinator.com"
    assert told["flags"] == ["role_address", "disposable_address"]
    assert told["left_out"] == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("192.0.2.77", "192.0.2.0"),
        (" 192.0.2.77 ", "192.0.2.0"),
        ("2001:db8:1234:5678:9abc:def0:1:2", "2001:db8:1234::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("0.0.0.0", "0.0.0.0"),  # noqa: S104  how Segment's clients ask not to be located
        ("192.0.2", None),
        ("192.0.2.256", None),
        ("192.0.2.77, 10.0.0.1", None),
        ("localhost", None),
        ("", None),
        ("3232235777", None),
    ],
)
def test_of_an_ip_address_the_network_is_kept(said: str, kept: str | None):
    assert truncated_ip(said) == kept


@pytest.mark.parametrize(
    ("context", "caller", "kept"),
    [
        ({"ip": "192.0.2.77"}, "198.51.100.9", "192.0.2.0"),
        ({}, "198.51.100.9", "198.51.100.0"),
        ({"ip": None}, "198.51.100.9", "198.51.100.0"),
        ({}, "", None),
        ({"ip": "x"}, "198.51.100.9", None),
        ({"ip": ["192.0.2.77"]}, "", None),
    ],
)
@pytest.mark.parametrize("kind", ["identify", "page"])
def test_no_event_holds_a_whole_ip_address(context: dict[str, Any], caller: str, kept: str | None, kind: str):
    told = stored({"type": kind, "context": context}, ip=caller)

    assert told.get("context", {}).get("ip") == kept


def test_external_ids_fit_a_key():
    right = [{"id": "7", "type": "shopify"}, {"id": "a#b", "type": "ga client", "collection": "users"}]
    wrong = [7, {"id": "7"}, {"id": "", "type": "x"}, {"id": "1", "type": "a#b"}, {"id": "x" * 257, "type": "x"},
             {"id": "1", "type": "x" * 65}, {"id": [], "type": "x"}, {"id": "\ud800", "type": "x"}]  # fmt: skip

    told = stored({"context": {"externalIds": [{"id": 7, "type": "shopify"}, right[1], *wrong]}})

    assert told["context"]["externalIds"] == right
    assert [code for code, _ in told["left_out"]] == ["invalid_external_id"] * len(wrong)
    assert told["left_out"][0][1] == "context.externalIds[2]"


@pytest.mark.parametrize("stated", ["x", {}, [{"id": str(n), "type": "x"} for n in range(21)]])
def test_external_ids_of_another_shape(stated: Any):
    assert [code for code, _ in stored({"context": {"externalIds": stated}})["left_out"]] == [
        "invalid_external_id"
    ]
