"""Hours, caps, expiry, holdouts and paused journeys, as deliver carries them out and writes them down."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.consent.model import Measure, Status
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import use_workspace
from sojourn.delivery.caps import DAY, Room, in_ms
from sojourn.delivery.compose import MEASURES, Composer, Content
from sojourn.delivery.ledger.store import read_ledger, write_of
from sojourn.delivery.model import (
    FOREVER,
    Cap,
    ClaimStaleError,
    HoldReason,
    NotNowError,
    OutcomeUnknownError,
    Outside,
    ProviderRefusedError,
    Receipt,
    SendRequest,
    Window,
)
from sojourn.delivery.turns.model import TurnsHere
from sojourn.errors import HeldError
from sojourn.messages.library import get_template
from sojourn.messages.model import Message, MessageState
from sojourn.transactions import transact
from tests.cloud import moto_cloud
from tests.feedback import cleared
from tests.sending import GIVEN, NOON, Provider, Sender, a_composer, live_by, nobody_says, save_templates

HOUR = timedelta(hours=1)
EVENING = Window("18:00", "20:00")
ONE_A_DAY = Cap(most=1, seconds=DAY)


@pytest.fixture(autouse=True, scope="module")
def _cloud() -> Iterator[None]:
    with moto_cloud():
        yield
    get_template.cache_clear()


@pytest.fixture
def ada() -> Iterator[Sender]:
    cleared()
    get_template.cache_clear()
    save_templates()
    nobody_says()
    yield Sender(clock=ManualClock(NOON), provider=Provider())
    use_workspace(None)


def wants(ada: Sender, digest: str = "a", **about: Any) -> SendRequest:
    """A mail (or a text) that is wanted now; what is no word of a message is one of the request."""
    own = {
        name: about.pop(name)
        for name in ("channel", "template", "purpose", "topic", "journey")
        if name in about
    }
    return SendRequest(message=ada.message(digest, **own), **about)


def a_text(ada: Sender, digest: str = "a", **about: Any) -> SendRequest:
    return wants(ada, digest, channel="sms", template="offer", **about)


def outcome(ada: Sender, request: SendRequest) -> tuple[str, str]:
    """State and reason; of a held one the reason and until when."""
    try:
        receipt = ada.send(request)
    except HeldError as held:
        return held.reason, held.until
    return receipt.state, receipt.reason


def units(contact: str = "ada") -> list[tuple[str, datetime, bool]]:
    found = read_ledger((contact,)).units
    return [(unit.digest[0], datetime.fromtimestamp(unit.at / 1000, UTC), unit.held) for unit in found]


# Hours


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (8, ("hours", "2026-01-05T09:00:00.000Z")),
        (9, ("sent", "")),
        (19, ("sent", "")),
        (20, ("hours", "2026-01-06T09:00:00.000Z")),
    ],
)
def test_no_marketing_is_texted_at_night_unless_somebody_says_otherwise(
    ada: Sender, hour: int, expected: tuple[str, str]
):
    ada.clock.now = NOON.replace(hour=hour)

    assert outcome(ada, a_text(ada)) == expected


@pytest.mark.parametrize("purpose", ["transactional", "service"])
def test_what_a_person_asked_for_is_texted_at_night(ada: Sender, purpose: str):
    ada.clock.now = NOON.replace(hour=3)

    assert outcome(ada, a_text(ada, purpose=purpose)) == ("sent", "")


@pytest.mark.parametrize(
    ("window", "hour", "expected"),
    [
        (
            Window("06:00", "22:00"),
            7,
            ("hours", "2026-01-05T08:00:00.000Z"),
        ),  # no earlier than 8, whatever is said
        (Window("06:00", "22:00"), 20, ("sent", "")),
        (Window("06:00", "22:00"), 21, ("hours", "2026-01-06T08:00:00.000Z")),
        (Window("10:00", "11:00", (5,)), 10, ("hours", "2026-01-10T10:00:00.000Z")),
    ],
)
def test_hours_of_its_own_stand_in_place_of_the_workspaces(
    ada: Sender, window: Window, hour: int, expected: tuple[str, str]
):
    ada.clock.now = NOON.replace(hour=hour)

    assert outcome(ada, a_text(ada, window=window)) == expected


def test_a_workspace_has_hours_of_its_own(ada: Sender):
    live_by({"hours": {"email": {"start": "18:00", "end": "20:00"}}}, ada.clock)

    assert outcome(ada, wants(ada)) == ("hours", "2026-01-05T18:00:00.000Z")
    assert outcome(ada, wants(ada, "b", window=Window("11:00", "13:00"))) == ("sent", "")


def test_outside_its_hours_a_message_may_be_skipped(ada: Sender):
    assert outcome(ada, wants(ada, window=EVENING, outside=Outside.SKIP)) == ("skipped", "outside_hours")
    assert ada.found("a").seen == {"hours": "18:00-20:00", "opens": "2026-01-05T18:00:00.000Z"}


def instead(ada: Sender, **about: Any) -> SendRequest:
    """A text for the evening, or a mail at once."""
    asked = a_text(ada, window=EVENING, outside=Outside.INSTEAD, **about)
    other = replace(asked.message, channel="email", template="reminder")
    return replace(asked, instead=other)


def test_another_channel_may_go_instead_and_it_is_one_message(ada: Sender):
    assert outcome(ada, instead(ada)) == ("sent", "outside_hours")

    found = ada.found("a")
    assert (found.channel, found.template, found.state) == ("email", "reminder", "sent")
    assert found.seen["instead_of"] == "sms"
    assert found.seen["opens"] == "2026-01-05T18:00:00.000Z"


def test_within_its_hours_the_message_itself_goes(ada: Sender):
    ada.clock.now = NOON.replace(hour=18)

    assert outcome(ada, instead(ada)) == ("sent", "")
    assert ada.found("a").channel == "sms"


def test_where_the_other_may_not_go_either_the_message_waits_for_its_hours(ada: Sender):
    ada.traits.pop("email")

    assert outcome(ada, instead(ada)) == ("hours", "2026-01-05T18:00:00.000Z")
    assert (ada.found("a").channel, ada.found("a").seen["instead"]) == ("sms", "no_address")


def test_who_moves_while_it_is_held_gets_it_by_the_hours_of_the_new_place(ada: Sender):
    """T60."""
    assert outcome(ada, wants(ada, window=EVENING)) == ("hours", "2026-01-05T18:00:00.000Z")
    ada.traits["timezone"] = "America/New_York"
    ada.clock.now = NOON.replace(hour=18)

    assert outcome(ada, wants(ada, window=EVENING)) == ("hours", "2026-01-05T23:00:00.000Z")
    assert ada.found("a").held == 2


# Expiry


@pytest.mark.parametrize(
    ("late", "said", "expected"),
    [
        (24 * HOUR, {}, ("sent", "")),
        (24 * HOUR + timedelta(milliseconds=1), {}, ("skipped", "expired")),
        (HOUR, {"expires": HOUR}, ("sent", "")),
        (48 * HOUR, {"slack": 24 * HOUR}, ("sent", "")),  # of a calendar that runs fast
        (HOUR + timedelta(seconds=1), {"expires": HOUR}, ("skipped", "expired")),
        (11 * HOUR, {"expires_with_the_day": True}, ("sent", "")),
        (12 * HOUR, {"expires_with_the_day": True}, ("skipped", "expired")),  # midnight: the day is over
    ],
)
def test_a_message_that_comes_too_late_is_not_sent(
    ada: Sender, late: timedelta, said: dict[str, Any], expected: tuple[str, str]
):
    request = wants(ada, **said)
    ada.clock.now = NOON + late

    assert outcome(ada, request) == expected


def test_the_day_that_ends_is_the_contacts(ada: Sender):
    ada.traits["timezone"] = "Asia/Tokyo"  # it is 21:00 there
    request = wants(ada, expires_with_the_day=True)
    ada.clock.now = NOON + 3 * HOUR

    assert outcome(ada, request) == ("skipped", "expired")
    assert ada.found("a").seen == {
        "expires": "2026-01-05T15:00:00.000Z",
        "could_go": "2026-01-05T15:00:00.000Z",
    }


def test_a_hold_that_would_end_too_late_is_not_begun(ada: Sender):
    assert outcome(ada, wants(ada, window=EVENING, expires=5 * HOUR)) == ("skipped", "expired")
    assert ada.found("a").seen["could_go"] == "2026-01-05T18:00:00.000Z"


def test_nothing_expires_for_the_sake_of_its_hours_unless_it_is_said(ada: Sender):
    """T56: due on Friday at 17:00, and it goes on Monday."""
    ada.clock.now = datetime(2026, 1, 9, 17, tzinfo=UTC)
    office = Window("09:00", "17:00", (0, 1, 2, 3, 4))

    assert outcome(ada, wants(ada, window=office)) == ("hours", "2026-01-12T09:00:00.000Z")
    ada.clock.now = datetime(2026, 1, 12, 9, tzinfo=UTC)
    assert outcome(ada, wants(ada, window=office)) == ("sent", "")
    assert ada.found("a").due == "2026-01-09T17:00:00.000Z"  # since then it waited


def test_after_a_pause_late_messages_go_if_that_is_wanted(ada: Sender):
    request = wants(ada)
    ada.clock.now = NOON + 72 * HOUR

    assert outcome(ada, replace(request, late_from=NOON + 60 * HOUR)) == ("sent", "")


# Caps


def test_a_cap_holds_until_there_is_room_and_then_lets_go(ada: Sender):
    caps = (ONE_A_DAY,)
    assert outcome(ada, wants(ada, caps=caps)) == ("sent", "")
    ada.clock.advance(3600)

    assert outcome(ada, wants(ada, "b", caps=caps)) == ("cap", "2026-01-06T12:00:00.000Z")
    assert units() == [("a", NOON, False), ("b", NOON + 24 * HOUR, True)]
    assert ada.found("b").seen["caps"] == [{"most": 1, "seconds": DAY, "counted": 1}]
    ada.clock.now = NOON + 24 * HOUR
    assert outcome(ada, wants(ada, "b", caps=caps)) == ("sent", "")
    assert units() == [("a", NOON, False), ("b", NOON + 24 * HOUR, False)]
    assert ada.found("b").held == 1


def test_a_redelivery_before_its_moment_takes_no_second_unit(ada: Sender):
    """T64."""
    ada.send(wants(ada, caps=(ONE_A_DAY,)))
    for _ in range(3):
        ada.clock.advance(60)
        assert outcome(ada, wants(ada, "b", caps=(ONE_A_DAY,))) == ("cap", "2026-01-06T12:00:00.000Z")

    assert len(units()) == 2


def test_a_unit_is_reserved_for_the_hours_that_a_message_waits_for(ada: Sender):
    assert outcome(ada, wants(ada, window=EVENING, caps=(ONE_A_DAY,))) == (
        "hours",
        "2026-01-05T18:00:00.000Z",
    )

    # To go now would put two into the day that holds both.
    assert outcome(ada, wants(ada, "b", caps=(ONE_A_DAY,))) == ("skipped", "expired")
    assert outcome(ada, wants(ada, "c", caps=(ONE_A_DAY,), expires=72 * HOUR)) == (
        "cap",
        "2026-01-06T18:00:00.000Z",
    )


def test_a_cap_may_skip_instead(ada: Sender):
    caps = (replace(ONE_A_DAY, skips=True),)
    ada.send(wants(ada, caps=caps))

    assert outcome(ada, wants(ada, "b", caps=caps)) == ("skipped", "capped")
    assert len(units()) == 1


def test_after_the_hold_everything_is_asked_again(ada: Sender):
    """T67: who unsubscribed meanwhile gets nothing, and the unit is free again."""
    ada.send(wants(ada, caps=(ONE_A_DAY,)))
    assert outcome(ada, wants(ada, "b", caps=(ONE_A_DAY,)))[0] == "cap"
    ada.consent["email|marketing|*"] = replace(GIVEN, status=Status.WITHDRAWN)
    ada.clock.now = NOON + 24 * HOUR

    assert outcome(ada, wants(ada, "b", caps=(ONE_A_DAY,))) == ("skipped", "unsubscribed")
    assert units() == [("a", NOON, False)]
    assert ada.found("b").reserved == ""


def test_a_cap_of_texts_counts_no_mails_and_the_reverse(ada: Sender):
    """T68."""
    caps = (replace(ONE_A_DAY, channel="sms"), replace(ONE_A_DAY, channel="email"))

    assert outcome(ada, wants(ada, caps=caps)) == ("sent", "")
    assert outcome(ada, a_text(ada, "b", caps=caps)) == ("sent", "")
    assert outcome(ada, a_text(ada, "c", caps=caps))[0] == "cap"


@pytest.mark.parametrize(
    ("error", "state", "left"),
    [
        (ProviderRefusedError("provider_rejected"), MessageState.FAILED, 0),
        (OutcomeUnknownError(), MessageState.UNKNOWN, 1),
        (NotNowError(HoldReason.RATE, 30), MessageState.PLANNED, 0),
    ],
)
def test_what_was_not_sent_gives_its_unit_back_and_what_may_have_been_does_not(
    ada: Sender, error: Exception, state: MessageState, left: int
):
    """T69."""
    ada.provider.raises.append(error)

    outcome(ada, wants(ada, caps=(ONE_A_DAY,)))

    assert ada.found("a").state is state
    assert len(units()) == left
    assert outcome(ada, wants(ada, "b", caps=(ONE_A_DAY,)))[0] == ("cap" if left else "sent")


def test_a_unit_that_comes_back_is_another_revision(ada: Sender):
    """Whoever read the fuller row must not write it back."""
    ada.provider.raises.append(ProviderRefusedError("no"))
    ada.send(wants(ada, caps=(ONE_A_DAY,)))
    stale = replace(read_ledger(("ada",)), revision=1)

    assert transact([write_of(stale)]) == {0}


def test_what_was_sent_to_a_contact_that_became_this_one_counts(ada: Sender):
    Sender(clock=ada.clock, provider=ada.provider, contact="bea").send(
        replace(wants(ada, caps=(ONE_A_DAY,)), message=replace(ada.message("z"), contact="bea"))
    )

    assert [unit.digest[0] for unit in read_ledger(("ada", "bea")).units] == ["z"]
    assert read_ledger(("ada", "bea")).revision == 0
    assert not read_ledger(("ada",)).units


def test_without_a_cap_nobody_touches_the_row(ada: Sender):
    ada.more["ledger"] = _nobody_asks

    assert outcome(ada, wants(ada)) == ("sent", "")
    assert outcome(ada, wants(ada, "b", purpose="transactional", caps=(ONE_A_DAY,))) == ("sent", "")
    assert units() == []


def _nobody_asks(collections: object) -> Any:
    raise AssertionError("no cap applies")


def test_the_workspaces_caps_hold_for_every_journey(ada: Sender):
    live_by({"caps": [{"most": 1, "seconds": DAY}]}, ada.clock)

    assert outcome(ada, wants(ada, journey="welcome")) == ("sent", "")
    assert outcome(ada, wants(ada, "b", journey="winback"))[0] == "cap"


def test_a_journeys_cap_counts_its_own_messages(ada: Sender):
    ours = (replace(ONE_A_DAY, journey="welcome"),)

    assert outcome(ada, wants(ada, journey="welcome", caps=ours)) == ("sent", "")
    other = (replace(ONE_A_DAY, journey="winback"),)
    assert outcome(ada, wants(ada, "b", journey="winback", caps=other)) == ("sent", "")
    assert outcome(ada, wants(ada, "c", journey="welcome", caps=ours))[0] == "cap"


def test_of_those_that_wait_for_one_evening_the_higher_goes_and_the_other_waits_on(ada: Sender):
    low = wants(ada, window=EVENING, caps=(ONE_A_DAY,), priority=1, expires=72 * HOUR)
    assert outcome(ada, low) == ("hours", "2026-01-05T18:00:00.000Z")

    high = wants(ada, "b", window=EVENING, caps=(ONE_A_DAY,), priority=5)
    assert outcome(ada, high) == ("hours", "2026-01-05T18:00:00.000Z")

    ada.clock.now = NOON.replace(hour=18)
    assert outcome(ada, low) == ("cap", "2026-01-06T18:00:00.000Z")
    assert outcome(ada, high) == ("sent", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile(Composer):
    """Between the reading of a message's facts and its claim something else happens."""

    happens: Callable[[], None]

    def compose(
        self,
        message: Message,
        address: str,
        profile: Profile,
        *,
        measured: Collection[Measure] = MEASURES,
    ) -> Content:
        self.happens()
        return Composer.compose(self, message, address, profile, measured=measured)


