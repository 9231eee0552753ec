"""Rules that time alone makes come true: `seen within 30 days` no more holds, and nothing happened.

A run whose exits, or whose wait, ask rules has a due row at the first moment when a verdict may change by itself; there
it is asked again (moving.py). An event that a rule listens to names the moment anew; a row that is too early finds
nothing.
"""

from collections.abc import Iterator

from sojourn.contacts.model import Profile
from sojourn.due.store import Due, put_due
from sojourn.journeys.answering import Asked
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, WaitState
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import published
from sojourn.journeys.views import compiled, view_in
from sojourn.rules.nodes import Rule

KIND = "rule"  # of what is due


def watch(run: Enrolment, profile: Profile, *, engine: Engine) -> None:
    """Note the moment; nothing where no rule is asked, or none can change by itself."""
    journey, _ = published(run.journey, run.version)
    rules = list(_asked(journey, run))
    if not rules:
        return
    now = engine.clock.calendar()
    view = view_in(run, profile, rules, now=now)
    flips = [moment for rule in rules if (moment := compiled(rule).judge(view).flips_at)]
    if flips:
        due = Due(min(flips), KIND, run.id, {"journey": run.journey, "enrolment": run.id})
        put_due(due, now=now, pace=engine.clock.pace, shards=engine.due_shards)


def _asked(journey: Journey, run: Enrolment) -> Iterator[Rule]:
    """The rules that may move it: of the ways out, and of what it waits for."""
    yield from (way.rule for way in journey.exits if way.rule is not None)
    asked = Asked.by(run)
    if asked is not None and run.wait is not None and run.wait.state is WaitState.WAITING:
        yield from (each.rule for each in asked.step.conditions if each.rule is not None)
