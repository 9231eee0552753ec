"""How fast a rehearsal plays, and in how much memory.

python -m bench.rehearse            steps a second on one core (those of the walker: bench/walker.py)
python -m bench.rehearse --large    a year of win-back on two cores: 100,000 contacts' time, and memory beside 1,000
"""

import argparse
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measures import Measure, judged
from sojourn.contacts.workspace import Workspace
from sojourn.journeys.files import load_file
from sojourn.journeys.load import load_journey
from sojourn.journeys.model import Journey
from sojourn.planning.figures import Figures
from sojourn.planning.habits import Behaviour, behaviour_of, shipped
from sojourn.planning.people import MadeUp
from sojourn.planning.rehearse import Plan, lives_in, play, rehearse, undisturbed

WELCOME = Path(__file__).parents[1] / "statemachines" / "journeys" / "welcome.journey.yaml"
WIN_BACK = Path(__file__).parents[1] / "statemachines" / "journeys" / "win-back.journey.yaml"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTACTS, ROUNDS = 400, 5
LARGE, SMALL, CORES = 100_000, 1_000, 2
REHEARSED, MINUTE = 20_000, 60.0
# A year in which people come in one after the other, buy now and then, and fall silent again.
YEAR = {
    "arrivals": {"over": "300 days", "again": "200 days"},
    "events": [{"event": "Order Completed", "every": "180 days", "properties": {"total": 40}}],
}
# Where none ships: three mails over a month, to whoever bought nothing.
OWN_WIN_BACK = """
journey: win-back
purpose: marketing
entry: {segment: lapsed}
re-entry: {pause: 90 days, from: exit}
goal: {event: Order Completed}
steps:
  - send: Say that they are missed
    template: reminder
  - wait: Wait a week
    for: 1 week
  - send: Make an offer
    template: reminder
  - wait for: "Did it interest them?"
    any: [{clicked: Make an offer}]
    up to: 10 days
    then:
      - send: Say what the offer is
        template: chapter
    otherwise:
      - send: Say goodbye
        template: feedback
"""


def measure() -> list[Measure]:
    """Steps a second: more is better here, so the goal stands apart."""
    rehearsed = rehearse_steps_per_second()
    name = "rehearse_steps_per_second"
    return [
        {**judged(name, round(rehearsed), f"steps, ≥ {REHEARSED:,}", None), "holds": rehearsed >= REHEARSED}
    ]


def rehearse_steps_per_second() -> float:
    """The best of some rounds: welcome, on one core, in CPU time."""
    lives_in(Workspace())
    plan = _plan(load_file(WELCOME), CONTACTS, 40)
    people = list(plan.people.between(0, CONTACTS))
    best = 0.0
    for _ in range(ROUNDS):
        figures, began = Figures(), time.process_time()
        with undisturbed():
            for person in people:
                play(plan, person, figures)
        best = max(best, figures.steps / (time.process_time() - began))
    return best


def large(contacts: int) -> tuple[float, int]:
    """Seconds by the wall, and the largest process in megabytes."""
    lives_in(Workspace())
    began = time.monotonic()
    total, _ = rehearse(_plan(_win_back(), contacts, 365, behaviour_of(YEAR)), workers=CORES)
    seconds = time.monotonic() - began
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        f"{contacts:,} contacts, {total.figures.steps:,} steps, {total.figures.messages:,} messages",
        file=sys.stderr,
    )
    return seconds, peak // 1024


def main() -> int:
    """1 when a goal does not hold."""
    arguments = argparse.ArgumentParser(prog="python -m bench.rehearse", description=__doc__)
    arguments.add_argument("--large", action="store_true")
    arguments.add_argument("--contacts", type=int, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.contacts:
        print(*large(asked.contacts))
        return 0
    if not asked.large:
        figures = measure()
        for figure in figures:
            print(figure["name"], figure["value"], "holds" if figure["holds"] else "FAILS")
        return int(not all(figure["holds"] for figure in figures))
    return _compared()


def _compared() -> int:
    """Each in a process of its own, for a process never gives memory back."""
    told = {contacts: _apart(contacts) for contacts in (SMALL, LARGE)}
    for contacts, (seconds, megabytes) in told.items():
        print(f"win-back, a year, {contacts:,} contacts, {CORES} cores: {seconds:.1f} s, peak {megabytes} MB")
    return int(told[LARGE][0] > MINUTE)


def _apart(contacts: int) -> tuple[float, int]:
    command = [sys.executable, "-m", "bench.rehearse", "--contacts", str(contacts)]
    seconds, megabytes = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(seconds), int(megabytes)


def _win_back() -> Journey:
    return load_file(WIN_BACK) if WIN_BACK.exists() else load_journey(OWN_WIN_BACK)


def _plan(journey: Journey, contacts: int, days: int, behaviour: Behaviour | None = None) -> Plan:
    habits = behaviour or shipped()
    until = START + timedelta(days=days)
    return Plan(journey.to_definition(), habits.said, MadeUp(contacts, habits), START, until)


if __name__ == "__main__":
    raise SystemExit(main())
