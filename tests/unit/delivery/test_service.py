"""Service mail needs no consent and is not measured, so it has limits of its own; and nobody is measured unasked."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sojourn.clock import ManualClock
from sojourn.consent.addresses.store import find_suppression, may_ask, suppress
from sojourn.consent.model import Channel, Consent, ConsentChange, Purpose, Status, apply
from sojourn.consent.settings import TrackingDefault
from sojourn.consent.suppression import Reason
from sojourn.contacts.model import Profile
from sojourn.delivery.compose import Composer
from sojourn.delivery.deliver import Desk, deliver
from sojourn.delivery.model import Email, Facts, SendRequest, Sms
from sojourn.messages.check import save
from sojourn.messages.files import read_template, template_files
from sojourn.messages.library import get_template, save_template
from sojourn.messages.model import Message
from sojourn.tracking.tokens import Action, Keys, read
from sojourn.transactions import ABSENT, Key, Write, check
from tests.cloud import moto_cloud
from tests.feedback import cleared

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEYS = Keys("k1", {"k1": b"x" * 32})
SHIPPED = Path(__file__).parents[3] / "statemachines" / "journeys" / "templates"
PROFILE = Profile("ada", traits={"email": "ada@example.org", "confirm_url": "https://evil.example/"})


@pytest.fixture(autouse=True, scope="module")
def _cloud() -> Iterator[None]:
    with moto_cloud():
        for path in template_files(SHIPPED):
            source = read_template(path)
            save_template(save(source, version=0), source=source)
        yield
    get_template.cache_clear()


@dataclass(slots=True)
class Outbox:
    """Keeps what it is given."""

    sent: list[Email | Sms] = field(default_factory=list)

    def send(self, message: Email | Sms) -> str:
        """A number for each."""
        self.sent.append(message)
        return f"p-{len(self.sent)}"

    @property
    def words(self) -> str:
        """All of the last mail."""
        mail = self.sent[-1]
        assert isinstance(mail, Email)
        return mail.html + mail.text


@dataclass(frozen=True, slots=True)
class Alone:
    """A run that goes on whatever happens."""

    @property
    def key(self) -> Key:
        return ("C#nobody", "ENROL#x")

    def guard(self) -> Write:
        return check(self.key, ABSENT, {})

    def advance(self, message: Message) -> Write:
        return check(self.key, ABSENT, {})


@pytest.fixture
def outbox() -> Outbox:
    cleared()
    for path in template_files(SHIPPED):
        source = read_template(path)
        save_template(save(source, version=0), source=source)
    return Outbox()


def send(outbox: Outbox, message: Message, consent: Consent, *, now: datetime = NOW) -> str:
    clock = ManualClock(now)
    composer = Composer(
        public_url="https://x.example", postal_address="1 Street", keys=lambda: KEYS, clock=clock
    )
    desk = Desk(
        clock=clock,
        email=outbox,
        sms=outbox,
        composer=composer,
        suppression=find_suppression,
        may_ask=lambda *asked: may_ask(*asked, now=clock.wall()),
        measured_unasked=TrackingDefault(read_row=dict),
    )
    return deliver(
        SendRequest(message=message), Facts(profile=PROFILE, consent=consent), run=Alone(), desk=desk
    ).reason


def a_message(digest: str = "0" * 16, template: str = "confirm", purpose: str = "service") -> Message:
    return Message(
        contact="ada",
        digest=digest,
        enrolment="ada.double-opt-in.1",
        journey="double-opt-in",
        version=1,
        step="Ask",
        channel="email",
        template=template,
        template_version=1,
        identity="u#ada",
        purpose=purpose,
        owner="x/1",
    )


def allowed(*said: tuple[Status, Purpose, str | None]) -> Consent:
    consent = Consent("ada")
    for status, purpose, topic in said:
        change = ConsentChange(
            channel=Channel.EMAIL, purpose=purpose, topic=topic, status=status, at=NOW, source="form"
        )
        consent = apply(consent, change)
    return consent


ASKED = allowed((Status.PENDING, Purpose.MARKETING, None))
AGREED = (Status.GIVEN, Purpose.MARKETING, None)


def test_a_confirmation_is_neither_measured_nor_unsubscribed_from(outbox: Outbox):
    assert send(outbox, a_message(), ASKED) == ""

    (mail,) = outbox.sent
    assert isinstance(mail, Email)
    assert mail.headers == {"Auto-Submitted": "auto-generated"}
    for door in ("/o/", "/c/", "/u/"):
        assert f"https://x.example{door}" not in outbox.words
    token = outbox.words.partition("https://x.example/p/confirm/")[2].partition('"')[0]
    found = read(token, KEYS, Action.CONFIRM)
    assert found is not None
    assert (found.is_good(NOW + timedelta(days=6)), found.is_good(NOW + timedelta(days=8))) == (True, False)
    assert "evil" not in outbox.words


def test_pending_allows_the_question_and_no_marketing(outbox: Outbox):
    marketing = replace(a_message("1" * 16, "welcome", "marketing"), topic="onboarding")

    assert send(outbox, marketing, ASKED) == "unconfirmed"


def test_who_has_nothing_to_confirm_is_not_asked(outbox: Outbox):
    assert send(outbox, a_message(), allowed(AGREED)) == "nothing_to_confirm"
    assert outbox.sent == []


def test_one_address_is_asked_once_in_ten_minutes_and_three_times_a_day(outbox: Outbox):
    minutes = (0, 5, 11, 22, 33, 24 * 60 + 1)

    reasons = [
        send(outbox, a_message(f"{number:016d}"), ASKED, now=NOW + timedelta(minutes=minute))
        for number, minute in enumerate(minutes)
    ]

    assert reasons == ["", "too_often", "", "", "too_often", ""]
    assert may_ask("email", "ADA@example.org", "ada-0000000000000005", "double-opt-in", now=NOW), (
        "the same mail is the same"
    )


def test_questions_keep_no_mail_of_another_kind_back(outbox: Outbox):
    """Else a stranger with our form could keep somebody from being erased."""
    for minute in (0, 11, 22):
        send(outbox, a_message(f"{minute:016d}"), ASKED, now=NOW + timedelta(minutes=minute))
    erasure = replace(a_message("e" * 16, "erasure-link"), journey="erasure-link")

    assert send(outbox, erasure, ASKED, now=NOW + timedelta(minutes=23)) == ""
    assert "https://x.example/p/erase/" in outbox.words


def test_a_closed_address_is_closed_to_service_too_but_not_by_leaving_marketing(outbox: Outbox):
    suppress("email", "ada@example.org", reason=Reason.UNSUBSCRIBE, at=NOW, source="page")
    assert send(outbox, a_message(), ASKED) == ""
    marketing = a_message("1" * 16, "welcome", "marketing")
    assert send(outbox, marketing, allowed(AGREED)) == "suppressed"

    suppress("email", "ada@example.org", reason=Reason.BOUNCE, at=NOW, source="ses")
    assert send(outbox, a_message("2" * 16), ASKED) == "suppressed"


@pytest.mark.parametrize(
    ("said", "pixel", "links"),
    [
        ([], False, False),
        ([(Status.GIVEN, Purpose.TRACKING, None)], True, True),
        ([(Status.GIVEN, Purpose.TRACKING, "clicks")], False, True),
        (
            [(Status.GIVEN, Purpose.TRACKING, None), (Status.WITHDRAWN, Purpose.TRACKING, "clicks")],
            True,
            False,
        ),
        ([(Status.PENDING, Purpose.TRACKING, None)], False, False),
    ],
)
def test_what_is_measured_was_allowed(
    outbox: Outbox, said: list[tuple[Status, Purpose, str | None]], pixel: bool, links: bool
):
    """K8, byte by byte."""
    send(outbox, a_message("3" * 16, "welcome", "marketing"), allowed(AGREED, *said))

    assert ("https://x.example/o/" in outbox.words) is pixel
    assert ("https://x.example/c/" in outbox.words) is links
    assert ("fieldnotes.example.com/guide" in outbox.words) is not links
    assert "https://x.example/u/" in outbox.words


@pytest.mark.parametrize(
    ("row", "is_on"),
    [({}, False), ({"default": "off"}, False), ({"default": "on"}, True), ({"default": 1}, False)],
)
def test_a_workspace_decides_for_who_said_nothing(row: dict[str, str], is_on: bool):
    times = iter([0.0, 59.0, 61.0, 61.0])
    reads: list[int] = []

    def read_row() -> dict[str, str]:
        reads.append(1)
        return row

    default = TrackingDefault(read_row=read_row, elapsed=lambda: next(times))

    assert [default(), default(), default()] == [is_on] * 3
    assert len(reads) == 2
