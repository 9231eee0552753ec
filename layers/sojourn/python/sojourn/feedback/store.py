"""Rows of messages, as feedback changes them."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.feedback.lattice import DELIVERED
from sojourn.messages.model import Message, MessageState, split_message_id
from sojourn.messages.store import MessageRow
from sojourn.tables import condition_failed


def note_delivery(message: str) -> bool:
    """Of a sent mail of which no more is known, and that no run asks for, as of nearly all, without reading it; False
    when it is not one."""
    key = split_message_id(message)
    if key is None:
        return False
    is_sent = (MessageRow.state == MessageState.SENT.value) & MessageRow.provider_id.exists()
    no_more_known = MessageRow.outcome.does_not_exist() & MessageRow.followed.does_not_exist()
    return _update(
        MessageRow(f"C#{key[0]}", f"MSG#{key[1]}"),
        [MessageRow.outcome.set(DELIVERED)],
        is_sent & no_more_known,
    )


def replace_message(before: Message, after: Message) -> bool:
    """Write what changed, if the row still is what was read; the owner's claim stays as it is."""
    changes: list[Action] = [
        MessageRow.state.set(after.state.value),
        _change(MessageRow.reason, after.reason),
        _change(MessageRow.outcome, after.outcome),
        _change(MessageRow.against, after.against),
        _change(MessageRow.provider_id, after.provider_id),
        _change(MessageRow.sent_at, after.sent_at),
    ]
    as_read = (MessageRow.state == before.state.value) & _is(MessageRow.outcome, before.outcome)
    as_read = as_read & _is(MessageRow.provider_id, before.provider_id)
    as_read = as_read & _is(MessageRow.against, before.against)
    return _update(MessageRow.of(before), changes, as_read)


def _update(row: MessageRow, actions: list[Action], condition: Condition) -> bool:
    try:
        row.update(actions=actions, condition=condition)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _change(attribute: UnicodeAttribute, value: str) -> Action:
    return attribute.set(value) if value else attribute.remove()


def _is(attribute: UnicodeAttribute, value: str) -> Condition:
    return attribute == value if value else attribute.does_not_exist()
