"""What providers' errors mean for a message (house law 4): a table, and the one place that reads botocore's errors.

Proof that the provider did not take the message: the connection was never made, or the answer is a 4xx.
Everything else (a time-out after sending, a 5xx, a broken connection) proves nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.parsers import ResponseParserError

from sojourn import telemetry
from sojourn.delivery.model import (
    HoldReason,
    NotNowError,
    OutcomeUnknownError,
    ProviderRefusedError,
    RecipientUnverifiedError,
)

# One attempt: botocore's default retries mail a message up to five times on a read time-out.
# What we hand over is typed text of our own; a provider that finds a fault in it says so itself, with a 400.
ONE_ATTEMPT = Config(
    retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20, parameter_validation=False
)

NOT_NOW = {
    "TooManyRequestsException": (HoldReason.RATE, 30),
    "ThrottlingException": (HoldReason.RATE, 30),
    "Throttling": (HoldReason.RATE, 30),
    "ThrottledException": (HoldReason.RATE, 30),
    "LimitExceededException": (HoldReason.QUOTA, 3600),
    "SendingPausedException": (HoldReason.SUSPENDED, 3600),
    "AccountSuspendedException": (HoldReason.SUSPENDED, 3600),
}
REFUSED = {
    "MessageRejected": "provider_rejected",
    "MailFromDomainNotVerifiedException": "sender_not_verified",
    "NotFoundException": "provider_not_found",
    "BadRequestException": "provider_bad_request",
    "InvalidParameter": "provider_bad_request",
    "InvalidParameterException": "provider_bad_request",
    "InvalidParameterValue": "provider_bad_request",
    "ParameterValueInvalid": "provider_bad_request",
    "OptedOut": "opted_out",
}
OTHER_4XX = (HoldReason.PROVIDER, 600)  # wrong rights or a mistaken configuration: somebody must mend it
UNVERIFIED = (
    "failed the check"  # "… The following identities failed the check in region EU-WEST-1: ada@example.org"
)
NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, NoCredentialsError, CredentialRetrievalError)


@contextmanager
def understood(sender: str = "") -> Iterator[None]:
    """Turn a provider client's errors into ours; `sender` is who writes."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error, sender) from error
    except NEVER_SENT as error:
        raise NotNowError(HoldReason.PROVIDER, 30) from error
    except ParamValidationError as error:
        raise ProviderRefusedError("provider_bad_request") from error
    except (BotoCoreError, ResponseParserError) as error:
        raise OutcomeUnknownError from error


def _meaning(error: ClientError, sender: str) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in NOT_NOW or status == 429:
        return NotNowError(*NOT_NOW.get(code, NOT_NOW["TooManyRequestsException"]))
    telemetry.warn(
        "provider refused", code=code, status=status
    )  # the code only: its sentence may name an address
    if status >= 500:
        return OutcomeUnknownError()
    if code == "MessageRejected" and UNVERIFIED in (said := error.response["Error"].get("Message", "")):
        return _unverified(said, sender)
    return ProviderRefusedError(REFUSED[code]) if code in REFUSED else NotNowError(*OTHER_4XX)


def _unverified(said: str, sender: str) -> Exception:
    """SES names whoever is not verified: the sender is our fault, the reader is what a sandbox does."""
    own = parseaddr(sender)[1].casefold()
    is_ours = bool(own) and own in said.casefold()
    return ProviderRefusedError("sender_not_verified") if is_ours else RecipientUnverifiedError()
