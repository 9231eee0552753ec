"""Chromium is there, or comes from Debian's packages where that is allowed; else the test that needs it is skipped."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess

import pytest

from infra.local.state import ROOT
from tests.browser import chromium

INSTALL = "apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium"
SECONDS = 600


def need_chromium() -> None:
    """Skips the test, by name, where there is none to be had."""
    if chromium() is None and shutil.which("apt-get") and os.geteuid() == 0:
        _install()
    if chromium() is None:
        pytest.skip(f"Chromium is not installed: {INSTALL}")


def _install() -> None:
    (ROOT / ".sojourn").mkdir(exist_ok=True)
    with (ROOT / ".sojourn" / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the test processes does it, the others wait
        if chromium() is None:
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(
                ["sh", "-c", INSTALL], env=quiet, capture_output=True, timeout=SECONDS, check=False
            )
