"""The main job: replay, recipients and progress side by side, until five weeks are over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from infra.local.demo import cdnow
from infra.local.demo.behaviour import Behaviour
from infra.local.demo.cdnow import Purchase
from infra.local.demo.cloud import Cloud, Post
from infra.local.demo.people import Person
from infra.local.demo.progress import Progress, Snapshot
from infra.local.demo.recipients import Recipients
from infra.local.demo.replay import Replay

SHOW_SECONDS = 3.0
QUIET_SECONDS = 1.5
SETTLE_SECONDS = 45.0
FINISH_SECONDS = 30.0


@dataclass(slots=True)
class Job:
    """`Job(cloud, post, rows, people, behaviour).run(progress)`."""

    cloud: Cloud
    post: Post
    rows: Sequence[Purchase]
    people: dict[int, Person]
    behaviour: Behaviour
    stop: threading.Event = field(default_factory=threading.Event)
    replay: Replay = field(init=False)
    recipients: Recipients = field(init=False)

    def __post_init__(self) -> None:
        self.replay = Replay(self.rows, self.people, self.wait_until)
        self.recipients = Recipients(self.post, self.behaviour, self.cloud.local.clock)

    @property
    def start(self) -> datetime:
        """The calendar's first instant."""
        return cdnow.START

    @property
    def end(self) -> datetime:
        """When the five weeks are over."""
        return cdnow.START + timedelta(days=cdnow.DAYS)

    def run(self, progress: Progress) -> None:
        """Blocks until the calendar reaches the end, or there is nothing left that could happen."""
        local = self.cloud.local
        feeding = Worker(lambda: self.replay.run(write_key=local.write_key, host=local.collect_url))
        acting = Worker(lambda: self.recipients.run(self.stop))
        try:
            self._watch(feeding, acting, progress)
        finally:
            self.stop.set()
        for worker in (feeding, acting):
            worker.finish(FINISH_SECONDS)

    def _watch(self, feeding: Worker, acting: Worker, progress: Progress) -> None:
        while not (feeding.failed or acting.failed):
            now, steps = self.now(), self.cloud.steps()
            progress.show(self._snapshot("waiting" if feeding.done else "replaying", now, steps))
            drained = feeding.done and not steps and not self.recipients.to_come
            if now >= self.end or drained:
                return
            left = (self.end - now).total_seconds() / self.cloud.local.pace
            self.stop.wait(max(0.05, min(SHOW_SECONDS, left)))

    def now(self) -> datetime:
        """On the calendar."""
        return self.cloud.local.clock.calendar()

    def _snapshot(self, doing: str, now: datetime, steps: dict[str, int]) -> Snapshot:
        return Snapshot(
            doing=doing,
            calendar=now,
            day=min((now - self.start).days + 1, cdnow.DAYS),
            days=cdnow.DAYS,
            events_in=len(self.replay.answers.accepted),
            rows=self.replay.fed,
            rows_total=len(self.rows),
            report=self.cloud.report(),
            steps=steps,
            done=dict(self.recipients.done),
        )

    def wait_until(self, moment: datetime) -> bool:
        """Sleep until the calendar is there; False when the job is being stopped."""
        wall = (moment - self.now()).total_seconds() / self.cloud.local.pace
        return not (self.stop.wait(wall) if wall > 0 else self.stop.is_set())


class Worker:
    """A thread that may be left behind: an answer that never comes must not keep the demo from ending."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001  whatever it is, `finish` raises it where somebody sees it
            self.failed = error

    @property
    def done(self) -> bool:
        """Whether the work ended, well or not."""
        return not self._thread.is_alive()

    def finish(self, patience: float) -> None:
        """Wait for the end; raise what the work raised."""
        self._thread.join(patience)
        if self.failed:
            raise self.failed


def settle(
    bustle: Callable[[], int], *, patience: float = SETTLE_SECONDS, quiet: float = QUIET_SECONDS
) -> bool:
    """Wait until nothing is worked on any more; False when patience ends first."""
    deadline = time.monotonic() + patience
    last, since = bustle(), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.1)
        now = bustle()
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since >= quiet:
            return True
    return False
