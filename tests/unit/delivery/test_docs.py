"""docs/journeys.md keeps its word on when a message goes: each diary is played with the real decision."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from sojourn.clock import iso
from sojourn.consent.model import Consent
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
from sojourn.delivery.caps import Ledger
from sojourn.delivery.decide import SEND, decide, room_for
from sojourn.delivery.model import Facts, SendRequest, Verdict
from sojourn.journeys.delivering import request_of
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Send
from tests.feedback import a_message
from tests.sending import AGREED, EMAIL_AND_PHONE

PAGE = (Path(__file__).parents[3] / "docs/journeys.md").read_text()
DIARIES = re.findall(r"^```diary\n(.*?)^```\n", PAGE, re.MULTILINE | re.DOTALL)
LINE = re.compile(r"(\w) (\S+ \S+) → (.*)")


@dataclass(slots=True)
class Player:
    """One contact, and what was sent to them."""

    said: dict[str, Any]
    ledger: Ledger = field(default_factory=lambda: Ledger("ada"))
    due: dict[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.said["zone"])

    def plays(self, name: str, when: str) -> str:
        """What becomes of this message then, in the page's words."""
        now = datetime.fromisoformat(when).replace(tzinfo=self.zone).astimezone(UTC)
        request = self._request(name, iso(now))
        facts = Facts(
            profile=Profile("ada", traits={**EMAIL_AND_PHONE, "timezone": self.said["zone"]}),
            consent=Consent("ada", 1, AGREED),
        )
        verdict = self._decided(request, facts, now)
        if verdict.instead and request.instead and verdict != SEND:
            other = replace(request, message=request.instead, window=request.instead_window, instead=None)
            by = self._decided(other, facts, now)
            return f"sent by {request.instead.channel}" if by == SEND else self._told(verdict)
        return self._told(verdict)

    def _request(self, name: str, now: str) -> SendRequest:
        journey = Journey.from_definition(
            {
                "journey": "example",
                "purpose": "marketing",
                "entry": {"event": "E"},
                "caps": self.said.get("caps", []),
                "priority": self.said.get("priorities", {}).get(name, 0),
                "steps": [
                    {"send": "Say it", "template": "t", "channel": "email", **self.said.get("step", {})}
                ],
            }
        )
        (step,) = journey.steps
        assert isinstance(step, Send)
        due = self.due.setdefault(name, now)
        message = a_message(digest=name, channel=step.channel.value, due=due, journey="example")
        return request_of(journey, step, message, {"t": 1, "offer-mail": 1})

    def _decided(self, request: SendRequest, facts: Facts, now: datetime) -> Verdict:
        verdict = decide(request, facts, suppressed=None, now=now, ledger=self.ledger)
        room = room_for(request, facts, Workspace(), self.ledger, now=now)
        if room and not verdict.skip:
            self.ledger = room.taken(verdict.until or now, held=verdict.until is not None)
        return verdict

    def _told(self, verdict: Verdict) -> str:
        if verdict.skip:
            return f"skipped, {verdict.skip}"
        if verdict.until:
            return f"held for {verdict.hold} until {verdict.until.astimezone(self.zone):%Y-%m-%d %H:%M}"
        return "sent"


@pytest.mark.parametrize("diary", DIARIES)
def test_a_diary_goes_as_the_page_says(diary: str):
    said = yaml.safe_load(diary)
    player = Player(said)
    lines = [LINE.fullmatch(line) for line in said["diary"]]

    played = [(line[1], line[2], player.plays(line[1], line[2])) for line in lines if line]

    assert played == [(line[1], line[2], line[3]) for line in lines if line]
    assert len(played) == len(said["diary"])


def test_the_page_has_diaries():
    assert len(DIARIES) == 10
