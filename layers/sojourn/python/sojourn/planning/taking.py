"""The steps that take_step takes, by its own code (journeys/taking), on the stage instead of on rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from sojourn.journeys.steps import Branch, Exit, Repeat, Update
from sojourn.journeys.taking import branch, leaving, repeat, update
from sojourn.journeys.taking.task import Here, TakeTask
from sojourn.planning.runs import Run
from sojourn.rules.nodes import Rule
from sojourn.rules.view import View

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage


@dataclass(slots=True)
class Acting(Here):
    """A run at a step, in a rehearsal."""

    stage: "Stage" = field(kw_only=False, default=None)  # type: ignore[assignment]
    playing: Run = field(kw_only=False, default=None)  # type: ignore[assignment]

    @classmethod
    def at(cls, stage: "Stage", run: Run, task: Mapping[str, Any]) -> Self:
        """Where a Task stands."""
        step, journey = stage.script.step(task["step"]), stage.script.journey
        return cls(
            TakeTask.from_task(run.task(task)),
            run.row,
            journey,
            step,
            stage.engine,
            stage.profile,
            stage,
            run,
        )

    def look(self, rules: Iterable[Rule]) -> View:
        """The person as these rules see them."""
        return self.stage.look(self.playing.row, rules)

    def go_on(self, to: str, *, way: int = 1, **more: Any) -> dict[str, Any]:
        """The run stands at that state, or behind the branches before it, which are judged here."""
        if more:
            self.playing.change(**more)
        return {"path": self.stage.go_on(self.playing, to)}

    def leave(self, reason: str) -> None:
        """The run is out."""
        self.stage.leave(self.playing, reason)
        self.playing.is_playing = True  # its own Task goes on to the end


def take(here: Acting) -> dict[str, Any]:
    """One step, done."""
    if isinstance(here.step, Branch):
        return branch.take(here)
    if isinstance(here.step, Repeat):
        return repeat.take(here)
    if isinstance(here.step, Exit):
        return leaving.take(here)
    if isinstance(here.step, Update):
        for event in tuple(update._events(here, here.step)):
            here.stage.happens(event)
    else:
        here.stage.note(here.step.name, here.step.kind, getattr(here.step, "journey", ""))
    return here.go_on(here.task.next)