def test_of_a_crowd_that_asks_at_once_no_more_are_sent_than_the_cap(ada: Sender):
    """Whoever has read what the caps count is overtaken by the next before the claim."""
    caps = (Cap(most=7, seconds=DAY, skips=True),)
    waiting = [wants(ada, f"{number:016d}", caps=caps) for number in range(60)]
    receipts: list[Receipt] = []
    crowd = 0

    def next_one() -> None:
        nonlocal crowd
        if waiting and crowd < 20:
            crowd += 1
            receipts.append(_at_last(ada, waiting.pop()))
            crowd -= 1

    ada.more["composer"] = a_composer(ada.clock, Meanwhile, happens=next_one)
    while waiting:
        next_one()

    assert len(receipts) == 60
    assert sum(receipt.state == "sent" for receipt in receipts) == 7
    assert {receipt.reason for receipt in receipts if receipt.state != "sent"} == {"capped"}
    assert len(units()) == len(ada.provider.sent) == 7


def _at_last(ada: Sender, request: SendRequest) -> Receipt:
    while True:
        with suppress(ClaimStaleError):
            return ada.send(request)


@pytest.mark.parametrize("most", [1, 7])
def test_a_thousand_reservations_at_once_are_never_more_than_the_cap(ada: Sender, most: int):
    """Each in two halves, reading and writing, which are shuffled among a hundred others'."""
    cap, chance = Cap(most=most, seconds=DAY, skips=True), Random(5)
    waiting = [ada.message(f"{number:016d}") for number in range(1000)]
    read: list[Room] = []
    refused = 0
    while waiting or read:
        if waiting and ((len(read) < 100 and chance.random() < 0.7) or not read):
            read.append(_room(cap, waiting.pop()))
            continue
        mine = read.pop(chance.randrange(len(read)))
        if mine.refuses(NOON):
            refused += 1
        elif transact([write_of(mine.taken(NOON, held=False))]):
            waiting.append(mine.message)  # somebody was faster: read again

    assert refused == 1000 - most
    assert len(units()) == most
    assert read_ledger(("ada",)).revision == most


