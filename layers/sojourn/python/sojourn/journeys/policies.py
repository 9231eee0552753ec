"""What a workspace says of all its messages, in the words of a journey: hours, caps, the account's rate and quota.

{"hours": {"sms": "09:00-20:00"}, "caps": [{"at most": 3, "per": "1 week"}], "email_rate": 14, "email_quota": 50000,
 "judged_from": 200}
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sojourn.consent.model import Channel
from sojourn.delivery.hours import within
from sojourn.delivery.policy import ALLOWED
from sojourn.journeys.checking.entering import cap_flaw
from sojourn.journeys.delivering import cap_of, window_of
from sojourn.journeys.language.around import Cap, ChannelHours
from sojourn.journeys.language.sending import Outside
from sojourn.journeys.reading.around import caps_of, hours_by_channel
from sojourn.rules.fields import Fields, Notes
from sojourn.rules.findings import Finding, RefusedError
from sojourn.rules.parse import parse
from sojourn.rules.read_values import as_number, as_whole
from sojourn.rules.tree import MalformedError

MOST_COUNTED = 1_000  # messages by all caps together: what one row of a person can hold many times over
LARGEST_QUOTA = 1_000_000_000
LEAST_JUDGED = 20  # mails a day: of fewer one bounce were five in a hundred
USUAL = asdict(cap_of(Cap.from_definition({"at most": 1, "per": "1 day"})))


class PolicyRefusedError(RefusedError):
    """What was said cannot hold; `findings` are all reasons."""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """What the workspace's row keeps: the words as they are shown again, and what delivery makes of them."""

    said: Mapping[str, Any]
    delivery: Mapping[str, Any]


def read_policy(said: Mapping[str, Any]) -> PolicyRow:
    """The policy of these words; PolicyRefusedError names every error in them."""
    notes = Notes("delivery")
    try:
        tree = parse(json.dumps(said))
    except MalformedError as error:  # a key of over 1,024 characters is none in YAML
        notes.add(error.line, "", error.problem, error.remedy)
        raise PolicyRefusedError(notes.findings) from error
    fields = Fields.of(tree, (), notes, example='{"caps": [{"at most": 3, "per": "1 week"}]}')
    hours, caps = hours_by_channel(fields) or {}, caps_of(fields)
    rate = fields.value("email rate", _as_rate, example="14", otherwise=0.0, instead=0.0)
    quota = fields.value("email quota", as_whole(1, LARGEST_QUOTA), example="50000", otherwise=0, instead=0)
    judged = fields.value(
        "judged from", as_whole(LEAST_JUDGED, LARGEST_QUOTA), example="200", otherwise=0, instead=0
    )
    fields.finish()
    found = [*notes.findings, *_flaws(hours, caps)]
    if found:
        raise PolicyRefusedError(found)
    said_of_mails = (("email_rate", rate), ("email_quota", quota), ("judged_from", judged))
    limits = {name: limit for name, limit in said_of_mails if limit}
    return PolicyRow(
        {
            **(
                {"hours": {channel.value: str(each.hours) for channel, each in hours.items()}}
                if hours
                else {}
            ),
            **({"caps": [cap.to_definition() for cap in caps]} if caps else {}),
            **limits,
        },
        {
            **({"hours": {channel.value: _window(each) for channel, each in hours.items()}} if hours else {}),
            **({"caps": [_cap(cap) for cap in caps]} if caps else {}),
            **limits,
        },
    )


def _as_rate(node: Any) -> float:
    rate = as_number(node)
    if not 0 < rate <= 10_000:
        raise ValueError("mails a second, up to 10,000")
    return rate


def _window(each: ChannelHours) -> dict[str, Any]:
    window = window_of(each.hours)
    return {"start": window.start, "end": window.end, **({"days": list(window.days)} if window.days else {})}


def _cap(cap: Cap) -> dict[str, Any]:
    facts = asdict(cap_of(cap))
    return {name: fact for name, fact in facts.items() if fact != USUAL[name] or name in {"most", "seconds"}}


def _flaws(hours: Mapping[Channel, ChannelHours], caps: tuple[Cap, ...]) -> list[Finding]:
    found = [flaw for channel, each in hours.items() for flaw in _of_hours(channel, each)]
    found += [_flaw(*flaw[1:]) for flaw in map(cap_flaw, caps) if flaw]
    if sum(cap.most for cap in caps) > MOST_COUNTED:
        found.append(_flaw(f"caps of more than {MOST_COUNTED} messages together", "lower `at most`"))
    return found


def _of_hours(channel: Channel, each: ChannelHours) -> list[Finding]:
    if each.outside is not Outside.HOLD:
        return [_flaw(f"`outside` in the workspace's hours of {channel}", "say it in the journey")]
    if each.hours.start == each.hours.end:
        said = f"`hours` {each.hours} begin and end together: the window never opens"
        return [_flaw(said, "leave them out for the whole day")]
    window, bounds = window_of(each.hours), ALLOWED.get(channel)
    if bounds and within(window, bounds) != window:
        said = f"`hours` {each.hours} for texts, which may go from {bounds.start} to {bounds.end}"
        return [_flaw(said, f"stay within {bounds.start}-{bounds.end}")]
    return []


def _flaw(problem: str, remedy: str) -> Finding:
    return Finding("delivery", 1, "", problem, remedy)
