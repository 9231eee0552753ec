"""Rows of message intents."""

import json
from collections.abc import Iterator

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from sojourn.messages.model import Message, MessageState, split_message_id
from sojourn.tables import PeopleRow, condition_failed
from sojourn.transactions import Key, Value, number, text, truth

IN_NUMBERS = ("version", "template_version", "held", "parts")
IN_WORDS = (
    "enrolment", "journey", "step", "channel", "template", "identity", "topic", "purpose", "state", "reason", "owner",
    "provider_id", "due", "decided_at", "sent_at", "outcome", "address_hash",
    "zones", "reserved", "turn", "released", "against",
)  # fmt: skip
IN_JSON = ("values", "seen")


class MessageRow(PeopleRow, discriminator="message"):
    """sk MSG#<digest>. Empty texts are left out: an attribute that is not there costs nothing."""

    enrolment = UnicodeAttribute()
    journey = UnicodeAttribute()
    version = NumberAttribute()
    step = UnicodeAttribute()
    channel = UnicodeAttribute()
    template = UnicodeAttribute()
    template_version = NumberAttribute()
    identity = UnicodeAttribute()
    topic = UnicodeAttribute(null=True)
    purpose = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    held = NumberAttribute(null=True)
    parts = NumberAttribute(null=True)
    values = JSONAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    address_hash = UnicodeAttribute(null=True)
    zones = UnicodeAttribute(null=True)
    reserved = UnicodeAttribute(null=True)
    turn = UnicodeAttribute(null=True)
    released = UnicodeAttribute(null=True)
    seen = JSONAttribute(null=True)
    moved = BooleanAttribute(null=True)
    followed = BooleanAttribute(null=True)
    against = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, message: Message) -> "MessageRow":
        """The row of a message."""
        return cls(
            f"C#{message.contact}",
            f"MSG#{message.digest}",
            enrolment=message.enrolment,
            journey=message.journey,
            version=message.version,
            step=message.step,
            channel=message.channel,
            template=message.template,
            template_version=message.template_version,
            identity=message.identity,
            topic=message.topic or None,
            purpose=message.purpose,
            state=message.state.value,
            reason=message.reason or None,
            owner=message.owner or None,
            provider_id=message.provider_id or None,
            due=message.due or None,
            decided_at=message.decided_at or None,
            sent_at=message.sent_at or None,
            held=message.held or None,
            parts=message.parts or None,
            values=dict(message.values) or None,
            outcome=message.outcome or None,
            address_hash=message.address_hash or None,
            zones=message.zones or None,
            reserved=message.reserved or None,
            turn=message.turn or None,
            released=message.released or None,
            seen=dict(message.seen) or None,
            moved=message.moved or None,
            followed=message.followed or None,
            against=message.against or None,
        )

    def to_message(self) -> Message:
        """The model of this row."""
        return Message(
            contact=self.pk.removeprefix("C#"),
            digest=self.sk.removeprefix("MSG#"),
            enrolment=self.enrolment,
            journey=self.journey,
            version=int(self.version),
            step=self.step,
            channel=self.channel,
            template=self.template,
            template_version=int(self.template_version),
            identity=self.identity,
            topic=self.topic or "",
            purpose=self.purpose,
            state=MessageState(self.state),
            reason=self.reason or "",
            owner=self.owner or "",
            provider_id=self.provider_id or "",
            due=self.due or "",
            decided_at=self.decided_at or "",
            sent_at=self.sent_at or "",
            held=int(self.held or 0),
            parts=int(self.parts or 0),
            values=self.values or {},
            outcome=self.outcome or "",
            address_hash=self.address_hash or "",
            zones=self.zones or "",
            reserved=self.reserved or "",
            turn=self.turn or "",
            released=self.released or "",
            seen=self.seen or {},
            moved=bool(self.moved),
            followed=bool(self.followed),
            against=self.against or "",
        )


def key_of(message: Message) -> Key:
    """Row key of a message."""
    return f"C#{message.contact}", f"MSG#{message.digest}"


def item_of(message: Message) -> dict[str, Value]:
    """The row of a message in DynamoDB's own words: what `MessageRow.of(message).serialize()` gives, at a tenth."""
    key = key_of(message)
    known = {name: getattr(message, name) for name in IN_WORDS}
    numbers = {name: getattr(message, name) for name in IN_NUMBERS}
    item: dict[str, Value] = {"pk": text(key[0]), "sk": text(key[1]), "kind": text("message")}
    item |= {name: text(value) for name, value in known.items() if value}
    item |= {name: number(value) for name, value in numbers.items() if value}
    item |= {name: truth(value=True) for name in ("moved", "followed") if getattr(message, name)}
    in_json = {name: getattr(message, name) for name in IN_JSON}
    return item | {name: text(json.dumps(dict(value))) for name, value in in_json.items() if value}


def find_message(message: str) -> Message | None:
    """The message of this id, read strongly; None when there is none (or the id is no id)."""
    key = split_message_id(message)
    return get_message(*key) if key else None


def find_known(message: str) -> Message | None:
    """The same at half the price, as it was a moment ago: for whoever asks what a message was born with.

    One that is not seen yet is asked for strongly, so none is missed; what happened to it meanwhile may be.
    """
    key = split_message_id(message)
    return (get_message(*key, strongly=False) or get_message(*key)) if key else None


def get_message(contact: str, digest: str, *, strongly: bool = True) -> Message | None:
    """The message of this contact."""
    try:
        return MessageRow.get(f"C#{contact}", f"MSG#{digest}", consistent_read=strongly).to_message()
    except MessageRow.DoesNotExist:
        return None


def messages_of(contact: str) -> Iterator[Message]:
    """Every message of a contact, in no particular order."""
    for row in MessageRow.query(f"C#{contact}", MessageRow.sk.startswith("MSG#"), consistent_read=True):
        yield row.to_message()


def move(message: Message, to: MessageState, *, only_from: set[MessageState], reason: str = "") -> bool:
    """Change a state if it is one of `only_from` and the owner is still the one read; False when it is not."""
    row = MessageRow.of(message)
    actions: list[Action] = [MessageRow.state.set(to.value)]
    actions.append(MessageRow.reason.set(reason) if reason else MessageRow.reason.remove())
    as_read = MessageRow.owner == message.owner if message.owner else MessageRow.owner.does_not_exist()
    try:
        row.update(actions=actions, condition=MessageRow.state.is_in(*sorted(only_from)) & as_read)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def release(message: Message, *, at: str) -> bool:
    """A person lets it go; False when it is no held draft any more. Said twice is said once."""
    return _change_draft(message, [MessageRow.released.set(at)])


def discard(message: Message, reason: str, *, why: str) -> bool:
    """A person says that it is not to go, released or not; False when it is no held draft any more."""
    seen = {**message.seen, "why": why}
    skipped = MessageState.SKIPPED.value
    return _change_draft(
        message, [MessageRow.state.set(skipped), MessageRow.reason.set(reason), MessageRow.seen.set(seen)]
    )


def _change_draft(message: Message, actions: list[Action]) -> bool:
    is_draft = (MessageRow.state == MessageState.PLANNED.value) & (MessageRow.reason == "draft")
    try:
        MessageRow.of(message).update(actions=actions, condition=is_draft)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True
