"""Each message has a template of its channel, and hours in which it may go."""

import re
from collections.abc import Iterator
from datetime import time

from sojourn.consent.model import Channel, Purpose
from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.language.sending import Outside, Send
from sojourn.journeys.language.times import Hours
from sojourn.journeys.language.waiting import Wait
from sojourn.rules.findings import Finding, Place, nearest, printable

TEMPLATE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
EARLIEST, LATEST = time(8), time(21)  # of a text that nobody asked for


def templates(case: Case) -> Iterator[Finding]:
    """Of the step, and of the one that goes instead."""
    for place, step in case.steps:
        if not isinstance(step, Send):
            continue
        if said := _template_flaw(step.template, step.channel, case):
            yield case.wrong((*place, "template"), step.name, said)
        if not step.instead:
            continue
        if said := _template_flaw(step.instead.template, step.instead.channel, case):
            yield case.wrong((*place, "instead", "template"), step.name, said)
        elif step.instead.channel is step.channel:
            said = f"`instead` goes by {step.channel} too", "name another channel"
            yield case.wrong((*place, "instead"), step.name, said)


def windows(case: Case) -> Iterator[Finding]:
    """Hours open once, and texts go by day."""
    for place, step, channel, hours in _windows(case):
        if said := _window_flaw(place[-1], channel, hours, case.journey.purpose):
            yield case.wrong(place, step, said)


def _windows(case: Case) -> Iterator[tuple[Place, str, Channel | None, Hours]]:
    """The hours of the journey, of sends, and those that a wait ends in, which hold for nothing else."""
    for channel, each in (case.journey.hours or {}).items():
        yield ("hours", channel.value), "", channel, each.hours
    for place, step in case.steps:
        if isinstance(step, Send) and step.hours:
            yield (*place, "hours"), step.name, step.channel, step.hours
        if isinstance(step, Wait) and step.inside:
            yield (*place, "inside"), step.name, None, step.inside


def _window_flaw(key: str | int, channel: Channel | None, hours: Hours, purpose: Purpose) -> Said | None:
    if hours.start == hours.end:
        problem = f"`{key}` {hours} begin and end together: the window never opens"
        return problem, f"leave `{key}` out for the whole day"
    if channel is not Channel.SMS or purpose is Purpose.TRANSACTIONAL:
        return None
    if EARLIEST <= hours.start < hours.end <= LATEST:
        return None
    problem = f"`{key}` {hours} for texts, which may go from {EARLIEST:%H:%M} to {LATEST:%H:%M}"
    return problem, "stay within 08:00-21:00; only transactional journeys may text at any hour"


def _template_flaw(template: str, channel: Channel, case: Case) -> Said | None:
    known = case.known.templates
    if not template:
        return None
    if not TEMPLATE_NAME.fullmatch(template):
        return f"the template's name '{printable(template)}'", "use 1 to 64 of A-Z, a-z, 0-9, _ and -"
    if known is None:
        return None
    if template not in known:
        return f"there is no template '{template}'", nearest(template, known)
    if known[template] in {"", channel}:  # of a template that cannot be read nobody knows the channel
        return None
    problem = f"the template '{template}' is for {known[template]}, the step sends by {channel}"
    return problem, f"name a template for {channel}, or change `channel`"


def is_held_outside(step: Send) -> bool:
    """Whether what comes outside the hours waits for them."""
    return step.hours is not None and step.outside is Outside.HOLD
