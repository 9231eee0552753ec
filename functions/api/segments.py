"""Views of segments: list, show, save, publish, retire; who is in, why, and who would be."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.routing import route

segments = Blueprint(__name__)


@route(segments, "/api/segments")
def list_segments(request: Request) -> dict[str, Any]:
    """Every segment that was ever saved or published."""
    from functions.api import segmenting

    return segmenting.list_segments(request)


@route(segments, "/api/segments/preview", "POST")
def preview_segment(request: Request) -> dict[str, Any]:
    """How many would be in, and ten of them, of a rule that is not saved."""
    from functions.api import segmenting

    return segmenting.preview_segment(request)


@route(segments, "/api/segments/verify", "POST")
def verify_segments(request: Request) -> Response:
    """Compare what stands of all segments with what the events say."""
    from functions.api import segment_runs

    return segment_runs.verify_segments(request)


@route(segments, "/api/segments/runs/{id}")
def show_run(request: Request, id: str) -> dict[str, Any]:  # noqa: A002  the path's own word
    """How a run through all contacts stands, and what it found."""
    from functions.api import segment_runs

    return segment_runs.show_run(id)


@route(segments, "/api/segments/{name}/verify", "POST")
def verify_segment(request: Request, name: str) -> Response:
    """Compare what stands of one segment with what the events say."""
    from functions.api import segment_runs

    return segment_runs.verify_segments(request, name)


@route(segments, "/api/segments/{name}")
def show_segment(request: Request, name: str) -> Response:
    """The draft, what is in force, how fresh it is, and what looks at it."""
    from functions.api import segmenting

    return segmenting.show_segment(name)


@route(segments, "/api/segments/{name}/brief")
def brief_segment(request: Request, name: str) -> dict[str, Any]:
    """The same for few reads: its size is what came less what went."""
    from functions.api import segment_reading

    return segment_reading.brief_segment(name)


@route(segments, "/api/segments/{name}/draft")
def show_draft(request: Request, name: str) -> dict[str, Any]:
    """The text as it was saved last: one read."""
    from functions.api import segment_reading

    return segment_reading.show_draft(name)


@route(segments, "/api/segments/{name}", "PUT")
def save_segment(request: Request, name: str) -> Response:
    """Save the draft: every error in it refuses it; a revision that is not the latest is a conflict."""
    from functions.api import segmenting

    return segmenting.save_segment(request, name)


@route(segments, "/api/segments/{name}", "DELETE")
def retire_segment(request: Request, name: str) -> Response:
    """Take it out of force: everybody leaves, which moves nobody. Not while others look at it."""
    from functions.api import segmenting

    return segmenting.retire_segment(name)


@route(segments, "/api/segments/{name}/publish", "POST")
def publish_segment(request: Request, name: str) -> Response:
    """Let the draft take force, once everybody was judged by it."""
    from functions.api import segmenting

    return segmenting.publish_segment(name)


@route(segments, "/api/segments/{name}/members")
def list_members(request: Request, name: str) -> dict[str, Any]:
    """Who is in, a moment ago."""
    from functions.api import segment_members

    return segment_members.list_members(request, name)


@route(segments, "/api/segments/{name}/matching", "POST")
def list_matching(request: Request, name: str) -> dict[str, Any]:
    """Who of those in it fits a rule that is not saved, as far as one request looks."""
    from functions.api import segment_matching

    return segment_matching.list_matching(request, name)


@route(segments, "/api/segments/{name}/explain")
def explain_segment(request: Request, name: str) -> dict[str, Any]:
    """Each condition with the value seen of one contact, the verdict, and when it may flip."""
    from functions.api import segmenting

    return segmenting.explain_segment(request, name)
