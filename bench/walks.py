"""How many transitions a step costs, over every journey that ships, and how long a long journey takes to compile.

The walker plays the compiled machines with stand-ins for the functions. Never held: along the first path of every step
that parts, and along the last (mostly that of silence). And runs of the welcome journey that a goal ends: stopped while
they wait, as reaching a goal does, and once found ended by a Task, which costs one more (`Left`). The Resume that a leg
begins with is the leg's.
"""

import statistics
import time
from datetime import timedelta
from pathlib import Path

from bench.measures import Measure, judged
from sojourn.journeys.compile import compile_journey
from sojourn.journeys.files import load_file
from sojourn.journeys.graph import exits
from sojourn.journeys.model import Journey
from tests.compiled import NAMED, a_branch, a_journey, a_send
from tests.stand_ins import START, Play

JOURNEYS = Path(__file__).parents[1] / "statemachines" / "journeys"
WELCOME = JOURNEYS / "welcome.journey.yaml"
STEP_GOAL, HOLD_GOAL, COMPILE_GOAL = 1.15, 3, 200
DAY = timedelta(days=1)
WAITING = (DAY, 3 * DAY, 8 * DAY)  # in the two days, before a click, in the week
TURNS = 9


def measure() -> list[Measure]:
    """All figures, and the whole way's transitions."""
    silent, held = _welcome(), _welcome({"Text an offer": "held"})
    per_hold = held.transitions - silent.transitions
    plays = [
        *(play for path in sorted(JOURNEYS.glob("*.journey.yaml")) for play in both_ways(load_file(path)))
    ]
    plays += [*map(stopped, WAITING), _welcome({"Send the reminder": "ended"})]
    per_step = sum(play.transitions for play in plays) / sum(play.steps_taken for play in plays)
    return [
        judged("transitions_per_step", round(per_step, 3), "transitions", STEP_GOAL),
        judged("transitions_per_hold", per_hold, "transitions", HOLD_GOAL),
        judged("transitions_per_run", silent.transitions + len(silent.legs), "transitions", None),
        judged("compile_ms", round(compile_ms(two_hundred_steps()), 1), "ms for 200 steps", COMPILE_GOAL),
    ]


def both_ways(journey: Journey) -> list[Play]:
    """A run along the first path of every step that parts, and one along the last."""
    last = {name: list(ways.paths)[-1] for name, ways in exits(journey).items() if len(ways.paths) > 1}
    return [Play(journey).run(), Play(journey, dict(last)).run()]


def stopped(after: timedelta) -> Play:
    """A welcome that a goal ends while it waits."""
    play = Play(load_file(WELCOME), {"Clicked the guide?": "otherwise"})
    play.start()
    play.walker.at(START + after, lambda: play.walker.stop(play.legs[0].arn))
    play.walker.run()
    return play


def two_hundred_steps() -> Journey:
    """A mail, a branch that it judges, and an update on one of its paths, over and over; and two mails."""
    rest = [a_send("First"), a_send("Last")]
    thirds = [
        step
        for number in range(66)
        for step in (
            a_send(f"Mail {number}"),
            a_branch(f"Free {number}?", [{"update": f"Mark {number}", "set": {"seen": number}}]),
        )
    ]
    return a_journey(rest[0], *thirds, rest[1])


def compile_ms(journey: Journey) -> float:
    """Milliseconds of this process's CPU time to compile it: the median of a few turns."""
    return statistics.median(_cpu_ms(journey) for _ in range(TURNS))


def _cpu_ms(journey: Journey) -> float:
    started = time.process_time()
    compile_journey(journey, version=1, target=NAMED)
    return (time.process_time() - started) * 1_000


def _welcome(plan: dict[str, str] | None = None) -> Play:
    return Play(load_file(WELCOME), {"Clicked the guide?": "otherwise", **(plan or {})}).run()
