"""What somebody is at with a segment: its text, the text that it came of, and its head as two fields. Pure."""

from dataclasses import dataclass
from typing import Self

from functions.api.console.forms import Form
from functions.api.console.rules_builder import lines
from functions.api.console.texts import UneditableError, delete, put, read

DIGITS = 9
HEAD = ("segment", "description")


@dataclass(frozen=True, slots=True)
class Work:
    """The working text; nothing of it is kept on the server before it is saved. `base` is what stood there then."""

    name: str
    source: str
    base: str
    revision: str = "0"

    @classmethod
    def of(cls, said: Form) -> Self:
        """What a form says."""
        source = lines(said.raw("source"))
        return cls(said.get("name"), source, lines(said.raw("base")) or source, said.get("revision", "0"))

    @property
    def number(self) -> int:
        """The revision that it came of."""
        said = self.revision[:DIGITS]
        return int(said) if said.isascii() and said.isdigit() else 0


def head_of(source: str) -> dict[str, str]:
    """Its name and what it is for; nothing where the text cannot be read."""
    try:
        value = read(source)
    except UneditableError:
        return dict.fromkeys(HEAD, "")
    told = value if isinstance(value, dict) else {}
    return {key: each if isinstance(each := told.get(key), str) else "" for key in HEAD}


def headed(source: str, said: Form) -> str:
    """The text with the fields of its head that were changed since they were shown."""
    shown = head_of(lines(said.raw("shown")))
    for key in HEAD:
        typed = said.get(f"head-{key}", shown[key])
        if typed == shown[key] or not said.raw("shown"):
            continue
        source = put(source, (key,), typed) if typed or key == "segment" else delete(source, (key,))
    return source
