"""The API's specification, which lies beside this file as YAML: tests hold routes and answers to it."""

import functools
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("openapi.yaml")


@functools.cache
def specification() -> dict[str, Any]:
    """Read once per container."""
    import yaml

    from sojourn.rules.parse import LOADER

    found: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  # LOADER is safe
    return found
