"""`python -m infra.web.assets`: install the locked npm packages, and put what browsers load from us beside collect.

Node comes from PyPI (infra/web/node.py), so a machine needs none of its own. A second run does nothing. Where npm's
registry cannot be reached the build goes on without: collect then answers 404 with the remedy for these files alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from infra.web.node import MANIFESTS, ROOT, install, said

FOLDER = ROOT / ".sojourn" / "web"
STAMP = FOLDER / ".made-from"
CLIENT = FOLDER / "node_modules" / "@segment" / "analytics-next"
SERVED = ROOT / "functions" / "collect" / "assets"
NOT_SERVED = {"index.js.gz"}  # the client without what looks for the snippet


def main() -> int:
    """Make both folders, unless they stand."""
    if is_ready():
        return 0
    done = install(FOLDER, Path(__file__).parent)
    if done.returncode:
        print(
            f"  web: no Segment client to serve to browsers, the rest works. npm said:\n{said(done)}",
            file=sys.stderr,
        )
        return 0
    serve()
    STAMP.write_text(fingerprint())
    return 0


def is_ready() -> bool:
    """Whether what stands is what the lock says."""
    return SERVED.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """Changes with what is locked and with what is done to it."""
    parts = [Path(__file__).with_name(name).read_bytes() for name in (*MANIFESTS, Path(__file__).name)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def serve() -> None:
    """Copy the packed files of the browser build, and the licence that must go with them."""
    fresh = FOLDER / f"served-{os.getpid()}"
    fresh.mkdir()
    for path in (CLIENT / "dist" / "umd").glob("*.js.gz"):
        if path.name not in NOT_SERVED:
            shutil.copy(path, fresh / path.name)
    shutil.copy(CLIENT / "LICENSE.MD", fresh / "LICENSE")
    shutil.rmtree(SERVED, ignore_errors=True)
    fresh.replace(SERVED)


if __name__ == "__main__":
    sys.exit(main())
