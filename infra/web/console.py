"""`python -m infra.web.console`: build what the console's pages load, from functions/api/console/front.

A second run does nothing until a source or the lock changes. `make install` calls it, so whatever is deployed, run or
tested after that is up to date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.web.node import MANIFESTS, ROOT, install, node, said

FRONT = ROOT / "functions" / "api" / "console" / "front"
STATIC = FRONT.parent / "static"
FOLDER = ROOT / ".sojourn" / "console"
MODULES = FOLDER / "node_modules"
INSTALLED, BUILT = FOLDER / ".made-from", STATIC / ".made-from"


def main() -> int:
    """Install and build what is not there yet."""
    try:
        make()
    except BuildError as error:
        print(f"  console: {error}", file=sys.stderr)
        return 1
    return 0


class BuildError(Exception):
    """The console's pages could not be given their scripts and styles; the message says what to do about it."""


def make() -> None:
    """The packages by the lock, then the files by the sources; each only if it changed."""
    if not (INSTALLED.exists() and INSTALLED.read_text() == locked()):
        done = install(FOLDER, FRONT)
        if done.returncode:
            raise BuildError(f"npm could not install the packages; is its registry in reach?\n{said(done)}")
        INSTALLED.write_text(locked())
    if not is_ready():
        build()


def build() -> None:
    """All files at once: who is served meanwhile gets the old ones."""
    fresh = FOLDER / f"static-{os.getpid()}"
    done = node([str(FRONT / "build.mjs"), str(fresh), str(MODULES)], cwd=FRONT)
    if done.returncode:
        raise BuildError(f"front/src does not build:\n{said(done)}")
    (fresh / BUILT.name).write_text(fingerprint())
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.replace(STATIC)


def is_ready() -> bool:
    """Whether what stands is what the sources say."""
    return BUILT.exists() and BUILT.read_text() == fingerprint()


def locked() -> str:
    """Changes with the packages."""
    return _hash(FRONT / name for name in MANIFESTS)


def fingerprint() -> str:
    """Changes with the packages, the sources and how they are built."""
    sources = sorted(path for path in (FRONT / "src").rglob("*") if path.is_file())
    return _hash([*(FRONT / name for name in (*MANIFESTS, "build.mjs")), *sources])


def _hash(paths: Iterable[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
