"""How somebody comes to be in a journey, or not to be: one for each verdict."""

from dataclasses import replace
from datetime import timedelta

from sojourn import config
from sojourn.clock import iso
from sojourn.events.insertion import insert
from sojourn.events.model import Event, sort_key
from sojourn.journeys.breaker import IN_A_ROW
from sojourn.journeys.enrolment import Status
from sojourn.journeys.live import LIVE
from sojourn.journeys.store import end
from sojourn.segments.store import change_live
from tests.faults.people import does, introduces
from tests.faults.world import START
from tests.functions.reasons.stage import DAY, HOUR, MAIL, MINUTE, SEND, Makers, Stage
from tests.playing import run_of
from tests.segments import VIP, put_in_force

VERDICTS = Makers()


def over(stage: Stage, number: int = 1) -> None:
    """The run comes to its end, as if all its steps were behind it."""
    run = run_of(stage.world)
    end(
        run.id.rpartition(".")[0] + f".{number}",
        Status.COMPLETED,
        reason="",
        now=iso(stage.world.clock.calendar()),
    )
    stage.world.pump()


def told(stage: Stage, source: str, name: str, at_ago: timedelta, **payload: object) -> None:
    """Something of Ann's that another than a client tells."""
    now = stage.world.clock.calendar()
    at, kind = now - at_ago, "track" if name else "identify"
    key = sort_key(iso(at), source, f"{name}{at}")
    insert([Event("u#ann", key, kind, name, at, now, source, f"{name}{at}", payload)])
    stage.world.pump()


@VERDICTS.by(
    "active", "The contact is in the journey.", "Stands at “Rest”, until Wed 2026-02-04 15:00 (in 30 days)"
)
def stands_in_it(stage: Stage) -> None:
    stage.play()


@VERDICTS.by("was_active", "When “Go” came last, the contact was in the journey still")
def came_again_while_in(stage: Stage) -> None:
    stage.play(MAIL, "re-entry: after exit")
    stage.after(HOUR)
    stage.does("Go")
    over(stage)


@VERDICTS.by("already_once", "and it is entered once", "It came to its end at Mon 2026-01-05 15:00")
def was_through_it(stage: Stage) -> None:
    stage.play(SEND)


@VERDICTS.by("between_runs", "the next “Go” lets them in again", "The contact may come in; runs before: 1.")
def may_come_again(stage: Stage) -> None:
    stage.play(SEND, "re-entry: after exit")


@VERDICTS.by("too_soon", "the pause before the next entry ends at Wed 2026-02-04 15:00")
def in_the_pause(stage: Stage) -> None:
    stage.play(SEND, "re-entry: {pause: 30 days}")


@VERDICTS.by("limit", "came in 1 times; at most 1 are let in within 1 week")
def as_often_as_may_be(stage: Stage) -> None:
    stage.play(SEND, "re-entry: {again: always, at most: 1, within: 1 week}")


@VERDICTS.by("daily_limit", "came in 10 times on 2026-01-05", "more than 10 times a day")
def round_in_circles(stage: Stage) -> None:
    stage.play(SEND, "re-entry: always")
    for second in range(1, 10):
        stage.after(timedelta(seconds=second))
        stage.does("Go")
    stage.after(MINUTE)


@VERDICTS.by("filter", "filter keeps the contact out: plan is 'pro' (free)", "✓ entry.seats is at least 5: 9")
def kept_out(stage: Stage) -> None:
    filter_ = "filter: [{attribute: plan, is: pro}, {attribute: entry.seats, at least: 5}]"
    stage.play(MAIL, filter_, plan="free", properties={"seats": 9})


@VERDICTS.by("goal_met", "had met the journey's goal (“Bought”) before they came in")
def bought_before(stage: Stage) -> None:
    stage.publish(MAIL, "goal: {event: Bought, match: cart}")
    introduces(stage.world)
    stage.does("Bought", cart="7")
    stage.after(HOUR)
    stage.does("Go", cart="7")


@VERDICTS.by("no_key", "The event had no cart, by which the journey tells runs apart")
def without_a_key(stage: Stage) -> None:
    stage.play(entry="{event: Go, key: cart}")


@VERDICTS.by("not_started", "lets nobody in before")
def too_early(stage: Stage) -> None:
    stage.play(MAIL, "starts: 2026-02-01")


@VERDICTS.by("over", "it ended at")
def too_late(stage: Stage) -> None:
    stage.publish(MAIL, "ends: 2026-01-06")
    stage.after(2 * DAY)
    introduces(stage.world)
    stage.does("Go")


@VERDICTS.by("stopped", "The journey was stopped at Mon 2026-01-05 15:00", "The journey is stopped since")
def somebody_stopped_it(stage: Stage) -> None:
    stage.publish()
    stage.asks("POST", "/api/journeys/play/stop")
    introduces(stage.world)
    stage.does("Go")


@VERDICTS.by("failing", "because its runs failed", "20 runs failed in a row")
def the_breaker_paused_it(stage: Stage) -> None:
    """Twenty runs of others fail; the stream of their rows is what the breaker reads."""
    stage.play()
    mine = run_of(stage.world)
    stage.after(MINUTE)
    from tests.journeys import keep

    for number in range(IN_A_ROW):
        other = replace(mine, contact=f"{number:020d}")
        keep(other)
        end(other.id, Status.FAILED, reason="failed", now=iso(stage.world.clock.calendar()))
    stage.world.pump()
    stage.world.collect({"type": "identify", "userId": "ann", "messageId": "x", "traits": {"a": 1}})
    over(stage)
    stage.world.pump()


