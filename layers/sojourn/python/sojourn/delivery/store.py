"""The claim and what follows it: each one transaction, so that nothing is ever half true (house laws 4 and 5).

Written in DynamoDB's own words (see sojourn.transactions): every message pays for this path.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.consent.model import Consent
from sojourn.consent.store import ConsentRow
from sojourn.contacts.model import Profile
from sojourn.contacts.store import ProfileRow
from sojourn.delivery.model import AlreadyClaimedError, ClaimStaleError, Facts
from sojourn.errors import EnrolmentEndedError
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow, item_of, key_of
from sojourn.tables import ConfigRow, PeopleRow, condition_failed
from sojourn.transactions import (
    ABSENT,
    Key,
    Value,
    Write,
    check,
    number,
    put,
    read_beside,
    text,
    transact,
    truth,
    update,
)
from sojourn.transactions import read as read_rows

# A message may be taken over while nobody has begun to send it; later only whoever claimed it may write the result.
IS_PLANNED = "#state = :planned"
IS_FREE = f"{ABSENT} OR {IS_PLANNED}"
IS_OPEN = "#state IN (:sending, :unknown)"
IS_MINE = f"{IS_OPEN} AND #owner = :owner"
NOT_MOVED = "attribute_exists(#pk) AND attribute_not_exists(#moved)"
CONSENT_AS_READ = "#revision = :revision"
FREE: Mapping[str, Value] = {":planned": text(MessageState.PLANNED)}
OPEN: Mapping[str, Value] = {":sending": text(MessageState.SENDING), ":unknown": text(MessageState.UNKNOWN)}


class Run(Protocol):
    """Whoever wants the message sent: an enrolment's leg. It fences the claim and moves on with the result."""

    @property
    def key(self) -> Key:
        """Row key of the run."""
        ...

    def guard(self) -> Write:
        """The condition that the run goes on."""
        ...

    def advance(self, message: Message) -> Write:
        """The step forward past what became of the message, under the same condition."""
        ...


def read(contact: str, digest: str, run: Key) -> tuple[Facts, PeopleRow | None]:
    """Everything a decision needs, and the run's row, in one strong read; of a contact that became another, in two.

    The run and its message stay with the contact that began it; what is known and allowed is the survivor's.
    """
    asked = _asked(contact, digest, run)
    return _facts(contact, digest, run, {(row.pk, row.sk): row for row in read_rows(asked)})


def read_with(
    contact: str, digest: str, run: Key, setting: Key
) -> tuple[Facts, PeopleRow | None, Mapping[str, Any]]:
    """The same, and in the same request what a row of Config says; nothing when it is not there."""
    rows, beside = read_beside(_asked(contact, digest, run), ConfigRow, setting)
    found = _facts(contact, digest, run, {(row.pk, row.sk): row for row in rows})
    return *found, beside.data if beside else {}


def _asked(contact: str, digest: str, run: Key) -> list[Key]:
    return [*_person(contact), (f"C#{contact}", f"MSG#{digest}"), run]


def _facts(contact: str, digest: str, run: Key, rows: dict[Key, PeopleRow]) -> tuple[Facts, PeopleRow | None]:
    message, here = rows.get((f"C#{contact}", f"MSG#{digest}")), contact
    while (
        (profile := rows.get((f"C#{here}", "PROFILE")))
        and isinstance(profile, ProfileRow)
        and profile.merged_into
    ):
        here = profile.merged_into
        rows |= _by_key(_person(here))
    consent = rows.get((f"C#{here}", "CONSENT"))
    facts = Facts(
        profile=profile.to_profile() if isinstance(profile, ProfileRow) else Profile(here),
        consent=consent.to_consent() if isinstance(consent, ConsentRow) else Consent(here),
        message=message.to_message() if isinstance(message, MessageRow) else None,
    )
    return facts, rows.get(run)


def _person(contact: str) -> list[Key]:
    return [(f"C#{contact}", "PROFILE"), (f"C#{contact}", "CONSENT")]


def _by_key(keys: Iterable[Key]) -> dict[Key, PeopleRow]:
    return {(row.pk, row.sk): row for row in read_rows(keys)}


def plan(message: Message, unit: Write | None = None) -> None:
    """Keep a held message's slot: absent or planned → planned. `unit` is what this changes of the caps."""
    if unit:
        failed = transact([put(item_of(message), IS_FREE, FREE), unit])
        _raise_for(message, failed, message_at=0, unit_at=1)
        return
    try:
        MessageRow.of(message).save(condition=_free())
    except PutError as error:
        if not condition_failed(error):
            raise
        raise AlreadyClaimedError(message.id) from error


