"""Config rows of hooks: HOOK/<name> {provider, secrets, active}."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn import config
from sojourn.http.keys import is_key_name
from sojourn.intake.mapping import PROVIDERS

KIND = "HOOK"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Hook:
    """A door for one sender; its name is the source of what comes in."""

    name: str
    provider: str
    secrets: tuple[str, ...]
    is_active: bool = True


def is_hook_name(name: str) -> bool:
    """Whether a hook may be called so: it stands in an address, and is a source of events."""
    return NAME.fullmatch(name) is not None and is_key_name(name)


def get_hook(name: str) -> Hook | None:
    """The hook of this name, when it is open."""
    row = config.get(KIND, name) if is_hook_name(name) else None
    hook = _hook(name, row.data) if row else None
    return hook if hook and hook.is_active else None


def put_hook(hook: Hook) -> None:
    """Keep a hook."""
    kept = {"provider": hook.provider, "secrets": list(hook.secrets), "active": hook.is_active}
    config.put(KIND, hook.name, kept)


def hooks() -> list[Hook]:
    """Every hook there ever was."""
    found = [_hook(row.id, row.data) for row in config.query(KIND)]
    return [hook for hook in found if hook]


def _hook(name: str, data: Mapping[str, Any]) -> Hook | None:
    secrets = tuple(secret for secret in data.get("secrets", ()) if isinstance(secret, str) and secret)
    if data.get("provider") not in PROVIDERS:
        return None
    return Hook(name, data["provider"], secrets, data.get("active") is True)
