"""The recipients at work: they look into the post office, and act when their time has come."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from infra.local.demo.behaviour import Act, Behaviour
from sojourn.clock import Clock

POLL_SECONDS = 0.25
HANDS = 4


class PostOffice(Protocol):
    """Where the mails and texts are, and where a recipient can act."""

    def mails(self, since: str) -> list[dict[str, Any]]:
        """Mails sent at or after a calendar instant, oldest first."""
        ...

    def texts(self) -> list[dict[str, Any]]:
        """All texts to phones."""
        ...

    def act(self, path: str, body: dict[str, Any]) -> None:
        """POST one act; OSError when it failed."""
        ...


@dataclass(slots=True)
class Recipients:
    """Knows which acts are still to come; `done` counts those that were carried out."""

    office: PostOffice
    behaviour: Behaviour
    clock: Clock
    done: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _since: str = ""
    _diary: list[tuple[datetime, int, str, str]] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; what is under way then is finished, what is planned for later is not done."""
        with ThreadPoolExecutor(HANDS, thread_name_prefix="recipient") as hands:
            while not stop.wait(POLL_SECONDS):
                try:
                    self.look()
                except OSError as error:
                    self.failures.append(f"the post office did not answer: {error}")
                for action, path in self.due():
                    hands.submit(self._carry_out, action, path)

    def look(self) -> None:
        """Decide about what is new."""
        for mail in self.office.mails(self._since):
            self._since = max(self._since, mail["sent_at"])
            acts = self.behaviour.to_mail(mail["to"], _name_of(mail))
            self._plan(mail, acts, {act: f"/messages/{mail['id']}/{act}" for act in ACTS})
        for text in self.office.texts():
            acts = self.behaviour.to_sms(text["to"], "sms")
            self._plan(text, acts, {"STOP": f"/sms/{text['to']}/reply"})

    def _plan(self, message: dict[str, Any], acts: Iterable[Act], paths: dict[str, str]) -> None:
        if message["id"] in self._seen:
            return
        self._seen.add(message["id"])
        came = datetime.fromisoformat(message["sent_at"])
        for act in acts:
            moment = came + timedelta(hours=act.hours)
            heapq.heappush(self._diary, (moment, len(self._seen), act.action, paths[act.action]))

    def due(self) -> list[tuple[str, str]]:
        """Take out the acts whose moment has come: action and path."""
        now = self.clock.calendar()
        ready = []
        while self._diary and self._diary[0][0] <= now:
            _, _, action, path = heapq.heappop(self._diary)
            ready.append((action, path))
        return ready

    @property
    def to_come(self) -> int:
        """Acts whose moment has not come."""
        return len(self._diary)

    def _carry_out(self, action: str, path: str) -> None:
        try:
            self.office.act(path, {"text": action} if action == "STOP" else {})
        except OSError as error:
            self.failures.append(f"{action} failed: {error}")
        else:
            self.done[action] += 1


ACTS = ("deliver", "open", "click", "bounce", "complain", "unsubscribe")


def _name_of(mail: dict[str, Any]) -> str:
    """The same in every run: the journey's step, not the message's id."""
    tags = mail.get("tags", {})
    return f"{tags.get('journey', '')}/{tags.get('step_hash') or mail['subject']}"
