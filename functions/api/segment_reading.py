"""Segments at a glance: what lists and pages show at once, for few reads."""

from collections.abc import Mapping
from typing import Any

from functions.api import segment_answers as answers
from functions.api.segmenting import days_of, published_at, revision_of, used_by
from functions.api.world import world
from sojourn.clock import iso
from sojourn.errors import Problem
from sojourn.rules.definition import from_definition
from sojourn.rules.say import sentence
from sojourn.segments import publish as publishing
from sojourn.segments import store
from sojourn.segments.index import SegmentIndex
from sojourn.segments.store import SegmentDraft, Standing


def brief_segment(name: str) -> dict[str, Any]:
    """The same as all of it, but for its size: that is what came less what went, one read instead of one a shard."""
    draft, stands, index = store.standing(name)
    stand, segment = stands.get(name, Standing()), index.live.get(name)
    if draft is None and not stand.live and not stand.pending:
        raise Problem(404, "segment_not_found", "there is no such segment")
    days = days_of(name)
    run = publishing.newest_run(name, stand) if stand.pending else None
    return {
        "name": name,
        "revision": revision_of(draft),
        "source": draft.source if draft else None,
        **answers.stand(stand),
        "live_since": published_at(segment),
        "means": meaning(name, draft, index),
        "is_changed": is_changed(draft, stand),
        "members": days[-1]["members"] if days and segment else 0,
        "evaluated_at": iso(world().clock.calendar()) if segment and not stand.pending else None,
        "run": answers.progress(run, name),
        "used_by": used_by(name, index),
        "days": days,
    }


def show_draft(name: str) -> dict[str, Any]:
    """The text as it was saved last, with its revision."""
    draft = store.get_draft(name)
    if draft is None:
        raise Problem(404, "segment_not_found", "there is no such segment, or it has no draft")
    return {"name": name, "revision": draft.revision, "source": draft.source}


def meaning(name: str, draft: SegmentDraft | None, index: SegmentIndex) -> str | None:
    """The rule in force in words; before there is one, the draft's."""
    if segment := index.live.get(name):
        return sentence(segment.rule)
    return sentence(from_definition(draft.definition)) if draft and draft.definition else None


def is_changed(draft: SegmentDraft | None, stand: Standing) -> bool:
    """Whether publishing the draft would change anything."""
    if draft is None:
        return False
    if stand.invalid or not (stand.live or stand.pending) or not draft.definition:
        return True
    return publishing.hash_of(from_definition(draft.definition)) != stand.hash


def listed(name: str, draft: SegmentDraft | None, stands: Mapping[str, Standing], index: SegmentIndex) -> Any:
    """A line of the list."""
    return {
        "name": name,
        "revision": revision_of(draft),
        **answers.stand(stands.get(name, Standing())),
        "means": meaning(name, draft, index),
    }
