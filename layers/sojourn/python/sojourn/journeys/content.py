"""What a journey is made of when it goes live: its definition, and the version of each template that it writes with."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from sojourn.journeys.graph import steps_by_name
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Send
from sojourn.messages.library import latest_versions


def templates_now(journey: Journey) -> dict[str, int]:
    """The latest version of each of its templates; 0 of one that is not there."""
    known = latest_versions()
    return {template: known[template][0] if template in known else 0 for template in _templates(journey)}


def content_hash(journey: Journey, templates: Mapping[str, int]) -> str:
    """The same for two texts that say the same and write with the same templates."""
    content = {"journey": journey.to_definition(), "templates": dict(templates)}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _templates(journey: Journey) -> Iterator[str]:
    """Those of its messages, and of the messages that go instead."""
    for step in steps_by_name(journey).values():
        if isinstance(step, Send):
            yield step.template
            if step.instead:
                yield step.instead.template
