"""The API's rooms, by the word after `/api/`: what is imported when somebody first asks there.

A view under a word stands in that word's room, wherever its module is; a test goes through all of them.
"""

from collections.abc import Mapping

from chalice.app import Blueprint

from sojourn.http.rooms import Room, room_of

PART = 2
Blueprints = tuple[Blueprint, ...]


def load(path: str) -> None:
    """Know the views under this path."""
    room_of(ROOMS, path, PART)


def _attributes() -> Blueprints:
    from functions.api.attributes import attributes

    return (attributes,)


def _audit() -> Blueprints:
    from functions.api.auditing import auditing

    return (auditing,)


def _bulk() -> Blueprints:
    from functions.api.bulk import bulk

    return (bulk,)


def _contacts() -> Blueprints:
    from functions.api.contacts import contacts
    from functions.api.exports import exports
    from functions.api.lives import lives
    from functions.api.merging import merging
    from functions.api.people import people

    return (contacts, exports, lives, merging, people, *_privacy())


def _privacy() -> Blueprints:
    from functions.api.privacy import privacy

    return (privacy,)


def _explain() -> Blueprints:
    from functions.api.insights import insights

    return (insights,)


def _groups() -> Blueprints:
    from functions.api.people import people

    return (people,)


def _health() -> Blueprints:
    from functions.api.health import health

    return (health,)


def _hooks() -> Blueprints:
    from functions.api.hooks import hooks

    return (hooks,)


def _imports() -> Blueprints:
    from functions.api.imports import imports

    return (imports,)


def _journeys() -> Blueprints:
    from functions.api.approving import approving
    from functions.api.insights import insights
    from functions.api.journeys import journeys
    from functions.api.migrating import migrating
    from functions.api.rehearsing import rehearsals
    from functions.api.running import running
    from functions.api.waiting import drafts
    from functions.api.watching import watching

    return (approving, insights, journeys, migrating, rehearsals, running, drafts, watching)


def _keys() -> Blueprints:
    from functions.api.keys import keys

    return (keys,)


def _messages() -> Blueprints:
    from functions.api.contacts import contacts
    from functions.api.waiting import drafts

    return (contacts, drafts)


def _names() -> Blueprints:
    from functions.api.overview import overview

    return (overview,)


def _overview() -> Blueprints:
    from functions.api.days import days
    from functions.api.overview import overview
    from functions.api.pending import pending

    return (days, overview, pending)


def _queues() -> Blueprints:
    from functions.api.queues import queues

    return (queues,)


def _runs() -> Blueprints:
    from functions.api.mending import mending

    return (mending,)


def _segments() -> Blueprints:
    from functions.api.segments import segments

    return (segments,)


def _suppressions() -> Blueprints:
    from functions.api.suppressions import suppressions

    return (suppressions,)


def _tasks() -> Blueprints:
    from functions.api.tasks import tasks

    return (tasks,)


def _team() -> Blueprints:
    from functions.api.team import team

    return (team,)


def _templates() -> Blueprints:
    from functions.api.previews import previews
    from functions.api.proofs import proofs
    from functions.api.templates import templates

    return (previews, proofs, templates)


def _workspace() -> Blueprints:
    from functions.api.measuring import measuring
    from functions.api.reputation import reputation
    from functions.api.sending import sending
    from functions.api.workspace import workspaces

    return (measuring, reputation, sending, workspaces)


ROOMS: Mapping[str, Room] = {
    "attributes": _attributes,
    "audit": _audit,
    "bulk": _bulk,
    "contacts": _contacts,
    "erasures": _privacy,
    "explain": _explain,
    "exports": _privacy,
    "groups": _groups,
    "health": _health,
    "hooks": _hooks,
    "imports": _imports,
    "journeys": _journeys,
    "keys": _keys,
    "messages": _messages,
    "names": _names,
    "overview": _overview,
    "queues": _queues,
    "runs": _runs,
    "secrets": _keys,
    "segments": _segments,
    "suppressions": _suppressions,
    "tasks": _tasks,
    "team": _team,
    "templates": _templates,
    "uploads": _imports,
    "workspace": _workspace,
}
