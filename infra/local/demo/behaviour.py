"""What recipients do with what they get: a seeded rule, acted out through the post office."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from infra.local.demo.chance import between, happens

FILE = Path(__file__).parent.parent / "behaviour.yaml"


@dataclass(frozen=True, slots=True)
class Habit:
    """How often something is done, and how many hours later."""

    rate: float
    after: tuple[float, float]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        low, high = entry["after"]
        return cls(float(entry.get("rate", 1.0)), (float(low), float(high)))


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a recipient (or their mail server) does, `hours` after the message came."""

    hours: float
    action: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The rule of infra/local/behaviour.yaml."""

    seed: int
    bounce: float
    mail: Mapping[str, Habit]
    sms: Mapping[str, Habit]

    @classmethod
    def from_file(cls, path: Path = FILE) -> Self:
        """As written there."""
        rule = yaml.safe_load(path.read_text())
        mail = {name: Habit.of(entry) for name, entry in rule["email"].items() if name != "bounce"}
        texts = {name: Habit.of(entry) for name, entry in rule["sms"].items()}
        return cls(int(rule["seed"]), float(rule["email"]["bounce"]), mail, texts)

    def to_mail(self, address: str, message: str) -> Iterator[Act]:
        """What happens to this mail; `message` names its template or step, the same in every run."""
        arrives = self._hours("deliver", self.mail["deliver"], address, message)
        if happens(self.bounce, self.seed, "bounce", address):
            yield Act(arrives, "bounce")
            return
        yield Act(arrives, "deliver")
        if not self._does("open", self.mail, address, message):
            return
        opened = arrives + self._hours("open", self.mail["open"], address, message)
        yield Act(opened, "open")
        for action in ("click", "unsubscribe", "complain"):
            if self._does(action, self.mail, address, message):
                yield Act(opened + self._hours(action, self.mail[action], address, message), action)

    def to_sms(self, number: str, message: str) -> Iterator[Act]:
        """What is answered to this text."""
        if self._does("stop", self.sms, number, message):
            yield Act(self._hours("stop", self.sms["stop"], number, message), "STOP")

    def _does(self, action: str, habits: Mapping[str, Habit], *names: str) -> bool:
        return happens(habits[action].rate, self.seed, action, *names)

    def _hours(self, action: str, habit: Habit, *names: str) -> float:
        return between(*habit.after, self.seed, action, "hours", *names)

    def in_words(self) -> list[str]:
        """The rates, one line each, for the start of the demo."""
        lines = [f"bounce      {self.bounce:6.1%} of the addresses"]
        lines.append(_line("open", self.mail["open"], "of the mails"))
        lines += [
            _line(action, self.mail[action], "of the opened mails")
            for action in ("click", "unsubscribe", "complain")
        ]
        return [*lines, _line("reply STOP", self.sms["stop"], "of the texts")]


def _line(action: str, habit: Habit, of: str) -> str:
    low, high = habit.after
    return f"{action:<11} {habit.rate:6.1%} {of}, {low:g} to {high:g} hours later"
