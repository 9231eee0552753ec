"""Conditions of each kind: the fields that show one, and the condition that such fields say. Pure.

A form is offered for what it can say in full alone: `fields(kind, value)` and `condition(kind, said)` are each other's
inverse, and a condition for which they are not (`is_simple`) is shown as its text.
"""

from collections.abc import Callable, Mapping
from typing import Any

from functions.api.console.rules_values import (
    compared,
    comparison,
    shown,
    span,
    spanned,
    timed,
    times,
    typed,
    window,
    windowed,
)
from functions.api.console.texts.plain import same
from sojourn.rules.facts import FACT_TYPES
from sojourn.rules.nodes import Op
from sojourn.rules.read import GROUPS, KINDS

Said = dict[str, str]
Types = Mapping[str, str]
MOST_TESTS = 20
NEW: dict[str, Any] = {
    "attribute": {"attribute": "plan", "is": "pro"},
    "fact": {"fact": "orders", "at least": 1},
    "stage": {"stage": ["customer"]},
    "tag": {"tag": "vip"},
    "list": {"list": "news"},
    "score": {"score": {"over": 50}},
    "event": {"event": "Order Completed"},
    "message": {"message": "opened", "in the last": "30 days"},
    "segment": {"segment": "lapsed"},
    "not in segment": {"not in segment": "lapsed"},
    "consent": {"consent": {"channel": "email", "purpose": "marketing"}, "is": "given"},
    "reachable": {"reachable": "email"},
    "near": {"near": {"attribute": "location", "point": [59.9139, 10.7522], "within": "10 km"}},
    "anniversary": {"anniversary": "birthday", "season": "this month"},
    "quantile": {"quantile": "monetary", "of": 5, "at least": 4},
    "share": {"share": "10 percent"},
    "interested in": {"interested in": "running", "in the last": "60 days"},
    "sequence": {"sequence": [{"event": "Product Added"}, {"event": "Order Completed"}], "within": "2 hours"},
}
OPS = tuple(Op)


def kind_of(value: Any) -> str:
    """The leading key of a condition or group; a list is `all`; nothing where there is none, or more than one."""
    if isinstance(value, list):
        return "all"
    if not isinstance(value, dict):
        return ""
    found = [key for key in map(_plain, value) if key in KINDS or key in GROUPS or key in ("not", "share")]
    if "interested in" in found and "event" in found:
        found.remove("event")
    return found[0] if len(found) == 1 else ""


def fields(kind: str, value: dict[str, Any], types: Types) -> Said:
    """What the fields of a condition say."""
    value = {_plain(key): each for key, each in value.items()}
    return READERS[kind](value, types)


def condition(kind: str, said: Said, types: Types) -> dict[str, Any]:
    """The condition that the fields say."""
    return WRITERS[kind](said, types)


def is_simple(kind: str, value: Any, types: Types) -> bool:
    """Whether fields can say all of it."""
    if kind not in READERS or not isinstance(value, dict):
        return False
    try:
        said = condition(kind, fields(kind, value, types), types)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False  # of another shape than any that the form knows
    return same(said, value)


def type_of(said: Said, types: Types) -> str:
    """Of the attribute that is named; nothing where nobody knows."""
    return types.get(said.get("name", "").strip(), "")


def _plain(key: Any) -> str:
    return str(key).strip().replace("_", " ")


def _op_of(value: Mapping[str, Any]) -> str:
    named = [op.value for op in OPS if op in value]
    if len(named) != 1:
        raise ValueError(f"{len(named)} comparisons")
    return named[0]


def _attribute(value: dict[str, Any], types: Types) -> Said:
    name, op = value["attribute"], _op_of(value)
    if not isinstance(name, str):
        raise TypeError(name)
    return {"name": name, "op": op, **compared(op, value[op], types.get(name, ""))}


def _to_attribute(said: Said, types: Types) -> dict[str, Any]:
    op = said.get("op", "is")
    return {"attribute": said["name"].strip(), op: comparison(op, said, type_of(said, types))}


