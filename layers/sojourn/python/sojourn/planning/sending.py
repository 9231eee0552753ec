"""A send step in a rehearsal: all gates are asked (delivery/ask.py), and people do what they usually do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sojourn.clock import iso, parse_iso
from sojourn.consent.suppression import Reason, Suppression
from sojourn.delivery.ask import Asked, ask
from sojourn.delivery.caps import Ledger
from sojourn.delivery.compose import Composer
from sojourn.delivery.desk import Desk
from sojourn.delivery.model import Facts, Receipt, Skip
from sojourn.errors import EnrolmentEndedError, HeldError
from sojourn.journeys.send_step import Leg, SendTask
from sojourn.journeys.steps import Send
from sojourn.messages.model import Message, MessageState, message_digest
from sojourn.planning.gates import gates_of
from sojourn.planning.reacting import Reacting
from sojourn.planning.runs import Run, Sent
from sojourn.planning.script import Cue, Missed

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

NOBODY: Mapping[str, str] = {}
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
        self._reacting = Reacting(stage)

    @cached_property
    def desk(self) -> Desk:
        """What the gates ask; most are never asked."""
        clock = self.stage.clock
        return Desk(
            clock=clock,
            email=NoSender(),
            sms=NoSender(),
            composer=NoComposer(public_url="", postal_address="", keys=_no_keys, clock=clock),
            suppression=self._suppression,
            may_ask=_always,
            measured_unasked=_yes,
            ledger=self._ledger,
        )

    def part(self) -> None:
        """Let go of what holds it."""
        self.__dict__.pop("desk", None)

    def send(self, payload: Mapping[str, Any], run: Run) -> dict[str, Any]:
        """Ask the gates, or remember what they always say; then it goes, or not, or waits."""
        stage = self.stage
        cue = stage.script.cue(payload["step"])
        digest = message_digest(run.id, cue.name, payload.get("round", ""))
        ghost = run.is_held_out or cue.is_held_out
        is_known = stage.journal is None and digest not in self.planned
        verdict = stage.usual.verdict(cue, stage, ghost=ghost) if is_known else None
        if verdict is None:
            return self._ask(payload, cue, digest, run, ghost=ghost)
        sent = Sent(
            f"{stage.contact}-{digest}",
            run.id,
            cue.name,
            cue.channel,
            cue.template,
            LOST if verdict.skip else WENT,
            stage.clock.now,
            stage.clock.now,
        )
        if verdict.skip:
            return self._skipped(sent, str(verdict.skip), payload, cue, run)
        return self._goes(sent, payload, run)

    def _ask(
        self, payload: Mapping[str, Any], cue: Cue, digest: str, run: Run, *, ghost: bool
    ) -> dict[str, Any]:
        """By all gates."""
        stage = self.stage
        there = self.planned.pop(digest, None)
        wanted = there or self._message(cue, digest, run)
        facts = Facts(profile=stage.profile, consent=stage.consent, message=there)
        asked = ask(stage.script.request(cue, wanted, ghost=ghost), facts, self.desk)
        if there is None:
            stage.usual.learn(cue, stage, asked)
        if asked.verdict.hold:
            raise self._held(asked, cue.step)
        message, skip = asked.request.message, str(asked.verdict.skip)
        sent = Sent(
            message.id,
            run.id,
            cue.name,
            message.channel,
            message.template,
            LOST if skip else WENT,
            asked.now,
            parse_iso(message.due),
        )
        gates = gates_of(asked) if stage.journal is not None else NOBODY
        if skip:
            self._give_back(message)
            return self._skipped(sent, skip, payload, cue, run, gates)
        if asked.room:
            stage.ledger = asked.room.taken(asked.now, held=False)
        return self._goes(sent, payload, run, gates)

    def _message(self, cue: Cue, digest: str, run: Run) -> Message:
        stage = self.stage
        return Message(
            contact=stage.contact,
            digest=digest,
            enrolment=run.id,
            identity=stage.identity,
            due=stage.now_text,
            **cue.message,
        )

    def _skipped(
        self,
        sent: Sent,
        reason: str,
        payload: Mapping[str, Any],
        cue: Cue,
        run: Run,
        gates: Mapping[str, str] = NOBODY,
    ) -> dict[str, Any]:
        """Where the run goes on without it, by the engine's own word."""
        stage = self.stage
        self._note_skipped(sent, reason, run, gates)
        missed = self._missed(reason, payload, cue, run)
        carried: Mapping[str, str] = {}
        if missed.leaves:
            stage.leave(run, missed.leaves)
            run.is_playing = True  # its own Task goes on to the end
        elif missed.path:
            stage.figures.taken[cue.name, missed.path] += 1
        else:
            carried = stage.go_on(run, payload["next"])
        if missed.error:
            raise EnrolmentEndedError(run.id) if missed.leaves else missed.error()
        return {"path": carried}

    def _missed(self, reason: str, payload: Mapping[str, Any], cue: Cue, run: Run) -> Missed:
        """What the engine's leg says of a message that was skipped for this reason: asked once for a step."""
        known = cue.missed.get(reason)
        if known is None:
            message = replace(self._message(cue, "", run), state=MessageState.SKIPPED, reason=reason)
            task, journey = SendTask.from_task(run.task(payload)), self.stage.script.journey
            leg = Leg(task, run.first, journey, cue.step, self.stage.clock)
            key, _, way = leg.way(message)
            error = leg.told(Receipt(message.id, message.state, reason), message, {}).error
            path = key if way is not None and way.steps else ""
            known = Missed(leg.reason_to_leave(message), path, type(error) if error else None)
            cue.missed[reason] = known
        return known

    def _held(self, asked: Asked, step: Send) -> HeldError:
        stage, verdict, message = self.stage, asked.verdict, asked.request.message
        assert verdict.hold is not None
        assert verdict.until is not None
        reserved = message.reserved
        if asked.room and not asked.request.ghost:
            stage.ledger = asked.room.taken(verdict.until, held=True)
            reserved = iso(verdict.until)
        held = replace(message, held=message.held + 1, reserved=reserved)
        self.planned[message.digest] = held
        stage.figures.held[step.name, verdict.hold.value] += 1
        if stage.journal is not None:
            said = gates_of(asked)
            stage.note(step.name, f"held until {iso(verdict.until)}", verdict.hold.value, gates=said)
        return HeldError(iso(verdict.until), verdict.hold)

    def _note_skipped(self, sent: Sent, reason: str, run: Run, gates: Mapping[str, str]) -> None:
        stage = self.stage
        if reason == Skip.HOLDOUT:
            stage.figures.ghosts[sent.step] += 1
            run.messaged = sent.at
        else:
            stage.figures.skipped[sent.step, reason] += 1
            stage.figures.writes["skipped"] += 1
        stage.sent[sent.id] = sent
        stage.note(sent.step, "skipped", reason, gates=gates)

    def _goes(
        self, sent: Sent, payload: Mapping[str, Any], run: Run, gates: Mapping[str, str] = NOBODY
    ) -> dict[str, Any]:
        """Out it would go, and somebody reads it, or not."""
        stage, figures, now = self.stage, self.stage.figures, sent.at
        figures.sent[now.toordinal(), sent.step] += 1
        figures.by_channel[sent.channel] += 1
        figures.moments[int(now.timestamp())] += 1
        figures.writes["sent"] += 1
        if sent.channel == "sms":
            figures.parts += 1
        stage.sent[sent.id] = sent
        if stage.journal is not None:
            stage.note(sent.step, f"sent {sent.channel} {sent.template}", gates=gates)
        self._reacting.read(sent)
        run.messaged = now
        return {"path": stage.go_on(run, payload["next"])}

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
