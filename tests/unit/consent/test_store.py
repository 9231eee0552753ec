"""Consent in the table: ledger and state together; suppressed addresses that only their holders open."""

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.consent.addresses.store import find_suppression, lift, soft_bounce, suppress, suppressed
from sojourn.consent.model import Channel, Consent, ConsentChange, Purpose, Refusal, Status, apply
from sojourn.consent.store import LedgerRow, get_consent, ledger_of, record, record_after, record_all
from sojourn.consent.suppression import Reason, Send
from sojourn.contacts.addresses import address_hash
from tests.cloud import moto_cloud
from tests.feedback import before_first, cleared

START = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def _clear(_cloud: None) -> None:
    cleared()


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def change(status: Status, minute: int = 0, event: str = "e1", topic: str | None = None) -> ConsentChange:
    return ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=topic,
        status=status,
        at=after(minute),
        source="form",
        event_key=event,
    )


def ledger() -> list[LedgerRow]:
    return list(LedgerRow.query("C#ada", LedgerRow.sk.startswith("CONSENT#")))


def test_nothing_said_is_revision_0():
    assert get_consent("ada").revision == 0
    assert get_consent("ada").refusal("email", "marketing", None) is Refusal.NO_CONSENT


def test_a_change_is_in_the_ledger_and_in_the_state():
    assert record("ada", change(Status.GIVEN, topic="news"))

    assert get_consent("ada").refusal("email", "marketing", "news") is None
    (row,) = ledger()
    assert (row.status, row.topic, row.source, row.event) == ("given", "news", "form", "e1")


def test_the_same_change_twice_is_one():
    assert record("ada", change(Status.GIVEN))
    assert not record("ada", change(Status.GIVEN))

    assert get_consent("ada").revision == 1
    assert len(ledger()) == 1


def test_an_older_change_is_kept_but_changes_nothing():
    record("ada", change(Status.WITHDRAWN, 5, "late"))
    record("ada", change(Status.GIVEN, 1, "early"))

    assert get_consent("ada").refusal("email", "marketing", None) is Refusal.UNSUBSCRIBED
    assert len(ledger()) == 2


def test_a_writer_who_was_overtaken_reads_again():
    def overtake() -> None:
        record("ada", change(Status.GIVEN, 1, "e2", "offers"))

    with before_first("TransactWriteItems", overtake):
        assert record("ada", change(Status.GIVEN, 0, "e1", "news"))

    assert get_consent("ada").revision == 2
    assert len(get_consent("ada").state) == len(ledger()) == 2


def test_a_writer_who_is_overtaken_by_himself_says_that_it_is_there():
    with before_first("TransactWriteItems", lambda: record("ada", change(Status.GIVEN))):
        assert not record("ada", change(Status.GIVEN))

    assert get_consent("ada").revision == len(ledger()) == 1


def test_who_was_taken_for_new_and_had_said_something_keeps_both():
    record("ada", change(Status.GIVEN))
    record_all("ada", [change(Status.WITHDRAWN, 1, "e2")], is_new=True)
    record_all("ada", [change(Status.WITHDRAWN, 1, "e2")], is_new=True)

    assert [each.status for each in ledger_of("ada")] == [Status.GIVEN, Status.WITHDRAWN]
    assert get_consent("ada").revision == 2


def test_the_ledger_keeps_how_it_was_said_and_folds_to_the_state():
    proof = {
        "page": "https://shop.example/",
        "ip_prefix": "203.0.113.0",
        "user_agent": "Firefox",
        "form": "f",
    }
    said = replace(
        change(Status.GIVEN, event="e3"),
        how="form",
        wording="Yes, write to me",
        wording_version="3",
        evidence=proof,
    )
    for each in (
        said,
        change(Status.PENDING, 3),
        change(Status.WITHDRAWN, 5),
        change(Status.PENDING, 7, "e2"),
    ):
        record("ada", each)
    record("ada", replace(change(Status.GIVEN, 8, "e4", "news"), is_imported=True))

    assert said in ledger_of("ada")
    assert functools.reduce(apply, ledger_of("ada"), Consent("ada")).state == get_consent("ada").state
    (row,) = [row for row in ledger() if row.wording]
    assert row.wording_hash == hashlib.sha256(b"Yes, write to me").hexdigest()


