"""Whether a run of pytest has played every story, and what it then proves about permissions (docs/iam.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import proof
from infra.local.proof import Proof
from tests.stories import stage

PLACES = {"stories", "infra_local"}
MARKED = "local_cloud"
PROOF = pytest.StashKey[Proof]()


def is_whole(config: pytest.Config) -> bool:
    """Whether this is `make test`'s own second run: all of both folders, and nothing picked out of them."""
    option = config.option
    picked = option.keyword or getattr(option, "deselect", None) or getattr(option, "lf", False)
    named = {Path(each).name for each in config.args}
    return not hasattr(config, "workerinput") and named == PLACES and option.markexpr == MARKED and not picked


def prove(session: pytest.Session, owner: str) -> None:
    """Judge what was used, if all stories were played and none has failed. It is told, and fails nothing yet."""
    if session.exitstatus == pytest.ExitCode.OK and is_whole(session.config) and stage.is_owned_by(owner):
        local, _ = stage.find(owner=owner)
        session.config.stash[PROOF] = proof.judge(local, stage.FOLDER)
