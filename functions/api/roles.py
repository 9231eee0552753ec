"""Who may do what: a key has a role, a role holds those below it, and each way into the API asks for one.

viewer    looks, rehearses, previews
editor    writes drafts, templates, segments, contacts; answers tasks; imports
approver  makes journeys and segments live, approves, pauses, resumes, stops, moves people, closes addresses
admin     keys, settings, attributes; a person's file, their erasure; opens addresses again
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from sojourn.errors import Problem


class Role(IntEnum):
    """In order: each may what those before it may."""

    VIEWER = 1
    EDITOR = 2
    APPROVER = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        """As people write it."""
        return self.name.lower()


WORDS: Mapping[str, Role] = MappingProxyType({role.word: role for role in Role})
# Whoever asks by GET looks, whoever asks otherwise edits, but for these.
OTHERWISE: Mapping[tuple[str, str], Role] = MappingProxyType(
    {
        ("POST", "/api/journeys/rehearse"): Role.VIEWER,
        ("POST", "/api/journeys/{name}/check"): Role.VIEWER,
        ("POST", "/api/journeys/{name}/plan"): Role.VIEWER,
        ("POST", "/api/segments/preview"): Role.VIEWER,
        ("POST", "/api/segments/{name}/matching"): Role.VIEWER,
        ("POST", "/api/templates/{name}/preview"): Role.VIEWER,
        ("POST", "/api/suppressions/find"): Role.VIEWER,
        ("POST", "/api/journeys/{name}/approvals"): Role.APPROVER,
        ("POST", "/api/journeys/{name}/publish"): Role.APPROVER,
        ("POST", "/api/journeys/{name}/migrations"): Role.APPROVER,
        ("POST", "/api/journeys/{name}/continuations"): Role.APPROVER,
        ("POST", "/api/journeys/{name}/pause"): Role.APPROVER,
        ("POST", "/api/journeys/{name}/resume"): Role.APPROVER,
        ("POST", "/api/journeys/{name}/stop"): Role.APPROVER,
        ("POST", "/api/segments/{name}/publish"): Role.APPROVER,
        ("DELETE", "/api/segments/{name}"): Role.APPROVER,
        ("PUT", "/api/suppressions"): Role.APPROVER,
        ("DELETE", "/api/suppressions"): Role.ADMIN,
        ("PUT", "/api/workspace"): Role.ADMIN,
        ("PUT", "/api/workspace/tracking"): Role.ADMIN,
        ("PUT", "/api/workspace/mode"): Role.APPROVER,  # and live is an admin's word
        ("POST", "/api/workspace/reputation/resume"): Role.ADMIN,
        ("POST", "/api/journeys/{name}/release"): Role.APPROVER,
        ("POST", "/api/messages/{message}/release"): Role.APPROVER,
        ("POST", "/api/runs/{run}/restart"): Role.APPROVER,
        ("POST", "/api/runs/{run}/end"): Role.APPROVER,
        ("POST", "/api/messages/{message}/discard"): Role.APPROVER,
        ("PUT", "/api/attributes"): Role.ADMIN,
        ("DELETE", "/api/attributes/{name}"): Role.ADMIN,
        ("POST", "/api/contacts/{contact}/erase"): Role.ADMIN,
        ("POST", "/api/contacts/{contact}/export"): Role.ADMIN,
        ("GET", "/api/exports/{export}"): Role.ADMIN,
        ("GET", "/api/audit"): Role.ADMIN,
        ("GET", "/api/keys"): Role.ADMIN,
        ("POST", "/api/keys"): Role.ADMIN,
        ("DELETE", "/api/keys/{key}"): Role.ADMIN,
        ("POST", "/api/keys/{key}/rotate"): Role.ADMIN,
        ("POST", "/api/secrets/{secret}/rotate"): Role.ADMIN,
        ("GET", "/api/hooks"): Role.ADMIN,
        ("POST", "/api/hooks"): Role.ADMIN,
        ("DELETE", "/api/hooks/{hook}"): Role.ADMIN,
        ("GET", "/api/team"): Role.ADMIN,
        ("POST", "/api/team"): Role.ADMIN,
        ("PUT", "/api/team/{person}"): Role.ADMIN,
        ("DELETE", "/api/team/{person}"): Role.ADMIN,
        ("DELETE", "/api/team/{person}/authenticator"): Role.ADMIN,
        ("POST", "/api/queues/{queue}/look"): Role.ADMIN,  # what a message says is personal
        ("POST", "/api/queues/{queue}/redrive"): Role.ADMIN,
        ("POST", "/api/queues/{queue}/discard"): Role.ADMIN,
    }
)


def needed(method: str, path: str) -> Role:
    """The lowest role that may ask this."""
    return OTHERWISE.get((method, path), Role.VIEWER if method == "GET" else Role.EDITOR)


def require(role: str, method: str, path: str) -> None:
    """Problem 403 that says whom to ask, when a key's role is too low. A key without one is older than roles: admin."""
    require_at_least(needed(method, path), role)


def require_at_least(least: Role, role: str) -> None:
    """The same where it depends on what is asked."""
    if WORDS.get(role or "admin", Role.VIEWER) < least:
        raise Problem(
            403,
            "role_too_low",
            f"this asks for the role {least.word}, and the key is a {role}'s: "
            "use another key, or have one made with `sojourn keys new api --role`",
            role=least.word,
        )
