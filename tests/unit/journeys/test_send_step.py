"""A send step of a leg, when something was there before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from sojourn.clock import ManualClock, iso
from sojourn.contacts.store import put_profile
from sojourn.delivery.compose import Composer
from sojourn.delivery.deliver import Desk
from sojourn.delivery.model import Email, Sms
from sojourn.errors import EnrolmentEndedError
from sojourn.journeys import store
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.send_step import SendTask, send_step
from sojourn.journeys.versions import LiveJourney
from sojourn.messages.check import save
from sojourn.messages.files import read_template, template_files
from sojourn.messages.library import get_template, save_template
from sojourn.messages.model import Message, MessageState, message_digest
from sojourn.messages.store import get_message
from sojourn.tracking.tokens import Keys
from tests.feedback import a_message
from tests.feedback import keep as keep_message
from tests.journeys import CONTACT, FILE, NOW, an_enrolment, keep

TASK = SendTask(enrolment=an_enrolment().id, leg=1, step="Send the welcome", next="Wait two days", attempt=1)
DIGEST = message_digest(TASK.enrolment, TASK.step)


@dataclass(slots=True)
class Outbox:
    """Keeps what it is given."""

    sent: list[Email | Sms] = field(default_factory=list)

    def send(self, message: Email | Sms) -> str:
        """A number for each."""
        self.sent.append(message)
        return f"p-{len(self.sent)}"


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def desk(live: LiveJourney, outbox: Outbox) -> Iterator[Desk]:
    for path in template_files(FILE.parent / "templates"):
        source = read_template(path)
        save_template(save(source, version=0), source=source)
    keep(an_enrolment())
    composer = Composer(
        public_url="https://x.example",
        postal_address="1 Example Street",
        keys=lambda: Keys("k1", {"k1": b"x" * 32}),
        clock=ManualClock(NOW),
    )
    yield Desk(
        clock=ManualClock(NOW),
        email=outbox,
        sms=outbox,
        composer=composer,
        suppression=lambda *address: None,
        may_ask=lambda *asked: True,
        measured_unasked=lambda: True,
    )
    get_template.cache_clear()


def kept(**facts: object) -> Message:
    message = a_message(contact=CONTACT, digest=DIGEST, enrolment=TASK.enrolment)
    return keep_message(replace(message, **facts))  # type: ignore[arg-type]


def found() -> Message:
    message = get_message(CONTACT, DIGEST)
    assert message is not None
    return message


def here() -> Enrolment:
    run = store.get_enrolment(TASK.enrolment)
    assert run is not None
    return run


def test_without_an_address_it_is_skipped_and_the_run_moves_on(desk: Desk, outbox: Outbox):
    receipt = send_step(TASK, desk=desk).receipt

    assert (receipt.state, receipt.reason) == ("skipped", "no_address")
    assert (found().decided_at, found().due) == (iso(NOW), iso(NOW))
    assert here().at == "Wait two days"
    assert outbox.sent == []


@pytest.mark.parametrize("state", ["sent", "skipped", "failed", "unknown"])
def test_what_is_settled_is_not_touched_and_the_run_moves_on(desk: Desk, outbox: Outbox, state: str):
    before = kept(state=MessageState(state), reason="why")

    receipt = send_step(TASK, desk=desk).receipt

    assert (receipt.state, receipt.reason) == (state, "why")
    assert found() == replace(before, moved=True)
    assert here().at == "Wait two days"
    assert outbox.sent == []


def test_a_run_that_moved_on_is_not_moved_back(desk: Desk):
    kept(state=MessageState.SENT, moved=True)
    store.move_to(TASK.enrolment, 1, at="Clicked the guide?", until=iso(NOW))

    send_step(TASK, desk=desk)

    assert here().at == "Clicked the guide?"


def test_an_earlier_attempts_claim_is_doubtful_at_once(desk: Desk, outbox: Outbox):
    """Law 4: the engine runs one attempt at a time; whoever claimed it is gone."""
    kept(state=MessageState.SENDING, owner="execution/0")

    receipt = send_step(TASK, desk=desk).receipt

    assert (receipt.state, receipt.reason) == ("unknown", "attempt_vanished")
    assert found().owner == "execution/0"
    assert outbox.sent == []


def test_nobodys_run_and_a_run_of_another_leg_are_over(desk: Desk):
    for wrong in (replace(TASK, enrolment="x.welcome.1"), replace(TASK, leg=2)):
        with pytest.raises(EnrolmentEndedError):
            send_step(wrong, desk=desk)


def test_what_is_missing_in_the_profile_has_its_default(desk: Desk, outbox: Outbox):
    """T26: nobody fails for a first name."""
    from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
    from sojourn.consent.store import record
    from sojourn.contacts.model import Profile

    put_profile(Profile(CONTACT, traits={"email": "ann@example.org"}))
    given = ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=None,
        status=Status.GIVEN,
        at=NOW,
        source="form",
        event_key="e",
    )
    record(CONTACT, given)

    receipt = send_step(TASK, desk=desk).receipt

    (mail,) = outbox.sent
    assert isinstance(mail, Email)
    assert (receipt.state, mail.subject) == ("sent", "Welcome")
    assert found().provider_id == "p-1"
