"""All stages in a row: text in, a journey that is safe to publish out, or every error that it has."""

from dataclasses import dataclass, replace

from sojourn.asl.model import to_text
from sojourn.journeys.checking.check import Known, Templates, check
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.model import Journey
from sojourn.journeys.reading.journey import read_journey
from sojourn.rules.fields import Notes
from sojourn.rules.findings import MOST_FINDINGS, Finding, RefusedError
from sojourn.rules.parse import parse
from sojourn.rules.tree import MalformedError

LARGEST_MACHINE = 1_000_000
MOST_LEVELS = 64  # of the file: rules lie deep, and so do paths within paths
NOTHING_KNOWN = Known()
LONGEST_ARN = "x" * 200
LONGEST = Target(
    send_function_arn=LONGEST_ARN,
    park_function_arn=LONGEST_ARN,
    step_function_arn=LONGEST_ARN,
    call_function_arn=LONGEST_ARN,
)


class JourneyRefusedError(RefusedError):
    """The journey has errors; `findings` are all of them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The journey as far as it could be read; sound when there are no findings. Warnings do no harm."""

    journey: Journey | None
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()


def load_journey(
    text: str, *, file: str = "journey", templates: Templates = None, known: Known = NOTHING_KNOWN
) -> Journey:
    """The journey that a YAML or JSON text describes; `JourneyRefusedError` names every error in it."""
    examined = examine(text, file=file, templates=templates, known=known)
    if examined.journey is None or examined.findings:
        raise JourneyRefusedError(examined.findings)
    return examined.journey


def examine(
    text: str, *, file: str = "journey", templates: Templates = None, known: Known = NOTHING_KNOWN
) -> Examined:
    """The same without raising. `templates` maps the name of each known template to its channel."""
    notes = Notes(file)
    try:
        tree = parse(text, deepest=MOST_LEVELS)
    except MalformedError as error:
        notes.add(error.line, "", error.problem, error.remedy)
        return Examined(None, tuple(notes.findings))
    reading = read_journey(tree, notes)
    beside = known if templates is None else replace(known, templates=templates)
    checked = check(reading.journey, source=reading.source, known=beside)
    noted = notes.findings + checked.findings
    findings = sorted(noted, key=lambda finding: finding.line) or _too_large(reading.journey, file)
    return Examined(reading.journey, tuple(findings[:MOST_FINDINGS]), tuple(checked.warnings))


def _too_large(journey: Journey, file: str) -> list[Finding]:
    """Step Functions takes a definition of 1 MB; long names in a long journey can exceed it."""
    asl = compile_journey(journey, version=99_999, target=LONGEST)
    size = len(to_text(asl).encode())
    if size <= LARGEST_MACHINE:
        return []
    problem = f"the compiled machine has {size:,} bytes; Step Functions takes {LARGEST_MACHINE:,}"
    return [Finding(file, 1, "", problem, "shorten the names or split the journey")]
