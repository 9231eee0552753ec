"""What the counted requests would cost at AWS's list prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

FILE = Path(__file__).parent.parent / "prices.yaml"
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Counts:
    """What the local cloud counted, less what deployed the stack and what the demo itself asked for."""

    aws_calls: Mapping[str, int]
    invocations: Mapping[str, int]
    state_transitions: Mapping[str, int]

    @classmethod
    def of(cls, snapshot: Mapping[str, Mapping[str, int]]) -> Self:
        """From the launcher's answer."""
        return cls(snapshot["aws_calls"], snapshot["invocations"], snapshot["state_transitions"])

    @property
    def transitions(self) -> int:
        return sum(self.state_transitions.values())

    def since(self, before: Counts, *, less: Mapping[str, int]) -> Counts:
        """What was added, without the calls of our own."""
        calls = _difference(_difference(self.aws_calls, before.aws_calls), less)
        return Counts(
            aws_calls=calls,
            invocations=_difference(self.invocations, before.invocations),
            state_transitions=_difference(self.state_transitions, before.state_transitions),
        )


def _difference(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    left = {name: count - before.get(name, 0) for name, count in after.items()}
    return {name: count for name, count in sorted(left.items()) if count > 0}


@dataclass(frozen=True, slots=True)
class Prices:
    """The table of infra/local/prices.yaml."""

    usd: Mapping[str, float]
    calls: Mapping[str, Mapping[str, float]]
    lambda_gb_seconds: float

    @classmethod
    def from_file(cls, path: Path = FILE) -> Self:
        """As written there."""
        table = yaml.safe_load(path.read_text())
        assumed: Mapping[str, Any] = table["lambda"]
        return cls(
            usd={name: float(price) for name, price in table["usd"].items()},
            calls=table["calls"],
            lambda_gb_seconds=float(assumed["memory_gb"]) * float(assumed["seconds"]),
        )

    def cost(self, counts: Counts, *, sms_parts: int) -> dict[str, float]:
        """US dollars by service."""
        usd: dict[str, float] = {"states": counts.transitions * self.usd["states.transition"]}
        for call, count in counts.aws_calls.items():
            for unit, units in self.calls.get(call, {}).items():
                service = unit.partition(".")[0]
                usd[service] = usd.get(service, 0.0) + count * units * self.usd[unit]
        invocations = sum(counts.invocations.values())
        each = self.usd["lambda.request"] + self.lambda_gb_seconds * self.usd["lambda.gb_second"]
        usd["lambda"] = invocations * each
        usd["sms"] = sms_parts * self.usd["sms.part"]
        return usd


def per_million(usd: Mapping[str, float], contacts: int) -> dict[str, float]:
    """The same for a million contacts, with the total."""
    scaled = {
        service: round(cost * MILLION / contacts, 2) for service, cost in sorted(usd.items()) if contacts
    }
    return {**scaled, "total": round(sum(scaled.values()), 2)}