def _room(cap: Cap, message: Message) -> Room:
    ledger = read_ledger(("ada",))
    return Room(caps=[cap], ledger=ledger, message=message, priority=0, zone=ZoneInfo("UTC"), now=NOON)


# Holdouts, paused and stopped journeys


def test_of_a_holdout_every_gate_is_asked_and_nothing_goes(ada: Sender):
    ghost = wants(ada, window=EVENING, caps=(ONE_A_DAY,), ghost=True)
    assert outcome(ada, ghost) == ("hours", "2026-01-05T18:00:00.000Z")
    ada.clock.now = NOON.replace(hour=18)

    assert outcome(ada, ghost) == ("skipped", "holdout")
    assert ada.found("a").decided_at == "2026-01-05T18:00:00.000Z"
    assert units() == []
    assert ada.provider.sent == []


def test_a_holdout_that_might_not_be_written_to_is_skipped_for_that(ada: Sender):
    ada.consent.clear()

    assert outcome(ada, wants(ada, ghost=True)) == ("skipped", "no_consent")


def test_of_a_paused_journey_a_message_waits_for_somebodys_word(ada: Sender):
    assert outcome(ada, wants(ada, journey_state="paused")) == ("paused", FOREVER)
    assert ada.found("a").state is MessageState.PLANNED

    assert outcome(ada, wants(ada)) == ("sent", "")


