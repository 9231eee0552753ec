"""Draws docs/architecture.svg from template.yaml and the handlers' own docstrings: `python -m infra.docs.draw`.
Writes docs/segment.schema.json and docs/journey.schema.json too, from the languages of rules and journeys, the table in
docs/iam.md, the pictures of docs/operations.md, and the catalogue of the console's texts.

Names, events and rights come from the template; only where a box stands is said here. A function without a place, or a
place without a function, is an error, so the picture cannot fall behind.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from infra.docs import dashboard, machine, permissions, texts
from infra.lint.stacks import source_of, strings
from sojourn.journeys.schema import schema_text as journey_schema_text
from sojourn.rules.schema import schema_text

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "architecture.svg"
SCHEMA = ROOT / "docs" / "segment.schema.json"
JOURNEY_SCHEMA = ROOT / "docs" / "journey.schema.json"
WIDTH, HEIGHT, COLUMN, ROW, LEFT, TOP = 178, 58, 212, 100, 24, 64
LONGEST = 28  # characters of a box's second line

# column, row
PLACES = {
    "Clients": (0, 0), "PublicApi": (1, 0), "CollectFunction": (2, 0), "EventsTable": (3, 0), "ReactFunction": (4, 0),
    "Schedule": (5, 0), "TrackFunction": (2, 1), "SweepDueFunction": (5, 1),
    "Recipients": (0, 2), "SES": (1, 2), "SendMessageFunction": (2, 2), "Journeys": (4, 2), "ReconcileFunction": (5, 2),
    "SNS": (1, 3), "FeedbackQueue": (2, 3), "RecordFeedbackFunction": (3, 3), "ParkTokenFunction": (4, 3),
    "InboundSmsQueue": (2, 4), "ReceiveSmsFunction": (3, 4), "PeopleTable": (4, 4),
    "Marketers": (0, 5), "PrivateApi": (1, 5), "ApiFunction": (2, 5), "PublishJourneyFunction": (3, 5),
    "CountChangesFunction": (4, 5), "ReceiveWebhookFunction": (3, 1), "PreferencesFunction": (1, 1),
    "ArchiveChangesFunction": (5, 4), "Archive": (5, 3), "ImportFileFunction": (3, 6), "EraseContactFunction": (4, 6),
    "ExportContactFunction": (5, 6), "Machines": (2, 6), "JudgeSegmentsFunction": (1, 6),
    "TakeStepFunction": (3, 2), "CallOutFunction": (4, 1),
}  # fmt: skip
WORDS = {
    "Clients": "sites, shops, servers", "PublicApi": "REST API", "EventsTable": "what happened",
    "PeopleTable": "one collection a person", "Recipients": "mailboxes and phones",
    "Journeys": "a Step Functions machine each", "SES": "mail", "SNS": "SMS", "FeedbackQueue": "delivered, bounced …",
    "InboundSmsQueue": "STOP, START", "Marketers": "console, CLI, git", "PrivateApi": "REST API, keys",
    "Schedule": "every minute, every hour", "Archive": "Firehose, S3, sealed by person",
    "Machines": "import, erase, export, backfill",
}  # fmt: skip
OUTSIDE = {("Clients", "PublicApi"), ("Recipients", "PublicApi"), ("SES", "Recipients"), ("SNS", "Recipients"),
           ("SES", "FeedbackQueue"), ("SNS", "InboundSmsQueue"), ("Marketers", "PrivateApi"),
           ("ApiFunction", "Machines"), ("Machines", "ImportFileFunction"), ("Machines", "EraseContactFunction"),
           ("Machines", "ExportContactFunction"), ("Machines", "JudgeSegmentsFunction")}  # fmt: skip
RIGHTS = {
    "dynamodb:PartiQLInsert": "EventsTable",
    "states:StartExecution": "Journeys",
    "states:CreateStateMachine": "Journeys",
    "ses:SendEmail": "SES",
    "sns:Publish": "SNS",
    "firehose:PutRecordBatch": "Archive",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A named thing in its place."""

    name: str
    words: str

    @property
    def corner(self) -> tuple[int, int]:
        """Left and top."""
        column, row = PLACES[self.name]
        return LEFT + column * COLUMN, TOP + row * ROW


def picture(root: Path = ROOT) -> str:
    """The SVG, the same for the same template."""
    resources = source_of(root / "template.yaml")["Resources"]
    functions = {
        name: body for name, body in resources.items() if body["Type"] == "AWS::Serverless::Function"
    }
    _same(set(functions), {name for name in PLACES if name.endswith("Function")})
    edges = sorted(
        OUTSIDE | {edge for name, body in functions.items() for edge in _edges(name, body, resources)}
    )
    boxes = [Box(name, WORDS.get(name) or _docstring(functions[name], root)) for name in PLACES]
    lines = [_line(start, end) for start, end in edges]
    return _sheet([*lines, *map(_drawn, boxes)])


