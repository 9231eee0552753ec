"""What the four functions do in a rehearsal: they decide by the engine's own code, and touch nothing but the stage."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.clock import iso, parse_iso
from sojourn.errors import EnrolmentEndedError, FailedError, Parked, PathMissing, PathPast, path_error
from sojourn.journeys.answering import OTHERWISE, WAIT_ENDED, look_back
from sojourn.journeys.enrolment import Wait as Waiting
from sojourn.journeys.enrolment import WaitKind
from sojourn.journeys.model import END
from sojourn.journeys.moments import Known, Past, moment_of
from sojourn.journeys.rounds import round_of
from sojourn.journeys.steps import (
    Anchor,
    Call,
    HumanTask,
    LookBack,
    Repeat,
    Since,
    Step,
    Then,
    Wait,
    WaitFor,
    Way,
)
from sojourn.journeys.taking.task import TakeTask
from sojourn.journeys.timers import MISSED, PAST
from sojourn.journeys.wait import LONGEST
from sojourn.messages.model import message_id
from sojourn.planning.answers import Listening, is_lost
from sojourn.planning.chance import lots
from sojourn.planning.people import weighed
from sojourn.planning.play import Function
from sojourn.planning.runs import Run
from sojourn.planning.script import CALL, PARK, SEND, TAKE
from sojourn.planning.sending import Sending
from sojourn.planning.states import COMPLETED, WAITS
from sojourn.planning.taking import Acting, take
from sojourn.segments.view import zone_of

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

Payload = Mapping[str, Any]
MINUTE = 60.0
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def swept(moment: datetime) -> datetime:
    """When the sweep comes by: on the next whole minute."""
    over = (moment - EPOCH).total_seconds() % MINUTE
    return moment + timedelta(seconds=MINUTE - over) if over else moment


class Doing:
    """The functions, for one contact."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self._sending = Sending(stage)
        self.functions: dict[str, Function] = {
            SEND: self._sending.send,
            PARK: self.park,
            TAKE: self.take,
            CALL: self.call,
        }

    def part(self) -> None:
        """Let go of what holds it."""
        self._sending.part()

    # park_token

    def park(self, task: Payload, run: Run) -> Any:
        """Keep the run until something comes; or at once, where there is nothing to wait for."""
        stage = self.stage
        if task.get("finish"):
            stage.finish(run)
            return {}
        if task.get("park"):
            return self._park(task, run)
        if hold := task.get("hold"):
            stage.figures.writes["held"] += 1
            self._later(run, parse_iso(hold["until"]))
            return WAITS
        step = stage.script.step(task["step"])
        stage.figures.writes["waited"] += 1
        if isinstance(step, WaitFor):
            return self._wait_for(step, run)
        return self._for_person(step, run) if isinstance(step, HumanTask) else self._until(step, task, run)

    def _park(self, task: Payload, run: Run) -> Any:
        """No execution stays open: the sweep begins the next leg, or ends the run."""
        until = self.stage.clock.calendar() + timedelta(seconds=task["seconds"])
        self._next_leg(run, until, task["next"])
        return {}

    def _next_leg(self, run: Run, until: datetime, at: str) -> None:
        stage = self.stage
        stage.figures.writes["parked"] += 1
        stage.note(run.at, f"waits until {iso(until)}")
        go_on = partial(stage.finish, run) if at == END else partial(stage.resume, run, run.leg, at)
        stage.calendar.at(swept(until), go_on)

    def _later(self, run: Run, moment: datetime) -> None:
        player, stay = self.stage.player, run.stay
        self.stage.calendar.at(swept(moment), partial(player.complete, run, stay), run)

    def _wait_for(self, step: WaitFor, run: Run) -> Any:
        """Register, then look back: what came before may be the answer."""
        stage = self.stage
        run.change(wait=Waiting(step=step.name, kind=WaitKind.EVENT))
        if step.ranked:
            deadline = stage.clock.calendar() + step.lasts
            stage.calendar.at(swept(deadline), partial(self._at_the_end, run, run.stay), run)
        path = self._came_before(step, run)
        if path > 1 and step.ranked:
            assert run.row.wait is not None
            run.change(wait=replace(run.row.wait, best=path))
            return WAITS
        if not path:
            return WAITS
        stage.figures.writes["answered"] += 1
        return COMPLETED if path == 1 else WAIT_ENDED if path == OTHERWISE else path_error(path).__name__

    def _came_before(self, step: WaitFor, run: Run) -> int:
        stage = self.stage
        if step.look_back is not LookBack.NONE and stage.remembers_any(stage.script.awaited(step)):
            asked = Listening(step, stage.script.journey, run.row)
            messaged = run.row.messaged_at if step.look_back is LookBack.MESSAGE else ""
            path, _ = look_back(asked, stage.history, parse_iso(messaged) if messaged else asked.since)
            if path:
                return path
        if stage.script.judges and (path := Listening(step, stage.script.journey, run.row).holds(stage)):
            return path
        return OTHERWISE if is_lost(step, run, stage) else 0

    def _at_the_end(self, run: Run, stay: int) -> None:
        best = run.row.wait.best if run.row.wait else 0
        if not best:
            self.stage.player.fail(run, stay, WAIT_ENDED)
        else:
            self.stage.answer(run, best)

    def _until(self, step: Step, task: Payload, run: Run) -> Any:
        """A moment of the person's own."""
        assert isinstance(step, Wait), step.name
        stage, now = self.stage, self.stage.clock.calendar()
        found = moment_of(step, self._known(step, run, now))
        if not isinstance(found, datetime):
            return self._of_no_date(step.if_past if isinstance(found, Past) else step.if_missing, found, run)
        if found <= now:
            return COMPLETED
        if found - now > LONGEST:
            self._next_leg(run, found, task["next"])
            return Parked.__name__
        stage.note(step.name, f"waits until {iso(found)}")
        self._later(run, found)
        return WAITS

    def _of_no_date(self, way: Way, found: object, run: Run) -> str:
        is_past = isinstance(found, Past)
        if way.then is Then.EXIT and not way.steps:
            self.stage.leave(run, PAST if is_past else MISSED)
            raise EnrolmentEndedError(run.id)
        if way.steps:
            return (PathPast if is_past else PathMissing).__name__
        return COMPLETED

    def _known(self, step: Wait, run: Run, now: datetime) -> Known:
        stage = self.stage
        return Known(
            now=now,
            zone=zone_of(stage.profile, stage.workspace),
            attributes=stage.profile.attributes,
            entry=run.row.facts,
            since=self._since(step.since, run, now) if step.since else None,
        )

    def _since(self, since: Since, run: Run, now: datetime) -> datetime | None:
        round_ = round_of(self.stage.script.journey, run.row.rounds, since.send)
        sent = self.stage.sent.get(message_id(run.id, since.send, round_))
        if sent is None:
            return None
        if since.anchor is Anchor.PLANNED:
            return sent.due
        later = {
            Anchor.DELIVERED: sent.delivered_at,
            Anchor.OPENED: sent.opened_at or sent.clicked_at,
            Anchor.CLICKED: sent.clicked_at,
        }.get(since.anchor)
        return later if later is not None and later <= now else sent.at

    def _for_person(self, step: HumanTask, run: Run) -> Any:
        """Somebody settles it after a while, or nobody does."""
        stage = self.stage
        share, habit, weights = stage.behaviour.task(step.name)
        settled, when, which, _ = lots(stage.seed, run.id, step.name, str(run.stay), "task")
        after = habit.after(when)
        if settled >= share or after >= step.due.seconds:
            return WAITS
        words = [each.word for each in step.outcomes]
        word = weighed({each: float(weights.get(each, 1 if not weights else 0)) for each in words}, which)
        number, stay = words.index(word) + 1, run.stay
        answer = (
            partial(stage.player.complete, run, stay)
            if number == 1
            else partial(stage.player.fail, run, stay, path_error(number).__name__)
        )
        stage.calendar.after(timedelta(seconds=after), answer, run)
        return WAITS

    # take_step

    def take(self, task: Payload, run: Run) -> Any:
        """Branches that are judged here, changes, words to other journeys, rounds, the way out."""
        stage, step = self.stage, self.stage.script.step(task["step"])
        stage.figures.writes["step"] += 1
        asked = TakeTask.from_task(run.task({**task, "park_after": 0}))
        here = Acting(asked, run.row, stage.script.journey, step, stage.engine, stage.known(), stage, run)
        done = run.row.rounds.get(step.name, 0)
        answer = take(here)
        if isinstance(step, Repeat) and done and done % int(task["park_after"]) == 0:
            self._next_leg(run, stage.clock.calendar(), stage.script.shape.ways[step.name].then)
            raise Parked
        return answer

    # call_out

    def call(self, task: Payload, run: Run) -> Any:
        """Another system answers as the behaviour says, or does not."""
        stage, step = self.stage, self.stage.script.step(task["step"])
        assert isinstance(step, Call)
        stage.figures.writes["step"] += 1
        here = Acting.at(stage, run, task)
        fails = lots(stage.seed, run.id, step.name, str(run.stay), "call")[0]
        if fails < stage.behaviour.call_fails:
            stage.note(step.name, "no answer")
            if step.on_fail.then is Then.EXIT and not step.on_fail.steps:
                stage.leave(run, "failed:no_answer")
                raise EnrolmentEndedError(run.id)
            if step.on_fail.steps:
                raise FailedError
            return here.go_on(task["next"])
        run.change(replies={**run.row.replies, step.slug: stage.behaviour.reply(step.name)})
        return Acting.at(stage, run, task).go_on(task["next"])