def test_pausing_gives_back_what_was_reserved(ada: Sender):
    outcome(ada, wants(ada, window=EVENING, caps=(ONE_A_DAY,)))

    outcome(ada, wants(ada, window=EVENING, caps=(ONE_A_DAY,), journey_state="paused"))

    assert units() == []


def test_of_a_stopped_journey_nothing_goes_not_even_what_was_held(ada: Sender):
    """T43."""
    outcome(ada, wants(ada, window=EVENING, caps=(ONE_A_DAY,)))
    ada.clock.now = NOON.replace(hour=18)

    assert outcome(ada, wants(ada, journey_state="stopped")) == ("skipped", "journey_stopped")
    assert units() == []


# The account's rate and quota


def test_mail_goes_at_the_accounts_rate_and_takes_its_turn_once(ada: Sender):
    """T61, T64."""
    turns = TurnsHere()
    ada.more["turns"] = turns
    live_by({"email_rate": 1}, ada.clock)
    for digest in "abc":
        outcome(ada, wants(ada, digest))

    # A turn within a second is now; the third waits for the one after.
    assert [ada.found(digest).state for digest in "abc"] == ["sent", "sent", "planned"]
    assert outcome(ada, wants(ada, "c")) == ("rate", iso(NOON + timedelta(seconds=2)))
    assert turns.taken == [in_ms(NOON) + second * 1000 for second in range(3)]
    ada.clock.advance(2)
    assert outcome(ada, wants(ada, "c")) == ("sent", "")
    assert len(turns.taken) == 3


def test_when_the_days_mails_are_gone_what_people_asked_for_still_goes(ada: Sender):
    """T63."""
    ada.more["turns"] = TurnsHere([in_ms(NOON)] * 19)
    live_by({"email_quota": 20}, ada.clock)

    assert outcome(ada, wants(ada, expires=48 * HOUR)) == ("quota", iso(NOON + 24 * HOUR))
    assert outcome(ada, wants(ada, "b", purpose="transactional")) == ("sent", "")
    assert outcome(ada, wants(ada, "c", expires=HOUR)) == ("skipped", "expired")
    assert outcome(ada, a_text(ada, "d")) == ("sent", "")
