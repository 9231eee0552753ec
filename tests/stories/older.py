"""The stack as it was before: what an upgrade begins with.

A bare clone has no history, so what was before is planted into today's build: a parameter, a public function with its
routes and the tables' switch of a restore are not there yet, and the layers' code is other code. With history,
SOJOURN_UPGRADE_FROM=<revision> builds that revision instead, code and all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml

from infra.local import stack
from infra.local.state import ROOT

NOT_YET = (
    "RestoredSuffix",
    "RestoredEventsStream",
    "RestoredPeopleStream",
)  # parameters, and what they switch
NEW_FUNCTION = "ReceiveWebhook"


def before(built: Path, folder: Path) -> Path:
    """A build of what was before `built`, in a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    revision = os.environ.get("SOJOURN_UPGRADE_FROM", "")
    return _of_revision(revision, folder) if revision else _planted(built, folder)


def _of_revision(revision: str, folder: Path) -> Path:
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder / "tree", filter="data")
    stack.build(folder / "tree", folder / "build")
    return folder / "build"


def _planted(built: Path, folder: Path) -> Path:
    shutil.copytree(built, folder, symlinks=True)
    _rewrite(folder / "template.yaml", _root)
    _rewrite(folder / "Data" / "template.yaml", _data)
    (folder / "SojournLayer" / "python" / "sojourn" / "before.py").write_text('"""Was here before."""\n')
    return folder


def _rewrite(path: Path, change: Any) -> None:
    template = yaml.safe_load(path.read_text())
    change(template)
    path.write_text(yaml.safe_dump(template, sort_keys=False, width=10_000))


def _root(template: dict[str, Any]) -> None:
    for name in NOT_YET:
        del template["Parameters"][name]
        del template["Resources"]["Data"]["Properties"]["Parameters"][name]
    # Not left out: the code is today's, and asks for it.
    template["Globals"]["Function"]["Environment"]["Variables"]["RESTORED_SUFFIX"] = ""
    del template["Metadata"]["AWS::CloudFormation::Interface"]
    del template["Rules"]["RestoredTablesHaveStreams"]
    for kind in ("Function", "Role", "Log"):
        del template["Resources"][f"{NEW_FUNCTION}{kind}"]
    del template["Outputs"][f"{NEW_FUNCTION}Function"]


def _data(template: dict[str, Any]) -> None:
    del template["Parameters"], template["Conditions"]
    for output in template["Outputs"].values():
        if "Fn::If" in output["Value"]:
            output["Value"] = output["Value"]["Fn::If"][2]
