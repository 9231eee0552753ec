"""
Every error of ours; its class says what to do next.

SojournError
├── Retryable                       Step Functions retries these by class name
│   ├── StoreBusyError              a table was busy or out of reach
│   ├── CallUnansweredError         a call got no answer, but may get one a moment later
│   ├── ContactUnknownYetError      an event whose contact is still being made (privacy)
│   └── MessageNotYetKnownError     feedback on a message whose row is not there yet (feedback)
├── Held                            not now, but later
│   └── HeldError                   the step must wait until a moment; the machine goes to Hold
├── Ended
│   ├── EnrolmentEndedError         the enrolment is over or another leg runs it; the machine goes to Left
│   └── Parked                      this leg is over, the sweep starts the next; the machine goes to Left
├── PathTakenError                  the step is done, and the run goes on along one of its other paths
│   ├── Path2, Path3 …              the second path, the third …: `path_error(n)`
│   ├── PathPast, PathMissing       the date of a wait has passed, or is not there
│   └── SkippedError, FailedError   the message was skipped, the message or the call failed
├── Hopeless                        retrying cannot help
│   ├── MissingSettingError         an environment variable is missing
│   ├── PaceRefusedError            a paced calendar anywhere but on loopback
│   ├── PoisonRecordError           a record that can never be processed; it is kept and passed over
│   ├── NotFoundError               a row that should be there is not
│   ├── StaleWriteError             someone else wrote the row first: read again
│   ├── ProfileTooLargeError        more of one person than a row can hold; names the field (contacts)
│   ├── EventRejectedError          an event that can never be stored (events)
│   ├── RefusedError                a file with errors: JourneyRefusedError, SegmentRefusedError (rules, journeys)
│   ├── TemplateRefusedError        a template with faults; TemplateFaultError is one of them (messages)
│   ├── ImportRefusedError          a file, mapping or statement that cannot be imported (imports)
│   ├── RenderError                 this contact cannot get this message; Missing, Unfit, RenderLimit (messages)
│   ├── RecipientUnverifiedError    an address that a provider's sandbox does not know (delivery)
│   └── ProviderRefusedError        the provider will never take this message (delivery)
├── NotNowError                     the provider provably did not take it (delivery)
├── OutcomeUnknownError             nobody can say whether it did (delivery)
├── ClaimStaleError                 consent changed between reading and claiming: read again (delivery)
├── AlreadyClaimedError             another attempt has this message: read again (delivery)
└── Problem                         an HTTP answer, application/problem+json (RFC 9457)
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any


class SojournError(Exception):
    """The root of the tree."""


class Retryable(SojournError):
    """Trying again may help."""


class StoreBusyError(Retryable):
    """A table was busy or out of reach."""


class CallUnansweredError(Retryable):
    """Whoever was called did not answer, for a reason that may pass."""


class Held(SojournError):
    """Not now, but later."""


class HeldError(Held):
    """The step must wait. Its text is JSON, because Step Functions hands on nothing else of an exception."""

    def __init__(self, until: str, reason: str) -> None:
        super().__init__(json.dumps({"until": until, "reason": reason}))
        self.until = until
        self.reason = reason


class Ended(SojournError):
    """There is nothing left to do here."""


class EnrolmentEndedError(Ended):
    """The enrolment is over, or another leg runs it."""


class Parked(Ended):
    """This leg is over; a due row stands, and the sweep starts the next leg."""


class PathTakenError(SojournError):
    """The step is done and written down; the machine goes on along the path that the class's name stands for.

    Its text is JSON, because Step Functions hands on nothing else of an exception: `carried` are the paths of the
    branches that stand on that way and are judged already (see journeys/compiling/carried.py).
    """

    def __init__(self, carried: Mapping[str, str] | None = None) -> None:
        super().__init__(json.dumps({"path": dict(carried or {})}))
        self.carried = dict(carried or {})


class PathPast(PathTakenError):
    """The date that a wait is for has passed."""


class PathMissing(PathTakenError):
    """The date that a wait is for is not there, or is no date."""


class SkippedError(PathTakenError):
    """The step's message was skipped, and the journey has a path for that."""


class FailedError(PathTakenError):
    """The step's message or call failed, and the journey has a path for that."""


@cache
def path_error(number: int) -> type[PathTakenError]:
    """The class `Path<number>`: the step goes on along its path of this number, counted from 1."""
    return type(f"Path{number}", (PathTakenError,), {"__doc__": f"Path {number} of the step is taken."})


class Hopeless(SojournError):
    """Trying again cannot help."""


class MissingSettingError(Hopeless):
    """An environment variable is missing."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the environment variable {name} is not set; template.yaml sets it for every function"
        )


class PaceRefusedError(Hopeless):
    """A paced calendar is a toy for the local cloud."""

    def __init__(self) -> None:
        super().__init__("SOJOURN_PACE is set but AWS_ENDPOINT_URL is not on loopback; unset SOJOURN_PACE")


class PoisonRecordError(Hopeless):
    """A record that can never be processed."""


class NotFoundError(Hopeless):
    """A row that should be there is not."""


class StaleWriteError(Hopeless):
    """Someone else wrote the row first."""


class Problem(SojournError):
    """An HTTP answer of kind application/problem+json (RFC 9457)."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra
