"""Rows of messages, as feedback changes them."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from sojourn.messages.model import Message
from sojourn.messages.store import MessageRow
from sojourn.tables import condition_failed


def replace_message(before: Message, after: Message) -> bool:
    """Write what changed, if the row still is what was read; the owner's claim stays as it is."""
    changes: list[Action] = [
        MessageRow.state.set(after.state.value),
        _change(MessageRow.reason, after.reason),
        _change(MessageRow.outcome, after.outcome),
        _change(MessageRow.provider_id, after.provider_id),
        _change(MessageRow.sent_at, after.sent_at),
    ]
    as_read = (MessageRow.state == before.state.value) & _is(MessageRow.outcome, before.outcome)
    as_read = as_read & _is(MessageRow.provider_id, before.provider_id)
    try:
        MessageRow.of(before).update(actions=changes, condition=as_read)
    except UpdateError as error:
        if not condition_failed(error):
            raise
        return False
    return True


def _change(attribute: UnicodeAttribute, value: str) -> Action:
    return attribute.set(value) if value else attribute.remove()


def _is(attribute: UnicodeAttribute, value: str) -> Condition:
    return attribute == value if value else attribute.does_not_exist()
