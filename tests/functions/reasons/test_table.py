"""docs/reasons.md is the one list of reasons: all that the code can write stands there, and in the code's own words."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sojourn.calling.model import PASSING, Failure
from sojourn.consent.model import Refusal
from sojourn.consent.suppression import Reason
from sojourn.contacts.addresses import NumberFault
from sojourn.delivery.model import HoldReason, Skip
from sojourn.delivery.providers import REFUSED
from sojourn.feedback.model import REASON_OF
from sojourn.insight import reasons
from sojourn.insight.verdicts import SENTENCES, Verdict
from sojourn.journeys.reentry import Refused
from tests.agreements.code import LIBRARY, ROOT, tree_of

PAGE = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)`(?: …)? \| (.+?) \|(?: (.*?) ?\|)?$", re.MULTILINE)
ENDS = {each.strip(): said for each, said in reasons.ENDED_BY.items()}
TABLES: dict[str, Mapping[str, str]] = {
    "Why somebody is in a journey, or not": {verdict.value: said for verdict, said in SENTENCES.items()},
    "Why a message waits": reasons.HELD,
    "Why a message is skipped": reasons.SKIPPED,
    "Why a message failed": reasons.FAILED,
    "Why a message is in doubt": reasons.UNKNOWN,
    "Why a run is over": {**reasons.ENDED, **ENDS},
    "Why a call has no answer": reasons.UNANSWERED,
}
KNOWN = {reason for table in TABLES.values() for reason in table} | {""}
ROOMS = ("delivery", "feedback", "journeys", "privacy")
# Handed on from somewhere that is looked at, or read from the journey's own file.
HANDED_ON = {
    "of_message", "reason", "reason_of(way)", "self.reason or ''", "no.reason.value", "receipt.reason",
    "error.reason", "str(error)",
    "verdict.hold", "asked.verdict.hold", "asked.verdict.skip", "status.lower()", "here.step.reason or UNSAID",
    "definition.get('reason', '')", "f'failed:{failure.value}'",
    "fields.value('reason', as_words, example='bought', otherwise='', instead='')",
}  # fmt: skip


def rows(title: str) -> list[tuple[str, str, str]]:
    """Of the table under this heading."""
    return ROW.findall(PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0])


@pytest.mark.parametrize("title", TABLES)
def test_a_table_says_what_the_code_says(title: str):
    assert [(reason, said) for reason, said, _ in rows(title)] == list(TABLES[title].items())


def test_every_kind_of_reason_has_its_words():
    assert set(reasons.HELD) == set(HoldReason)
    assert set(reasons.SKIPPED) >= {*Skip, *Refusal, *NumberFault}
    assert set(reasons.FAILED) == {
        *REFUSED.values(),
        *REASON_OF.values(),
        "render",
        "unfit_field",
        "render_limit",
    }
    assert set(reasons.UNANSWERED) == set(Failure)
    assert set(reasons.SUPPRESSED_BY) == set(Reason)
    assert set(SENTENCES) == set(Verdict)
    assert set(Verdict) >= set(Refused)


def test_the_page_tells_what_the_door_says_and_which_call_is_made_again():
    at_the_door = {reason for reason, _, door in rows("Why somebody is in a journey, or not") if door}
    again = {reason for reason, _, said in rows("Why a call has no answer") if said == "yes"}

    assert at_the_door == {*Refused, "was_active"} - {"active"}
    assert again == set(PASSING)


def test_whatever_is_written_as_a_reason_stands_in_the_table():
    written = [(path, each) for room in ROOMS for path in _modules(room) for each in _reasons(path)]

    unknown = [f"{path.name}: {ast.unparse(each)}" for path, each in written if not _is_known(path, each)]

    assert unknown == []
    assert len(written) > 30


def _modules(room: str) -> list[Path]:
    return sorted((LIBRARY / room).rglob("*.py"))


def _reasons(path: Path) -> Iterator[ast.expr]:
    """What stands for a reason in calls: by that name, or as the second word to those who end a run."""
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Call):
            continue
        yield from (word.value for word in node.keywords if word.arg in {"reason", "of_message"})
        if ast.unparse(node.func) in {"leave", "withdraw"} and len(node.args) > 1:
            yield node.args[1]
        if ast.unparse(node.func) == "here.leave":
            yield node.args[0]


def _is_known(path: Path, said: ast.expr) -> bool:
    if isinstance(said, ast.Constant):
        return said.value in KNOWN
    name = ast.unparse(said)
    if isinstance(said, ast.Name) and name.isupper():
        module = ".".join(("sojourn", *path.relative_to(LIBRARY).with_suffix("").parts))
        return getattr(importlib.import_module(module), name) in KNOWN
    is_listed = name.split(".")[0] in {
        "Skip",
        "HoldReason",
        "Reason",
        "Failure",
    }  # each has its words, see above
    return is_listed or name in HANDED_ON
