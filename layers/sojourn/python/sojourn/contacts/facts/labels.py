"""Tags and lists: `Tag Added`, `Tag Removed`, `List Joined`, `List Left`.

The latest word on a label holds, and at one instant the word that takes it away. Pure.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.contacts.model import Deed

DEEDS = {
    "Tag Added": ("tags", "tag", True),
    "Tag Removed": ("tags", "tag", False),
    "List Joined": ("lists", "list", True),
    "List Left": ("lists", "list", False),
}
LONGEST = 100
MOST = 500


def fold(fact: Mapping[str, Any] | None, deed: "Deed") -> dict[str, Any] | None:
    """{tags: {name: [at, off]}, lists: {…}}; `off` 1 means that it was taken away."""
    kind, field, is_on = DEEDS.get(deed.name, ("", "", False)) if deed.type == "track" else ("", "", False)
    label = deed.properties.get(field) if kind else None
    if not isinstance(label, str) or not label.strip():
        return dict(fact) if fact else None
    return join(fact or {}, {kind: {label.strip()[:LONGEST]: [deed.at, int(not is_on)]}})


def join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The later word on each label, of at most five hundred."""
    joined = {}
    for kind in ("tags", "lists"):
        words = dict(one.get(kind, {}))
        for label, word in other.get(kind, {}).items():
            words[label] = max(words.get(label, word), word)
        newest = sorted(words, key=lambda label: (words[label][0], label), reverse=True)[:MOST]
        if newest:
            joined[kind] = {label: words[label] for label in sorted(newest)}
    return joined


def held(fact: Mapping[str, Any] | None, kind: str) -> list[str]:
    """The `tags` or `lists` that hold now."""
    return sorted(label for label, (_, off) in (fact or {}).get(kind, {}).items() if not off)
