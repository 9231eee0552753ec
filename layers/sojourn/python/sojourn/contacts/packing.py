"""Parts of a profile as its row keeps them: what fits in 1 KB costs one write unit, what does not costs two. Pure.

What happened once is its time and nothing else; of other counts, only what does not follow from the rest. Traits that
were said at one moment share its stamp.
"""

from collections.abc import Mapping
from typing import Any

from sojourn.contacts.seen import News, Seen, counted

SHORT = {"n": "n", "first": "f", "last": "l", "days": "d", News.IMPORTED.value: "i", News.LATE.value: "t"}
LONG = {short: name for name, short in SHORT.items()}


def packed(events: Mapping[str, Seen]) -> dict[str, Any]:
    """By name: a text, or an object with short names."""
    return {name: _packed(seen) for name, seen in events.items()}


def unpacked(kept: Mapping[str, Any]) -> dict[str, Seen]:
    """What `packed` was given; rows of before it was are as they were."""
    return {name: _unpacked(seen) for name, seen in kept.items()}


def packed_times(trait_at: Mapping[str, str]) -> dict[str, list[str]]:
    """{trait: stamp} as {stamp: [traits]}."""
    stamps: dict[str, list[str]] = {}
    for name, stamp in sorted(trait_at.items()):
        stamps.setdefault(stamp, []).append(name)
    return stamps


def unpacked_times(kept: Mapping[str, Any]) -> dict[str, str]:
    """What `packed_times` was given."""
    return {name: stamp for stamp, names in kept.items() for name in names}


def packed_marks(segments: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """{segment: {generation: {at, said}}}, of which what was said is its time and nothing else."""
    return {
        name: {number: mark["at"] if mark["said"] else [mark["at"]] for number, mark in marks.items()}
        for name, marks in segments.items()
        if marks
    }


def unpacked_marks(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """What `packed_marks` was given."""
    return {name: {number: _mark(said) for number, said in marks.items()} for name, marks in kept.items()}


def _mark(said: Any) -> dict[str, Any]:
    return {"at": said, "said": True} if isinstance(said, str) else {"at": said[0], "said": False}


def _packed(seen: Seen) -> Any:
    if "days" not in seen:
        return dict(seen)
    if seen == counted(None, seen["first"]):
        return seen["first"]
    short = {SHORT[name]: value for name, value in seen.items() if name != "news"}
    if "news" in seen:
        short["w"] = 1 if seen["news"] == seen["last"] else seen["news"]
    if seen["days"] == {seen["first"][:10]: seen["n"]}:
        del short["d"]
    if seen["last"] == seen["first"]:
        del short["l"]
    return short


def _unpacked(kept: Any) -> Seen:
    if isinstance(kept, str):
        return counted(None, kept)
    if "first" in kept:
        seen: Seen = kept
        return seen
    found = {LONG[short]: value for short, value in kept.items() if short in LONG}
    found.setdefault("last", found["first"])
    found.setdefault("days", {found["first"][:10]: found["n"]})
    if "w" in kept:
        found["news"] = found["last"] if kept["w"] == 1 else kept["w"]
    return found
