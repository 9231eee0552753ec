"""Columns are guessed as a person would map them, and a mapping that cannot be right is refused by name."""

import pytest

from sojourn.imports.evidence import Statement, require_evidence
from sojourn.imports.guessing import guess_mapping
from sojourn.imports.mapping import read_mapping
from sojourn.imports.model import Kind
from sojourn.imports.pinpoint import endpoint_mapping
from sojourn.imports.refusals import ImportRefusedError

STATEMENT = {
    "channels": ["email"],
    "how": "form",
    "when": "March 2025",
    "wording": "Yes, write to me",
    "declared_by": "Grace Hopper, CRM",
}


def guessed(*headers: str, kind: Kind = Kind.CONTACTS) -> dict[str, str]:
    return {name: target.to for name, target in guess_mapping(kind, headers, []).columns.items()}


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("E-Mail", "traits.email"),
        ("Email address", "traits.email"),
        ("traits.email", "traits.email"),
        ("Mobile number", "traits.phone"),
        ("First name", "traits.firstName"),
        ("Customer ID", "userId"),
        ("Opted in", "consent.email"),
        ("Accepts SMS Marketing", "consent.sms"),
        ("Opt-in date", "evidence.at"),
        ("Consent source", "evidence.source"),
        ("Unsubscribed", "unsubscribed.email"),
        ("traits.plan", "traits.plan"),
        ("loyalty_points", "traits.loyalty_points"),
        ("Favourite colour", "traits.favouriteColour"),
    ],
)
def test_a_column_of_people_is_known_by_its_name(header, target):
    assert guessed(header) == {header: target}


def test_columns_of_deeds_are_known_by_their_names():
    headers = ("customer_id", "Order date", "Order ID", "total")

    assert guessed(*headers, kind=Kind.EVENTS) == {
        "customer_id": "userId",
        "Order date": "timestamp",
        "Order ID": "properties.order_id",
        "total": "properties.total",
    }


def test_what_repeats_is_left_to_people():
    assert guessed("email", "E-mail", "email") == {"email": "traits.email", "E-mail": "ignore"}


def test_types_are_those_of_all_cells_and_ids_stay_texts():
    rows = [["1", "12.5", "2026-01-02", "true", "01234", ""], ["2", "7", "2026-01-03", "false", "9", ""]]
    headers = ["id", "age", "since", "vip", "postal code", "note"]

    found = guess_mapping(Kind.CONTACTS, headers, rows).columns

    assert [found[name].type for name in headers] == ["text", "number", "date", "boolean", "text", "text"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"columns": {"a": "nowhere"}}, "invalid_mapping"),
        ({"columns": {"a": "traits.x"}}, "identity_required"),
        ({"columns": {"a": "userId", "b": "userId"}}, "invalid_mapping"),
        ({"columns": {"a": {"to": "userId", "type": "colour"}}}, "invalid_mapping"),
        ({"columns": {"a": "userId"}, "colour": 1}, "invalid_mapping"),
        ({"columns": []}, "invalid_mapping"),
        (7, "invalid_mapping"),
    ],
)
def test_a_mapping_that_cannot_be_right_is_refused(told, code):
    with pytest.raises(ImportRefusedError) as refused:
        read_mapping(Kind.CONTACTS, told)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("columns", "code"),
    [({"a": "userId"}, "timestamp_required"), ({"a": "userId", "b": "timestamp"}, "event_required")],
)
def test_a_deed_has_a_time_and_a_name(columns, code):
    with pytest.raises(ImportRefusedError) as refused:
        read_mapping(Kind.EVENTS, {"columns": columns})
    assert refused.value.code == code


def test_a_mapping_is_the_same_when_it_was_written_down():
    told = {"columns": {"m": "traits.email", "x.*": {"to": "traits.*", "type": "number"}}, "country": "US"}
    mapping = read_mapping(Kind.CONTACTS, told)
    wild = mapping.target("x.age")

    assert mapping.as_json() == told
    assert wild is not None
    assert (wild.to, wild.type) == ("traits.age", "number")


def test_consent_that_is_claimed_must_be_proved():
    claims = {"m": "traits.email", "c": "consent.email"}
    proof = {"when": "evidence.at", "where": "evidence.source"}
    bare = read_mapping(Kind.CONTACTS, {"columns": claims})

    with pytest.raises(ImportRefusedError) as refused:
        require_evidence(bare, None)

    assert refused.value.code == "consent_evidence_required"
    require_evidence(bare, Statement.read(STATEMENT))
    require_evidence(read_mapping(Kind.CONTACTS, {"columns": claims | proof}), None)
    require_evidence(read_mapping(Kind.CONTACTS, {"columns": {"m": "traits.email"}}), None)


@pytest.mark.parametrize("missing", ["channels", "how", "when", "wording", "declared_by"])
def test_a_statement_says_who_how_when_and_what(missing):
    told = {name: value for name, value in STATEMENT.items() if name != missing}

    with pytest.raises(ImportRefusedError) as refused:
        Statement.read(told)

    assert refused.value.code == "invalid_consent_statement"
    assert refused.value.extra == {"field": missing}


def test_repeated_columns_of_endpoints_are_lists():
    mapping = endpoint_mapping(
        ["Id", "Address", "ChannelType", "Attributes.Interests", "Attributes.Interests"]
    )
    interests, plan = mapping.target("Attributes.Interests"), mapping.target("Attributes.Plan")

    assert interests is not None
    assert plan is not None
    assert (interests.to, interests.type) == ("traits.Interests", "list")
    assert (plan.to, plan.type) == ("traits.Plan", "text")
