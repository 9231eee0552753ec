"""A contact as the rules inside a journey see them: with what let them in, and what calls answered.

`entry.<property>` and `reply.<call>.<field>` are words of the language: inside a journey they mean this, whatever
attributes the contact has. What a profile does not hold is read when a rule asks for it: consent, messages, and events
that no segment counts.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import workspace
from sojourn.journeys.enrolment import Enrolment
from sojourn.rules.compile import Compiled, compile_rule
from sojourn.rules.nodes import Rule
from sojourn.rules.view import Needs, TraceSpec, View
from sojourn.segments.backfill import filled
from sojourn.segments.judge import members_of
from sojourn.segments.quantiles import standing_of
from sojourn.segments.reading import load
from sojourn.segments.store import live_index, newest_cuts
from sojourn.segments.view import view_of

ENTRY, REPLY = "entry", "reply"


@lru_cache(maxsize=1_024)
def compiled(rule: Rule) -> Compiled:
    """The rule ready to be asked: rules of a published version never change."""
    return compile_rule(rule)


def view_in(enrolment: Enrolment, profile: Profile, rules: Iterable[Rule], *, now: datetime) -> View:
    """What these rules may ask, and no more is read."""
    asked = [compiled(rule) for rule in rules]
    needs = Needs(sum({need.value for each in asked for need in each.references.needs}))
    missing: dict[str, TraceSpec] = {}
    for each in asked:
        missing |= {name: spec for name, spec in each.traces.items() if name not in profile.traces}
    known = filled(profile, missing) if missing else profile
    view = view_of(known, now, workspace=workspace(), loaded=load(known, needs))
    named = any(each.references.segments for each in asked)
    own = {ENTRY: dict(enrolment.facts), REPLY: dict(enrolment.replies)}
    return replace(
        view,
        attributes={**view.attributes, **own},
        segments=members_of(profile.segments, live_index()) if named else frozenset(),
        quantiles=standing_of(view.facts, newest_cuts()[1]) if Needs.QUANTILES in needs else {},
    )
