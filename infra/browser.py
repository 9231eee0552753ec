"""`python -m infra.browser`: find Chromium, or install it from Debian's packages where that is allowed.

What cannot be had is said with its remedy. With CI=true that is a failure: there no test of a page is ever left out.
CHROMIUM names one that lies elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys

from infra.web.node import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
REMEDY = f"""Chromium is missing, and with it the tests of what pages do. On Debian, as root: {INSTALL}
Elsewhere install Chromium or Chrome, and name it if it is not on the path: CHROMIUM=/path/to/chromium make test"""
SECONDS = 600


def main() -> int:
    """Say so where there is none."""
    if ensure():
        return 0
    print(REMEDY, file=sys.stderr)
    return int(is_demanded())


def ensure() -> str | None:
    """Where Chromium is, now."""
    if chromium() is None and shutil.which("apt-get") and os.geteuid() == 0:
        _install()
    return chromium()


def chromium() -> str | None:
    """Where Chromium is, if it is."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *NAMES))), None)


def is_demanded() -> bool:
    """Whether a machine without one is a failure."""
    return os.environ.get("CI", "").lower() == "true"


def _install() -> None:
    (ROOT / ".sojourn").mkdir(exist_ok=True)
    with (ROOT / ".sojourn" / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the callers does it, the others wait
        if chromium() is None:
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(
                ["sh", "-c", INSTALL], env=quiet, capture_output=True, timeout=SECONDS, check=False
            )


if __name__ == "__main__":
    sys.exit(main())
