"""The reader of the step that sends a message."""

from sojourn.consent.model import Channel
from sojourn.journeys.language.sending import END_OF_DAY, Instead, Outside, Send
from sojourn.journeys.language.times import Duration, Hours
from sojourn.journeys.reading.paths import reads, way_of
from sojourn.journeys.reading.values import BY_DAY, as_channel, as_duration, as_hours
from sojourn.rules.fields import Fields, as_text
from sojourn.rules.read_values import one_of
from sojourn.rules.tree import Node

INSTEAD = "{channel: email, template: offer-mail}"


@reads("send")
def send(fields: Fields, name: str) -> Send:
    """`send: Text an offer, template: offer, channel: sms`."""
    instead = _instead(fields)
    return Send(
        name=name,
        template=fields.text("template", example="welcome"),
        channel=channel_of(fields),
        hours=hours_of(fields, "hours"),
        outside=_outside(fields, instead),
        instead=instead,
        expires=_expires(fields),
        at_least_once=fields.flag("at least once"),
        on_skip=way_of(fields, "on skip"),
        on_fail=way_of(fields, "on fail"),
    )


def channel_of(fields: Fields, *, required: bool = False) -> Channel:
    """By which channel; e-mail unless said."""
    usual = None if required else Channel.EMAIL
    return fields.value("channel", as_channel, example="email", otherwise=usual, instead=Channel.EMAIL)


def hours_of(fields: Fields, key: str) -> Hours | None:
    """The hours under a key, when they are there."""
    if not fields.has(key):
        fields.asked.append(key)
        return None
    return fields.value(key, as_hours, example="09:00-21:00", otherwise=None, instead=BY_DAY)


def outside_of(fields: Fields, words: tuple[Outside, ...], usual: Outside = Outside.HOLD) -> Outside:
    """What happens outside the hours."""
    read = one_of(tuple(word.value for word in words))
    return Outside(fields.value("outside", read, example="hold", otherwise=usual.value, instead=usual.value))


def _outside(fields: Fields, instead: Instead | None) -> Outside:
    """Who names another message wants it to go."""
    usual = Outside.INSTEAD if instead else Outside.HOLD
    outside = outside_of(fields, tuple(Outside), usual)
    if (outside is Outside.INSTEAD) != (instead is not None) and not fields.has("instead"):
        fields.wrong(
            fields.key_lines["outside"], "`outside: instead` without `instead`", f"write `instead: {INSTEAD}`"
        )
    elif instead and outside is not Outside.INSTEAD:
        problem = f"`instead` beside `outside: {outside}`"
        fields.wrong(fields.key_lines["instead"], problem, "keep one of them")
    return outside


def _instead(fields: Fields) -> Instead | None:
    node = fields.node("instead", example=INSTEAD)
    if node is None:
        return None
    place = (*fields.place, "instead")
    inner = Fields.of(node, place, fields.notes, step=fields.step, example=f"`instead: {INSTEAD}`")
    if inner.refused:
        return None
    found = Instead(channel_of(inner, required=True), inner.text("template", example="offer-mail"))
    inner.finish()
    return found


def _expires(fields: Fields) -> Duration | str | None:
    if not fields.has("expires"):
        fields.asked.append("expires")
        return None
    stands_in: Duration | str = END_OF_DAY
    return fields.value("expires", _as_expiry, example="24 hours", otherwise=None, instead=stands_in)


def _as_expiry(node: Node) -> Duration | str:
    if as_text(node) == END_OF_DAY:
        return END_OF_DAY
    try:
        return as_duration(node)
    except ValueError as error:
        raise ValueError(f"{error}, or `{END_OF_DAY}`") from None
