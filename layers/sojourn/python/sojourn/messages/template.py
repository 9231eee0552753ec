"""A template as it is kept and sent: checked, its links taken out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

EMAIL, SMS = "email", "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of a template. Hashable: what is compiled from it is kept under it."""

    name: str
    version: int
    channel: str
    subject: str = ""
    html: str = ""
    text: str = ""
    links: tuple[str, ...] = ()

    @classmethod
    def from_definition(cls, kept: Mapping[str, Any]) -> Self:
        """From what `to_definition` gave (see `check.save` for what an author wrote)."""
        return cls(
            name=kept["template"],
            version=int(kept["version"]),
            channel=kept["channel"],
            subject=kept.get("subject", ""),
            html=kept.get("html", ""),
            text=kept["text"],
            links=tuple(kept.get("links", ())),
        )

    def to_definition(self) -> dict[str, Any]:
        """As plain data, for the Config row."""
        return {
            "template": self.name,
            "version": self.version,
            "channel": self.channel,
            "subject": self.subject,
            "html": self.html,
            "text": self.text,
            "links": list(self.links),
        }
