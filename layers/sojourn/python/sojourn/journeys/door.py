"""What the sweep does for whole journeys: who waits for their hour comes in, so does who is in the segment of a
schedule, and what was held while a journey was paused is let go."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sojourn.contacts.store import get_profile
from sojourn.due.store import Due
from sojourn.journeys import coming, held_back, letting_go, moving, releasing, schedules, stopping, watching
from sojourn.journeys.engine import Engine
from sojourn.journeys.live import LiveJourney, live
from sojourn.journeys.migrating import continuing, migrate

KINDS = frozenset(
    {
        coming.KIND,
        schedules.SCHEDULE,
        schedules.MEMBERS,
        releasing.RESUME,
        releasing.RELEASE,
        letting_go.DRAFTS,
        held_back.KIND,
        migrate.DUE,
        stopping.DUE,
        continuing.DUE,
        watching.KIND,
    }
)
WALKS: dict[str, Callable[[Due, LiveJourney | None, Engine], None]] = {
    migrate.DUE: lambda due, journey, engine: migrate.go_on(due, engine=engine),
    continuing.DUE: lambda due, journey, engine: continuing.go_on(due, engine=engine),
    stopping.DUE: lambda due, journey, engine: stopping.go_on(due, journey, engine=engine),
    letting_go.DRAFTS: lambda due, journey, engine: letting_go.release_page(due, engine=engine),
    held_back.KIND: lambda due, journey, engine: held_back.release_page(due, engine=engine),
    watching.KIND: lambda due, journey, engine: moving.in_time(due, engine=engine),
}


@dataclass
class Door:
    """The journeys as they were when the sweep began; members are told by the `page`."""

    engine: Engine
    page: int = schedules.A_PAGE

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
            schedules.go_on(due, journey, engine=self.engine, page=self.page)
        elif due.kind == releasing.RESUME:
            releasing.release_page(int(due.task["page"]), journey, engine=self.engine)
        elif due.kind == releasing.RELEASE:
            releasing.let_go(due, engine=self.engine)
        elif due.kind in WALKS:
            WALKS[due.kind](due, journey, self.engine)
        elif journey is not None:
            profile = get_profile(due.task["contact"])
            if profile.revision and not profile.erased_at:
                coming.come_in_time(profile, due, journey, engine=self.engine)
