"""The past through a version of a journey, or two: what would have been sent, and what would be other. Nothing is sent.

Each contact's archived events are played through both versions by the same code and the same chance, so every
difference is the versions' own. A send is the same one in both when the same event let the contact in and the same step
sent it, in the same round; it has moved when it goes at another moment.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sojourn.clock import iso
from sojourn.consent.model import MESSAGING, Consent, Purpose, Standing, Word, slot_of
from sojourn.contacts.model import Profile
from sojourn.contacts.workspace import Workspace
from sojourn.events.model import Event, EventType
from sojourn.planning.archived import Source, histories
from sojourn.planning.cost import cost_of, total_of
from sojourn.planning.figures import Figures
from sojourn.planning.habits import Behaviour
from sojourn.planning.people import SAID_AT, Person
from sojourn.planning.script import Script
from sojourn.planning.stage import Stage

ANYWHERE = Workspace()
Key = tuple[str, str, int]  # (event that let them in, step, which time)
EVERYWHERE = Consent(
    "",
    1,
    {
        slot_of(each, Purpose.MARKETING, None): Standing.said(Word.GIVEN, SAID_AT, "backtest")
        for each in MESSAGING
    },
)


@dataclass(frozen=True)
class Trial:
    """The versions, and which of the past counts: from `since` on people come in, at `until` all ends."""

    new: Script
    old: Script | None
    since: datetime
    until: datetime
    behaviour: Behaviour
    seed: int = 0
    workspace: Workspace = ANYWHERE


@dataclass(frozen=True, slots=True)
class Difference:
    """One send that is other: `before` is missing of what is added, `after` of what is removed."""

    contact: str
    step: str
    before: datetime | None
    after: datetime | None

    @property
    def kind(self) -> str:
        """Added, removed or moved."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "moved"

    def to_json(self) -> dict[str, Any]:
        """With how far it moved, in seconds."""
        told: dict[str, Any] = {"contact": self.contact, "kind": self.kind, "step": self.step}
        told |= {"before": iso(self.before)} if self.before else {}
        told |= {"after": iso(self.after)} if self.after else {}
        if self.before and self.after:
            told["by_seconds"] = int((self.after - self.before).total_seconds())
        return told


@dataclass(slots=True)
class Outcome:
    """All contacts together, and each difference."""

    contacts: int = 0
    events: int = 0
    assumed: int = 0  # contacts of whom no address is known, who count as reachable
    new: Figures = field(default_factory=Figures)
    old: Figures = field(default_factory=Figures)
    same: int = 0
    differences: list[Difference] = field(default_factory=list)

    def to_json(self, trial: Trial) -> dict[str, Any]:
        """The same for the same past and the same versions, to the byte."""
        kinds = Counter(each.kind for each in self.differences)
        steps: dict[str, Counter[str]] = {}
        for each in self.differences:
            steps.setdefault(each.step, Counter())[each.kind] += 1
        return {
            "journey": trial.new.journey.name,
            "since": iso(trial.since),
            "until": iso(trial.until),
            "contacts": self.contacts,
            "events": self.events,
            "assumed_reachable": self.assumed,
            "same": self.same,
            **{kind: kinds[kind] for kind in ("added", "removed", "moved")},
            "by_step": {step: dict(sorted(counts.items())) for step, counts in sorted(steps.items())},
            "before": _summed(self.old) if trial.old else None,
            "after": _summed(self.new),
            "differences": [each.to_json() for each in self.differences],
        }


def backtest(
    trial: Trial, source: Source, *, progress: Callable[[int], object] = lambda done: None
) -> Outcome:
    """Every contact's past, one after the other."""
    outcome = Outcome()
    for contact, events in histories(source):
        taken = [event for event in events if event.at < trial.until]
        if not taken:
            continue
        person, is_assumed = _person(contact, taken)
        after = _sends(trial, trial.new, person, taken, outcome.new)
        before = _sends(trial, trial.old, person, taken, outcome.old) if trial.old else {}
        outcome.contacts += 1
        outcome.events += len(taken)
        outcome.assumed += is_assumed
        outcome.same += sum(before.get(key) == at for key, at in after.items())
        outcome.differences.extend(_differences(contact, before, after))
        progress(outcome.contacts)
    return outcome


def _person(contact: str, events: list[Event]) -> tuple[Person, bool]:
    """Who they are before anything happened. Of whom no word on addresses is kept, all channels reach them."""
    identities = tuple(dict.fromkeys(event.pk for event in events))
    if any(event.type == EventType.IDENTIFY and event.traits for event in events):
        return Person(Profile(contact, identities=identities), Consent(contact)), False
    traits = {"email": f"{contact}@example.org", "phone": "+12125550100"}
    profile = Profile(contact, 1, traits, identities=identities, created_at=SAID_AT, is_known=True)
    return Person(profile, Consent(contact, 1, EVERYWHERE.state)), True


def _sends(
    trial: Trial, script: Script, person: Person, events: list[Event], figures: Figures
) -> dict[Key, datetime]:
    stage = Stage(
        script,
        trial.behaviour,
        person,
        seed=trial.seed,
        start=min(events[0].at, trial.since),
        until=trial.until,
        figures=figures,
        workspace=trial.workspace,
    )
    for event in events:
        happen = stage.happens if event.at >= trial.since else stage.remembers
        stage.calendar.at(event.at, partial(happen, event))
    stage.play()
    return dict(_keyed(stage))


def _keyed(stage: Stage) -> Iterator[tuple[Key, datetime]]:
    let_in = {run.id: run.first.entered_by for run in stage.runs}
    times: Counter[tuple[str, str]] = Counter()
    for sent in stage.sent.values():
        if sent.state == "sent":
            pair = let_in[sent.enrolment], sent.step
            times[pair] += 1
            yield (*pair, times[pair]), sent.at


def _differences(
    contact: str, before: Mapping[Key, datetime], after: Mapping[Key, datetime]
) -> Iterator[Difference]:
    found = [
        Difference(contact, key[1], before.get(key), after.get(key))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]
    yield from sorted(found, key=lambda each: (each.before or each.after, each.step, each.kind))


def _summed(figures: Figures) -> dict[str, Any]:
    lines = cost_of(figures)
    return {
        "entered": figures.entered,
        "messages": figures.messages,
        "by_step": dict(sorted(figures.steps_sent().items())),
        "skipped": {f"{step}: {reason}": n for (step, reason), n in sorted(figures.skipped.items())},
        "converted": figures.converted,
        "still_on": sum(figures.standing.values()),
        "transitions": figures.transitions,
        "cost": {"lines": lines, "usd": total_of(lines)},
    }
