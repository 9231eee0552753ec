"""What an event does to a run, asked of the engine's own `Move`; what the person is like is known here, not read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.journeys.enrolment import Enrolment
from sojourn.journeys.language.around import WayOut
from sojourn.journeys.model import Journey
from sojourn.journeys.moving import Move
from sojourn.journeys.views import compiled

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage


@dataclass(frozen=True, slots=True)
class Told(Move):
    """An event in a rehearsal."""

    stage: "Stage"

    def meets_goal(self, journey: Journey, row: Enrolment) -> bool:
        """Whether it is the goal of this run."""
        return self._meets_goal(journey, row)

    def reason(self, journey: Journey, row: Enrolment) -> str:
        """Why the run is over by it, or ""."""
        return self._reason(journey, row)

    def _takes_out(self, way: WayOut, journey: Journey, run: Enrolment) -> bool:
        if way.rule is not None:
            return compiled(way.rule).holds(self.stage.look(run, [way.rule]))
        return Move._takes_out(self, way, journey, run)
