"""docs/dashboard.svg: the widgets of the dashboard in their places, by titles and metrics. Its figures are yours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.docs.sheet import box, cut, sheet, text
from infra.lint.stacks import source_of

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "dashboard.svg"
UNIT, STEP, LEFT, TOP, GAP = 40, 24, 24, 70, 6  # a dashboard is 24 units wide
LETTER = 6.3  # pixels, about
SOURCE = (
    "Drawn from infra/observability.yaml, not a screenshot: what stands where, and the metrics that it shows."
)


def picture(root: Path = ROOT) -> str:
    """The SVG, the same for the same template."""
    widgets = widgets_of(root)
    high = max(each["y"] + each["height"] for each in widgets) * STEP
    parts = [part for each in widgets for part in _widget(each)]
    return sheet(
        24 * UNIT + 2 * LEFT, TOP + high + LEFT, title="The dashboard of a stack", source=SOURCE, parts=parts
    )


def widgets_of(root: Path = ROOT) -> list[dict[str, Any]]:
    """As CloudWatch gets them, with `stack` for the stack's name and logical ids for the rest."""
    body = source_of(root / "infra" / "observability.yaml")["Resources"]["Dashboard"]["Properties"][
        "DashboardBody"
    ]
    said = body["Fn::Sub"].replace("${StackName}", "sojourn")
    widgets: list[dict[str, Any]] = json.loads(re.sub(r"\$\{([\w:]+)\}", r"\1", said))["widgets"]
    return widgets


def metrics_of(widget: dict[str, Any]) -> Iterator[str]:
    """The words in a widget's legend."""
    for parts in widget["properties"].get("metrics", []):
        more = parts[-1] if isinstance(parts[-1], dict) else {}
        if more.get("visible", True):
            yield str(more.get("label") or parts[1])


def _widget(widget: dict[str, Any]) -> Iterator[str]:
    x, y = LEFT + widget["x"] * UNIT, TOP + widget["y"] * STEP
    wide, high = widget["width"] * UNIT - GAP, widget["height"] * STEP - GAP
    said = widget["properties"]
    longest = int((wide - 24) / LETTER)
    yield box(x, y, wide, high)
    if widget["type"] == "text":
        title, *rest = said["markdown"].splitlines()
        yield text(x + 12, y + 18, title.removeprefix("# "), "name")
        yield text(x + 12, y + 34, cut(" ".join(rest).replace("*", ""), longest))
        return
    title, *more = in_lines(said["title"])
    yield text(x + 12, y + 22, title, "name")
    for place, line in enumerate([*more, *(f"– {name}" for name in metrics_of(widget))]):
        yield text(x + 12, y + 44 + place * 16, line)


def in_lines(title: str) -> list[str]:
    """What stands in brackets has a line of its own."""
    head, bracket, rest = title.partition(" (")
    return [head, f"({rest}"] if bracket else [head]
