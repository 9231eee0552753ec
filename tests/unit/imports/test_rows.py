"""A row becomes events that the door would take, or says what is wrong with it."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sojourn.consent.model import Channel, Consent, Status, apply
from sojourn.consent.statements import changes_of
from sojourn.contacts.model import Profile, fold
from sojourn.events.model import Event
from sojourn.imports.dialect import Dialect, sniff
from sojourn.imports.evidence import Statement
from sojourn.imports.examine import Examined, guessed
from sojourn.imports.files import Facts
from sojourn.imports.mapping import read_mapping
from sojourn.imports.model import Kind
from sojourn.imports.reading import open_lines, read_headers, read_records
from sojourn.imports.refusals import ImportRefusedError
from sojourn.imports.rows import Drawing, Drawn
from sojourn.journeys.deeds import deed_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PINPOINT = Path(__file__).parent / "pinpoint"
STATEMENT = {
    "channels": ["email"],
    "how": "form",
    "when": "March 2025",
    "wording": "Yes, write to me",
    "declared_by": "Grace Hopper, CRM",
}


def drawn(
    text: str | bytes,
    kind: Kind = Kind.CONTACTS,
    *,
    mapping: dict[str, Any] | None = None,
    statement: dict[str, Any] | None = None,
    event: str = "",
) -> list[Drawn]:
    raw = text.encode() if isinstance(text, str) else text
    dialect = sniff(raw)
    lines = open_lines(io.BytesIO(raw[dialect.start :]), dialect, offset=dialect.start)
    headers = read_headers(lines, dialect)
    records = tuple(read_records(lines, dialect))
    columns = headers or tuple(dict.fromkeys(name for record in records for name in record.named or {}))
    found = Examined(Facts(len(raw), ""), dialect, headers, columns, records)
    told = mapping or guessed(found, kind, event=event).as_json()
    declared = Statement.read(statement) if statement else None
    drawing = Drawing(read_mapping(kind, told), headers, "import:i1", "f" * 64, NOW, NOW, declared)
    return [drawing.draw(record) for record in records]


def events(each: Drawn) -> list[Event]:
    return [event for event, _ in each.rows]


def consent_after(*all_drawn: Drawn) -> Consent:
    consent = Consent("c")
    for each in all_drawn:
        for event in events(each):
            for change in changes_of(event):
                consent = apply(consent, change)
    return consent


def test_a_person_is_one_identify_with_an_id_of_file_and_row():
    (ada,) = drawn("id,email,First name,age\nu1,ada@example.org,Ada,36\n")
    (event,) = events(ada)

    assert (event.pk, event.type, event.source, event.is_imported) == ("u#u1", "identify", "import:i1", True)
    assert event.message_id == f"{'f' * 32}-1"
    assert event.traits["age"] == 36
    assert event.traits["firstName"] == "Ada"
    assert ada.faults == []


def test_without_an_id_the_address_is_one_the_same_in_every_spelling():
    first, second = drawn("email\nAda@Example.org\n ada@example.ORG \n")

    assert events(first)[0].pk == events(second)[0].pk
    assert events(first)[0].pk.startswith("a#import-")


def test_of_several_rows_about_one_person_the_last_has_the_last_word():
    """In whatever order their events arrive; what only an earlier row tells is known, too."""
    rows = "".join(f"ada,ada{n}@example.org,{'' if n else 'third'}\n" for n in range(20))
    said = [event for each in drawn(f"id,email,floor\n{rows}") for event in events(each)]

    for arrived in (said, said[::-1], said[6:] + said[:6]):
        profile = Profile("c")
        for event in arrived:
            profile = fold(profile, deed_of(event), identity=event.pk, sequence="1")
        assert profile.traits == {"email": "ada19@example.org", "floor": "third"}


def test_a_national_number_is_read_in_its_country():
    told = {"columns": {"tel": "traits.phone"}, "country": "US"}
    (person,) = drawn("tel,x\n(202) 555-0123,1\n", mapping=told)

    assert events(person)[0].traits["phone"] == "+12025550123"


def test_what_is_wrong_is_left_out_with_line_and_column():
    mapping = {
        "columns": {"id": "userId", "mail": "traits.email", "age": {"to": "traits.age", "type": "number"}}
    }
    (person,) = drawn("id,mail,age\nu1,not an address,old\n", mapping=mapping)

    assert dict(events(person)[0].traits) == {}
    assert sorted((f.line, f.column, f.code, f.is_fatal) for f in person.faults) == [
        (2, "age", "not_a_number", False),
        (2, "mail", "invalid_email", False),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x@y,Ada", "missing_identity"),
        (",Ada", "missing_identity"),
        ("ada@example.org,A,B", "too_many_cells"),
        ("ada@example.org,A\0da", "damaged_text"),
    ],
)
def test_a_row_that_comes_to_nothing_says_why(row, code):
    (last,) = drawn(f"email,name\n{row}\n")

    assert last.is_failed
    assert [(fault.line, fault.code) for fault in last.faults if fault.is_fatal] == [(2, code)]


def test_a_nul_costs_its_row_and_of_two_columns_with_one_name_the_first_counts():
    """C1."""
    first, second = drawn("email,name,name\nada@example.org,Ada,Eve\neve@example.org,E\0ve,x\n")

    assert events(first)[0].traits["name"] == "Ada"
    assert second.is_failed
    assert [(fault.line, fault.column, fault.code) for fault in second.faults] == [
        (3, "name", "damaged_text")
    ]


def test_bytes_that_are_no_text_of_the_files_encoding_cost_their_row():
    utf8 = Dialect("csv", "utf-8")
    lines = open_lines(io.BytesIO(b"email,name\nada@example.org,\xff\xfe\n"), utf8)
    headers = read_headers(lines, utf8)
    mapping = read_mapping(Kind.CONTACTS, {"columns": {"email": "traits.email", "name": "traits.name"}})
    drawing = Drawing(mapping, headers, "import:i1", "f" * 64, NOW, NOW)

    (last,) = [drawing.draw(record) for record in read_records(lines, utf8)]

    assert [(fault.line, fault.column, fault.code) for fault in last.faults] == [(2, "name", "damaged_text")]


def test_consent_of_a_row_carries_its_evidence_and_its_own_date():
    text = "email,opted in,opt-in date,consent source,consent ip\nada@example.org,yes,2025-05-06,/join,192.0.2.77\n"
    (ada,) = drawn(text)
    identify, given = events(ada)

    assert given.event == "Consent Given"
    assert given.at == datetime(2025, 5, 6, tzinfo=UTC)
    assert given.properties["source"] == "/join"
    assert given.properties["evidence"] == {"ip_prefix": "192.0.2.0/24"}
    assert ada.is_reachable
    assert consent_after(ada).status("email", "marketing", None) is Status.GIVEN
    assert "consent" not in identify.context


def test_a_claim_without_evidence_is_a_person_who_may_not_be_written_to():
    (ada,) = drawn("email,opted in,opt-in date,consent source\nada@example.org,yes,,\n")

    assert not ada.is_failed
    assert not ada.is_reachable
    assert ada.is_unproved
    assert [fault.code for fault in ada.faults] == ["consent_without_evidence"]
    assert consent_after(ada).state == {}


def test_the_moment_of_a_consent_may_have_a_format_of_its_own():
    columns = {"email": "traits.email", "news": "consent.email", "where": "evidence.source"}
    when = {"to": "evidence.at", "format": "%d.%m.%Y"}
    text = (
        "email,news,when,where\nada@example.org,yes,06.05.2025,/join\neve@example.org,yes,2025-05-06,/join\n"
    )

    ada, eve = drawn(text, mapping={"columns": columns | {"when": when}})

    assert next(each.at for each in events(ada) if each.event == "Consent Given") == datetime(
        2025, 5, 6, tzinfo=UTC
    )
    assert [fault.reason for fault in eve.faults] == ["must be a moment like %d.%m.%Y"]


def test_a_word_that_is_neither_yes_nor_no_is_named():
    text = "email,opted in,opt-in date,consent source\nada@example.org,maybe,2025-05-06,/join\n"
    (ada,) = drawn(text)

    assert [(fault.column, fault.code, fault.is_fatal) for fault in ada.faults] == [
        ("opted in", "unclear_consent", False)
    ]
    assert consent_after(ada).state == {}


ODD = "email,unsubscribed\npostmaster@shop.example,\nada@mailinator.com,\nAbuse+x@shop.example,yes\neve@example.org,\n"


@pytest.mark.parametrize(
    ("policies", "left_out"),
    [
        ({}, []),
        ({"role_addresses": "warn", "disposable_addresses": "warn"}, []),
        ({"role_addresses": "skip"}, ["role_address"]),
        ({"disposable_addresses": "skip"}, ["disposable_address"]),
        ({"role_addresses": "skip", "disposable_addresses": "skip"}, ["role_address", "disposable_address"]),
    ],
)
def test_addresses_of_nobody_are_counted_or_left_out_but_leaving_is_heard(
    policies: dict[str, str], left_out: list[str]
):
    """C9."""
    mapping = {"columns": {"email": "traits.email", "unsubscribed": "unsubscribed.email"}, **policies}

    rows = drawn(ODD, mapping=mapping)

    assert [len(each.flags) for each in rows] == [1, 1, 1, 0]
    assert [fault.code for each in rows for fault in each.faults] == left_out
    assert sum(each.is_failed for each in rows) == len(left_out)
    assert consent_after(rows[2]).status("email", "marketing", None) is Status.WITHDRAWN
    again = read_mapping(Kind.CONTACTS, read_mapping(Kind.CONTACTS, mapping).as_json())
    assert again == read_mapping(Kind.CONTACTS, mapping)


@pytest.mark.parametrize(("kind", "policy"), [(Kind.CONTACTS, "drop"), (Kind.EVENTS, "skip")])
def test_a_policy_of_addresses_is_one_of_two_and_of_contacts(kind: Kind, policy: str):
    with pytest.raises(ImportRefusedError, match="role_addresses"):
        read_mapping(kind, {"columns": {"email": "traits.email"}, "role_addresses": policy})


def test_a_statement_speaks_for_everybody_but_who_left():
    first, second = drawn("email,unsubscribed\na@example.org,\nb@example.org,yes\n", statement=STATEMENT)

    assert first.is_reachable
    assert not second.is_reachable
    assert (second.withdrawals, second.given) == (1, [])
    assert consent_after(first).status("email", "marketing", None) is Status.GIVEN
    assert consent_after(second).status("email", "marketing", None) is Status.WITHDRAWN


def test_where_a_column_asks_the_statement_speaks_for_who_said_yes():
    first, second = drawn("email,opted in\na@example.org,yes\nb@example.org,no\n", statement=STATEMENT)

    assert first.is_reachable
    assert not second.is_reachable
    (said,) = events(first)[0].context["consent"]
    assert "Grace Hopper" in said["evidence"]["statement"]
    assert said["wording"] == STATEMENT["wording"]


def test_a_word_of_leaving_counts_whatever_the_column_asked():
    (ada,) = drawn("email,newsletter\nada@example.org,Unsubscribed\n", statement=STATEMENT)

    assert consent_after(ada).status("email", "marketing", None) is Status.WITHDRAWN


def test_an_import_never_subscribes_again_who_left():
    left = drawn("email,unsubscribed\nada@example.org,yes\n")
    again = drawn("email,opted in,opt-in date,consent source\nada@example.org,yes,2026-02-28,/join\n")

    assert consent_after(*left, *again).status("email", "marketing", None) is Status.WITHDRAWN
    assert consent_after(*again, *left).status("email", "marketing", None) is Status.WITHDRAWN


def test_a_deed_has_its_own_time_and_typed_properties():
    text = "customer_id,date,order_id,total\nu1,19970101,o1,29.33\n"
    (bought,) = drawn(text, Kind.EVENTS, event="Order Completed")
    (event,) = events(bought)

    assert (event.event, event.at) == ("Order Completed", datetime(1997, 1, 1, tzinfo=UTC))
    assert dict(event.properties) == {"order_id": "o1", "total": 29.33}


@pytest.mark.parametrize(
    ("date", "code"),
    [("", "missing_timestamp"), ("soon", "missing_timestamp"), ("2027-01-01", "timestamp_future")],
)
def test_a_deed_without_a_time_or_of_the_future_is_none(date, code):
    (bought,) = drawn(f"customer_id,date,total\nu1,{date},1\n", Kind.EVENTS, event="Order Completed")

    assert bought.is_failed
    assert code in {fault.code for fault in bought.faults}


def test_a_deed_of_an_address_introduces_who_did_it():
    (bought,) = drawn("email,date\nada@example.org,2026-01-01\n", Kind.EVENTS, event="Order Completed")

    assert [(event.type, event.message_id[-2:]) for event in events(bought)] == [
        ("identify", "1i"),
        ("track", "-1"),
    ]
    assert len({event.pk for event in events(bought)}) == 1


def test_pinpoint_endpoints_as_a_table():
    john, ann = drawn((PINPOINT / "endpoints.csv").read_bytes())
    traits = events(john)[0].traits

    assert events(john)[0].pk == "u#u2"
    assert traits["email"] == "john.stiles@example.com"
    assert traits["Interests"] == ["music", "a,b"]
    assert (traits["orders"], traits["timezone"], traits["country"]) == (3, "America/Los_Angeles", "USA")
    assert events(john)[0].context["externalIds"] == [{"type": "pinpoint", "id": "e1"}]
    assert events(ann)[0].traits["phone"] == "+12065550182"
    assert consent_after(ann).status(Channel.SMS, "marketing", None) is Status.WITHDRAWN
    assert consent_after(john).state == {}  # OptOut NONE is no consent


def test_pinpoint_endpoints_as_lines():
    (john,) = drawn((PINPOINT / "endpoints_export.ndjson").read_bytes())

    assert events(john)[0].traits["Interests"] == ["music", "a,b"]
    assert events(john)[0].traits["FirstName"] == "John"


def test_json_lines_keep_their_types():
    (ada,) = drawn(
        '{"userId": 7, "traits": {"email": "ada@example.org", "age": 36, "vip": true, "tags": ["x"]}}\n'
    )

    assert events(ada)[0].pk == "u#7"
    assert events(ada)[0].traits["tags"] == ["x"]
    assert events(ada)[0].traits["vip"] is True
