"""docs/first-journey.md, read and done as a newcomer does it: each of its commands, in one shell, in this order."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.agreements.code import ROOT
from tests.stories.cloud import Cloud, eventually

PAGE = (ROOT / "docs" / "first-journey.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- run(?: until: (.+?))? -->\n```sh\n(.+?)\n```", PAGE, re.DOTALL)
FILES = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.+?\n)```", PAGE, re.DOTALL)
KEPT = "shell"  # what one block exports, the next finds


def done(block: str, folder: Path) -> str:
    """What a block prints; its commands stop at the first that fails."""
    script = f"set -e\n[ ! -e {KEPT} ] || . ./{KEPT}\n{block}\nexport -p > {KEPT}\n"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def test_a_newcomer_comes_from_an_empty_cloud_to_a_mail_and_why(cloud: Cloud, tmp_path: Path):
    (tmp_path / ".sojourn").mkdir()
    (tmp_path / ".sojourn" / "local.json").write_text(json.dumps(asdict(cloud.local)))

    for name, text in FILES:
        (tmp_path / name).write_text(text)
    told: dict[str, str] = {}
    for wanted, block in BLOCKS:
        if wanted:
            told[block] = eventually(functools.partial(shown, block, wanted, tmp_path), every=0.5)
        else:
            told[block] = done(block, tmp_path)

    last = {block.splitlines()[-1]: said for block, said in told.items()}
    assert "nothing to do" in last["sojourn plan my-shop"]
    assert json.loads(next(said for block, said in told.items() if "/v1/track" in block)) == {"success": True}
    assert "my-welcome" in last["sojourn journey list"]
    assert not cloud.ask("GET", f"{cloud.local.post_office_url}/messages?to=bob@example.org").json["items"]


def shown(block: str, wanted: str, folder: Path) -> str:
    """What the block prints, once the wanted words are in it."""
    said = done(block, folder)
    return said if wanted in said else ""
