"""What an event does to the runs of a person: the goal, the ways out, the waits. In this order, and each at once.

A goal counts once a run (`converted_at`). While the run is on it always does; after its end until `window` after its
last message, or its entry when it sent none. What is dated before the entry counts for nothing, but for the grace of
late data.
"""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.clock import iso, parse_iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile
from sojourn.due.store import Due
from sojourn.events.model import Event
from sojourn.journeys import store
from sojourn.journeys.answering import OF_A_RULE, Asked, answer, answers, give, is_matched
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrol import leave
from sojourn.journeys.enrolment import Enrolment, Status, WaitState
from sojourn.journeys.language.around import WayOut
from sojourn.journeys.language.entering import Trigger
from sojourn.journeys.live import END_REQUESTED, is_met
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import published
from sojourn.journeys.views import compiled, view_in
from sojourn.journeys.watching import watch
from sojourn.segments.model import LEFT

GOAL = "goal"
END_ASKED = "end_requested"
A_WEEK = timedelta(
    days=7
)  # after a run's last message a goal still counts, unless the journey says otherwise
OPEN = {WaitState.WAITING, WaitState.ANSWERING}


@dataclass(frozen=True, slots=True)
class Move:
    """An event, the person as it leaves them, and what that takes."""

    event: Event
    profile: Profile
    engine: Engine

    def touch(self, run: Enrolment) -> None:
        """Let it move one run."""
        journey, _ = published(run.journey, run.version)
        if self._meets_goal(journey, run):
            if not run.converted_at:
                store.convert(run, at=iso(self.event.at))
            if run.status is Status.ACTIVE and journey.goal and journey.goal.exit:
                return leave(run, GOAL, engine=self.engine)
        if run.status is not Status.ACTIVE:
            return self._stop_again(run, journey)
        if reason := self._reason(journey, run):
            return leave(run, reason, engine=self.engine)
        if run.wait and run.wait.state in OPEN:
            if path := answers(self.event, run, profile=self.profile, now=self.engine.clock.calendar()):
                return answer(run, self.event, engine=self.engine, path=path)
        return watch(run, self.profile, engine=self.engine)

    def _meets_goal(self, journey: Journey, run: Enrolment) -> bool:
        goal = journey.goal
        if goal is None or not self._is_met(goal.trigger, goal.match, journey, run):
            return False
        if run.status is Status.ACTIVE:
            return True
        window = timedelta(seconds=goal.window.seconds) if goal.window else A_WEEK
        return self.event.at <= parse_iso(run.messaged_at or run.entered_at) + window

    def _stop_again(self, run: Enrolment, journey: Journey) -> None:
        """This event may have ended it, and died before this."""
        if not run.reason or run.ended_at < iso(self.event.received_at):
            return
        if run.reason == GOAL or self._reason(journey, run) == run.reason:
            self.engine.machines.stop(run)

    def _reason(self, journey: Journey, run: Enrolment) -> str:
        """Why the run is over by this, or ""."""
        said = self.event.properties
        if self.event.event == END_REQUESTED and self.event.is_internal:
            is_asked = said.get("journey") == run.journey and self._is_after(journey, run, or_at=True)
            return str(said.get("reason") or END_ASKED) if is_asked else ""
        return next((reason_of(way) for way in journey.exits if self._takes_out(way, journey, run)), "")

    def _takes_out(self, way: WayOut, journey: Journey, run: Enrolment) -> bool:
        if way.rule is not None:
            view = view_in(run, self.profile, [way.rule], now=self.engine.clock.calendar())
            return compiled(way.rule).holds(view)
        if way.trigger is not None:
            return self._is_met(way.trigger, way.match, journey, run)
        is_left = self.event.event == LEFT and self.event.is_internal
        is_it = is_left and self.event.properties.get("segment") == way.leaves
        return is_it and self._is_after(journey, run)

    def _is_met(
        self, trigger: Trigger, match: tuple[tuple[str, str], ...], journey: Journey, run: Enrolment
    ) -> bool:
        event = self.event
        if event.key == run.entered_by or not is_met(trigger, event) or not self._is_after(journey, run):
            return False
        return is_matched(event.properties, match, run)

    def _is_after(self, journey: Journey, run: Enrolment, *, or_at: bool = False) -> bool:
        grace = timedelta(seconds=journey.late_data_grace.seconds if journey.late_data_grace else 0)
        since = parse_iso(run.entered_at) - grace
        return self.event.at > since or (or_at and self.event.at == since)


def in_time(due: Due, *, engine: Engine) -> None:
    """Ask the rules of a run whose moment has come: it is over, its wait is answered, or it waits for the next."""
    run = store.get_enrolment(due.task["enrolment"])
    if run is None or run.status is not Status.ACTIVE:
        return None
    journey, _ = published(run.journey, run.version)
    profile, now = get_profile(run.contact), engine.clock.calendar()
    ways = [way for way in journey.exits if way.rule is not None]
    view = view_in(run, profile, [way.rule for way in ways if way.rule], now=now)
    if way := next((way for way in ways if way.rule and compiled(way.rule).holds(view)), None):
        return leave(run, reason_of(way), engine=engine)
    asked = Asked.by(run)
    if asked is not None and run.wait is not None and run.wait.state is WaitState.WAITING:
        if path := asked.come_true(profile, now):
            return give(run, OF_A_RULE, path, engine=engine)
    return watch(run, profile, engine=engine)


def reason_of(way: WayOut) -> str:
    """What the run is said to have ended by."""
    if way.reason:
        return way.reason
    if way.rule is not None:
        return "rule"
    if way.leaves:
        return f"left {way.leaves}"
    assert way.trigger is not None
    return f"entered {way.trigger.segment}" if way.trigger.segment else way.trigger.event
