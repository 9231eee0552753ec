"""A contact as rules see them in a rehearsal: the engine's own view (segments/view.py), from what is known here."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.clock import iso
from sojourn.consent.model import Channel
from sojourn.contacts.model import Profile
from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.views import ENTRY, REPLY, compiled
from sojourn.rules.nodes import Rule
from sojourn.rules.traces import add
from sojourn.rules.view import MessageSeen, Needs, TraceSpec, View
from sojourn.segments.model import is_believed
from sojourn.segments.view import NOTHING, Loaded, view_of

if TYPE_CHECKING:
    from sojourn.planning.runs import Sent
    from sojourn.planning.stage import Stage


def seen(stage: "Stage", row: Enrolment, rules: Iterable[Rule]) -> View:
    """What these rules may ask."""
    wanted: dict[str, TraceSpec] = {}
    needs = Needs.NOTHING
    for rule in rules:
        asked = compiled(rule)
        wanted |= asked.traces
        needs |= asked.references.needs
    loaded = _loaded(stage, needs) if needs else NOTHING
    view = view_of(_traced(stage, wanted), stage.clock.now, workspace=stage.workspace, loaded=loaded)
    own = {ENTRY: dict(row.facts), REPLY: dict(row.replies)}
    return replace(view, attributes={**view.attributes, **own}, segments=stage.person.segments)


def _traced(stage: "Stage", wanted: dict[str, TraceSpec]) -> Profile:
    known = stage.known()
    if not wanted:
        return known
    traces: dict[str, Any] = {}
    for event in stage.history:
        name = event.event or event.type
        if is_believed(name, event.source):
            for key, spec in wanted.items():
                if trace := add(traces.get(key), spec, name, iso(event.at), event.key, event.properties):
                    traces[key] = trace
    return replace(known, traces={**known.traces, **traces})


def _loaded(stage: "Stage", needs: Needs) -> Loaded:
    addresses = ((Channel.EMAIL, stage.profile.email), (Channel.SMS, stage.profile.phone))
    reachable = frozenset(
        each.value for each, address in addresses if address and each not in stage.suppressed
    )
    sent = stage.sent.values() if Needs.MESSAGES in needs else ()
    return Loaded(
        stage.consent, reachable, tuple(_seen(stage, each) for each in sent if each.state == "sent")
    )


def _seen(stage: "Stage", sent: "Sent") -> MessageSeen:
    now = stage.clock.calendar()
    delivered, opened, clicked = (
        at if at is not None and at <= now else None
        for at in (sent.delivered_at, sent.opened_at, sent.clicked_at)
    )
    return MessageSeen(
        channel=sent.channel,
        journey=stage.script.journey.name,
        template=sent.template,
        sent_at=sent.at,
        delivered_at=sent.at if delivered else None,
        opened_at=opened,
        clicked_at=clicked,
        step=sent.step,
    )
