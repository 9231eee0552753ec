"""What was turned away, and why: the caller is told, the operator keeps the whole record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.errors import Hopeless

LONGEST_ECHO = 256


class EventRejectedError(Hopeless):
    """An event that can never be stored; the batch that it came in goes on."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Rejection:
    """One entry of the `rejected` list. With a `field`, only that field was left out: the event is stored."""

    code: str
    message: str
    field: str = ""

    @classmethod
    def of(cls, error: EventRejectedError) -> "Rejection":
        """The entry for an event that was turned away whole."""
        return cls(error.code, error.message, error.field)

    def told(self, index: int, message_id: Any) -> dict[str, Any]:
        """The entry as the caller reads it."""
        echo = message_id[:LONGEST_ECHO] if isinstance(message_id, str) else None
        told: dict[str, Any] = {"index": index, "messageId": echo, "code": self.code, "message": self.message}
        return {**told, "field": self.field} if self.field else told


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """The whole record, for the operator."""

    record: Mapping[str, Any] | Any
    rejection: Rejection
    index: int
    source: str
    stored: bool
