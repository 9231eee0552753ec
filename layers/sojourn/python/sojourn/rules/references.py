"""What a change must touch for a rule to be judged again, and which events its contacts must keep. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from sojourn.rules.comparing import is_about_time
from sojourn.rules.facts import FACT_EVENTS
from sojourn.rules.happenings import specs_of
from sojourn.rules.nodes import (
    Anniversary,
    Compare,
    Consented,
    Done,
    InSegment,
    Leaf,
    Messaged,
    Near,
    Quantile,
    Reachable,
    Rule,
    Sequence,
    Subject,
    Total,
    leaves,
)
from sojourn.rules.spans import ELAPSED
from sojourn.rules.traces import trace_id
from sojourn.rules.view import Needs, References, TraceSpec

NOTHING = References()
ADDRESSES = {"email": "email", "sms": "phone"}
ANSWERS = frozenset({"Message Opened", "Message Clicked"})
ORDERS = frozenset({"Order Completed", "Order Refunded"})
WHEREABOUTS = frozenset({"timezone", "phone"})  # whose wall it is
# A word on consent may stand in the context of any call too: whoever keeps it names those rules then.
WORDS = frozenset({"Consent Given", "Consent Withdrawn", "Consent Requested", "Unsubscribed"})
SILENCED = frozenset({"Message Bounced", "Message Complained"})


def references_of(rule: Rule) -> References:
    """Of all its leaves together."""
    found = NOTHING
    for leaf in leaves(rule):
        more = _of_leaf(leaf)
        if _asks_a_wall(leaf):
            more = replace(more, attributes=more.attributes | WHEREABOUTS)
        found = References(
            found.attributes | more.attributes,
            found.events | more.events,
            found.every_event or more.every_event,
            found.segments | more.segments,
            found.needs | more.needs,
        )
    return found


def traces_of(rule: Rule) -> Mapping[str, TraceSpec]:
    """The traces that it looks at, by their ids."""
    return {trace_id(spec): spec for leaf in leaves(rule) for spec in specs_of(leaf)}


def _of_leaf(leaf: Leaf) -> References:
    match leaf:
        case Compare(subject) | Near(subject) | Anniversary(subject):
            return _of_subject(subject)
        case Done(match) | Total(match):
            return References(events=frozenset({match.name}))
        case Sequence(first, then):
            return References(events=frozenset({first.name, then.name}))
        case InSegment(name):
            return References(segments=frozenset({name}))
    return _of_standing(leaf)


def _of_standing(leaf: Leaf) -> References:
    match leaf:
        case Messaged():
            return References(events=ANSWERS if leaf.without else frozenset(), needs=Needs.MESSAGES)
        case Consented():
            return References(events=WORDS, needs=Needs.CONSENT)
        case Reachable(channel):
            return References(
                frozenset({ADDRESSES.get(channel, channel)}), SILENCED | WORDS, needs=Needs.CONSENT
            )
        case Quantile():
            return References(events=ORDERS, needs=Needs.QUANTILES)
    return NOTHING


def _asks_a_wall(leaf: Leaf) -> bool:
    """Whether its days are those of a zone: who moves to another may be judged otherwise."""
    match leaf:
        case Anniversary():
            return True
        case Compare(_, op, wanted):
            return is_about_time(op, wanted)
        case Done(window=window) | Total(window=window):
            spans = [window.last]
        case Sequence(within=within, window=window) | Messaged(within=within, window=window):
            spans = [within, window.last]
        case _:
            return False
    return any(span is not None and span.unit not in ELAPSED for span in spans)


def _of_subject(subject: Subject) -> References:
    if not subject.is_fact:
        return References(attributes=frozenset({subject.name}))
    events = FACT_EVENTS.get(subject.name)
    return References(every_event=True) if events is None else References(events=events)
