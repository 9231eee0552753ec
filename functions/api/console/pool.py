"""The user pool as our own login page asks it. Passwords pass through here to Cognito, and are never kept or logged.

None of these calls is signed: the client is public, and what they may do they prove by password, code or token.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.api.console.words import _
from sojourn import bootstrap
from sojourn.errors import Problem
from sojourn.settings import ApiSettings

# What Cognito says of somebody who may not come in: one answer for all of it, so that nobody learns who is known.
REFUSED = {
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
}
BAD_CODE = {"CodeMismatchException", "ExpiredCodeException", "EnableSoftwareTokenMFAException"}
WEAK = {"InvalidPasswordException", "PasswordHistoryPolicyViolationException", "InvalidParameterException"}
TOO_OFTEN = {"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"}
TOTP = "SOFTWARE_TOKEN_MFA"
PATIENCE = Config(
    signature_version=UNSIGNED, connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 2}
)


class RefusedError(Exception):
    """Not with this password, code or token."""


class CodeRefusedError(RefusedError):
    """The code is wrong, or too old."""


class WeakPasswordError(RefusedError):
    """The pool asks more of a password."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives."""

    access: str
    refresh: str
    email: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the pool wants besides: `NEW_PASSWORD_REQUIRED` or `SOFTWARE_TOKEN_MFA`."""

    kind: str
    session: str
    name: str


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool and its one client."""

    client: Any = field(repr=False)
    client_id: str

    def sign_in(self, email: str, password: str) -> Tokens | Challenge:
        """With a password; RefusedError says no more than no."""
        return self._begun("USER_PASSWORD_AUTH", {"USERNAME": email, "PASSWORD": password}, email)

    def answer(self, challenge: Challenge, said: str) -> Tokens | Challenge:
        """What the pool asked for: the new password, or the code of the authenticator."""
        field_of = {"NEW_PASSWORD_REQUIRED": "NEW_PASSWORD", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE"}
        answered = self._ask(
            "respond_to_auth_challenge",
            ClientId=self.client_id,
            ChallengeName=challenge.kind,
            Session=challenge.session,
            ChallengeResponses={"USERNAME": challenge.name, field_of[challenge.kind]: said},
        )
        return _read(answered, challenge.name)

    def refresh(self, token: str) -> str:
        """A new access token; empty when the old right is over."""
        try:
            told = self._begun("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": token}, "")
        except RefusedError:
            return ""
        return told.access if isinstance(told, Tokens) else ""

    def revoke(self, token: str) -> None:
        """Nothing is refreshed by it any more."""
        self._ask_quietly("revoke_token", Token=token, ClientId=self.client_id)

    def end_everywhere(self, access: str) -> None:
        """Nothing is refreshed any more for this person, wherever they signed in."""
        self._ask_quietly("global_sign_out", AccessToken=access)

    def change_password(self, access: str, old: str, new: str) -> None:
        """From the old one to the new one."""
        self._ask("change_password", AccessToken=access, PreviousPassword=old, ProposedPassword=new)

    def forgot(self, email: str) -> None:
        """Mail them a code, if there is such a person; nobody is told whether there is."""
        self._ask_quietly("forgot_password", ClientId=self.client_id, Username=email)

    def reset(self, email: str, code: str, new: str) -> None:
        """A new password for whoever has the code."""
        asked = {"Username": email, "ConfirmationCode": code, "Password": new}
        self._ask("confirm_forgot_password", ClientId=self.client_id, **asked)

    def has_authenticator(self, access: str) -> bool:
        """Whether a code is asked besides the password."""
        return TOTP in self._ask("get_user", AccessToken=access).get("UserMFASettingList", [])

    def begin_authenticator(self, access: str) -> str:
        """A secret for their app; it counts once a code of it was shown."""
        return str(self._ask("associate_software_token", AccessToken=access)["SecretCode"])

    def confirm_authenticator(self, access: str, code: str) -> None:
        """From now on a code is asked; CodeRefusedError when this one is not good."""
        if self._ask("verify_software_token", AccessToken=access, UserCode=code).get("Status") != "SUCCESS":
            raise CodeRefusedError
        self._prefer(access, is_on=True)

    def end_authenticator(self, access: str) -> None:
        """The password is enough again."""
        self._prefer(access, is_on=False)

    def _prefer(self, access: str, *, is_on: bool) -> None:
        settings = {"Enabled": is_on, "PreferredMfa": is_on}
        self._ask("set_user_mfa_preference", AccessToken=access, SoftwareTokenMfaSettings=settings)

    def _begun(self, flow: str, parameters: Mapping[str, str], name: str) -> Tokens | Challenge:
        asked = {"AuthFlow": flow, "AuthParameters": dict(parameters)}
        return _read(self._ask("initiate_auth", ClientId=self.client_id, **asked), name)

    def _ask_quietly(self, operation: str, **asked: Any) -> None:
        try:
            self._ask(operation, **asked)
        except RefusedError:
            return

    def _ask(self, operation: str, **asked: Any) -> dict[str, Any]:
        try:
            told: dict[str, Any] = getattr(self.client, operation)(**asked)
            return told
        except ClientError as error:
            raise _ours(error.response["Error"]["Code"]) from None  # its text may repeat what was sent
        except BotoCoreError as error:
            raise Problem(
                503, "sign_in_unavailable", _("the user pool does not answer now: try again")
            ) from error


def _ours(code: str) -> Exception:
    if code in TOO_OFTEN:
        return Problem(
            429, "rate_limited", _("too many tries: wait some minutes"), headers={"Retry-After": "60"}
        )
    if code in BAD_CODE:
        return CodeRefusedError()
    if code in WEAK:
        return WeakPasswordError()
    if code in REFUSED:
        return RefusedError()
    return Problem(503, "sign_in_unavailable", _("the user pool does not answer as it should: try again"))


def _read(told: Mapping[str, Any], name: str) -> Tokens | Challenge:
    if kind := told.get("ChallengeName"):
        known = (told.get("ChallengeParameters") or {}).get("USER_ID_FOR_SRP", name)
        return Challenge(kind, told["Session"], known)
    result = told["AuthenticationResult"]
    return Tokens(result["AccessToken"], result.get("RefreshToken", ""), _email(result.get("IdToken", "")))


def _email(token: str) -> str:
    """The id token's; it has just come from the pool itself, so nobody else can have written it."""
    import base64

    body = token.split(".")[1] if token.count(".") == 2 else ""
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) if body else {}
    return str(said.get("email", ""))


def pool() -> Pool:
    """This stack's, or the one that was given."""
    return _given[0] if _given else _own()


def use_pool(given: Pool | None) -> None:
    """Ask this one from now on: for tests. None gives the stack's own back."""
    _given[:] = [given] if given else []


_given: list[Pool] = []


@functools.cache
def _own() -> Pool:
    return Pool(bootstrap.client("cognito-idp", PATIENCE), ApiSettings.from_env().user_pool_client_id)
