"""The controls of a condition, in the order in which it is read. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from functions.api.console import rules_words as words
from functions.api.console.code_words import word
from functions.api.console.rules_conditions import MOST_TESTS, Said, Types, type_of
from functions.api.console.words import _
from sojourn.rules.facts import FACT_TYPES
from sojourn.rules.literals import LISTS, SPANS
from sojourn.rules.read_leaves import CHANNELS, MEASURES, OF_QUANTILES, PURPOSES, STATUSES
from sojourn.rules.read_values import MESSAGING


@dataclass(frozen=True, slots=True)
class Control:
    """One field; `names` is the list of suggestions that it takes, `size` how wide it is: s, m or l."""

    name: str
    label: str
    value: str
    options: words.Choices = ()
    names: str = ""
    size: str = "m"
    hint: str = ""


def controls(kind: str, said: Said, types: Types) -> list[Control]:
    """Those of a condition of this kind."""
    return list(MAKERS.get(kind, _one_word(kind))(said, types))


def _pick(name: str, label: str, said: Said, options: words.Choices) -> Control:
    """A select; what the text says is among its options, even what no form would write."""
    value = said.get(name, "")
    known = options if value in dict(options) else ((value, value), *options)
    return Control(name, label, value, known)


def _write(name: str, label: str, said: Said, *, names: str = "", size: str = "m", hint: str = "") -> Control:
    return Control(name, label, said.get(name, ""), (), names, size, hint)


def _same(*options: str) -> words.Choices:
    return tuple((each, word(each)) for each in options)


def _value(said: Said, type_name: str, *, number: str = "") -> Iterator[Control]:
    """What is compared with, by the operator."""
    op = said.get(f"op{number}", "is")
    value = f"value{number}"
    if op in SPANS:
        yield from _span(said)
    elif op == "exists":
        yield _pick(value, _("Known or not"), said, (("true", _("yes")), ("false", _("no"))))
    elif type_name == "boolean":
        yield _pick(value, _("Value"), said, (("true", _("true")), ("false", _("false"))))
    else:
        hint = _("several, with commas") if op in LISTS else ""
        hint = "2026-12-31" if type_name in ("date", "datetime") else hint
        yield _write(value, _("Value"), said, size="s" if type_name == "number" else "m", hint=hint)
        if op == "between":
            yield _write(f"until{number}", _("and"), said, size="s" if type_name == "number" else "m")


def _span(said: Said) -> Iterator[Control]:
    yield _write("amount", _("How many"), said, size="xs")
    yield _pick("unit", _("Minutes, hours, days …"), said, words.units())


def _times(said: Said) -> Iterator[Control]:
    yield _pick("times", _("How often"), said, words.counts())
    if said.get("times") not in ("", "never", None):
        yield _write("n", _("Times"), said, size="xs")


def _window(said: Said) -> Iterator[Control]:
    yield _pick("when", _("When"), said, words.windows())
    if said.get("when") == "last":
        yield from _span(said)
    elif said.get("when") == "between":
        yield _write("since", _("Since"), said, size="s", hint="2026-01-01")
        yield _write("until", _("Until"), said, size="s", hint="2026-02-01")


def _attribute(said: Said, types: Types) -> Iterator[Control]:
    known = type_of(said, types)
    yield _write("name", _("Attribute"), said, names="attributes")
    yield _pick("op", _("Comparison"), said, words.operators(known))
    yield from _value(said, known)


def _fact(said: Said, types: Types) -> Iterator[Control]:
    yield _pick("name", _("Fact"), said, tuple((each, word(each)) for each in words.FACTS))
    if said.get("name") == "value":
        yield _write("currency", _("Currency"), said, size="xs", hint="USD")
    known = FACT_TYPES.get(said.get("name", ""), "")
    yield _pick("op", _("Comparison"), said, words.operators(known))
    yield from _value(said, known)


def _score(said: Said, types: Types) -> Iterator[Control]:
    yield _pick("op", _("Comparison"), said, words.operators("number"))
    yield from _value(said, "number")


def _event(said: Said, types: Types) -> Iterator[Control]:
    yield _write("name", _("Event"), said, names="events")
    yield from _times(said)
    yield from _window(said)
    for number in range(MOST_TESTS + 1):
        if number and not said.get(f"property-{number - 1}"):
            break
        test = {**said, f"op-{number}": said.get(f"op-{number}", "is")}
        yield _write(f"property-{number}", _("with the property"), said, hint=_("any property"))
        if said.get(f"property-{number}"):
            yield _pick(f"op-{number}", _("Comparison"), test, _of_events())
            yield from _value(test, "", number=f"-{number}")


def _of_events() -> words.Choices:
    return tuple(each for each in words.operators("") if each[0] not in SPANS)


def _message(said: Said, types: Types) -> Iterator[Control]:
    yield _pick("state", _("Message"), said, _same("sent", "delivered", "opened", "clicked"))
    yield from _times(said)
    yield from _window(said)
    yield _pick("channel", _("Channel"), said, (("", _("any channel")), *_same(*MESSAGING)))
    yield _write("journey", _("Journey"), said, names="journeys", hint=_("any journey"))
    if said.get("step"):
        yield _write("step", _("Step"), said)
    yield _write("template", _("Template"), said, names="templates", hint=_("any template"))


def _consent(said: Said, types: Types) -> Iterator[Control]:
    yield _pick("purpose", _("Consent to"), said, _same(*PURPOSES))
    yield _pick("channel", _("by"), said, _same(*CHANNELS))
    yield _write("topic", _("about"), said, hint=_("any topic"))
    yield _pick("status", _("is"), said, _same(*STATUSES))


def _near(said: Said, types: Types) -> Iterator[Control]:
    yield _write("name", _("Attribute"), said, names="attributes")
    yield _write("within", _("within"), said, size="s", hint="10 km")
    yield _write("lat", _("of latitude"), said, size="s")
    yield _write("lon", _("and longitude"), said, size="s")


def _anniversary(said: Said, types: Types) -> Iterator[Control]:
    yield _write("name", _("The day of"), said, names="attributes")
    yield _pick("season", _("comes"), said, words.seasons())
    if said.get("season") == "in the next":
        yield from _span(said)


def _quantile(said: Said, types: Types) -> Iterator[Control]:
    yield _pick("measure", _("Among buyers, by"), said, _same(*MEASURES))
    yield _pick("op", _("part"), said, tuple((op.value, word(op.value)) for op in OF_QUANTILES))
    yield from _value(said, "number")
    yield _write("of", _("of"), said, size="xs", hint="5")


def _share(said: Said, types: Types) -> Iterator[Control]:
    yield _write("value", _("Percent"), said, size="xs")
    yield _write("seed", _("Seed"), said, hint=_("the segment's name"))


def _interest(said: Said, types: Types) -> Iterator[Control]:
    yield _write("value", _("Interested in"), said)
    yield _write("but", _("more than in"), said, hint=_("anything else"))
    yield _write("by", _("by the property"), said, hint="category")
    yield from _times(said)
    yield from _window(said)


def _stage(said: Said, types: Types) -> Iterator[Control]:
    hint = _("several, with commas")
    yield Control("value", _("Stage"), said.get("value", ""), (), "stages", "l", hint)


def _one_word(kind: str) -> "Maker":
    lists = {"segment": "segments", "not in segment": "segments"}

    def maker(said: Said, types: Types) -> Iterator[Control]:
        if kind == "reachable":
            yield _pick("value", words.label(kind), said, _same(*MESSAGING))
        else:
            yield _write("value", words.label(kind), said, names=lists.get(kind, ""))

    return maker


Maker = Callable[[Said, Types], Iterator[Control]]
MAKERS: dict[str, Maker] = {
    "attribute": _attribute, "fact": _fact, "stage": _stage, "score": _score, "event": _event,
    "message": _message, "consent": _consent, "near": _near, "anniversary": _anniversary,
    "quantile": _quantile, "share": _share, "interested in": _interest,
}  # fmt: skip
