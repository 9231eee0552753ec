"""Which revision of a draft a request follows, by `If-Match` or `revision`; else a refusal with what changed since."""

import re
from typing import Any

from chalice.app import Request

from sojourn.errors import Problem
from sojourn.journeys.drafts import Draft, get_draft, get_revision
from sojourn.journeys.model import Journey

TAG = re.compile(r'"?(\d{1,9})"?')


def followed(request: Request, draft: Draft | None, said: int | None, *, text: str = "") -> int:
    """The latest revision, if the request names it; a new journey has none to name. `text` is what would be saved."""
    latest, tags = draft.revision if draft else 0, _tags(request)
    if draft and not tags and said is None:
        raise _unnamed(draft)
    if tags and not _is_met(tags, draft):
        base = next((revision for revision in map(_number, tags) if revision), None)
        raise conflict(412, "precondition_failed", draft, base=base, text=text)
    if said not in (None, latest):
        raise conflict(409, "revision_conflict", draft, base=said, text=text)
    return latest


def unchanged(request: Request, draft: Draft) -> None:
    """The same for what may name a revision, and need not."""
    tags = _tags(request)
    if tags and not _is_met(tags, draft):
        raise conflict(412, "precondition_failed", draft, base=_number(tags[0]))


def outrun(name: str, base: int, *, text: str) -> Problem:
    """Somebody saved between our reading and our writing."""
    return conflict(409, "revision_conflict", get_draft(name), base=base, text=text)


def conflict(status: int, code: str, draft: Draft | None, *, base: int | None, text: str = "") -> Problem:
    """What stands there now, and what changed since the revision that the author read."""
    if draft is None:
        said = "there is no draft yet: save it without `If-Match`"
        return Problem(status, code, said, revision=0)
    there = get_revision(draft.name, base) if base and base < draft.revision else None
    by = f" by {draft.saved_by}" if draft.saved_by else ""
    latest = f"revision {draft.revision} was saved{by} meanwhile"
    said = f'{latest}: read it, bring your changes in, save again with `If-Match: "{draft.revision}"`'
    who = {"saved_by": draft.saved_by or None, "saved_at": draft.saved_at or None}
    shown = _since(there, draft) if there else _against(text, draft)
    return Problem(status, code, said, revision=draft.revision, **who, **shown, headers=_etag(draft))


def _since(base: Draft, draft: Draft) -> dict[str, Any]:
    """What others changed."""
    from sojourn.journeys.migrating.changes import changes

    models = [Journey.from_definition(each.definition) for each in (base, draft)]
    steps = [{"step": change.step, "change": change.kind.value} for change in changes(*models)]
    return {
        "since": base.revision,
        "changes": steps,
        "diff": _diff(base.source, draft.source, base.revision, draft),
    }


def _against(text: str, draft: Draft) -> dict[str, Any]:
    """Nobody knows what the author read: what they sent stands in its place."""
    return {"since": None, "changes": [], "diff": _diff(text, draft.source, None, draft) if text else []}


def _diff(old: str, new: str, base: int | None, draft: Draft) -> list[str]:
    from sojourn.journeys.migrating.difference import difference

    first = f"{draft.name} revision {base}" if base else f"{draft.name} as you sent it"
    return list(difference(old, new, names=(first, f"{draft.name} revision {draft.revision}")))


def _unnamed(draft: Draft) -> Problem:
    said = f'revision {draft.revision} is there already: say `If-Match: "{draft.revision}"` if that is what you read'
    remedy = f"{said}; `If-Match: *` takes the place of whatever is there"
    return Problem(428, "revision_required", remedy, revision=draft.revision, headers=_etag(draft))


def _etag(draft: Draft) -> dict[str, str]:
    return {"ETag": f'"{draft.revision}"'}


def _tags(request: Request) -> list[str]:
    said = request.headers.get("if-match", "")
    return [tag.strip() for tag in said.split(",") if tag.strip()]


def _is_met(tags: list[str], draft: Draft | None) -> bool:
    return draft is not None and ("*" in tags or draft.revision in map(_number, tags))


def _number(tag: str) -> int | None:
    found = TAG.fullmatch(tag)
    return int(found[1]) if found else None
