"""Consent is a fold that commutes, and the stricter word wins."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.consent.lapse import as_of
from sojourn.consent.model import (
    Channel,
    Consent,
    ConsentChange,
    Purpose,
    Refusal,
    Standing,
    Status,
    apply,
)
from sojourn.consent.statements import changes_of
from sojourn.events.model import Event, Trust, internal_event

START = datetime(2026, 11, 20, tzinfo=UTC)
GIVEN, PENDING, WITHDRAWN = Status.GIVEN, Status.PENDING, Status.WITHDRAWN


def change(
    status: Status = GIVEN, topic: str | None = None, *, minute: int = 0, **more: Any
) -> ConsentChange:
    plain = ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=topic,
        status=status,
        at=START + timedelta(minutes=minute),
        source="form",
    )
    return replace(plain, **more)


def folded(*changes: ConsentChange) -> Consent:
    consent = Consent("ada")
    for each in changes:
        consent = apply(consent, each)
    return consent


def verdict(*changes: ConsentChange, topic: str | None = "news") -> Refusal | None:
    return folded(*changes).refusal("email", "marketing", topic)


def test_marketing_needs_a_word_and_service_does_not():
    assert verdict() is Refusal.NO_CONSENT
    assert Consent("ada").refusal("email", "transactional", None) is None
    assert Consent("ada").refusal("email", "service", "news") is None
    assert Consent("ada").refusal("email", "newsletters", None) is Refusal.NO_CONSENT


def test_given_for_all_or_for_the_topic_is_enough():
    assert verdict(change(GIVEN)) is None
    assert verdict(change(GIVEN, "news")) is None
    assert verdict(change(GIVEN, "offers")) is Refusal.NO_CONSENT
    assert verdict(change(GIVEN, "news"), topic=None) is Refusal.NO_CONSENT


def test_one_channel_says_nothing_of_another():
    assert verdict(change(GIVEN, channel=Channel.SMS)) is Refusal.NO_CONSENT


def test_a_withdrawn_topic_is_refused_whatever_holds_for_all():
    assert verdict(change(GIVEN), change(WITHDRAWN, "news", minute=1)) is Refusal.UNSUBSCRIBED
    assert verdict(change(GIVEN), change(WITHDRAWN, "news", minute=1), topic="offers") is None


def test_giving_all_again_does_not_revive_a_withdrawn_topic():
    changes = change(WITHDRAWN, "news"), change(WITHDRAWN, minute=1), change(GIVEN, minute=2)

    assert verdict(*changes) is Refusal.UNSUBSCRIBED
    assert verdict(*changes, topic="offers") is None
    assert verdict(*changes, change(GIVEN, "news", minute=3)) is None


def test_withdrawing_all_refuses_every_topic_that_was_not_given_later():
    assert verdict(change(GIVEN, "news"), change(WITHDRAWN, minute=1)) is Refusal.UNSUBSCRIBED
    assert verdict(change(WITHDRAWN), change(GIVEN, "news", minute=1)) is None
    assert verdict(change(WITHDRAWN), change(GIVEN, "news", minute=1), topic="offers") is Refusal.UNSUBSCRIBED


def test_the_past_never_overrides_and_at_one_instant_withdrawn_wins():
    assert verdict(change(WITHDRAWN, minute=5), change(GIVEN, minute=4)) is Refusal.UNSUBSCRIBED
    for order in permutations([change(GIVEN), change(WITHDRAWN)]):
        assert verdict(*order) is Refusal.UNSUBSCRIBED
    assert verdict(change(WITHDRAWN), change(GIVEN, "news")) is Refusal.UNSUBSCRIBED


def test_what_is_kept_is_what_is_compared():
    """The table keeps milliseconds; two words within one are one instant, before and after a round trip."""
    later = change(GIVEN, at=START + timedelta(microseconds=900))

    assert verdict(change(WITHDRAWN), later) is Refusal.UNSUBSCRIBED
    standing = Standing.of(later)
    assert Standing.from_json(standing.as_json()) == standing


any_change = st.builds(
    change,
    st.sampled_from(Status),
    st.sampled_from([None, "news", "offers"]),
    minute=st.integers(0, 3),
    channel=st.sampled_from(Channel),
    source=st.sampled_from(["form", "api"]),
    is_imported=st.booleans(),
    is_merged=st.booleans(),
)


@given(changes=st.lists(any_change, max_size=8), data=st.data())
def test_the_order_of_arrival_and_repetition_do_not_matter(changes: list[ConsentChange], data: st.DataObject):
    shuffled = data.draw(st.permutations([*changes, *changes[:2]]))

    assert folded(*changes) == folded(*shuffled)


@given(changes=st.lists(any_change, max_size=8), topic=st.sampled_from([None, "news", "offers"]))
def test_a_last_withdrawal_of_all_always_refuses(changes: list[ConsentChange], topic: str | None):
    assert verdict(*changes, change(WITHDRAWN, minute=9), topic=topic) is Refusal.UNSUBSCRIBED


# ─── pending, and lists that somebody brought


def test_a_request_waits_for_its_confirmation():
    assert verdict(change(PENDING)) is Refusal.UNCONFIRMED
    assert verdict(change(PENDING), change(GIVEN, minute=1)) is None
    assert verdict(change(PENDING, "news"), topic="offers") is Refusal.NO_CONSENT


def test_a_second_request_takes_nothing_from_who_confirmed():
    assert verdict(change(GIVEN), change(PENDING, minute=1)) is None
    assert verdict(change(GIVEN), change(WITHDRAWN, minute=1), change(PENDING, minute=2)) is (
        Refusal.UNCONFIRMED
    )
    assert verdict(change(PENDING), change(WITHDRAWN, minute=1)) is Refusal.UNSUBSCRIBED


def test_a_list_never_subscribes_again_who_left():
    brought = change(GIVEN, minute=9, is_imported=True)

    assert verdict(brought) is None
    assert verdict(change(WITHDRAWN), brought) is Refusal.UNSUBSCRIBED
    assert verdict(change(WITHDRAWN), replace(brought, topic="news")) is Refusal.UNSUBSCRIBED
    assert verdict(change(WITHDRAWN), brought, change(GIVEN, minute=1)) is None


def test_an_unconfirmed_request_is_forgotten_after_thirty_days():
    asked = folded(change(WITHDRAWN), change(PENDING, minute=1), change(PENDING, "news", minute=1))

    assert as_of(asked, START + timedelta(days=29)) == asked
    later = as_of(asked, START + timedelta(days=31))
    assert (later.pending("email"), later.refusal("email", "marketing", None)) == ([], Refusal.UNSUBSCRIBED)
    assert later.state.keys() == {"email|marketing|*"}
    assert as_of(folded(change(GIVEN), change(PENDING)), START + timedelta(days=99)).pending("email") == []


@given(changes=st.lists(any_change, max_size=8))
def test_a_state_survives_its_row(changes: list[ConsentChange]):
    for standing in folded(*changes).state.values():
        assert Standing.from_json(standing.as_json()) == standing


def test_measuring_is_asked_for_apart_and_each_kind_alone():
    tracking: dict[str, Any] = {"purpose": Purpose.TRACKING}
    opens_only = folded(change(GIVEN, **tracking), change(WITHDRAWN, "clicks", minute=1, **tracking))

    assert opens_only.may_measure("email", "opens", unasked=False)
    assert not opens_only.may_measure("email", "clicks", unasked=True)
    assert [Consent("ada").may_measure("email", unasked=each) for each in (True, False)] == [True, False]
    assert opens_only.refusal("email", "marketing", None) is Refusal.NO_CONSENT


# ─── from events

SAID = {"channel": "email", "purpose": "marketing", "source": "form"}


def an_event(name: str = "", **payload: Any) -> Event:
    event = internal_event("u#ada", name, at=START, message_id="m1", properties={})
    return replace(event, payload=payload, source="website", type="track" if name else "identify")


def test_a_consent_event_is_one_change_with_its_evidence():
    event = an_event("Consent Given", properties={**SAID, "topic": "news", "wording": " Yes, write to me. "})

    (found,) = changes_of(event)

    assert found == change(GIVEN, "news", wording="Yes, write to me.", event_key=event.key)


def test_a_list_in_the_context_says_given_unless_it_says_otherwise():
    event = an_event(context={"consent": [SAID, {**SAID, "channel": "sms", "status": "withdrawn"}]})

    assert [(each.channel, each.status) for each in changes_of(event)] == [
        (Channel.EMAIL, GIVEN),
        (Channel.SMS, WITHDRAWN),
    ]


def test_a_list_beside_a_withdrawal_withdraws():
    event = an_event("Consent Withdrawn", properties=SAID, context={"consent": [{**SAID, "topic": "news"}]})

    assert {(each.topic, each.status) for each in changes_of(event)} == {
        (None, WITHDRAWN),
        ("news", WITHDRAWN),
    }


def test_nobody_speaks_in_the_future():
    event = replace(an_event("Consent Given", properties=SAID), at=START + timedelta(days=9000))

    assert changes_of(event)[0].at == START


@pytest.mark.parametrize(
    "said",
    [
        {},
        {**SAID, "channel": "pigeon"},
        {**SAID, "channel": ["email"]},
        {**SAID, "purpose": None},
        {**SAID, "topic": 7},
        {**SAID, "status": "perhaps"},
        {**SAID, "status": {}},
        "email",
        None,
    ],
)
def test_what_cannot_be_read_is_passed_over(said: Any):
    assert changes_of(an_event(context={"consent": [said, SAID]})) == (
        change(GIVEN, event_key=an_event().key),
    )


@pytest.mark.parametrize("consent", [None, {}, "yes", 3, {"categoryPreferences": {"a": True}}])
def test_a_consent_that_is_no_list_says_nothing(consent: Any):
    assert changes_of(an_event(context={"consent": consent})) == ()


@pytest.mark.parametrize(
    ("said", "is_known", "status"),
    [
        ({"status": "given"}, False, PENDING),
        ({"status": "given"}, True, PENDING),
        ({"status": "pending"}, True, PENDING),
        ({"status": "withdrawn"}, False, WITHDRAWN),
        ({"status": "withdrawn"}, True, None),
        ({"purpose": "tracking"}, False, GIVEN),
        ({"purpose": "tracking"}, True, None),
        ({"purpose": "tracking", "status": "withdrawn"}, False, WITHDRAWN),
        ({"purpose": "tracking", "status": "withdrawn"}, True, None),
    ],
)
def test_a_browser_asks_and_does_not_give(said: dict[str, str], is_known: bool, status: Status | None):
    event = an_event(context={"consent": [{**SAID, **said}]})
    public, proved = replace(event, trust=Trust.BROWSER), replace(event, trust=Trust.PROVED)

    assert [each.status for each in changes_of(public, is_known=is_known)] == ([status] if status else [])
    assert [each.status.value for each in changes_of(proved)] == [said.get("status", "given")]


def test_who_does_not_say_whether_a_person_is_known_is_careful():
    event = replace(an_event("Consent Withdrawn", properties=SAID), trust=Trust.BROWSER)

    assert changes_of(event) == ()


def test_evidence_comes_from_the_statement_and_from_the_call_around_it():
    told = {"form": "footer", "statement": "x" * 900, "secret": "not kept", "page": 7}
    context = {"page": {"url": "https://shop.example/news"}, "ip": "203.0.113.0", "userAgent": "Firefox"}
    said = {**SAID, "how": "form", "wording": "Yes", "wording_version": "3", "evidence": told}

    (found,) = changes_of(an_event("Consent Given", properties=said, context=context))

    assert (found.how, found.wording_version) == ("form", "3")
    assert found.evidence == {
        "form": "footer",
        "statement": "x" * 300,
        "page": "https://shop.example/news",
        "ip_prefix": "203.0.113.0",
        "user_agent": "Firefox",
    }


def test_an_imported_yes_is_told_apart():
    event = replace(an_event("Consent Given", properties=SAID), source="import:42")

    assert changes_of(event)[0].is_imported


def test_other_events_say_nothing():
    assert changes_of(an_event("Order Completed", properties=SAID)) == ()
    assert changes_of(replace(an_event("Consent Given", properties=SAID), type="page")) == ()
