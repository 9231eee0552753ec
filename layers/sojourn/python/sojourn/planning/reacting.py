"""What people do with a message: it bounces, or comes; they open, click, buy, leave, complain, or do nothing."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.consent.model import Channel, ConsentChange, Purpose, Status
from sojourn.consent.suppression import Reason
from sojourn.events.model import internal_event
from sojourn.planning.chance import lots
from sojourn.planning.happening import bought
from sojourn.planning.runs import Sent
from sojourn.planning.script import BOUNCED, CLICKED, DELIVERED, OPENED

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

HUMAN = {"class": "human"}


class Reacting:
    """One contact's answers, drawn from how people behave."""

    __slots__ = ("stage",)

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage

    def read(self, sent: Sent) -> None:
        """From the moment when it went."""
        stage, now = self.stage, sent.at
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
            if stage.journal is not None:
                stage.note(sent.step, what, at=at)
        hears = bool(event) and stage.script.hears(event)
        if also is not None or hears:
            stage.calendar.at(at, partial(self._happens, sent, event if hears else "", at, also))

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
        stage.says(change)
        return None

    def _close(self, sent: Sent, reason: Reason) -> None:
        self.stage.suppressed[sent.channel] = reason.value
