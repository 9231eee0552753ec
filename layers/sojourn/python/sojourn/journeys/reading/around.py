"""The readers of what stands round the steps: goal, ways out, hours and caps."""

from sojourn.consent.model import MESSAGING, Channel
from sojourn.journeys.language.around import AtEntry, Cap, ChannelHours, Count, Goal, OnCap, WayOut
from sojourn.journeys.language.sending import Outside
from sojourn.journeys.reading.conditions import match_of
from sojourn.journeys.reading.entering import trigger_of
from sojourn.journeys.reading.paths import rule_of
from sojourn.journeys.reading.sending import outside_of
from sojourn.journeys.reading.values import A_DAY, BY_DAY, as_duration, as_hours, as_per, as_words
from sojourn.rules.fields import Fields, as_items
from sojourn.rules.findings import Place
from sojourn.rules.read_values import as_slug, as_whole, one_of
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node

GOAL = "{event: Order Completed}"
HOURS = "{sms: 09:00-20:00}"
CAP = "{at most: 3, per: 1 week}"
MOST_CAPPED = 1_000
HIGHEST = 9
NOTHING: list[Node] = []


def goal_of(fields: Fields) -> Goal | None:
    """What the journey is for, when it is said."""
    node = fields.node("goal", example=GOAL)
    if node is None:
        return None
    inner = Fields.of(node, ("goal",), fields.notes, example=f"`goal: {GOAL}`")
    if inner.refused:
        return None
    trigger = trigger_of(inner, example="Order Completed")
    window = inner.value("window", as_duration, example="7 days", otherwise=A_DAY, instead=A_DAY)
    goal = Goal(
        trigger=trigger,
        match=match_of(inner),
        window=window if inner.has("window") else None,
        exit=inner.flag("exit") if inner.has("exit") else True,
        at_entry=_at_entry(inner),
    )
    inner.asked.append("exit")
    inner.finish()
    return goal


def exits_of(fields: Fields) -> tuple[WayOut, ...]:
    """What takes people out at once."""
    nodes = fields.value("exits", as_items, example=f"[{GOAL}]", otherwise=NOTHING, instead=NOTHING)
    return tuple(_way_out(node, ("exits", index), fields) for index, node in enumerate(nodes))


def hours_by_channel(fields: Fields) -> dict[Channel, ChannelHours] | None:
    """The journey's own hours of each channel."""
    node = fields.node("hours", example=HOURS)
    if node is None:
        return None
    inner = Fields.of(node, ("hours",), fields.notes, example=f"`hours: {HOURS}`")
    found = {channel: _channel_hours(inner, channel) for channel in MESSAGING if inner.has(channel)}
    inner.asked.extend(MESSAGING)
    inner.finish()
    return found or None


def caps_of(fields: Fields) -> tuple[Cap, ...]:
    """At most so many messages in a while."""
    nodes = fields.value("caps", as_items, example=f"[{CAP}]", otherwise=NOTHING, instead=NOTHING)
    return tuple(_cap(node, ("caps", index), fields) for index, node in enumerate(nodes))


def _at_entry(inner: Fields) -> AtEntry:
    words = {word.value.replace("_", " "): word for word in AtEntry}
    said = inner.value(
        "at entry",
        lambda node: one_of((*words, *AtEntry))(node).replace("_", " "),
        example="enter",
        otherwise="skip entry",
        instead="skip entry",
    )
    return words[said]


def _way_out(node: Node, place: Place, fields: Fields) -> WayOut:
    inner = Fields.of(node, place, fields.notes, example=f"`exits: [{GOAL}]`")
    if inner.refused:
        return WayOut(leaves="")
    kinds = [key for key in ("rule", "leaves", "event", "segment") if inner.has(key)]
    if len(kinds) > 1 and kinds != ["event", "segment"]:
        inner.wrong(inner.line, f"`{kinds[0]}` and `{kinds[1]}` in one way out", "make two of it")
    reason = inner.value("reason", as_words, example="bought", otherwise="", instead="")
    if inner.has("rule"):
        found = WayOut(rule=rule_of(inner, "rule"), reason=reason)
    elif inner.has("leaves"):
        leaves = inner.value("leaves", as_slug, example="lapsed", otherwise=None, instead="")
        found = WayOut(leaves=leaves, reason=reason)
    else:
        trigger = trigger_of(inner, example="Order Completed")
        found = WayOut(trigger, match=match_of(inner), reason=reason)
    inner.asked.extend(("rule", "leaves", "event", "segment"))
    inner.finish()
    return found


def _channel_hours(inner: Fields, channel: Channel) -> ChannelHours:
    node = inner.node(channel, example="09:00-20:00")
    if not isinstance(node, MappingNode):
        hours = inner.value(channel, as_hours, example="09:00-20:00", otherwise=None, instead=BY_DAY)
        return ChannelHours(hours)
    of = Fields.of(node, (*inner.place, channel.value), inner.notes, example="`{hours: 09:00-20:00}`")
    hours = of.value("hours", as_hours, example="09:00-20:00", otherwise=None, instead=BY_DAY)
    found = ChannelHours(hours, outside_of(of, (Outside.HOLD, Outside.SKIP)))
    of.finish()
    return found


def _cap(node: Node, place: Place, fields: Fields) -> Cap:
    inner = Fields.of(node, place, fields.notes, example=f"`caps: [{CAP}]`")
    if inner.refused:
        return Cap(1, A_DAY)
    has_keep = inner.has("keep") or inner.has("for priority")
    channels = tuple(channel.value for channel in MESSAGING)
    found = Cap(
        most=inner.value(
            "at most", as_whole(1, MOST_CAPPED), example="3", otherwise=None, instead=MOST_CAPPED
        ),
        per=inner.value("per", as_per, example="1 week", otherwise=None, instead=A_DAY),
        count=Count(_word(inner, "count", tuple(Count), Count.ROLLING)),
        channel=_word(inner, "channel", channels, "") if inner.has("channel") else "",
        topic=inner.value("topic", as_slug, example="news", otherwise="", instead=""),
        on_cap=OnCap(_word(inner, "on cap", tuple(OnCap), OnCap.HOLD)),
        keep=_whole(inner, "keep", MOST_CAPPED) if has_keep else 0,
        keep_for=_whole(inner, "for priority", HIGHEST) if has_keep else 0,
        transactional=inner.flag("transactional"),
    )
    inner.asked.extend(("channel", "keep", "for priority"))
    inner.finish()
    return found


def _word(inner: Fields, key: str, words: tuple[str, ...], usual: str) -> str:
    return inner.value(key, one_of(words), example=words[0], otherwise=usual, instead=usual)


def _whole(inner: Fields, key: str, most: int) -> int:
    return inner.value(key, as_whole(1, most), example="1", otherwise=None, instead=1)