def claim(message: Message, consent: Consent, run: Run, unit: Write | None = None) -> None:
    """Absent or planned → sending, if the run goes on, and consent and caps are what was read: this is the fence."""
    ours = put(item_of(message), IS_FREE, FREE)
    failed = transact([run.guard(), _consent_as_read(consent), ours, *([unit] if unit else [])])
    _raise_for(message, failed, run_at=0, consent_at=1, message_at=2, unit_at=3)


def conclude(message: Message, run: Run, unit: Write | None = None) -> None:
    """Absent or planned → skipped or failed without a claim, and the run moves on."""
    ours = put(item_of(replace(message, moved=True, reserved="")), IS_FREE, FREE)
    failed = _transact_with([ours, run.advance(message)], unit)
    _raise_for(message, failed, message_at=0, run_at=1)


def settle(message: Message, run: Run, unit: Write | None = None) -> None:
    """Sending → sent, failed or unknown, and the run moves on. A run that ended meanwhile loses only its step."""
    failed = _transact_with([_result(message), run.advance(message)], unit)
    try:
        _raise_for(message, failed, message_at=0, run_at=1)
    except EnrolmentEndedError:
        settle_alone(message)
        raise


def settle_alone(message: Message) -> None:
    """Sending → whatever became of it, without the run."""
    actions = [getattr(MessageRow, name).set(value) for name, value in _results(message).items()]
    _update_mine(message, actions)


def _transact_with(writes: list[Write], unit: Write | None) -> set[int]:
    """With what is given back to the caps; where their row is gone, as of an erased contact, without."""
    failed = transact([*writes, *([unit] if unit else [])])
    return transact(writes) if failed == {len(writes)} else failed


def return_unit(unit: Write) -> None:
    """Give back to the caps what nobody waits for; nothing is lost where their row is gone."""
    transact([unit])


def give_back(message: Message) -> None:
    """Sending → planned: the provider provably did not take it."""
    actions: list[Action] = [
        MessageRow.state.set(message.state.value),
        MessageRow.reason.set(message.reason),
        MessageRow.held.set(message.held),
        MessageRow.owner.remove(),
        MessageRow.reserved.remove(),
    ]
    _update_mine(message, actions)


def move_on(message: Message, run: Run) -> None:
    """The run moves on past a message that was settled without it: once, for the message says so."""
    moved = update(key_of(message), "SET #moved = :yes", NOT_MOVED, {":yes": truth(value=True)})
    _raise_for(message, transact([moved, run.advance(message)]), message_at=0, run_at=1)


def _update_mine(message: Message, actions: list[Action]) -> None:
    try:
        MessageRow.of(message).update(actions=actions, condition=_mine(message))
    except UpdateError as error:
        if not condition_failed(error):
            raise
        raise AlreadyClaimedError(message.id) from error


def _raise_for(
    message: Message,
    failed: set[int],
    *,
    run_at: int = -1,
    message_at: int = -1,
    consent_at: int = -1,
    unit_at: int = -1,
) -> None:
    """Name the condition that cancelled a transaction."""
    if message_at in failed and consent_at < 0:
        raise AlreadyClaimedError(message.id)
    if run_at in failed:
        raise EnrolmentEndedError(message.enrolment)
    if message_at in failed:
        raise AlreadyClaimedError(message.id)
    if consent_at in failed or unit_at in failed:
        raise ClaimStaleError(message.id)


def _consent_as_read(consent: Consent) -> Write:
    key = (f"C#{consent.contact}", "CONSENT")
    if not consent.revision:
        return check(key, ABSENT, {})
    return check(key, CONSENT_AS_READ, {":revision": number(consent.revision)})


def _result(message: Message) -> Write:
    """What became of it, written by whoever claimed it; with it the run moves on."""
    results = _results(message)
    change = "SET #moved = :yes, " + ", ".join(f"#{name} = :to_{name}" for name in results)
    values = {":yes": truth(value=True), **{f":to_{name}": text(value) for name, value in results.items()}}
    return update(key_of(message), change, IS_MINE, {**OPEN, ":owner": text(message.owner), **values})


def _results(message: Message) -> dict[str, str]:
    known = {"reason": message.reason, "provider_id": message.provider_id, "sent_at": message.sent_at}
    return {"state": message.state.value, **{name: value for name, value in known.items() if value}}


def _free() -> Condition:
    is_planned: Condition = MessageRow.state == MessageState.PLANNED.value
    either: Condition = MessageRow.pk.does_not_exist() | is_planned
    return either


def _mine(message: Message) -> Condition:
    is_open: Condition = MessageRow.state.is_in(MessageState.SENDING.value, MessageState.UNKNOWN.value)
    owner_is_mine: Condition = MessageRow.owner == message.owner
    both: Condition = is_open & owner_is_mine
    return both
