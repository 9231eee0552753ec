"""What stands round a stack, in memory: the team of the pool that people sign in to, and SES's word on the account."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from sojourn.account.people import People
from tests.console import FakePool, Person


class UserNotFoundException(ClientError):  # type: ignore[misc]  # noqa: N818  Cognito's word
    """Nobody is called so."""


class UsernameExistsException(ClientError):  # type: ignore[misc]  # noqa: N818  Cognito's word
    """Somebody is called so."""


@dataclass(slots=True)
class FakeTeam:
    """Cognito's administrative calls, over the same people."""

    pool: FakePool
    mailed: list[str] = field(default_factory=list)
    disabled: set[str] = field(default_factory=set)
    signed_out: list[str] = field(default_factory=list)

    @property
    def exceptions(self) -> "FakeTeam":
        """As a client names them."""
        return self

    UserNotFoundException = UserNotFoundException
    UsernameExistsException = UsernameExistsException

    def admin_create_user(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        if Username in self.pool.people and asked.get("MessageAction") != "RESEND":
            raise UsernameExistsException(error("UsernameExistsException"), "AdminCreateUser")
        if Username not in self.pool.people:
            self.pool.add(Username, "", state="FORCE_CHANGE_PASSWORD")
        self.mailed.append(Username)
        return {}

    def admin_get_user(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        return {"Username": self._person(Username).name}

    def admin_list_groups_for_user(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        role = self._person(Username).role
        return {"Groups": [{"GroupName": role}] if role else []}

    def admin_add_user_to_group(self, *, Username: str, GroupName: str, **asked: Any) -> Any:  # noqa: N803
        self._person(Username).role = GroupName
        return {}

    def admin_remove_user_from_group(self, **asked: Any) -> Any:
        return {}

    def admin_delete_user(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        self.pool.people.pop(self._person(Username).email)
        return {}

    def admin_disable_user(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        self.disabled.add(self._person(Username).name)
        return {}

    def admin_enable_user(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        self.disabled.discard(self._person(Username).name)
        return {}

    def admin_user_global_sign_out(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        self.signed_out.append(self._person(Username).name)
        return {}

    def admin_set_user_mfa_preference(self, *, Username: str, **asked: Any) -> Any:  # noqa: N803
        self._person(Username).code = ""
        return {}

    def get_paginator(self, operation: str) -> "Pages":
        """What lists answer, a page of it."""
        return Pages(self, operation)

    def users(self, role: str = "") -> list[dict[str, Any]]:
        """As Cognito lists them."""
        return [
            {
                "Username": each.name,
                "Attributes": [{"Name": "email", "Value": each.email}],
                "UserStatus": each.state,
                "Enabled": each.name not in self.disabled,
            }
            for each in self.pool.people.values()
            if not role or each.role == role
        ]

    def _person(self, name: str) -> Person:
        for person in self.pool.people.values():
            if name in (person.email, person.name):
                return person
        raise UserNotFoundException(error("UserNotFoundException"), "AdminGetUser")


@dataclass(slots=True)
class Pages:
    """One page holds them all."""

    team: FakeTeam
    operation: str

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """The one page."""
        yield {"Users": self.team.users(str(asked.get("GroupName", "")))}


@dataclass(slots=True)
class FakeMail:
    """SES as far as it is looked at: a sender whose domain is verified and signs."""

    per_day: float = 50_000

    def get_account(self) -> Any:
        quota = {"Max24HourSend": self.per_day, "MaxSendRate": 14.0, "SentLast24Hours": 120.0}
        says = {"ProductionAccessEnabled": True, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"}
        return {**says, "SendQuota": quota}

    def get_email_identity(self, *, EmailIdentity: str) -> Any:  # noqa: N803
        if "@" in EmailIdentity:
            raise ClientError(error("NotFoundException"), "GetEmailIdentity")
        signing = {"Status": "SUCCESS", "SigningEnabled": True, "Tokens": ["abc", "def", "ghi"]}
        return {"VerifiedForSendingStatus": True, "DkimAttributes": signing}


def error(code: str) -> Any:
    """What botocore says of it."""
    return {"Error": {"Code": code, "Message": "it names ada@example.org"}}


def people_of(pool: FakePool) -> tuple[People, FakeTeam]:
    """What the API works with, and the pool behind it."""
    fake = FakeTeam(pool)
    return People(fake, "pool"), fake
