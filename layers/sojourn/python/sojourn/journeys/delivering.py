"""What a journey and its step say of a message, in delivery's words: hours, expiry, caps. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sojourn.delivery import model as delivery
from sojourn.journeys.language.around import Cap, Count, OnCap
from sojourn.journeys.language.sending import END_OF_DAY, Outside, Send
from sojourn.journeys.language.times import Duration, Hours
from sojourn.journeys.model import Journey
from sojourn.messages.model import Message


def request_of(
    journey: Journey, step: Send, message: Message, templates: Mapping[str, int], **more: Any
) -> delivery.SendRequest:
    """All that the step says; `more` is what the run knows: `ghost`, `journey_state`, `late_from`, `sending`."""
    own = (journey.hours or {}).get(step.channel)
    hours = step.hours or (own.hours if own else None)
    is_said_here = step.hours is not None or step.outside is not Outside.HOLD
    outside = step.outside if is_said_here or own is None else own.outside
    return delivery.SendRequest(
        message=message,
        window=window_of(hours) if hours else None,
        outside=delivery.Outside(outside),
        instead=_instead(step, message, templates),
        instead_window=_instead_window(journey, step),
        expires=timedelta(seconds=step.expires.seconds) if isinstance(step.expires, Duration) else None,
        expires_with_the_day=step.expires == END_OF_DAY,
        caps=tuple(cap_of(cap, journey.name) for cap in journey.caps),
        priority=journey.priority,
        mode=journey.mode.value,
        **more,
    )


def window_of(hours: Hours) -> delivery.Window:
    """The hours as delivery keeps them."""
    return delivery.Window(f"{hours.start:%H:%M}", f"{hours.end:%H:%M}", hours.days)


def cap_of(cap: Cap, journey: str = "") -> delivery.Cap:
    """The cap of this journey, or of the workspace."""
    return delivery.Cap(
        most=cap.most,
        seconds=cap.per.seconds,
        is_calendar=cap.count is Count.CALENDAR,
        channel=cap.channel,
        topic=cap.topic,
        journey=journey,
        skips=cap.on_cap is OnCap.SKIP,
        keep=cap.keep,
        keep_for=cap.keep_for,
        counts_all=cap.transactional,
    )


def _instead(step: Send, message: Message, templates: Mapping[str, int]) -> Message | None:
    if step.instead is None:
        return None
    to = step.instead
    return replace(
        message, channel=to.channel.value, template=to.template, template_version=templates[to.template]
    )


def _instead_window(journey: Journey, step: Send) -> delivery.Window | None:
    own = (journey.hours or {}).get(step.instead.channel) if step.instead else None
    return window_of(own.hours) if own else None
