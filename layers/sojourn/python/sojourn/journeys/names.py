"""The names that a journey and its enrolments go by in AWS."""

import hashlib
from dataclasses import dataclass
from typing import Self


def machine_name(stack: str, journey: str) -> str:
    """The state machine of a journey: `sojourn-j-welcome`."""
    return f"{stack}-j-{journey}"


@dataclass(frozen=True, slots=True)
class EnrolmentId:
    """One contact's run through a journey: `<contact>.<journey>.<entry>`, entries counted from 1."""

    contact: str
    journey: str
    entry: int

    def __str__(self) -> str:
        return f"{self.contact}.{self.journey}.{self.entry}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The id that `str` wrote; neither part has a dot in it."""
        contact, journey, entry = text.split(".")
        return cls(contact, journey, int(entry))


def execution_name(enrolment: EnrolmentId, *, version: int, leg: int) -> str:
    """Name under which a second start of the same leg is refused."""
    # Step Functions shows names to everyone who may list executions: the contact stands there as a digest.
    digest = hashlib.sha256(enrolment.contact.encode()).hexdigest()[:16]
    return f"{enrolment.journey}-v{version}-{digest}-{enrolment.entry}-{leg}"
