"""The proof of permissions (docs/iam.md): a run of all stories fails on a grant that none of them needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local import proof
from infra.local.proof import Proof
from tests.stories import stage

PLACES = {"stories", "infra_local", "browser"}
MARKED = "local_cloud"
PICKED = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
LISTING = "permissions.txt"
VOID = "IAM: nothing is proved, for a test failed. What it did not come to may need any grant."
HOW_TO_MEND = (
    "A grant that no code needs comes out of template.yaml. Is it needed, a story takes one step more, or a reason\n"
    "says in infra/lint/iam_reasons.yaml which code needs it, and why no story comes by (docs/iam.md). Every grant,\n"
    f"used or not, is in {LISTING} in the stories' folder."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the end of a run says of permissions."""

    words: str
    is_failed: bool = False


VERDICT = pytest.StashKey[Verdict]()


def is_whole(config: pytest.Config) -> bool:
    """Whether this is `make test`'s own second run: all of its folders, and nothing picked out of them."""
    option = config.option
    is_picked = any(getattr(option, name, None) for name in PICKED)
    named = {Path(each).name for each in config.args}
    is_helper = hasattr(config, "workerinput")
    return not is_helper and named == PLACES and option.markexpr == MARKED and not is_picked


def verdict(found: Proof, *, skipped: int = 0) -> Verdict:
    """Of a run in which every story was played, and none failed; one that was skipped may be what a fault lacks."""
    if not found.faults:
        return Verdict(str(found))
    missed = [f"{skipped} tests were skipped, and whatever grants only they need."] if skipped else []
    return Verdict("\n".join([str(found), *missed, HOW_TO_MEND]), is_failed=True)


def void(refused: Iterable[str], *, is_whole: bool) -> Verdict:
    """Of any other run: what was refused may be why a story failed; what was not used says nothing."""
    told = [f"refused: {each}" for each in refused]
    return Verdict("\n".join([*told, *([VOID] if is_whole else [])]))


def prove(session: pytest.Session, owner: str) -> None:
    """Judge what was used, while the cloud still runs; a fault fails the run."""
    if hasattr(session.config, "workerinput") or not stage.is_owned_by(owner):
        return
    said = _verdict(session, owner)
    session.config.stash[VERDICT] = said
    if said.is_failed:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _verdict(session: pytest.Session, owner: str) -> Verdict:
    whole = is_whole(session.config)
    if not whole or session.exitstatus != pytest.ExitCode.OK:
        return void(proof.refused_of(proof.lines_of(stage.FOLDER)), is_whole=whole)
    local, _ = stage.find(owner=owner)
    found = proof.judge(local, stage.FOLDER)
    (stage.FOLDER / LISTING).write_text("\n".join(found.listing()) + "\n")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    return verdict(found, skipped=len(reporter.stats.get("skipped", ())) if reporter else 0)


def tell(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it at the end, in red if it fails the run."""
    said = config.stash.get(VERDICT, None)
    if said and said.words:
        reporter.section("permissions", red=said.is_failed, green=not said.is_failed)
        reporter.write_line(said.words)
