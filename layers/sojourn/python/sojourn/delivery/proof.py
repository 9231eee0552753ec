"""A proof: a template as somebody of the team gets it, before anybody else does.

It is no message: no contact, no consent, no caps, and nothing of it is measured. What is left is whether the address is
closed, whether the provider takes it, and what it reports of it (messages/proofs).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sojourn.delivery.compose import Content
from sojourn.delivery.desk import Desk
from sojourn.delivery.model import (
    NotNowError,
    OutcomeUnknownError,
    ProviderRefusedError,
    RecipientUnverifiedError,
    Skip,
    Sms,
)
from sojourn.messages.faults import MissingFieldError, RenderError
from sojourn.messages.library import get_template
from sojourn.messages.model import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What to send, to whom, and as whose facts."""

    template: str
    version: int
    to: str
    facts: Mapping[str, Any]
    id: str = ""

    @classmethod
    def from_task(cls, data: Mapping[str, Any]) -> Self:
        """From what the API invokes with."""
        return cls(
            template=data["template"],
            version=int(data["version"]),
            to=data["to"],
            facts=data["facts"],
            id=data.get("id", ""),
        )


def prove(proof: Proof, *, desk: Desk) -> dict[str, str]:
    """Send it once; `{state, reason}`. Asked twice it goes twice: who asks keeps the count."""
    template = get_template(proof.template, proof.version)
    closed = desk.suppression(template.channel, proof.to)
    if closed and closed.reason:
        return _told(MessageState.SKIPPED, Skip.SUPPRESSED)
    try:
        content = desk.composer.proof(template, proof.to, proof.facts, id=proof.id)
    except RenderError as error:
        is_missing = isinstance(error, MissingFieldError)
        return _told(MessageState.FAILED, f"render:{error.field}" if is_missing else error.reason)
    return _sent(content, desk)


def _sent(content: Content, desk: Desk) -> dict[str, str]:
    body = content.body
    try:
        if isinstance(body, Sms):
            desk.sms.send(body)
        else:
            desk.email.send(body)
    except RecipientUnverifiedError:
        return _told(MessageState.SKIPPED, Skip.SANDBOX)
    except NotNowError as error:
        return _told(MessageState.FAILED, error.reason)
    except ProviderRefusedError as error:
        return _told(MessageState.FAILED, str(error))
    except OutcomeUnknownError:
        return _told(MessageState.UNKNOWN, "provider_silent")
    return _told(MessageState.SENT, "")


def _told(state: MessageState, reason: str) -> dict[str, str]:
    return {"state": state.value, "reason": str(reason)[:200]}
