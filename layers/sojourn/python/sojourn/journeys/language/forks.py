"""The steps where paths part: by what is so, by chance, and round and round."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from sojourn.journeys.language.paths import OTHERWISE, Definition, Steps, kind, steps_from, steps_to
from sojourn.rules.definition import from_definition as rule_from
from sojourn.rules.definition import to_definition as rule_definition
from sojourn.rules.nodes import Rule


@dataclass(frozen=True, slots=True)
class If:
    """A rule, and the path of whoever it holds for."""

    rule: Rule
    then: Steps = ()

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {"if": rule_definition(self.rule), **({"then": steps_to(self.then)} if self.then else {})}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        return cls(rule_from(definition["if"]), steps_from(definition.get("then", ())))


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The path of the first rule that holds, judged when the contact comes here; else `otherwise`."""

    kind: ClassVar[str] = "branch"
    name: str
    ifs: tuple[If, ...]
    otherwise: Steps = ()

    def paths(self) -> Mapping[str, Steps]:
        """`if 1`, `if 2` … and `otherwise`; each of them, empty ones too."""
        return {**{f"if {n}": each.then for n, each in enumerate(self.ifs, 1)}, OTHERWISE: self.otherwise}

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {
            "branch": self.name,
            "paths": [each.to_definition() for each in self.ifs],
            **({"otherwise": steps_to(self.otherwise)} if self.otherwise else {}),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        ifs = tuple(If.from_definition(each) for each in definition["paths"])
        return cls(name=definition["branch"], ifs=ifs, otherwise=steps_from(definition.get("otherwise", ())))


@dataclass(frozen=True, slots=True)
class Arm:
    """A share of the people in percent, and their path. In a holdout's arm every message passes all gates, and none
    goes out: what would have been sent is known."""

    percent: float
    then: Steps = ()
    holdout: bool = False

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        key = "holdout" if self.holdout else "share"
        return {key: f"{self.percent:g}%", **({"then": steps_to(self.then)} if self.then else {})}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """What `to_definition` wrote."""
        is_holdout = "holdout" in definition
        percent = float(definition["holdout" if is_holdout else "share"].removesuffix("%"))
        return cls(percent, steps_from(definition.get("then", ())), is_holdout)


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Paths by chance: hashed over the contact and `seed` (the journey's and step's names, unless said), so that the
    same person comes along the same path whenever they enter. The shares make a hundred percent."""

    kind: ClassVar[str] = "split"
    name: str
    arms: tuple[Arm, ...]
    seed: str = ""

    def paths(self) -> Mapping[str, Steps]:
        """`arm 1`, `arm 2` …; each of them, empty ones too."""
        return {f"arm {number}": arm.then for number, arm in enumerate(self.arms, 1)}

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        seed = {"seed": self.seed} if self.seed else {}
        return {"split": self.name, "paths": [arm.to_definition() for arm in self.arms], **seed}

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        arms = tuple(Arm.from_definition(each) for each in definition["paths"])
        return cls(name=definition["split"], arms=arms, seed=definition.get("seed", ""))


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Steps again and again: at most `times` rounds, fewer once `until` holds (asked before each round)."""

    kind: ClassVar[str] = "repeat"
    name: str
    times: int
    steps: Steps
    until: Rule | None = None

    def paths(self) -> Mapping[str, Steps]:
        """The round."""
        return {"steps": self.steps}

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {
            "repeat": self.name,
            "times": self.times,
            **({"until": rule_definition(self.until)} if self.until is not None else {}),
            "steps": steps_to(self.steps),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        return cls(
            name=definition["repeat"],
            times=definition["times"],
            until=rule_from(definition["until"]) if "until" in definition else None,
            steps=steps_from(definition["steps"]),
        )