def test_two_who_say_the_same_at_once_say_it_once():
    def leave(minute: int) -> int:
        return record_after(
            "ada",
            lambda consent: (
                []
                if consent.status("email", "marketing", None) is Status.WITHDRAWN
                else [change(Status.WITHDRAWN, minute, f"e{minute}")]
            ),
        )

    with before_first("TransactWriteItems", lambda: leave(1)):
        assert leave(2) == 0

    assert len(ledger()) == 1


def test_soft_bounces_at_the_same_time_are_both_counted():
    with before_first("UpdateItem", lambda: soft("m1")):
        soft("m2")

    assert soft("m3")


# ─── addresses


def test_an_address_is_known_by_its_hash_however_it_is_written():
    assert address_hash("email", " Ada@Example.NET") == address_hash("email", "ada@example.net")
    assert address_hash("sms", "+1 (202) 555-0123") == address_hash("sms", "+12025550123")
    assert address_hash("sms", "+12025550123") != address_hash("email", "+12025550123")


def test_the_first_reason_stays_unless_a_stricter_one_comes():
    suppress("email", "ada@example.net", reason=Reason.BOUNCE, at=after(0), source="ses")
    suppress("email", "ADA@example.net", reason=Reason.SOFT_BOUNCE, at=after(1), source="ses")
    assert suppressed("email", "ada@example.net") is Reason.BOUNCE

    suppress("email", "ada@example.net", reason=Reason.COMPLAINT, at=after(2), source="ses")
    suppress("email", "ada@example.net", reason=Reason.BOUNCE, at=after(3), source="ses")
    assert suppressed("email", "ada@example.net") is Reason.COMPLAINT
    assert suppressed("email", "bob@example.net") is None


def test_only_a_stop_can_be_lifted_and_only_later():
    suppress("sms", "+12025550123", reason=Reason.STOP, at=after(1), source="sms STOP")

    assert not lift("sms", "+12025550123", at=after(0), source="sms START")
    assert not lift("sms", "+12025550123", at=after(1), source="sms START")
    assert suppressed("sms", "+12025550123") == "stop"
    assert lift("sms", "+12025550123", at=after(2), source="sms START")
    assert suppressed("sms", "+12025550123") is None

    suppress("email", "ada@example.net", reason=Reason.COMPLAINT, at=after(1), source="ses")
    assert not lift("email", "ada@example.net", at=after(2), source="sms START")


def test_a_stop_that_comes_late_does_not_undo_the_start_after_it():
    suppress("sms", "+12025550123", reason=Reason.STOP, at=after(1), source="sms STOP")
    lift("sms", "+12025550123", at=after(2), source="sms START")

    suppress("sms", "+12025550123", reason=Reason.STOP, at=after(1), source="sms STOP")
    assert suppressed("sms", "+12025550123") is None

    suppress("sms", "+12025550123", reason=Reason.STOP, at=after(3), source="sms STOP")
    known = find_suppression("sms", "+12025550123")
    assert known is not None
    assert (known.reason, known.source) == (Reason.STOP, "sms STOP")


def soft(message_id: str, *sends: Send) -> bool:
    return soft_bounce(
        "ada@example.net", message_id=message_id, at=after(0), source="ses", sends=lambda: sends
    )


def test_three_soft_bounces_of_the_last_five_sends_close_an_address():
    assert [soft("m1"), soft("m1"), soft("m2"), suppressed("email", "ada@example.net")] == [
        False,
        False,
        False,
        None,
    ]

    assert soft("m3")
    assert suppressed("email", "ada@example.net") is Reason.SOFT_BOUNCE


def test_a_delivery_in_between_starts_the_count_anew():
    soft("m1")
    soft("m2")

    assert not soft("m4", Send("m4", False), Send("m3", True), Send("m2", False), Send("m1", False))
    assert not soft("m5", Send("m5", False), Send("m4", False), Send("m3", True), Send("m2", False))
    assert soft("m6", Send("m6", False), Send("m5", False), Send("m4", False), Send("m3", True))


def test_soft_bounces_further_back_than_five_sends_do_not_count():
    soft("m1")
    soft("m2")
    quiet = [Send(f"m{number}", False) for number in (6, 5, 4, 3, 2, 1)]

    assert not soft("m6", *quiet)
