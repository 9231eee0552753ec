"""Edits of a journey's or a segment's text that leave everything else in it byte for byte as it stands. Pure.

A path is the way from the document to a value: `("steps", 2, "then", 0)`. Every edit reads its own result and is
refused where that says anything but what was meant, so no text is ever spoilt by one.
"""

from functions.api.console.texts.editing import delete, insert, move, put
from functions.api.console.texts.merging import Conflict, Merged, merged
from functions.api.console.texts.places import Path, UneditableError, line_of, read

__all__ = [
    "Conflict",
    "Merged",
    "Path",
    "UneditableError",
    "delete",
    "insert",
    "line_of",
    "merged",
    "move",
    "put",
    "read",
]
