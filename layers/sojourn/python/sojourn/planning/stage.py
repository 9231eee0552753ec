"""One contact's life in a rehearsal: what they do, what it does to their runs, and who they are by then.

Whatever is decided here is decided by the engine's own functions: who may come in (journeys/reentry.py), what an event
does to a run (journeys/moving.py), which answer it is (journeys/answering.py), what a rule sees (segments/view.py).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from sojourn.clock import ManualClock, iso
from sojourn.consent.model import ConsentChange, apply
from sojourn.consent.model import Status as Standing
from sojourn.consent.statements import changes_of
from sojourn.contacts.model import Profile, fold
from sojourn.contacts.workspace import Workspace
from sojourn.delivery.caps import Ledger
from sojourn.errors import path_error
from sojourn.events.model import Event
from sojourn.journeys.answering import OTHERWISE, WAIT_ENDED
from sojourn.journeys.carrying import ahead_of
from sojourn.journeys.deeds import deed_of
from sojourn.journeys.engine import Engine
from sojourn.journeys.enrolment import Enrolment, Status, WaitState
from sojourn.journeys.model import END
from sojourn.journeys.moving import GOAL
from sojourn.journeys.rounds import round_of
from sojourn.journeys.steps import WaitFor
from sojourn.planning.answers import Listening, hope_ends
from sojourn.planning.calendar import Calendar
from sojourn.planning.doing import Doing
from sojourn.planning.entering import at_the_door
from sojourn.planning.figures import Figures
from sojourn.planning.habits import Behaviour
from sojourn.planning.moves import Told
from sojourn.planning.nobody import NoMachines
from sojourn.planning.occasions import later
from sojourn.planning.people import Person
from sojourn.planning.play import Player
from sojourn.planning.runs import Journal, Line, Run, Sent
from sojourn.planning.script import Cue, Script
from sojourn.planning.seeing import seen
from sojourn.planning.usual import Usual
from sojourn.rules.nodes import Rule
from sojourn.rules.view import View

TRACK = "track"
NOBODY: Mapping[str, str] = {}


class Stage:
    """Where one contact is played, from the start to `until`."""

    def __init__(
        self,
        script: Script,
        behaviour: Behaviour,
        person: Person,
        *,
        seed: int,
        start: datetime,
        until: datetime,
        figures: Figures,
        workspace: Workspace,
        journal: Journal | None = None,
    ) -> None:
        self.script, self.behaviour, self.person = script, behaviour, person
        self.seed, self.until, self.figures, self.journal = seed, until, figures, journal
        self.workspace = workspace
        self.clock = ManualClock(start)
        self.calendar = Calendar(self.clock)
        self.usual = script.usual.get(workspace) or script.usual.setdefault(workspace, Usual(workspace))
        self.contact = person.contact
        self.profile, self.consent = person.profile, person.consent
        self._standings: dict[str, Standing | None] = {}
        self.suppressed = dict(person.suppressed)
        self.ledger = Ledger(person.contact)
        self.identity = next(iter(person.profile.partitions), f"u#{person.contact}")
        self.history: list[Event] = []
        self.runs: list[Run] = []
        self.sent: dict[str, Sent] = {}
        self._folded, self._unfolded = 0, list[Event]()
        self._told: tuple[datetime | None, str] = None, ""
        self._doing = Doing(self)
        self.player = Player(script, self.calendar, self._doing.functions, figures, journal)

    def play(self) -> None:
        """All that falls due until the end; then each run is counted where it stands."""
        self.calendar.run_until(self.until)
        self.figures.contacts += 1
        for run in self.runs:
            kept = self.figures.standing if run.is_active else self.figures.ended
            kept[run.stands] += 1
        self._part()

    def _part(self) -> None:
        """Whoever played it lets go of it, so that nothing of it is left when it is looked at no more."""
        self.calendar.clear()
        self.player.functions.clear()
        self._doing.part()
        del self._doing

    # What happens

    def at(self, moment: datetime, action: Callable[[], object]) -> None:
        """Let something happen, if that is before the end."""
        if moment <= self.until:
            self.calendar.at(moment, action)

    def happens(self, event: Event) -> bool:
        """The contact does something: it is folded in, it moves runs, and (if so, True) it comes to the door."""
        self._fold(event)
        self.history.append(event)
        if self.runs and self.script.moves(event):
            for run in tuple(self.runs):
                self._touch(run, event)
        place = self.script.live.entry_by(event)
        if place is not None and not later(self, event, place):
            self._come(event, place)
        return place is not None

    def remembers(self, event: Event) -> None:
        """Something that happened before anything counts: who they are follows from it, and it moves nobody."""
        self._fold(event)
        self.history.append(event)

    def leave(self, run: Run, reason: str) -> None:
        """The run ends here."""
        self._end(run, Status.EXITED, reason)
        self.player.stop(run)

    def finish(self, run: Run) -> None:
        """The run came to its end."""
        if run.is_active:
            self._end(run, Status.COMPLETED, "")

    def go_on(self, run: Run, to: str) -> dict[str, str]:
        """The run stands at that state, or behind the branches before it, which are judged here: their paths."""
        if to == END:
            self.finish(run)
        if to not in self.script.shape.carried:
            return {}
        ahead = ahead_of(self.script.journey, to, lambda rules: self.look(run.row, rules))
        for key, path in ahead.carried.items():
            self.figures.taken[key, path] += 1
        if ahead.at == END:
            self.finish(run)
        return dict(ahead.carried)

    def resume(self, run: Run, leg: int, at: str) -> None:
        """The sweep begins the next leg, unless the run is over or moved on."""
        if run.is_active and run.leg == leg:
            self.figures.writes["leg"] += 1
            self.player.start(run, at, round_of(self.script.journey, run.row.rounds, at))

    def note(
        self,
        step: str,
        what: str,
        why: str = "",
        *,
        at: datetime | None = None,
        gates: Mapping[str, str] = NOBODY,
    ) -> None:
        """A line of the diary, where there is one."""
        if self.journal is not None:
            line = Line(at or self.clock.calendar(), step, what, why, tuple(gates.items()))
            self.journal.lines.append(line)

    # What is known

    @cached_property
    def engine(self) -> Engine:
        """What the engine's own code asks for; most need none."""
        return Engine(clock=self.clock, machines=NoMachines(), due_shards=1)

    @property
    def now_text(self) -> str:
        """Now, as rows have it."""
        now = self.clock.now
        if now is not self._told[0]:
            self._told = now, iso(now)
        return self._told[1]

    def standing(self, cue: Cue) -> Standing | None:
        """What they allow of a step's messages."""
        if cue.name not in self._standings:
            self._standings[cue.name] = self.consent.status(cue.channel, cue.purpose, cue.topic)
        return self._standings[cue.name]

    def says(self, change: ConsentChange) -> None:
        """Another word on what they allow."""
        self.consent = apply(self.consent, change)
        self._standings.clear()

    def look(self, row: Enrolment, rules: Iterable[Rule]) -> View:
        """The contact as these rules see them, inside a run."""
        return seen(self, row, rules)

    def answer(self, run: Run, path: int) -> None:
        """Give the run's wait to an answer."""
        self.figures.writes["answered"] += 1
        assert run.row.wait is not None
        run.change(wait=replace(run.row.wait, state=WaitState.ANSWERED))
        if path == 1:
            self.player.complete(run, run.stay)
        else:
            self.player.fail(run, run.stay, WAIT_ENDED if path == OTHERWISE else path_error(path).__name__)

    def remembers_any(self, names: frozenset[str]) -> bool:
        """Whether an event of one of these names happened."""
        return any(event.event in names for event in self.history)

    def _touch(self, run: Run, event: Event) -> None:
        told = Told(event, self.profile, self.engine, self)
        journey = self.script.journey
        if told.meets_goal(journey, run.row):
            self._convert(run, event)
            if run.is_active and journey.goal and journey.goal.exit:
                return self.leave(run, GOAL)
        if not run.is_active:
            return None
        if reason := told.reason(journey, run.row):
            return self.leave(run, reason)
        return self._hear(run, event)

    def _hear(self, run: Run, event: Event) -> None:
        wait = run.row.wait
        if wait is None or wait.state is not WaitState.WAITING or not run.is_playing or run.at != wait.step:
            return
        step = self.script.step(wait.step)
        if not isinstance(step, WaitFor):
            return
        asked = Listening(step, self.script.journey, run.row)
        path = asked.met_by(event) or asked.holds(self) or (OTHERWISE if hope_ends(asked, event, self) else 0)
        if path > 1 and step.ranked:
            best = min(path, wait.best or path)
            run.change(wait=replace(wait, best=best))
        elif path:
            self.answer(run, path)

    def _convert(self, run: Run, event: Event) -> None:
        if run.row.converted_at:
            return
        run.change(converted_at=iso(event.at))
        self.figures.converted += 1
        self.figures.converted_in_holdout += run.row.holdout
        self.note("", "reached the goal", event.event)

    def _come(self, event: Event, place: int) -> None:
        found = at_the_door(self, event, place)
        if isinstance(found, Enrolment):
            run = Run(found)
            self.runs.append(run)
            self.figures.entered += 1
            self.figures.writes["entry"] += 1
            self.note("", "came in", event.event)
            self.player.start(run)
        else:
            self.figures.refused[found.reason.value] += 1
            self.note("", "did not come in", found.reason.value)

    def _end(self, run: Run, status: Status, reason: str) -> None:
        run.end(status, reason, self.clock.calendar())
        self.note("", status.value, reason)

    def _fold(self, event: Event) -> None:
        """What they say of themselves counts at once; what they do, when a rule asks for it."""
        says = event.type != TRACK or event.event.startswith("Consent ") or "consent" in event.context
        if says or self.script.folds(event.event):
            self._unfolded.append(event)
        if says:
            self.known()
            for change in changes_of(event, is_known=self.profile.is_known):
                self.says(change)

    def known(self) -> Profile:
        """Who they are by now."""
        for event in self._unfolded:
            self._folded += 1
            self.profile = fold(self.profile, deed_of(event), identity=event.pk, sequence=str(self._folded))
        self._unfolded.clear()
        return self.profile
