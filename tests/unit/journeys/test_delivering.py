"""What journeys say of their messages, in delivery's words."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn.delivery.model import Cap, Outside, Window
from sojourn.journeys.delivering import request_of
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Send
from tests.feedback import a_message

TEXT = {"send": "Text", "template": "offer", "channel": "sms"}
OFFICE = Window("09:00", "17:00", (0, 1, 2, 3, 4))


def asked(step: dict[str, Any], **journey: Any) -> Any:
    definition = {
        "journey": "winback", "purpose": "marketing", "entry": {"event": "Left"}, "steps": [step], **journey,
    }  # fmt: skip
    made = Journey.from_definition(definition)
    (send,) = made.steps
    assert isinstance(send, Send)
    return request_of(made, send, a_message(channel="sms"), {"offer": 1, "reminder": 7})


@pytest.mark.parametrize(
    ("step", "journey", "window", "outside"),
    [
        ({}, {}, None, Outside.HOLD),
        ({"hours": "mon-fri 09:00-17:00"}, {}, OFFICE, Outside.HOLD),
        ({}, {"hours": {"sms": "mon-fri 09:00-17:00"}}, OFFICE, Outside.HOLD),
        ({}, {"hours": {"email": "mon-fri 09:00-17:00"}}, None, Outside.HOLD),
        (
            {},
            {"hours": {"sms": {"hours": "mon-fri 09:00-17:00", "outside": "skip"}}},
            OFFICE,
            Outside.SKIP,
        ),
        # The step's own stand in place of the journey's, with what happens outside them.
        (
            {"hours": "mon-fri 09:00-17:00"},
            {"hours": {"sms": {"hours": "10:00-11:00", "outside": "skip"}}},
            OFFICE,
            Outside.HOLD,
        ),
        # Without hours of its own a step may still say what happens outside those that hold.
        ({"outside": "skip"}, {}, None, Outside.SKIP),
    ],
)
def test_hours_are_the_steps_or_else_the_journeys(
    step: dict[str, Any], journey: dict[str, Any], window: Window | None, outside: Outside
):
    request = asked({**TEXT, **step}, **journey)

    assert (request.window, request.outside) == (window, outside)


def test_the_other_message_has_its_own_channel_template_and_hours():
    step = {**TEXT, "outside": "instead", "instead": {"channel": "email", "template": "reminder"}}

    request = asked(step, hours={"email": "mon-fri 09:00-17:00"})

    other = request.instead
    assert (other.channel, other.template, other.template_version) == ("email", "reminder", 7)
    assert (other.digest, request.instead_window) == (request.message.digest, OFFICE)


@pytest.mark.parametrize(
    ("said", "expires", "with_the_day"),
    [
        ({}, None, False),
        ({"expires": "2 days"}, timedelta(days=2), False),
        ({"expires": "end of day"}, None, True),
    ],
)
def test_expiry_is_a_while_or_the_day(said: dict[str, str], expires: timedelta | None, with_the_day: bool):
    request = asked({**TEXT, **said})

    assert (request.expires, request.expires_with_the_day) == (expires, with_the_day)


def test_caps_count_the_journeys_own_messages():
    caps = [
        {"at most": 2, "per": "1 week", "channel": "sms", "on cap": "skip", "transactional": True},
        {"at most": 5, "per": "1 day", "count": "calendar", "topic": "news", "keep": 2, "for priority": 5},
    ]

    request = asked(TEXT, caps=caps, priority=4)

    assert request.priority == 4
    assert request.caps == (
        Cap(most=2, seconds=604_800, channel="sms", journey="winback", skips=True, counts_all=True),
        Cap(most=5, seconds=86_400, is_calendar=True, topic="news", journey="winback", keep=2, keep_for=5),
    )
