"""All stages in a row: text in, a journey that is safe to publish out, or every error that it has."""

from dataclasses import dataclass

from sojourn.asl.model import to_text
from sojourn.journeys.check import Templates, check
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.model import Journey
from sojourn.journeys.read import read_journey
from sojourn.rules.fields import Notes
from sojourn.rules.findings import MOST_FINDINGS, Finding, RefusedError
from sojourn.rules.parse import parse
from sojourn.rules.tree import MalformedError

LARGEST_MACHINE = 1_000_000
LONGEST_ARN = "x" * 200


class JourneyRefusedError(RefusedError):
    """The journey has errors; `findings` are all of them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The journey as far as it could be read, and its findings; sound when there are none."""

    journey: Journey | None
    findings: tuple[Finding, ...]


def load_journey(text: str, *, file: str = "journey", templates: Templates = None) -> Journey:
    """The journey that a YAML or JSON text describes; `JourneyRefusedError` names every error in it."""
    examined = examine(text, file=file, templates=templates)
    if examined.journey is None or examined.findings:
        raise JourneyRefusedError(examined.findings)
    return examined.journey


def examine(text: str, *, file: str = "journey", templates: Templates = None) -> Examined:
    """The same without raising. `templates` maps the name of each known template to its channel."""
    notes = Notes(file)
    try:
        tree = parse(text)
    except MalformedError as error:
        notes.add(error.line, "", error.problem, error.remedy)
        return Examined(None, tuple(notes.findings))
    reading = read_journey(tree, notes)
    noted = notes.findings + check(reading.journey, source=reading.source, templates=templates)
    findings = sorted(noted, key=lambda finding: finding.line) or _too_large(reading.journey, file)
    return Examined(reading.journey, tuple(findings[:MOST_FINDINGS]))


def _too_large(journey: Journey, file: str) -> list[Finding]:
    """Step Functions takes a definition of 1 MB; long names in a long journey can exceed it."""
    asl = compile_journey(
        journey, version=99_999, send_function_arn=LONGEST_ARN, park_function_arn=LONGEST_ARN
    )
    size = len(to_text(asl).encode())
    if size <= LARGEST_MACHINE:
        return []
    problem = f"the compiled machine has {size:,} bytes; Step Functions takes {LARGEST_MACHINE:,}"
    return [Finding(file, 1, "", problem, "shorten the names or split the journey")]
