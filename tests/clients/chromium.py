"""Chromium is there, or comes from Debian's packages where that is allowed; else what needs it is skipped, or fails."""

from __future__ import annotations

import pytest

from infra.browser import REMEDY, ensure, is_demanded


def need_chromium() -> str:
    """Where it is. Without it the test is skipped by name; with CI=true it fails."""
    found = ensure()
    if found:
        return found
    if is_demanded():
        pytest.fail(REMEDY)
    pytest.skip(REMEDY)
