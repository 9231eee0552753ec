"""All stages in a row: text in, a segment out that is sound, or every error that it has. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sojourn.rules.check import Known, check
from sojourn.rules.fields import Notes
from sojourn.rules.findings import MOST_FINDINGS, Finding, RefusedError, printable
from sojourn.rules.nodes import Rule
from sojourn.rules.read import SegmentFile, read_segment
from sojourn.rules.tree import MalformedError

SUFFIXES = (".segment.yaml", ".segment.yml", ".segment.json")  # of a segment's file
MOST_LEVELS = 64  # of the file; conditions go deeper by two of them
NOTHING_KNOWN = Known()


class SegmentRefusedError(RefusedError):
    """The segment has errors; `findings` are all of them."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The segment as far as it could be read; sound when there are no findings. Warnings do no harm."""

    segment: SegmentFile | None
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()

    @property
    def rule(self) -> Rule:
        """The rule of a sound segment."""
        if self.findings or self.segment is None or self.segment.rule is None:
            raise SegmentRefusedError(self.findings)
        return self.segment.rule


def load_segment(text: str, *, file: str = "segment", known: Known = NOTHING_KNOWN) -> SegmentFile:
    """The segment that a YAML or JSON text describes; `SegmentRefusedError` names every error in it."""
    examined = examine(text, file=file, known=known)
    if examined.segment is None or examined.findings:
        raise SegmentRefusedError(examined.findings)
    return examined.segment


def examine(text: str, *, file: str = "segment", known: Known = NOTHING_KNOWN) -> Examined:
    """The same without raising."""
    from sojourn.rules.parse import parse  # YAML loads where files are read

    notes = Notes(file)
    try:
        segment = read_segment(parse(text, deepest=MOST_LEVELS), notes)
    except MalformedError as error:
        notes.add(error.line, "", error.problem, error.remedy)
        return Examined(None, tuple(notes.findings))
    if segment.rule is None:
        return Examined(segment, _in_order(notes.findings))
    checked = check(segment.rule, name=segment.name, known=known, file=file, line_of=segment.lines.of)
    return Examined(segment, _in_order(notes.findings + checked.findings), tuple(checked.warnings))


def examine_all(texts: Mapping[str, str], *, known: Known = NOTHING_KNOWN) -> dict[str, Examined]:
    """Many files, by name: each may refer to the others, and to the segments that are known already."""
    alone = {
        file: examine(text, file=file, known=replace(known, segments=None)) for file, text in texts.items()
    }
    segments = [each.segment for each in alone.values() if each.segment is not None]
    rules = {each.name: each.rule for each in segments if each.rule is not None}
    others = replace(known, segments={**(known.segments or {}), **rules})
    together = {file: examine(text, file=file, known=others) for file, text in texts.items()}
    return {file: _only_one(file, examined, together) for file, examined in together.items()}


def _only_one(file: str, examined: Examined, together: Mapping[str, Examined]) -> Examined:
    """A name that an earlier file has is refused."""
    name = examined.segment.name if examined.segment else ""
    first = next((each for each, it in together.items() if it.segment and it.segment.name == name), file)
    if not name or first == file:
        return examined
    problem = f"the segment '{printable(name)}' stands in {first} too"
    finding = Finding(file, 1, "", problem, "give each segment a name of its own")
    return replace(examined, findings=(*examined.findings, finding))


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.line)[:MOST_FINDINGS])
