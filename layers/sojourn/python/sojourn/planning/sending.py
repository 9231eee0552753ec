"""A send step in a rehearsal: all gates are asked (delivery/ask.py), and people do what they usually do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.clock import iso
from sojourn.consent.model import Channel, ConsentChange, Purpose, Status, apply
from sojourn.consent.suppression import Reason, Suppression
from sojourn.delivery.ask import Asked, ask
from sojourn.delivery.caps import Ledger
from sojourn.delivery.compose import Composer
from sojourn.delivery.desk import Desk
from sojourn.delivery.model import Facts, Receipt, Skip
from sojourn.errors import HeldError
from sojourn.events.model import internal_event
from sojourn.journeys.send_step import Leg, SendTask
from sojourn.journeys.steps import Send
from sojourn.messages.model import Message, MessageState, message_digest
from sojourn.planning.chance import lots
from sojourn.planning.gates import gates_of
from sojourn.planning.happening import bought
from sojourn.planning.runs import Run, Sent
from sojourn.planning.script import BOUNCED, CLICKED, DELIVERED, OPENED

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

HUMAN = {"class": "human"}
WENT, LOST = MessageState.SENT.value, MessageState.SKIPPED.value


class NoComposer(Composer):
    """Writes nothing: nothing is sent."""

    def asks_to_confirm(self, message: Message) -> bool:
        """Nobody has anything to confirm."""
        return False


class NoSender:
    """Sends nothing."""

    def send(self, body: object) -> str:
        """Never asked."""
        raise AssertionError("a rehearsal sends nothing")


class Sending:
    """The function send_message, for one contact."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.planned: dict[str, Message] = {}
        self.desk = Desk(
            clock=stage.clock,
            email=NoSender(),
            sms=NoSender(),
            composer=NoComposer(public_url="", postal_address="", keys=_no_keys, clock=stage.clock),
            suppression=self._suppression,
            may_ask=_always,
            measured_unasked=_yes,
            ledger=self._ledger,
        )

    def send(self, payload: Mapping[str, Any], run: Run) -> dict[str, Any]:
        """Ask the gates; then it goes, or not, or waits."""
        stage = self.stage
        step = stage.script.step(payload["step"])
        assert isinstance(step, Send)
        digest = message_digest(run.id, step.name, payload.get("round", ""))
        wanted = self.planned.pop(digest, None) or self._message(digest, step, run)
        there = wanted if wanted.held else None
        facts = Facts(profile=stage.profile, consent=stage.consent, message=there)
        ghost = run.is_held_out or step.name in stage.script.shape.held_out
        request = stage.script.request(step, wanted, ghost=ghost)
        asked = ask(request, facts, self.desk)
        if asked.verdict.hold:
            raise self._held(asked, step)
        if asked.verdict.skip:
            return self._skipped(SendTask.from_task(payload), asked, step, run)
        if asked.room:
            stage.ledger = asked.room.taken(asked.now, held=False)
        self._goes(asked.request.message, asked)
        run.messaged = asked.now
        return {"path": stage.go_on(run, payload["next"])}

    def _skipped(self, task: SendTask, asked: Asked, step: Send, run: Run) -> dict[str, Any]:
        """Where the run goes on without it, by the engine's own word."""
        stage, reason = self.stage, str(asked.verdict.skip)
        message = replace(asked.request.message, state=MessageState.SKIPPED, reason=reason)
        self._give_back(message)
        self._note_skipped(message, asked, step, run)
        leg = Leg(task, run.first, stage.script.journey, step, stage.clock)
        key, _, way = leg.way(message)
        carried: Mapping[str, str] = {}
        if why := leg.reason_to_leave(message):
            stage.leave(run, why)
            run.is_playing = True  # its own Task goes on to the end
        elif way is not None and way.steps:
            stage.figures.taken[step.name, key] += 1
        else:
            carried = stage.go_on(run, task.next)
        told = leg.told(Receipt(message.id, message.state, message.reason), message, carried)
        if told.error:
            raise told.error
        return {"path": told.path}

    def _message(self, digest: str, step: Send, run: Run) -> Message:
        journey = self.stage.script.journey
        return Message(
            contact=self.stage.person.contact,
            digest=digest,
            enrolment=run.id,
            journey=journey.name,
            version=self.stage.script.version,
            step=step.name,
            channel=step.channel.value,
            template=step.template,
            template_version=1,
            identity=self.stage.identity,
            topic=journey.topic or "",
            purpose=journey.purpose.value,
            due=self.stage.now_text,
        )

    def _held(self, asked: Asked, step: Send) -> HeldError:
        stage, verdict, message = self.stage, asked.verdict, asked.message
        assert verdict.hold is not None
        assert verdict.until is not None
        held = replace(message, state=MessageState.PLANNED, held=message.held + 1)
        if asked.room and not asked.request.ghost:
            stage.ledger = asked.room.taken(verdict.until, held=True)
            held = replace(held, reserved=iso(verdict.until))
        self.planned[message.digest] = held
        stage.figures.held[step.name, verdict.hold.value] += 1
        if stage.journal is not None:
            said = gates_of(asked)
            stage.note(step.name, f"held until {iso(verdict.until)}", verdict.hold.value, gates=said)
        return HeldError(iso(verdict.until), verdict.hold)

    def _note_skipped(self, message: Message, asked: Asked, step: Send, run: Run) -> None:
        stage, reason = self.stage, message.reason
        if reason == Skip.HOLDOUT:
            stage.figures.ghosts[step.name] += 1
            run.messaged = asked.now
        else:
            stage.figures.skipped[step.name, reason] += 1
            stage.figures.writes["skipped"] += 1
        stage.sent[message.id] = self._kept(message, asked.now, LOST)
        if stage.journal is not None:
            stage.note(step.name, "skipped", reason, gates=gates_of(asked))

    def _goes(self, message: Message, asked: Asked) -> None:
        """Out it would go, and somebody reads it, or not."""
        stage, figures, now = self.stage, self.stage.figures, asked.now
        figures.sent[now.toordinal(), message.step] += 1
        figures.by_channel[message.channel] += 1
        figures.moments[int(now.timestamp())] += 1
        figures.writes["sent"] += 1
        if message.channel == "sms":
            figures.parts += 1
        sent = stage.sent[message.id] = self._kept(message, now, WENT)
        if stage.journal is not None:
            stage.note(message.step, f"sent {message.channel} {message.template}", gates=gates_of(asked))
        self._read(sent, now)

    def _kept(self, message: Message, now: datetime, state: str) -> Sent:
        due = datetime.fromisoformat(message.due)
        return Sent(
            message.id, message.enrolment, message.step, message.channel, message.template, state, now, due
        )

    # What people do with it

    def _read(self, sent: Sent, now: datetime) -> None:
        stage = self.stage
        habits = stage.behaviour.of(sent.step, sent.template, sent.channel)
        bounce, arrives, opens, late = lots(stage.seed, sent.id, "arrives")
        delivered = now + timedelta(seconds=habits.deliver.after(arrives))
        if bounce < habits.bounce:
            sent.is_bounced = True
            return self._later(sent, "bounced", delivered, BOUNCED, partial(self._close, sent, Reason.BOUNCE))
        sent.delivered_at = delivered
        self._later(sent, "", delivered, DELIVERED)
        read = delivered
        if sent.channel == "email":
            if opens >= habits.open.rate:
                return None
            read = sent.opened_at = delivered + timedelta(seconds=habits.open.after(late))
            self._later(sent, "opened", read, OPENED)
        return self._act(sent, read, habits)

    def _act(self, sent: Sent, read: datetime, habits: Any) -> None:
        stage = self.stage
        clicks, clicked, leaves, left = lots(stage.seed, sent.id, "acts")
        leaving = habits.unsubscribe if sent.channel == "email" else habits.stop
        if leaves < leaving.rate:
            at = read + timedelta(seconds=leaving.after(left))
            self._later(sent, "unsubscribed", at, "", partial(self._leave, sent))
        if clicks >= habits.click.rate:
            return
        at = sent.clicked_at = read + timedelta(seconds=habits.click.after(clicked))
        self._later(sent, "clicked", at, CLICKED)
        buys, bought_at, complains, complained = lots(stage.seed, sent.id, "buys")
        if buys < habits.purchase.rate:
            when = at + timedelta(seconds=habits.purchase.after(bought_at))
            self._later(sent, "bought", when, "", partial(bought, stage, sent.id))
        if complains < habits.complain.rate:
            when = read + timedelta(seconds=habits.complain.after(complained))
            self._later(sent, "complained", when, "", partial(self._close, sent, Reason.COMPLAINT))

    def _later(self, sent: Sent, what: str, at: datetime, event: str, also: Any = None) -> None:
        """It counts if it comes before the end; it is played where somebody listens to it."""
        stage = self.stage
        if at > stage.until:
            return
        if what:
            stage.figures.answered[sent.step, what] += 1
            stage.note(sent.step, what, at=at)
        hears = bool(event) and stage.script.hears(event)
        if also is not None or hears:
            stage.agenda.at(at, partial(self._happens, sent, event if hears else "", at, also))

    def _happens(self, sent: Sent, event: str, at: datetime, also: Any) -> None:
        if also is not None:
            also()
        if event:
            identity = self.stage.identity
            said = {"message_id": sent.id, **(HUMAN if event in {OPENED, CLICKED} else {})}
            self.stage.happens(
                internal_event(identity, event, at=at, message_id=f"{sent.id}-{event}", properties=said)
            )

    def _leave(self, sent: Sent) -> None:
        """Unsubscribed by the mail's link, or by STOP."""
        stage = self.stage
        if sent.channel == "sms":
            return self._close(sent, Reason.STOP)
        change = ConsentChange(
            channel=Channel(sent.channel),
            purpose=Purpose.MARKETING,
            topic=None,
            status=Status.WITHDRAWN,
            at=stage.clock.calendar(),
            source="rehearsal",
        )
        stage.consent = apply(stage.consent, change)
        return None

    def _close(self, sent: Sent, reason: Reason) -> None:
        self.stage.suppressed[sent.channel] = reason.value

    # What the gates ask

    def _suppression(self, channel: str, address: str) -> Suppression | None:
        reason = self.stage.suppressed.get(channel)
        return Suppression(Reason(reason), "", "rehearsal") if reason else None

    def _ledger(self, collections: Sequence[str]) -> Ledger:
        return self.stage.ledger

    def _give_back(self, message: Message) -> None:
        if message.reserved:
            units = tuple(unit for unit in self.stage.ledger.units if unit.digest != message.digest)
            self.stage.ledger = replace(self.stage.ledger, units=units)


def _always(channel: str, address: str, message: str, journey: str) -> bool:
    return True


def _yes() -> bool:
    return True


def _no_keys() -> Any:
    raise AssertionError("a rehearsal signs nothing")
