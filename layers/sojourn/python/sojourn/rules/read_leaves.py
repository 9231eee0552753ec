"""One condition of a rule, by its kind. What is wrong is noted, and then what comes back is not to be used. Pure."""

from collections.abc import Callable

from sojourn.rules.facts import FACT_TYPES, STAGES, WITH_CURRENCY
from sojourn.rules.fields import Fields, as_items
from sojourn.rules.findings import nearest, printable
from sojourn.rules.nodes import (
    Anniversary,
    Compare,
    Consented,
    InSegment,
    Near,
    NoneOf,
    Op,
    Quantile,
    Reachable,
    Rule,
    Season,
    Share,
    Subject,
)
from sojourn.rules.read_events import compared
from sojourn.rules.read_values import (
    A_DAY,
    MESSAGING,
    NO_PATH,
    as_days,
    as_metres,
    as_number,
    as_path,
    as_percent,
    as_slug,
    as_whole,
    one_of,
)
from sojourn.rules.tree import Mapping, Node
from sojourn.rules.tree import Sequence as ListNode

CHANNELS = (*MESSAGING, "web")
PURPOSES = ("marketing", "transactional", "service", "tracking")
STATUSES = ("given", "pending", "withdrawn", "unknown")
MEASURES = ("recency", "frequency", "monetary")
OF_QUANTILES = (Op.IS, Op.AT_LEAST, Op.AT_MOST, Op.ONE_OF)
MOST_PARTS = 100
NOBODY = NoneOf(())  # stands in for what could not be read
NOWHERE = (0.0, 0.0)
NO_STAGE: tuple[Op, str | tuple[str, ...]] = (Op.IS, "")


def attribute(fields: Fields) -> Rule:
    """`attribute: plan, is: pro`."""
    path = fields.value("attribute", as_path, example="plan", otherwise=None, instead=NO_PATH)
    return Compare(Subject(path), *compared(fields))


def fact(fields: Fields) -> Rule:
    """`fact: orders, over: 3`."""
    name = _fact_name(fields)
    path: tuple[str, ...] = (name,)
    if name == WITH_CURRENCY and fields.has("currency"):
        path = (name, fields.text("currency", example="USD"))
    return Compare(Subject(path, is_fact=True), *compared(fields))


def stage(fields: Fields) -> Rule:
    """`stage: customer`, or a list of stages."""
    said = fields.value("stage", _stages, example="customer", otherwise=None, instead=NO_STAGE)
    return Compare(Subject(("stage",), is_fact=True), *said)


def labelled(key: str, name: str) -> Callable[[Fields], Rule]:
    """A reader of `tag: vip` and `list: news`."""

    def read(fields: Fields) -> Rule:
        label = fields.text(key, example="vip")
        return Compare(Subject((name,), is_fact=True), Op.CONTAINS, label)

    return read


def score(fields: Fields) -> Rule:
    """`score: {over: 50}`."""
    node = fields.node("score", example="{over: 50}", required=True)
    if node is None:
        return NOBODY
    inner = Fields.of(node, (*fields.place, "score"), fields.notes, example="`score: {over: 50}`")
    rule = Compare(Subject(("score",)), *compared(inner))
    inner.finish()
    return rule


def in_segment(fields: Fields) -> Rule:
    """`segment: lapsed`."""
    return InSegment(fields.value("segment", as_slug, example="lapsed", otherwise=None, instead=""))


def not_in_segment(fields: Fields) -> Rule:
    """`not in segment: lapsed`."""
    name = fields.value("not in segment", as_slug, example="lapsed", otherwise=None, instead="")
    return NoneOf((InSegment(name),))


def consent(fields: Fields) -> Rule:
    """`consent: {channel: email, purpose: marketing}, is: given`."""
    shape = "{channel: email, purpose: marketing}"
    node = fields.node("consent", example=shape, required=True)
    status = fields.value("is", one_of(STATUSES), example="given", otherwise=None, instead="given")
    if node is None:
        return NOBODY
    inner = Fields.of(node, (*fields.place, "consent"), fields.notes, example=f"`consent: {shape}`")
    if inner.refused:
        return NOBODY
    rule = Consented(
        channel=inner.value("channel", one_of(CHANNELS), example="email", otherwise=None, instead=""),
        purpose=inner.value("purpose", one_of(PURPOSES), example="marketing", otherwise=None, instead=""),
        topic=inner.value("topic", as_slug, example="news", otherwise="", instead=""),
        status=status,
    )
    inner.finish()
    return rule


