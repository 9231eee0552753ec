"""The claim and what follows it: each one transaction, so that nothing is ever half true (house laws 4 and 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from sojourn.consent.model import Consent
from sojourn.consent.store import ConsentRow
from sojourn.contacts.model import Profile
from sojourn.contacts.store import ProfileRow
from sojourn.delivery.model import AlreadyClaimedError, ClaimStaleError, Facts
from sojourn.errors import EnrolmentEndedError, StoreBusyError
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow
from sojourn.tables import PeopleRow, connection

CONDITION_FAILED = "ConditionalCheckFailed"
CONDITION_FAILED_ALONE = "ConditionalCheckFailedException"


class Run(Protocol):
    """Whoever wants the message sent: an enrolment's leg. It fences the claim and moves on with the result."""

    @property
    def key(self) -> tuple[str, str]:
        """Row key of the run."""
        ...

    def guard(self, tx: TransactWrite) -> None:
        """Add the condition that the run goes on."""
        ...

    def advance(self, tx: TransactWrite) -> None:
        """Add the step forward, under the same condition."""
        ...


def read(contact: str, digest: str, run: tuple[str, str]) -> tuple[Facts, PeopleRow | None]:
    """Everything a decision needs, and the run's row, in one strong read."""
    key = f"C#{contact}"
    keys = [(key, "PROFILE"), (key, "CONSENT"), (key, f"MSG#{digest}"), run]
    rows = {row.sk: row for row in PeopleRow.batch_get(keys, consistent_read=True)}
    profile, consent, message = rows.get("PROFILE"), rows.get("CONSENT"), rows.get(f"MSG#{digest}")
    facts = Facts(
        profile=profile.to_profile() if isinstance(profile, ProfileRow) else Profile(contact),
        consent=consent.to_consent() if isinstance(consent, ConsentRow) else Consent(contact),
        message=message.to_message() if isinstance(message, MessageRow) else None,
    )
    return facts, rows.get(run[1])


def plan(message: Message) -> None:
    """Keep a held message's slot: absent or planned → planned."""
    try:
        MessageRow.of(message).save(condition=_free())
    except PutError as error:
        if error.cause_response_code != CONDITION_FAILED_ALONE:
            raise
        raise AlreadyClaimedError(message.id) from error


def claim(message: Message, consent: Consent, run: Run) -> None:
    """Absent or planned → sending, if the run goes on and consent is what was read: this is the fence."""
    as_read = ConsentRow.revision == consent.revision if consent.revision else ConsentRow.pk.does_not_exist()
    with _cancelled(message, run_at=0, consent_at=1, message_at=2), TransactWrite(connection=connection()) as tx:
        run.guard(tx)
        tx.condition_check(ConsentRow, f"C#{message.contact}", "CONSENT", condition=as_read)
        tx.save(MessageRow.of(message), condition=_free())


def conclude(message: Message, run: Run) -> None:
    """Absent or planned → skipped or failed without a claim, and the run moves on."""
    with _cancelled(message, message_at=0, run_at=1), TransactWrite(connection=connection()) as tx:
        tx.save(MessageRow.of(message), condition=_free())
        run.advance(tx)


def settle(message: Message, run: Run) -> None:
    """Sending → sent, failed or unknown, and the run moves on. A run that ended meanwhile loses only its step."""
    try:
        with _cancelled(message, message_at=0, run_at=1), TransactWrite(connection=connection()) as tx:
            tx.update(MessageRow.of(message), actions=_result(message), condition=_mine(message))
            run.advance(tx)
    except EnrolmentEndedError:
        settle_alone(message)
        raise


def settle_alone(message: Message) -> None:
    """Sending → whatever became of it, without the run."""
    _update_mine(message, _result(message))


def give_back(message: Message) -> None:
    """Sending → planned: the provider provably did not take it."""
    actions: list[Action] = [
        MessageRow.state.set(message.state.value),
        MessageRow.reason.set(message.reason),
        MessageRow.held.set(message.held),
        MessageRow.owner.remove(),
    ]
    _update_mine(message, actions)


def move_on(message: Message, run: Run) -> None:
    """The run moves on past a message that is settled already."""
    with _cancelled(message, run_at=0), TransactWrite(connection=connection()) as tx:
        run.advance(tx)


def _update_mine(message: Message, actions: list[Action]) -> None:
    try:
        MessageRow.of(message).update(actions=actions, condition=_mine(message))
    except UpdateError as error:
        if error.cause_response_code != CONDITION_FAILED_ALONE:
            raise
        raise AlreadyClaimedError(message.id) from error


@contextmanager
def _cancelled(message: Message, *, run_at: int, message_at: int = -1, consent_at: int = -1) -> Iterator[None]:
    """Name the condition that cancelled a transaction; anything but a condition is a busy store.

    PynamoDB sends checks first, then puts, then updates, whatever the order of the calls.
    """
    try:
        yield
    except TransactWriteError as error:
        reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
        failed = {index for index, code in enumerate(reasons) if code == CONDITION_FAILED}
        if message_at in failed and consent_at < 0:
            raise AlreadyClaimedError(message.id) from error
        if run_at in failed:
            raise EnrolmentEndedError(message.enrolment) from error
        if message_at in failed:
            raise AlreadyClaimedError(message.id) from error
        if consent_at in failed:
            raise ClaimStaleError(message.id) from error
        raise StoreBusyError("transaction") from error


def _free() -> Condition:
    is_planned: Condition = MessageRow.state == MessageState.PLANNED.value
    either: Condition = MessageRow.pk.does_not_exist() | is_planned
    return either


def _mine(message: Message) -> Condition:
    is_open: Condition = MessageRow.state.is_in(MessageState.SENDING.value, MessageState.UNKNOWN.value)
    owner_is_mine: Condition = MessageRow.owner == message.owner
    both: Condition = is_open & owner_is_mine
    return both


def _result(message: Message) -> list[Action]:
    actions: list[Action] = [MessageRow.state.set(message.state.value)]
    if message.reason:
        actions.append(MessageRow.reason.set(message.reason))
    if message.provider_id:
        actions.append(MessageRow.provider_id.set(message.provider_id))
    if message.sent_at:
        actions.append(MessageRow.sent_at.set(message.sent_at))
    return actions
