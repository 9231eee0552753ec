"""Which version of a template a request follows, by `If-Match`; else a refusal with what changed since."""

import re
from collections.abc import Mapping
from typing import Any

from chalice.app import Request

from sojourn.errors import Problem
from sojourn.messages.library import source_of

TAG = re.compile(r'"?(\d{1,7})"?')
FIELDS = ("channel", "purpose", "description", "subject", "preheader", "html", "mjml", "text")


def tags_of(request: Request) -> frozenset[int] | None:
    """The versions that the author says to have read; None where they say nothing, or that any will do."""
    said = [tag.strip() for tag in request.headers.get("if-match", "").split(",") if tag.strip()]
    if not said or "*" in said:
        return None
    return frozenset(int(found[1]) for tag in said if (found := TAG.fullmatch(tag)))


def moved_on(name: str, there: int, read: frozenset[int], sent: Mapping[str, Any]) -> Problem:
    """What stands there now, and how it differs from what the author read: else from what they sent."""
    from sojourn.journeys.migrating.difference import difference

    if not there:
        return Problem(
            412, "precondition_failed", "there is no such template yet: save it without `If-Match`"
        )
    base = max((number for number in read if 0 < number < there), default=0)
    old, first = (source_of(name, base), f"version {base}") if base else (sent, "as you sent it")
    diff = difference(written(old), written(source_of(name, there)), names=(first, f"version {there}"))
    said = f'version {there} was saved meanwhile: bring your changes in, and save again with `If-Match: "{there}"`'
    tag = {"ETag": f'"{there}"'}
    return Problem(
        412, "precondition_failed", said, version=there, since=base or None, diff=list(diff), headers=tag
    )


def written(source: Mapping[str, Any]) -> str:
    """A template as one text, field after field."""
    parts = [f"{name}:\n{source[name]}" for name in FIELDS if source.get(name)]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"
