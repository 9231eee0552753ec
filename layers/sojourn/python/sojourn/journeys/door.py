"""What the sweep does for whole journeys: who waits for their hour comes in, so does who is in the segment of a
schedule, and what was held while a journey was paused is let go."""

from dataclasses import dataclass
from functools import cached_property

from sojourn.contacts.store import get_profile
from sojourn.due.store import Due
from sojourn.journeys import coming, releasing, schedules
from sojourn.journeys.engine import Engine
from sojourn.journeys.live import LiveJourney, live
from sojourn.journeys.migrating import migrate

KINDS = frozenset(
    {coming.KIND, schedules.SCHEDULE, schedules.MEMBERS, releasing.RESUME, releasing.RELEASE, migrate.DUE}
)


@dataclass
class Door:
    """The journeys as they were when the sweep began."""

    engine: Engine

    @cached_property
    def live(self) -> dict[str, LiveJourney]:
        """All of them, by name; read when somebody is at the door."""
        return live()

    def open(self, due: Due) -> None:
        """Do what is due; a journey that is gone, or another by now, takes nobody."""
        journey = self.live.get(due.task["journey"])
        if due.kind == schedules.SCHEDULE:
            schedules.begin(due, journey, engine=self.engine)
        elif due.kind == schedules.MEMBERS:
            schedules.go_on(due, journey, engine=self.engine)
        elif due.kind == releasing.RESUME:
            releasing.release_page(int(due.task["page"]), journey, engine=self.engine)
        elif due.kind == releasing.RELEASE:
            releasing.let_go(due, engine=self.engine)
        elif due.kind == migrate.DUE:
            migrate.go_on(due, engine=self.engine)
        elif journey is not None:
            profile = get_profile(due.task["contact"])
            if profile.revision and not profile.erased_at:
                coming.come_in_time(profile, due, journey, engine=self.engine)
