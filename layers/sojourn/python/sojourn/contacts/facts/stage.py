"""Where a person stands between first visit and sale, and how they came there. Pure.

A visitor becomes a lead by identifying and a customer by ordering: these two only ever lead forward. Any other
step, and any step back, is said by somebody: `Stage Changed` with `stage` and `reason`. A browser cannot say it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed


class Stage(StrEnum):
    """In the order of the funnel; `lost` stands outside of it."""

    VISITOR = "visitor"
    LEAD = "lead"
    MARKETING_QUALIFIED = "marketing_qualified"
    SALES_QUALIFIED = "sales_qualified"
    CUSTOMER = "customer"
    LOST = "lost"


RANK: dict[Stage, int] = {
    stage: rank for rank, stage in enumerate(stage for stage in Stage if stage is not Stage.LOST)
}
SAID = "Stage Changed"
ORDERED = "Order Completed"
NEWEST = 50
LONGEST = 200


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{lead: at, customer: at, said: [[at, key, stage, reason], …]}."""
    told = _told(deed)
    return join(fact or {}, told) if told else (dict(fact) if fact else None)


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The earlier of what leads forward, and all that was said, the newest fifty."""
    joined: dict[str, Any] = {}
    for forward in (Stage.LEAD.value, Stage.CUSTOMER.value):
        if times := [side[forward] for side in (one, other) if forward in side]:
            joined[forward] = min(times)
    said = {tuple(word) for side in (one, other) for word in side.get("said", ())}
    if said:
        joined["said"] = [list(word) for word in sorted(said)[-NEWEST:]]
    return joined


def history(fact: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """The stages that the person went through: {stage, at, reason}, the first first."""
    steps = [(at, stage, "", "") for stage, at in (fact or {}).items() if stage != "said"]
    steps += [(at, stage, reason, key) for at, key, stage, reason in (fact or {}).get("said", ())]
    stages: list[dict[str, str]] = []
    for at, stage, reason, key in sorted(steps, key=lambda step: (step[0], step[3], step[1])):
        now = stages[-1]["stage"] if stages else Stage.VISITOR.value
        if key or _is_forward(now, stage):
            stages.append({"stage": stage, "at": at, "reason": reason or _reason(stage)})
    return stages


def current(fact: Mapping[str, Any] | None) -> str:
    """The stage that holds now."""
    stages = history(fact)
    return stages[-1]["stage"] if stages else Stage.VISITOR.value


def _is_forward(now: str, then: str) -> bool:
    if now == Stage.LOST:
        return then == Stage.CUSTOMER
    return RANK[Stage(then)] > RANK[Stage(now)]


def _reason(stage: str) -> str:
    return ORDERED if stage == Stage.CUSTOMER else "identified"


def _told(deed: "Deed") -> dict[str, Any]:
    if deed.type == "identify":
        return {Stage.LEAD.value: deed.at}
    if deed.type != "track":
        return {}
    if deed.name == ORDERED:
        return {Stage.CUSTOMER.value: deed.at}
    stage = deed.properties.get("stage") if deed.name == SAID and deed.trust != "browser" else None
    if stage not in tuple(Stage):
        return {}
    reason = deed.properties.get("reason")
    text = reason.strip()[:LONGEST] if isinstance(reason, str) else ""
    return {"said": [[deed.at, deed.key, stage, text]]}
