"""Views of the sender's reputation: what came back of the last day's mails, and a person's word where marketing was
paused for it."""

from typing import Any

from chalice.app import Blueprint, Request

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.bootstrap import settings
from sojourn.contacts.workspace import workspace
from sojourn.delivery.policy import policy_of
from sojourn.delivery.reputation import BOUNCE_RATE, COMPLAINT_RATE, LEAST_COMPLAINTS, Standing
from sojourn.journeys import held_back
from sojourn.journeys.reputation import resume, standing, tally_of

reputation = Blueprint(__name__)
REPUTATION = "/api/workspace/reputation"


@route(reputation, REPUTATION)
def show_reputation(request: Request) -> dict[str, Any]:
    """Whether marketing is paused, for what, and how the last day's mails fared."""
    return _shown(standing())


@route(reputation, f"{REPUTATION}/resume", "POST")
def resume_marketing(request: Request) -> dict[str, Any]:
    """Let marketing go on: what was held goes within minutes, and only mails sent from now on are judged. Said twice
    it is said once, and whoever died before the held messages were told says it again."""
    if request.raw_body:
        refuse_unknown(sent_object(request), set())
    before, after = resume(clock=world().clock)
    changed(_logged(before), _logged(after))
    held_back.ask(clock=world().clock, shards=int(settings().due_shards))
    telemetry.note("marketing resumed", was_paused=before.is_paused)
    return _shown(after)


def _shown(there: Standing) -> dict[str, Any]:
    return {
        "paused": there.is_paused,
        "cause": there.cause or None,
        "since": there.since or None,
        "for": there.tally.to_json() if there.is_paused else None,
        "last_day": tally_of(there, world().clock).to_json(),
        "pauses_at": {
            "mails": policy_of(workspace().delivery).judged_from,
            "bounce_rate": BOUNCE_RATE,
            "complaint_rate": COMPLAINT_RATE,
            "complaints": LEAST_COMPLAINTS,
        },
    }


def _logged(there: Standing) -> dict[str, Any]:
    return {"paused": there.is_paused, **({"cause": there.cause} if there.cause else {})}
