"""The revisions that wait for somebody's word: found by two queries, however many journeys there are."""

from collections.abc import Iterator, Mapping

from sojourn.config import Row, query
from sojourn.journeys.approving import KIND, approval_id, needed_by
from sojourn.journeys.drafts import KIND as JOURNEY
from sojourn.journeys.drafts import LATEST, Draft
from sojourn.journeys.live import LiveJourney, State


def asked_of(name: str, live: Mapping[str, LiveJourney]) -> Iterator[Draft]:
    """Latest revisions that are not live, need others' words, and have too few of them and none of this person's.

    A word that lapsed as a template was saved since still counts here: the journey's own page tells.
    """
    rows = {row.id: row for row in query(JOURNEY)}
    words = {row.id: {each["by"] for each in row.data["given"]} for row in query(KIND)}
    for row in rows.values():
        journey, _, which = row.id.partition("#")
        if which != LATEST:
            continue
        draft = Draft(name=journey, revision=row.revision, **row.data)
        running = live.get(journey)
        there = rows.get(f"{journey}#{running.version:05d}") if running else None
        given = words.get(approval_id(draft), set())
        needed = needed_by(draft.definition, there.data["definition"] if there else {})
        if name in given or name == draft.saved_by or len(given) >= needed:
            continue
        if not (there and running and running.state is not State.STOPPED and _is(draft, there)):
            yield draft


def _is(draft: Draft, version: Row) -> bool:
    """Whether this version was made of that revision."""
    approval = version.data.get("approval") or {}
    return approval.get("revision") == draft.revision or version.data["definition"] == draft.definition
