"""Rows of messages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sojourn.messages.model import MessageState, message_digest, message_id, split_message_id
from sojourn.messages.store import (
    MessageRow,
    find_known,
    find_message,
    get_message,
    item_of,
    messages_of,
    move,
)
from tests.cloud import moto_cloud
from tests.feedback import CONTACT, a_message, keep
from tests.partiql import empty

FULL = a_message(
    state=MessageState.SENT,
    reason="why",
    provider_id="p",
    due="2026-01-05T20:00:00.000Z",
    sent_at="2026-01-05T20:00:01.000Z",
    held=2,
    parts=3,
    values={"1": ["ü"]},
    outcome="delivered",
)


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def nothing() -> None:
    empty("People")


@pytest.mark.parametrize("message", [FULL, a_message(owner="", topic="", address_hash="", decided_at="")])
def test_the_row_in_dynamodbs_words_is_what_pynamodb_writes(message: Any):
    written = MessageRow.of(message).serialize()

    made = item_of(message)

    assert {name: value for name, value in made.items() if name != "values"} == {
        name: value for name, value in written.items() if name != "values"
    }
    assert (
        MessageRow.from_raw_data({name: dict(value) for name, value in made.items()}).to_message() == message
    )


def test_a_message_comes_back_as_it_was_written():
    keep(FULL)

    assert find_message(FULL.id) == FULL
    assert find_known(FULL.id) == FULL
    assert list(messages_of(CONTACT)) == [FULL]
    assert get_message(CONTACT, "0" * 16) is None


@pytest.mark.parametrize(
    "text", ["", "-", "x", "abc-", "-0123456789abcdef", "abc-0123456789abcde", "a/b-0123456789abcdef", "é-1"]
)
def test_what_is_no_id_finds_nothing(text: str):
    assert find_message(text) is None
    assert find_known(text) is None


def test_an_id_says_whose_message_it_is():
    made = message_id("c.welcome.1", "Send the welcome")

    assert made == f"c-{message_digest('c.welcome.1', 'Send the welcome')}"
    assert split_message_id(made) == ("c", made[2:])
    assert (
        message_id("c.welcome.1", "Send the welcome", "2")
        != made
        != message_id("c.welcome.2", "Send the welcome")
    )


def test_a_state_moves_only_from_where_it_was_seen():
    sending = keep(a_message())
    only = {MessageState.SENDING}

    assert not move(replace(sending, owner="another"), MessageState.UNKNOWN, only_from=only)
    assert move(sending, MessageState.UNKNOWN, only_from=only, reason="claim_expired")
    assert not move(sending, MessageState.UNKNOWN, only_from=only)

    found = find_message(sending.id)
    assert found is not None
    assert (found.state, found.reason) == (MessageState.UNKNOWN, "claim_expired")