def reachable(fields: Fields) -> Rule:
    """`reachable: email`."""
    return Reachable(
        fields.value("reachable", one_of(MESSAGING), example="email", otherwise=None, instead="")
    )


def near(fields: Fields) -> Rule:
    """`near: {attribute: location, point: [59.91, 10.75], within: 10 km}`."""
    shape = "{attribute: location, point: [59.91, 10.75], within: 10 km}"
    node = fields.node("near", example=shape, required=True)
    if node is None:
        return NOBODY
    inner = Fields.of(node, (*fields.place, "near"), fields.notes, example=f"`near: {shape}`")
    if inner.refused:
        return NOBODY
    path = inner.value("attribute", as_path, example="location", otherwise=None, instead=NO_PATH)
    point = inner.value("point", _point, example="[59.91, 10.75]", otherwise=None, instead=NOWHERE)
    metres = inner.value("within", as_metres, example="10 km", otherwise=None, instead=1.0)
    inner.finish()
    return Near(Subject(path), *point, metres)


def anniversary(fields: Fields) -> Rule:
    """`anniversary: birthday, season: this month`."""
    subject = fields.value("anniversary", _dated, example="birthday", otherwise=None, instead=Subject(("",)))
    if fields.has("season") == fields.has("in the next"):
        said = "both" if fields.has("season") else "neither"
        problem = f"{said} of `season` and `in the next`"
        fields.wrong(fields.line, problem, "write `season: this month` or `in the next: 7 days`")
    if fields.has("in the next"):
        fields.asked.append("season")
        days = fields.value("in the next", as_days, example="7 days", otherwise=None, instead=A_DAY)
        return Anniversary(subject, next=days)
    fields.asked.append("in the next")
    season = fields.value(
        "season", one_of(tuple(Season)), example="today", otherwise="today", instead="today"
    )
    return Anniversary(subject, season=Season(season))


def quantile(fields: Fields) -> Rule:
    """`quantile: monetary, of: 5, at least: 5`."""
    measure = fields.value("quantile", one_of(MEASURES), example="monetary", otherwise=None, instead="")
    of = fields.value("of", as_whole(2, MOST_PARTS), example="5", otherwise=5, instead=MOST_PARTS)
    place = as_whole(1, of)
    read = dict.fromkeys(OF_QUANTILES, place) | {Op.ONE_OF: lambda node: tuple(map(place, as_items(node)))}
    op, value = compared(fields, frozenset(OF_QUANTILES), read)
    return Quantile(measure, of, op, value)


def share(seed: str) -> Callable[[Fields], Rule]:
    """A reader of `share: 10 percent, seed: spring`."""

    def read(fields: Fields) -> Rule:
        percent = fields.value("share", as_percent, example="10 percent", otherwise=None, instead=1.0)
        return Share(percent, fields.text("seed", example="spring", otherwise=seed or None))

    return read


def _fact_name(fields: Fields) -> str:
    name = fields.text("fact", example="orders")
    if name and name not in FACT_TYPES:
        line = fields.key_lines["fact"]
        fields.wrong(line, f"there is no fact '{printable(name, 40)}'", nearest(name, FACT_TYPES))
    return name


def _stages(node: Node) -> tuple[Op, str | tuple[str, ...]]:
    read = one_of(STAGES)
    if isinstance(node, ListNode):
        return Op.ONE_OF, tuple(map(read, as_items(node)))
    return Op.IS, read(node)


def _point(node: Node) -> tuple[float, float]:
    """`[lat, lon]` or `{lat: …, lon: …}`."""
    if isinstance(node, Mapping):
        named = {key.written: value for key, value in node.entries}
        nodes = [named[name] for name in ("lat", "lon") if name in named and len(node.entries) == 2]
    else:
        nodes = as_items(node)
    point = tuple(float(as_number(each)) for each in nodes)
    if len(point) != 2 or not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise ValueError("a latitude and a longitude are wanted")
    return point[0], point[1]


def _dated(node: Node) -> Subject:
    """An attribute, or `{fact: first_order}`."""
    if not isinstance(node, Mapping):
        return Subject(as_path(node))
    named = {key.written: value for key, value in node.entries}
    dates = tuple(name for name, kind in FACT_TYPES.items() if kind == "datetime")
    if len(node.entries) != 1 or "fact" not in named:
        raise ValueError("`{fact: first_order}` is wanted")
    return Subject((one_of(dates)(named["fact"]),), is_fact=True)
