"""The step that sends one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from sojourn.consent.model import Channel
from sojourn.journeys.language.paths import ON, Definition, Steps, Way, kind, path_of, way_from, ways_to
from sojourn.journeys.language.times import Duration, Hours

END_OF_DAY = "end of day"


class Outside(StrEnum):
    """What happens to a message that comes outside its hours."""

    HOLD = "hold"
    SKIP = "skip"
    INSTEAD = "instead"  # another channel's message, at once if that may go


@dataclass(frozen=True, slots=True)
class Instead:
    """The message that goes when this channel's hours are closed."""

    channel: Channel
    template: str

    def to_definition(self) -> Definition:
        """As it stands in the file."""
        return {"channel": self.channel.value, "template": self.template}

    @classmethod
    def from_definition(cls, definition: Mapping[str, str]) -> Self:
        """What `to_definition` wrote."""
        return cls(Channel(definition["channel"]), definition["template"])


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One message by one channel. `expires` counts from when the contact came here: a duration, or "end of day" where
    they are; None is the usual 24 hours."""

    kind: ClassVar[str] = "send"
    name: str
    template: str
    channel: Channel = Channel.EMAIL
    hours: Hours | None = None
    outside: Outside = Outside.HOLD
    instead: Instead | None = None
    expires: Duration | str | None = None
    at_least_once: bool = False
    on_skip: Way = ON
    on_fail: Way = ON

    def paths(self) -> Mapping[str, Steps]:
        """Those of a message that was skipped, or failed."""
        return {**path_of(self.on_skip, "on skip"), **path_of(self.on_fail, "on fail")}

    def to_definition(self) -> Definition:
        """The step as it stands in the file."""
        return {
            "send": self.name,
            "template": self.template,
            "channel": self.channel.value,
            **({"hours": str(self.hours)} if self.hours else {}),
            **({"outside": self.outside.value} if self.outside is not Outside.HOLD else {}),
            **({"instead": self.instead.to_definition()} if self.instead else {}),
            **({"expires": str(self.expires)} if self.expires else {}),
            **({"at_least_once": True} if self.at_least_once else {}),
            **ways_to(on_skip=self.on_skip, on_fail=self.on_fail),
        }

    @classmethod
    def from_definition(cls, definition: Mapping[str, Any]) -> Self:
        """The step that `to_definition` wrote."""
        expires = definition.get("expires")
        return cls(
            name=definition["send"],
            template=definition["template"],
            channel=Channel(definition["channel"]),
            hours=Hours.from_text(definition["hours"]) if "hours" in definition else None,
            outside=Outside(definition.get("outside", Outside.HOLD)),
            instead=Instead.from_definition(definition["instead"]) if "instead" in definition else None,
            expires=expires if expires in {None, END_OF_DAY} else Duration.from_text(expires),
            at_least_once=definition.get("at_least_once", False),
            on_skip=way_from(definition, "on skip"),
            on_fail=way_from(definition, "on fail"),
        )