@VERDICTS.by("journey_not_live", "The journey is not live")
def only_a_draft(stage: Stage) -> None:
    from sojourn.journeys.versions import Draft, save_draft

    save_draft(Draft(name="play", revision=0, source="", definition={}))
    stage.meets()


@VERDICTS.by("entry_event_never_seen", "entered by “Go”, and the contact never did that")
def never_did_it(stage: Stage) -> None:
    stage.publish()
    stage.meets()


@VERDICTS.by("entry_event_before_live", "last “Go” was at Mon 2026-01-05 15:00", "at Tue 2026-01-06 15:00")
def did_it_too_early(stage: Stage) -> None:
    """Live, but entered otherwise: the event lets in since the second version."""
    stage.publish(entry="{event: Other}")
    introduces(stage.world)
    stage.does("Go")
    stage.after(DAY)
    stage.publish()


@VERDICTS.by("entry_event_too_old", "“Go” was old news when it arrived")
def heard_of_too_late(stage: Stage) -> None:
    stage.publish()
    stage.after(3 * DAY)
    introduces(stage.world)
    told(stage, "web", "Go", 2 * DAY)


@VERDICTS.by("entry_event_imported", "“Go” came with an import")
def imported(stage: Stage) -> None:
    stage.publish()
    introduces(stage.world)
    told(stage, "import:1", "Go", timedelta())


@VERDICTS.by(
    "entry_event_unlike", "never as the journey wants it", "total is over 20", "the last had total: 12"
)
def of_another_kind(stage: Stage) -> None:
    stage.play(entry="{event: Go, where: {total: {over: 20}}}", properties={"total": 12})


@VERDICTS.by("segment_never_entered", "by coming into the segment “vip”, and the contact never did")
def never_a_member(stage: Stage) -> None:
    put_in_force(vip=VIP)
    stage.publish(entry="{segment: vip}")
    stage.meets()


def becomes_vip(stage: Stage, **more: str) -> None:
    """Ann was judged before, and now her plan is another."""
    introduces(stage.world)
    stage.world.pump()
    said = {"type": "identify", "userId": "ann", "messageId": "vip", "traits": {"plan": "vip"}}
    stage.world.collect({**said, **more})
    stage.world.pump()


@VERDICTS.by(
    "segment_entered_before_live", "came into “vip” at Mon 2026-01-05 15:00, before the journey was live"
)
def a_member_too_early(stage: Stage) -> None:
    put_in_force(vip=VIP)
    becomes_vip(stage)
    stage.after(DAY)
    stage.publish(entry="{segment: vip}")


@VERDICTS.by("segment_entered_unmoved", "when the rule was made or changed, or by an import")
def a_member_by_import(stage: Stage) -> None:
    put_in_force(vip=VIP)
    stage.publish(entry="{segment: vip}")
    introduces(stage.world)
    stage.world.pump()
    stage.after(HOUR)
    told(stage, "import:1", "", timedelta(), traits={"plan": "vip"})


@VERDICTS.by("segment_invalid", "names an attribute that was deleted")
def nobody_can_be_judged(stage: Stage) -> None:
    """T109."""
    put_in_force(vip=VIP)
    stage.publish(entry="{segment: vip}")
    change_live(lambda stands: {"vip": replace(stands["vip"], invalid=("plan",))})
    stage.meets()


@VERDICTS.by("date_missing", "by the date “birthday”, and the contact has none")
def no_such_date(stage: Stage) -> None:
    stage.publish(entry="{date: birthday, yearly: true, at: 09:00}")
    stage.meets()


@VERDICTS.by("date_to_come", "the contact's day has not come: it is Wed 2026-03-04 09:00")
def the_day_is_to_come(stage: Stage) -> None:
    stage.publish(entry="{date: birthday, yearly: true, at: 09:00}")
    stage.meets(birthday="1990-03-04")


@VERDICTS.by("not_in_segment", "takes those who are in “vip”, and the contact is not")
def not_whom_it_takes(stage: Stage) -> None:
    put_in_force(vip=VIP)
    stage.publish(entry='{schedule: "0 9 * * 1", zone: Europe/Paris, segment: vip}')
    stage.meets()


@VERDICTS.by("scheduled", "comes in when the schedule says so next, at Mon 2026-01-12 03:00")
def comes_by_the_schedule(stage: Stage) -> None:
    put_in_force(vip=VIP)
    stage.publish(entry='{schedule: "0 9 * * 1", zone: Europe/Paris, segment: vip}')
    becomes_vip(stage)


@VERDICTS.by("never_requested", "entered by request, and nobody asked for this contact")
def nobody_asked(stage: Stage) -> None:
    """A request for another journey is none for this one."""
    stage.publish(entry="{api: true}")
    stage.meets()
    told(stage, "sojourn", "Journey Requested", timedelta(), properties={"journey": "another"})


@VERDICTS.by("not_admitted", "“Go” was seen, but there is no enrolment")
def on_the_way(stage: Stage) -> None:
    """The version is published, and what is live is not written yet, when the event comes."""
    stage.publish()
    row = config.get(*LIVE)
    assert row is not None
    config.put(*LIVE, {})
    introduces(stage.world)
    does(stage.world, "Go", at=START)
    stage.world.pump()
    config.put(*LIVE, row.data)
