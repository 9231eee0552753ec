"""How a run comes to be over, and how a call comes to have no answer: one for each reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from sojourn import bootstrap
from sojourn.calling.model import CallFailedError, Failure, Reply, Request
from sojourn.calling.webhook import Webhooks
from sojourn.journeys.calls import Caller, call_step
from sojourn.journeys.enrol import leave
from sojourn.journeys.taking.task import TakeTask
from sojourn.privacy.erase import REASON
from tests.faults.people import introduces
from tests.faults.world import LAMBDA
from tests.functions.reasons.coming import becomes_vip, told
from tests.functions.reasons.stage import DAY, HOUR, MAIL, MINUTE, SEND, WAIT, Makers, Stage
from tests.playing import legs, run_of
from tests.segments import VIP, put_in_force

ENDED, ENDED_BY, UNANSWERED = Makers(), Makers(), Makers()
DATED = "  - {wait: The day, until: {date: renewal}, if past: exit, if missing: exit}\n" + SEND
CALL = "  - {call: Ask, url: 'https://shop.example.com/hook'}\n" + WAIT


# Why a run is over


@ENDED.by(
    "goal", "It was over at Mon 2026-01-05 16:00: the contact met the goal “Bought”", "It met the goal at"
)
def bought(stage: Stage) -> None:
    """T39."""
    stage.play(MAIL, "goal: {event: Bought}")
    stage.after(HOUR)
    stage.does("Bought")


@ENDED.by("end_requested", "another journey, or somebody, took them out")
def taken_out(stage: Stage) -> None:
    stage.play()
    stage.after(HOUR)
    told(stage, "sojourn", "Journey End Requested", timedelta(), properties={"journey": "play"})


@ENDED.by("merged", "two contacts became one, and the other's run goes on")
def became_one(stage: Stage) -> None:
    """T46."""
    stage.play()
    stage.world.collect({"type": "track", "event": "Go", "anonymousId": "x", "messageId": "x"})
    stage.world.pump()
    stage.after(HOUR)
    stage.world.collect(
        {"type": "identify", "userId": "ann", "anonymousId": "x", "messageId": "y", "traits": {}}
    )
    stage.world.pump()


@ENDED.by("migrated", "the word to migrate to another version said so")
def migrated(stage: Stage) -> None:
    stage.play()
    stage.publish("  - {send: Say it, template: reminder}\n  - {wait: Longer, for: 40 days}\n  - {exit: Z}\n")
    stage.asks("POST", "/api/journeys/play/migrations", {"clauses": {"Rest": "exit"}}, 202)
    stage.after(HOUR)


@ENDED.by("date_past", "the date that the step waits for had passed")
def too_late(stage: Stage) -> None:
    stage.play(DATED, renewal="2026-01-02")


@ENDED.by("date_missing", "the contact has no such date as the step waits for")
def no_date(stage: Stage) -> None:
    stage.play(DATED)


@ENDED.by("rule", "a rule of its `exits` came true")
def came_true(stage: Stage) -> None:
    stage.play(MAIL, "exits: [{rule: {attribute: plan, is: free}}]")
    stage.after(HOUR)
    stage.world.collect({"type": "identify", "userId": "ann", "messageId": "f", "traits": {"plan": "free"}})
    stage.world.pump()


@ENDED.by("exit", "the contact came to the way out")
def the_way_out(stage: Stage) -> None:
    stage.play(SEND + "  - {exit: The end}\n")


@ENDED.by("journey_stopped", "somebody stopped the journey", "The journey is stopped since")
def stopped(stage: Stage) -> None:
    """T43."""
    stage.play("  - {wait: Rest, for: 1 day}\n" + MAIL.replace("Rest", "Rest more"))
    stage.asks("POST", "/api/journeys/play/stop")
    stage.after(2 * DAY)


@ENDED.by("erased", "the contact is being forgotten")
def forgotten(stage: Stage) -> None:
    """As long as the run is there still: erasing takes it away with everything else."""
    stage.play()
    leave(run_of(stage.world), REASON, engine=bootstrap.engine())


def execution_ends(status: str) -> Callable[[Stage], None]:
    """Step Functions says so of the leg, and the hourly check writes it down."""

    def make(stage: Stage) -> None:
        stage.play("  - {wait: Rest, for: 1 day}\n" + SEND)
        (leg,) = legs(stage.world)
        leg.status = cast("Any", SimpleNamespace(value=status))
        stage.after(2 * DAY)

    return make


ENDED.by("failed", "It failed at", "its execution failed")(execution_ends("FAILED"))
ENDED.by("timed_out", "its execution took longer than it may")(execution_ends("TIMED_OUT"))
ENDED.by("aborted", "its execution was stopped from outside")(execution_ends("ABORTED"))


@ENDED_BY.by(
    "skipped:", "a message was skipped, and the step says `on skip: exit`. The contact has no address."
)
def out_by_a_skip(stage: Stage) -> None:
    stage.play("  - {send: Say it, template: reminder, on skip: exit}\n" + WAIT, email=None)


@ENDED_BY.by(
    "failed:", "a message or a call failed, and the step says `on fail: exit`. The provider rejected"
)
def out_by_a_failure(stage: Stage) -> None:
    stage.says("MessageRejected")
    stage.play("  - {send: Say it, template: reminder, on fail: exit}\n" + WAIT)


@ENDED_BY.by("left ", "the contact left the segment “vip”")
def left_the_segment(stage: Stage) -> None:
    put_in_force(vip=VIP)
    stage.publish(MAIL, "exits: [{leaves: vip}]")
    becomes_vip(stage)
    stage.does("Go")
    stage.after(HOUR)
    stage.world.collect({"type": "identify", "userId": "ann", "messageId": "f", "traits": {"plan": "free"}})
    stage.world.pump()
    stage.world.pump()


@ENDED_BY.by("entered ", "the contact came into the segment “vip”")
def came_into_the_segment(stage: Stage) -> None:
    put_in_force(vip=VIP)
    stage.publish(MAIL, "exits: [{segment: vip}]")
    introduces(stage.world)
    stage.does("Go")
    stage.after(HOUR)
    becomes_vip(stage)


@ENDED_BY.by("", "It was over at Mon 2026-01-05 16:00: “Account Closed”")
def by_an_event(stage: Stage) -> None:
    """What the file says as the reason, or the event that is the way out."""
    stage.play(MAIL, "exits: [{event: Account Closed}]")
    stage.after(HOUR)
    stage.does("Account Closed")


# Why a call has no answer


@dataclass(frozen=True, slots=True)
class Mute(Webhooks):
    """Whoever is asked gives no answer, for this reason."""

    failure: Failure = Failure.BROKEN

    def call(self, url: str, request: Request) -> Reply:
        """None."""
        raise CallFailedError(self.failure)


def unanswered(failure: Failure) -> Callable[[Stage], None]:
    """The real step, whose caller meets this failure; tests/unit/calling meets each of them on the wire."""

    def make(stage: Stage) -> None:
        known = bootstrap.caller()
        mute = Mute(clock=known.webhooks.clock, own=known.webhooks.own, loopback=False, failure=failure)
        caller = Caller(mute, known.functions)
        functions = stage.world.walker.functions
        asked = {f"{LAMBDA}:call_out": lambda event, context: _called(event, caller)}
        stage.world.walker.functions = {**functions, **asked}
        stage.play(CALL)
        stage.after(MINUTE)
        stage.world.walker.functions = functions

    return make


def _called(event: dict[str, Any], caller: Caller) -> dict[str, Any]:
    task, attempt = TakeTask.from_task(event), int(event.get("attempt", 0))
    return call_step(task, attempt=attempt, caller=caller, engine=bootstrap.engine()).answer


for each in Failure:
    UNANSWERED.by(each.value, f"“Ask” had no answer ({each.value}):")(unanswered(each))
