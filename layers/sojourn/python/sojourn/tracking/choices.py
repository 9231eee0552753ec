"""What the preference page shows and what a form of it changes. Pure.

A box is a slot of the consent state. What a form does not show it does not change; by a link in a mail, texts can be
stopped and not be asked for: that needs the phone.
"""

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sojourn.consent.model import (
    ALL,
    Channel,
    Consent,
    ConsentChange,
    Measure,
    Purpose,
    Status,
    apply,
    parts_of,
    slot_of,
)

SOURCE = "preference centre"
HOW = "preferences"
A_TICK = timedelta(milliseconds=1)
MEASURED = ((Channel.EMAIL, Measure.OPENS), (Channel.EMAIL, Measure.CLICKS), (Channel.WEB, Measure.SITE))


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that may be on or off."""

    slot: str
    label: str
    is_on: bool


def boxes(consent: Consent, channel: Channel, offered: Mapping[str, str]) -> list[Box]:
    """The kinds of message on a channel: what is offered, what this person ever spoke of, and all the rest."""
    spoken = [parts_of(slot) for slot in consent.state if slot.startswith(f"{channel}|{Purpose.MARKETING}|")]
    topics = sorted({topic for _, _, topic in spoken if topic} | set(offered), key=str.casefold)
    if channel is Channel.SMS:  # only what can be stopped
        topics = [topic for topic in topics if _is_on(consent, channel, topic)]
    found = [_box(consent, channel, topic, offered.get(topic) or _readable(topic)) for topic in topics]
    rest = "Everything else" if found else "News and offers"
    is_spoken = any(topic is None for _, _, topic in spoken)
    if channel is Channel.SMS and not _is_on(consent, channel, None):
        return found
    return [*found, _box(consent, channel, None, rest)] if is_spoken or not found else found


def measured(consent: Consent, *, unasked: bool) -> list[Box]:
    """What may be measured."""
    labels = {
        Measure.OPENS: "Whether I open an e-mail",
        Measure.CLICKS: "Which links I follow",
        Measure.SITE: "What I look at on the website",
    }
    return [
        Box(
            slot_of(channel, Purpose.TRACKING, measure),
            labels[measure],
            consent.may_measure(channel, measure, unasked=unasked),
        )
        for channel, measure in MEASURED
    ]


def changes(
    consent: Consent,
    shown: Iterable[Box],
    on: Collection[str],
    *,
    at: datetime,
    evidence: Mapping[str, str],
) -> list[ConsentChange]:
    """What a form changes, all topics first: a topic that stays is said again after all the rest was withdrawn."""
    made: list[ConsentChange] = []
    for box in sorted(shown, key=lambda box: not box.slot.endswith(f"|{ALL}")):
        made.extend(_change(consent, box, box.slot in on, at, evidence))
        consent = functools.reduce(apply, made[-1:], consent)
    return made


def _change(
    consent: Consent, box: Box, wanted: bool, at: datetime, evidence: Mapping[str, str]
) -> Iterator[ConsentChange]:
    channel, purpose, topic = parts_of(box.slot)
    status = consent.status(channel, purpose, topic)
    is_on = status is Status.GIVEN if purpose == Purpose.MARKETING or status else box.is_on
    if is_on == wanted or (status is None and not wanted and purpose == Purpose.MARKETING):
        return
    yield ConsentChange(
        channel=Channel(channel),
        purpose=Purpose(purpose),
        topic=topic,
        status=Status.GIVEN if wanted else Status.WITHDRAWN,
        at=at + A_TICK if wanted else at,
        source=SOURCE,
        how=HOW,
        wording=box.label,
        evidence=evidence,
    )


def _box(consent: Consent, channel: Channel, topic: str | None, label: str) -> Box:
    return Box(slot_of(channel, Purpose.MARKETING, topic), label, _is_on(consent, channel, topic))


def _is_on(consent: Consent, channel: Channel, topic: str | None) -> bool:
    return consent.status(channel, Purpose.MARKETING, topic) is Status.GIVEN


def _readable(topic: str) -> str:
    return topic.replace("-", " ").replace("_", " ").capitalize()
