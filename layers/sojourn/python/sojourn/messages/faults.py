"""What can be wrong with a template: at save (a fault, with its place and remedy) or for one contact (an error)."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sojourn.errors import Hopeless


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must be mended before a template can be saved."""

    field: str
    line: int
    problem: str
    remedy: str

    def as_json(self) -> dict[str, str | int]:
        """For the `errors` of a problem document."""
        return asdict(self)


class TemplateFaultError(Hopeless):
    """One place in a source that cannot be saved."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"line {line}: {problem}; {remedy}")
        self.line, self.problem, self.remedy = line, problem, remedy

    def of(self, field: str) -> Fault:
        """The same as a fault of a field."""
        return Fault(field, self.line, self.problem, self.remedy)


class TemplateRefusedError(Hopeless):
    """A template with faults."""

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name, self.faults = name, tuple(faults)
        lines = [
            f"{fault.field}, line {fault.line}: {fault.problem}; {fault.remedy}" for fault in self.faults
        ]
        super().__init__(f"template {name} is refused: " + " · ".join(lines))


class RenderError(Hopeless):
    """This contact cannot get this message: `reason` for the record, `field` where one is to blame."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{reason}: {field}" if field else reason)
        self.reason, self.field = reason, field


class MissingFieldError(RenderError):
    """A merge field has no value for this contact, and the template gives no default."""

    def __init__(self, field: str) -> None:
        super().__init__("missing_field", field)


class UnfitFieldError(RenderError):
    """A merge field's value cannot be used where the template uses it."""

    def __init__(self, field: str = "") -> None:
        super().__init__("unfit_field", field)


class RenderLimitError(RenderError):
    """The message would be larger than any mail should be."""

    def __init__(self) -> None:
        super().__init__("render_limit")