def _fact(value: dict[str, Any], types: Types) -> Said:
    op = _op_of(value)
    told = compared(op, value[op], FACT_TYPES.get(value["fact"], ""))
    return {"name": value["fact"], "currency": value.get("currency", ""), "op": op, **told}


def _to_fact(said: Said, types: Types) -> dict[str, Any]:
    op, name = said.get("op", "is"), said["name"]
    currency = said.get("currency", "").strip() if name == "value" else ""
    about = {"fact": name, "currency": currency} if currency else {"fact": name}
    return {**about, op: comparison(op, said, FACT_TYPES.get(name, ""))}


def _stage(value: dict[str, Any], types: Types) -> Said:
    stages = value["stage"]
    return {"value": ", ".join(stages) if isinstance(stages, list) else stages}


def _to_stage(said: Said, types: Types) -> dict[str, Any]:
    stages = [each.strip() for each in said.get("value", "").split(",") if each.strip()]
    return {"stage": stages if len(stages) > 1 else "".join(stages)}


def _labelled(key: str) -> tuple[Callable[..., Said], Callable[..., dict[str, Any]]]:
    """Kinds that are one word of text."""
    return (
        lambda value, types: {"value": shown(value[key], "text")},
        lambda said, types: {key: said.get("value", "").strip()},
    )


def _score(value: dict[str, Any], types: Types) -> Said:
    op = _op_of(value["score"])
    return {"op": op, **compared(op, value["score"][op], "number")}


def _to_score(said: Said, types: Types) -> dict[str, Any]:
    op = said.get("op", "over")
    return {"score": {op: comparison(op, said, "number")}}


def _event(value: dict[str, Any], types: Types) -> Said:
    tests = [test for name, asked in value.get("where", {}).items() for test in _tests(name, asked)]
    where = {f"{part}-{number}": each for number, test in enumerate(tests) for part, each in test.items()}
    return {"name": value["event"], **times(value.get("times")), **window(value), **where}


def _tests(name: str, asked: Any) -> list[Said]:
    if isinstance(asked, dict):
        return [{"property": name, "op": op, **compared(op, each, "")} for op, each in asked.items()]
    op = "is one of" if isinstance(asked, list) else "is"
    return [{"property": name, "op": op, **compared(op, asked, "")}]


def _to_event(said: Said, types: Types) -> dict[str, Any]:
    where: dict[str, Any] = {}
    for number in range(MOST_TESTS + 1):
        name, op = said.get(f"property-{number}", "").strip(), said.get(f"op-{number}", "is")
        if name:
            parts = {"value": said.get(f"value-{number}", ""), "until": said.get(f"until-{number}", "")}
            where.setdefault(name, {})[op] = comparison(op, parts, "")
    tests = {name: _shortest(asked) for name, asked in where.items()}
    about = {"event": said["name"].strip(), **timed(said), **windowed(said)}
    return {**about, "where": tests} if tests else about


def _shortest(asked: dict[str, Any]) -> Any:
    """`{is: shoes}` is `shoes`."""
    return next(iter(asked.values())) if list(asked) in (["is"], ["is one of"]) else asked


def _message(value: dict[str, Any], types: Types) -> Said:
    about = {key: value.get(key, "") for key in MESSAGE}
    return {"state": value["message"], **times(value.get("times")), **window(value), **about}


def _to_message(said: Said, types: Types) -> dict[str, Any]:
    about = {key: said.get(key, "").strip() for key in MESSAGE}
    chosen = {key: each for key, each in about.items() if each}
    return {"message": said["state"], **chosen, **timed(said), **windowed(said)}


MESSAGE = ("channel", "journey", "step", "template")


def _consent(value: dict[str, Any], types: Types) -> Said:
    return {"topic": "", **value["consent"], "status": value["is"]}


def _to_consent(said: Said, types: Types) -> dict[str, Any]:
    topic = {"topic": said["topic"].strip()} if said.get("topic", "").strip() else {}
    return {
        "consent": {"channel": said["channel"], "purpose": said["purpose"], **topic},
        "is": said["status"],
    }


