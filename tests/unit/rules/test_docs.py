"""docs/segments.md keeps its word: each example is read, and each row of the truth table is run."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sojourn.clock import iso
from sojourn.contacts.seen import Seen, counted
from sojourn.rules.check import DEEPEST, MOST_CONDITIONS, MOST_COUNTED
from sojourn.rules.compile import Compiled, compile_rule
from sojourn.rules.facts import FACT_TYPES
from sojourn.rules.load import examine
from sojourn.rules.nodes import Op
from sojourn.rules.parse import parse
from sojourn.rules.read import NAMES
from sojourn.rules.traces import NEWEST, Packed, add, to_trace
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node, Scalar
from sojourn.rules.view import MessageSeen, View

PAGE = (Path(__file__).parents[3] / "docs/segments.md").read_text()
HEAD = "segment: win-back\n"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ABOUT = ("journey", "step", "template")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading, without their quotes."""
    part = PAGE.split(f"\n### {title}\n")[1].split("\n#")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:1] == "|"
    ]
    return cells[2:]


def whole(text: str) -> str:
    """An example as a file."""
    return (
        text if text.startswith("segment:") else f"{HEAD}rule:\n{re.sub('^', '  ', text, flags=re.MULTILINE)}"
    )


def code(cell: str) -> str:
    return cell.split("`")[1]


def plain(node: Node) -> Any:
    """The tree as a client's JSON would have it."""
    if isinstance(node, Scalar):
        return int(node.value) if isinstance(node.value, float) and node.value.is_integer() else node.value
    if isinstance(node, MappingNode):
        return {key.written: plain(value) for key, value in node.entries}
    return [plain(each) for each in node.items]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def zone_of(name: str) -> tzinfo:
    return ZoneInfo(name) if name else UTC


def compiled(condition: str) -> Compiled:
    return compile_rule(examine(f"{HEAD}rule: {condition}").rule)


def judged(rule: Compiled, view: View) -> str:
    holds = rule.holds(view)

    assert rule.judge(view).holds is holds
    assert rule.explain(view).holds is holds
    return "yes" if holds else "no"


def view_of_events(rule: Compiled, said: list[dict[str, Any]], zone: tzinfo) -> View:
    """A contact of whom only these events are known."""
    seen: dict[str, Seen] = {}
    traces: dict[str, Packed | None] = {}
    for number, event in enumerate(said):
        (name, at), *properties = event.items()
        happened = iso(moment(at))
        seen[name] = counted(seen.get(name), happened)
        for trace, spec in rule.traces.items():
            traces[trace] = add(traces.get(trace), spec, name, happened, f"e{number}", dict(properties))
    kept = {trace: to_trace(packed) for trace, packed in traces.items() if packed}
    return View(contact="ada", now=NOW, zone=zone, events=seen, traces=kept)


def view_of(known: Mapping[str, Any]) -> View:
    """A contact of whom such things are known."""
    consent = {(*slot.split(" "), ""): status for slot, status in known.get("consent", {}).items()}
    messages = [message_of(message) for message in known.get("messages", ())]
    return View(
        contact="ada",
        now=NOW,
        facts=known.get("facts", {}),
        segments=frozenset(known.get("segments", ())),
        consent={(slot[0], slot[1], slot[2]): status for slot, status in consent.items()},
        reachable=frozenset(known.get("reachable", ())),
        messages=messages,
        quantiles=known.get("quantiles", {}),
    )


def message_of(said: Mapping[str, str]) -> MessageSeen:
    """A mail, with the times of what became of it."""
    about = {name: said.get(name, "") for name in ABOUT}
    times = {f"{state}_at": moment(at) for state, at in said.items() if state not in ABOUT}
    return MessageSeen("email", **about, **times)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_read(text: str):
    assert [str(finding) for finding in examine(whole(text)).findings] == []


def test_the_page_shows_every_kind_and_every_operator():
    examples = "\n".join(EXAMPLES)

    assert not [name for name in [*NAMES, *Op] if not re.search(rf"\b{name}:", examples)]
    assert not [name for name in FACT_TYPES if f"`{name}`" not in PAGE]


def test_the_refusals_are_what_is_said():
    refused, said = re.findall(r"^```(?:refused|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    found = examine(HEAD + refused, file="win-back.segment.yaml").findings

    assert [str(finding) for finding in found] == said.splitlines()


@pytest.mark.parametrize(("condition", "attributes", "holds"), rows("Values"))
def test_a_value_is_judged_as_the_page_says(condition: str, attributes: str, holds: str):
    view = View(contact="ada", now=NOW, attributes=plain(parse(code(attributes))))

    assert judged(compiled(code(condition)), view) == holds


@pytest.mark.parametrize(("condition", "attributes", "now", "zone", "holds"), rows("Days and times"))
def test_a_day_is_judged_as_the_page_says(condition: str, attributes: str, now: str, zone: str, holds: str):
    view = View(contact="ada", now=moment(now), zone=zone_of(zone), attributes=plain(parse(code(attributes))))

    assert judged(compiled(code(condition)), view) == holds


@pytest.mark.parametrize(("condition", "events", "zone", "holds"), rows("Events and messages"))
def test_events_are_judged_as_the_page_says(condition: str, events: str, zone: str, holds: str):
    rule = compiled(code(condition))

    assert judged(rule, view_of_events(rule, plain(parse(code(events))), zone_of(zone))) == holds


@pytest.mark.parametrize(("condition", "known", "holds"), rows("What else is known"))
def test_what_is_known_is_judged_as_the_page_says(condition: str, known: str, holds: str):
    assert judged(compiled(code(condition)), view_of(plain(parse(code(known))))) == holds


@pytest.mark.parametrize(("condition", "said"), rows("Refused"))
def test_what_is_refused_is_refused_so(condition: str, said: str):
    (finding,) = examine(f"{HEAD}rule: {code(condition)}").findings

    assert f"{finding.problem} — {finding.remedy}" == said


def test_the_table_has_its_rows():
    titles = ("Values", "Days and times", "Events and messages", "What else is known", "Refused")

    assert sum(len(rows(title)) for title in titles) >= 150


def test_the_limits_on_the_page_are_those_of_the_code():
    for said in (
        f"{DEEPEST} deep",
        f"at most {MOST_CONDITIONS}",
        f"up to {MOST_COUNTED}",
        f"newest {NEWEST}",
    ):
        assert said in PAGE