def _edges(name: str, function: dict[str, Any], resources: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for event in function["Properties"].get("Events", {}).values():
        yield _source(event), name
    role = resources[name.replace("Function", "Role")]
    actions = set(strings(role["Properties"].get("Policies", [])))
    yield from ((name, target) for action, target in RIGHTS.items() if action in actions)
    if any(text.startswith("PublishJourneyFunction") for text in actions):
        yield name, "PublishJourneyFunction"
    if name in strings_of_journey_role(resources):
        yield "Journeys", name


def strings_of_journey_role(resources: dict[str, Any]) -> set[str]:
    """The functions that journeys may call, by logical id."""
    return {text.partition(".")[0] for text in strings(resources["JourneyRole"]["Properties"])}


def _source(event: dict[str, Any]) -> str:
    """The box that an event comes from."""
    properties = event["Properties"]
    if event["Type"] == "Api":
        return str(properties["RestApiId"]["Ref"])
    if event["Type"] in {"Schedule", "ScheduleV2"}:
        return "Schedule"
    path = str(properties.get("Stream") or properties.get("Queue"))
    return next(
        name for name in PLACES if name.removesuffix("Table") in path and not name.endswith("Function")
    )


def _docstring(function: dict[str, Any], root: Path) -> str:
    """The first words of the handler's module: what it is for."""
    module = root / (function["Properties"]["CodeUri"].strip("./") + "/app.py")
    first = (ast.get_docstring(ast.parse(module.read_text())) or "").splitlines()[0]
    return first.split(": ", 1)[-1].split("; ")[0].split(". ")[0].rstrip(".")


def _same(found: set[str], placed: set[str]) -> None:
    if found != placed:
        raise SystemExit(f"infra/docs/draw.py and template.yaml differ about {sorted(found ^ placed)}")


def _line(start: str, end: str) -> str:
    (x1, y1), (x2, y2) = Box(start, "").corner, Box(end, "").corner
    if x1 == x2:
        return _upright(x1, y1, y2)
    right = x2 > x1
    a, b = (x1 + (WIDTH if right else 0), y1 + HEIGHT / 2), (x2 + (0 if right else WIDTH), y2 + HEIGHT / 2)
    bend = (a[0] + b[0]) / 2
    return f'<path d="M{a[0]:g} {a[1]:g}C{bend:g} {a[1]:g} {bend:g} {b[1]:g} {b[0]:g} {b[1]:g}"/>'


def _upright(x: int, y1: int, y2: int) -> str:
    """Straight where nothing stands between, else round it."""
    taken = {Box(name, "").corner for name in PLACES}
    step = ROW if y2 > y1 else -ROW
    if any((x, y) in taken for y in range(y1 + step, y2, step)):
        side = x + WIDTH
        a, b = y1 + HEIGHT / 2, y2 + HEIGHT / 2
        return f'<path d="M{side} {a:g}C{side + 26} {a:g} {side + 26} {b:g} {side} {b:g}"/>'
    middle = x + WIDTH / 2
    a, b = (y1 + HEIGHT, y2) if y2 > y1 else (y1, y2 + HEIGHT)
    return f'<path d="M{middle:g} {a}L{middle:g} {b}"/>'


def _drawn(box: Box) -> str:
    x, y = box.corner
    kind = "ours" if box.name.endswith("Function") else "table" if box.name.endswith("Table") else "aws"
    words = box.words if len(box.words) <= LONGEST else box.words[: LONGEST - 1].rstrip() + "…"
    return (
        f'<g class="{kind}"><title>{escape(box.words)}</title>'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="9"/>'
        f'<text class="name" x="{x + 12}" y="{y + 25}">{escape(_plain(box.name))}</text>'
        f'<text class="words" x="{x + 12}" y="{y + 43}">{escape(words)}</text></g>'
    )


def _plain(name: str) -> str:
    """`SendMessageFunction` → `send_message`, the folder's name; tables and the rest as they are."""
    if not name.endswith("Function"):
        return name
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name[:-8]).lstrip("_")


def _sheet(parts: list[str]) -> str:
    wide, high = (
        LEFT * 2 + 5 * COLUMN + WIDTH + 12,
        TOP + max(row for _, row in PLACES.values()) * ROW + HEIGHT + 24,
    )
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" '
                'aria-label="Every function of Sojourn, what wakes it and what it reaches">'
            ),
            (
                "<style>text{font-family:ui-sans-serif,system-ui,sans-serif}.title{font-size:17px;font-weight:600}"
                ".name{font-size:13px;font-weight:600}.words{font-size:10px}rect{stroke-width:1.2}"
                ":root{--ink:#1f2430;--paper:#fff;--line:#9aa3b2;--ours:#e8f0ea;--edge:#4d8061;--table:#eef0f8;--soft:#f5f5f2}"
                "@media(prefers-color-scheme:dark){:root{--ink:#e8eaf0;--paper:#14161b;--line:#5c6473;--ours:#1d2c23;"
                "--edge:#6fae88;--table:#20243a;--soft:#20221f}}"
                ".paper{fill:var(--paper);stroke:none}text{fill:var(--ink)}path{fill:none;stroke:var(--line);stroke-width:1.4;"
                "marker-end:url(#tip)}.ours rect{fill:var(--ours);stroke:var(--edge)}.table rect{fill:var(--table);"
                "stroke:var(--line)}.aws rect{fill:var(--soft);stroke:var(--line)}.tip{fill:var(--line)}</style>"
            ),
            (
                '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
                'orient="auto"><path class="tip" d="M0 0L8 4L0 8Z" style="stroke:none;marker-end:none"/>'
                "</marker></defs>"
            ),
            f'<rect class="paper" width="{wide}" height="{high}"/>',
            f'<text class="title" x="{LEFT}" y="36">One event’s way through Sojourn</text>',
            *parts,
            "</svg>\n",
        ]
    )


def main() -> int:
    """Draw it, and write the schemas."""
    PICTURE.write_text(picture(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    JOURNEY_SCHEMA.write_text(journey_schema_text(), encoding="utf-8")
    for drawn in (dashboard, machine):
        drawn.PICTURE.write_text(drawn.picture(), encoding="utf-8")
    texts.draw()
    permissions.PAGE.write_text(permissions.page(permissions.PAGE.read_text()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
