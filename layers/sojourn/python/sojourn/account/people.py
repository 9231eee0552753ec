"""Who may sign in: the people of the stack's user pool and their roles, by the caller's own IAM.

Each act looks first and does nothing twice. Passwords never pass through here: Cognito makes and mails the first one.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

ROLES = ("viewer", "editor", "approver", "admin")
INVITED = "FORCE_CHANGE_PASSWORD"  # Cognito's word for who has not signed in yet
PAGE = 60  # the most that Cognito lists at a time


class NobodyError(Exception):
    """The pool knows nobody of this address."""


class LastAdminError(Exception):
    """Nobody would be left who may invite, or make keys."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in; `id` is what the log of changes calls them."""

    id: str
    email: str
    role: str
    has_signed_in: bool
    is_enabled: bool = True

    @property
    def state(self) -> str:
        """As people read it."""
        if not self.is_enabled:
            return "disabled"
        return "active" if self.has_signed_in else "invited"


@dataclass(frozen=True, slots=True)
class People:
    """One pool, and what is done with it."""

    cognito: Any
    pool: str

    def invite(self, email: str, role: str, *, again: bool = False) -> tuple[bool, str]:
        """Let somebody in with a role: whether they are new, and the role before. Whoever died midway repeats it."""
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        resent = {"MessageAction": "RESEND"} if again else {}
        try:
            self.cognito.admin_create_user(
                UserPoolId=self.pool,
                Username=email,
                UserAttributes=attributes,
                DesiredDeliveryMediums=["EMAIL"],
                **resent,
            )
            is_new = not again
        except self.cognito.exceptions.UsernameExistsException:
            is_new = False
        except self.cognito.exceptions.UserNotFoundException:
            raise NobodyError(email) from None
        return is_new, self.give(email, role)

    def give(self, email: str, role: str) -> str:
        """This role and no other; the one before, empty when there was none."""
        before = self.roles_of(email)
        others = [each for each in before if each != role]
        self._refuse_last_admin(others)
        if role not in before:
            self.cognito.admin_add_user_to_group(UserPoolId=self.pool, Username=email, GroupName=role)
        for other in others:
            self.cognito.admin_remove_user_from_group(UserPoolId=self.pool, Username=email, GroupName=other)
        return highest(before)

    def remove(self, email: str) -> str:
        """Nobody gets in by this address any more; the role they had."""
        before = self.roles_of(email)
        self._refuse_last_admin(before)
        self.cognito.admin_delete_user(UserPoolId=self.pool, Username=email)
        return highest(before)

    def let(self, email: str, *, is_enabled: bool) -> None:
        """Whether they may sign in; their role stays."""
        if not is_enabled:
            self._refuse_last_admin(self.roles_of(email))
        act = self.cognito.admin_enable_user if is_enabled else self.cognito.admin_disable_user
        try:
            act(UserPoolId=self.pool, Username=email)
        except self.cognito.exceptions.UserNotFoundException:
            raise NobodyError(email) from None

    def sign_out(self, email: str) -> None:
        """Nothing is refreshed any more by what they signed in with; whoever is gone is out."""
        with suppress(self.cognito.exceptions.UserNotFoundException):
            self.cognito.admin_user_global_sign_out(UserPoolId=self.pool, Username=email)

    def forget_authenticator(self, email: str) -> None:
        """Whoever lost theirs signs in by password alone, and sets up another."""
        off = {"Enabled": False, "PreferredMfa": False}
        try:
            self.cognito.admin_set_user_mfa_preference(
                UserPoolId=self.pool, Username=email, SoftwareTokenMfaSettings=off
            )
        except self.cognito.exceptions.UserNotFoundException:
            raise NobodyError(email) from None

    def id_of(self, email: str) -> str:
        """What the log of changes calls them."""
        try:
            return str(self.cognito.admin_get_user(UserPoolId=self.pool, Username=email)["Username"])
        except self.cognito.exceptions.UserNotFoundException:
            raise NobodyError(email) from None

    def roles_of(self, email: str) -> list[str]:
        """All of them: Cognito knows groups, and somebody may have been put into two by hand."""
        try:
            asked = {"UserPoolId": self.pool, "Username": email, "Limit": PAGE}
            found = self.cognito.admin_list_groups_for_user(**asked)["Groups"]
        except self.cognito.exceptions.UserNotFoundException:
            raise NobodyError(email) from None
        return [each["GroupName"] for each in found if each["GroupName"] in ROLES]

    def everybody(self) -> list[Person]:
        """Who may sign in, by address; five requests and one a page, not one a person."""
        roles = {name: role for role in ROLES for name in self.names_in(role)}
        listed = _pages(self.cognito, "list_users", "Users", UserPoolId=self.pool)
        return sorted((_person(user, roles) for user in listed), key=lambda person: person.email)

    def names_in(self, role: str) -> list[str]:
        """The ids of those who have a role."""
        listed = _pages(self.cognito, "list_users_in_group", "Users", UserPoolId=self.pool, GroupName=role)
        return [user["Username"] for user in listed]

    def _refuse_last_admin(self, lost: list[str]) -> None:
        if ROLES[-1] in lost and len(self.names_in(ROLES[-1])) == 1:
            raise LastAdminError


def highest(roles: list[str]) -> str:
    """The role that counts."""
    return max(roles, key=ROLES.index, default="")


def has_admin(cognito: Any, pool: str) -> bool:
    """Whether anybody who is not disabled may sign in and do everything; an older stack has no pool, or no group."""
    asked = {"UserPoolId": pool, "GroupName": ROLES[-1]}
    try:
        return any(
            user.get("Enabled", True) for user in _pages(cognito, "list_users_in_group", "Users", **asked)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return False


def _person(user: dict[str, Any], roles: dict[str, str]) -> Person:
    attributes = {each["Name"]: each["Value"] for each in user.get("Attributes", [])}
    name = user["Username"]
    has_signed_in, is_enabled = user.get("UserStatus") != INVITED, user.get("Enabled", True)
    return Person(name, attributes.get("email", ""), roles.get(name, ""), has_signed_in, is_enabled)


def _pages(cognito: Any, operation: str, key: str, **asked: Any) -> Iterator[dict[str, Any]]:
    for page in cognito.get_paginator(operation).paginate(**asked, PaginationConfig={"PageSize": PAGE}):
        yield from page[key]
