"""What each gate said of a message, for a diary. Pure."""

from sojourn.delivery.ask import Asked
from sojourn.delivery.model import HoldReason, Skip

OPEN, CLOSED = "open", "closed"
GATES = ("address", "suppression", "consent", "hours", "caps", "expiry")
GATE_OF = {
    Skip.NO_ADDRESS.value: "address",
    Skip.SUPPRESSED.value: "suppression",
    Skip.NO_CONSENT.value: "consent",
    Skip.UNCONFIRMED.value: "consent",
    Skip.UNSUBSCRIBED.value: "consent",
    Skip.NO_COMMON_HOURS.value: "hours",
    Skip.OUTSIDE_HOURS.value: "hours",
    HoldReason.HOURS.value: "hours",
    Skip.CAPPED.value: "caps",
    HoldReason.CAP.value: "caps",
    Skip.EXPIRED.value: "expiry",
    Skip.HOLDOUT.value: "holdout",
}


def gates_of(asked: Asked) -> dict[str, str]:
    """The gates in their order, up to the one that closed, with what it saw."""
    verdict = asked.verdict
    reason = verdict.skip or (verdict.hold.value if verdict.hold else "")
    closed = GATE_OF.get(reason, "address") if reason else ""
    told: dict[str, str] = {}
    for gate in (*GATES, *(("holdout",) if closed == "holdout" else ())):
        told[gate] = _said(gate, asked, reason) if gate == closed else OPEN
        if gate == closed:
            break
    if verdict.zones and "hours" in told:
        told["hours"] += f" · {verdict.zones}"
    return told


def _said(gate: str, asked: Asked, reason: str) -> str:
    seen = {name: value for name, value in asked.verdict.facts.items() if value not in (None, "", [])}
    facts = ", ".join(f"{name} {value}" for name, value in seen.items())
    return f"{CLOSED}: {reason}" + (f" ({facts})" if facts else "")