def _near(value: dict[str, Any], types: Types) -> Said:
    near = value["near"]
    lat, lon = near["point"]
    return {"name": near["attribute"], "lat": shown(lat), "lon": shown(lon), "within": near["within"]}


def _to_near(said: Said, types: Types) -> dict[str, Any]:
    point = [typed(said.get("lat", "")), typed(said.get("lon", ""))]
    return {"near": {"attribute": said["name"].strip(), "point": point, "within": said["within"].strip()}}


def _anniversary(value: dict[str, Any], types: Types) -> Said:
    if not isinstance(value["anniversary"], str):
        raise TypeError(value)
    if "season" in value:
        return {"name": value["anniversary"], "season": value["season"], "amount": "", "unit": "day"}
    return {"name": value["anniversary"], "season": "in the next", **span(value["in the next"])}


def _to_anniversary(said: Said, types: Types) -> dict[str, Any]:
    about = {"anniversary": said["name"].strip()}
    if said.get("season") == "in the next":
        return {**about, "in the next": spanned(said) or "7 days"}
    return {**about, "season": said.get("season", "today")}


def _quantile(value: dict[str, Any], types: Types) -> Said:
    op = _op_of(value)
    of = {"of": shown(value["of"])} if "of" in value else {"of": ""}
    return {"measure": value["quantile"], **of, "op": op, **compared(op, value[op], "number")}


def _to_quantile(said: Said, types: Types) -> dict[str, Any]:
    of = {"of": typed(said["of"])} if said.get("of", "").strip() else {}
    op = said.get("op", "at least")
    return {"quantile": said["measure"], **of, op: comparison(op, said, "number")}


def _share(value: dict[str, Any], types: Types) -> Said:
    percent = value["share"]
    return {"value": percent.removesuffix(" percent"), "seed": value.get("seed", "")}


def _to_share(said: Said, types: Types) -> dict[str, Any]:
    seed = {"seed": said["seed"].strip()} if said.get("seed", "").strip() else {}
    return {"share": f"{said.get('value', '').strip().removesuffix('%')} percent", **seed}


def _interest(value: dict[str, Any], types: Types) -> Said:
    about = {"value": value["interested in"], "but": value.get("but not", ""), "by": value.get("by", "")}
    if any(not isinstance(each, str) for each in about.values()) or "event" in value:
        raise TypeError(value)
    return {**about, **times(value.get("times")), **window(value)}


def _to_interest(said: Said, types: Types) -> dict[str, Any]:
    more = {"but not": said.get("but", "").strip(), "by": said.get("by", "").strip()}
    chosen = {key: each for key, each in more.items() if each}
    return {"interested in": said.get("value", "").strip(), **chosen, **timed(said), **windowed(said)}


ONE_WORD = {key: _labelled(key) for key in ("tag", "list", "segment", "not in segment", "reachable")}
READERS: dict[str, Callable[[dict[str, Any], Types], Said]] = {
    "attribute": _attribute, "fact": _fact, "stage": _stage, "score": _score, "event": _event,
    "message": _message, "consent": _consent, "near": _near, "anniversary": _anniversary,
    "quantile": _quantile, "share": _share, "interested in": _interest,
    **{key: read for key, (read, _) in ONE_WORD.items()},
}  # fmt: skip
WRITERS: dict[str, Callable[[Said, Types], dict[str, Any]]] = {
    "attribute": _to_attribute, "fact": _to_fact, "stage": _to_stage, "score": _to_score,
    "event": _to_event, "message": _to_message, "consent": _to_consent, "near": _to_near,
    "anniversary": _to_anniversary, "quantile": _to_quantile, "share": _to_share,
    "interested in": _to_interest, **{key: write for key, (_, write) in ONE_WORD.items()},
}  # fmt: skip

__all__ = ["NEW", "Said", "Types", "condition", "fields", "is_simple", "kind_of", "type_of"]
