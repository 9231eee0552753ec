"""`python -m infra.local.demo [--once]`: five weeks of real customers through the whole product.

CUSTOMERS=n takes fewer, PACE=n runs the calendar slower or faster, ONCE=1 ends by itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from rich.console import Console

from infra.local import runner, state
from infra.local.demo import cdnow, export
from infra.local.demo.begin import begin
from infra.local.demo.behaviour import Behaviour
from infra.local.demo.cdnow import InputError, Purchase
from infra.local.demo.cloud import JOURNEY, Cloud, Post
from infra.local.demo.job import Job, settle
from infra.local.demo.options import OptionError, Options
from infra.local.demo.outcome import Outcome, conclude
from infra.local.demo.people import Person, everyone
from infra.local.demo.progress import Progress, closing_table
from infra.local.demo.timing import Stopwatch

STOPPED = 130
FIGURES = state.FOLDER / "demo.json"
TIMING = state.FOLDER / "demo-timing.json"
OUTPUT = state.FOLDER / "demo"
CALENDAR_START = "1997-01-01T00:00:00Z"


def main() -> int:
    """The exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    console, watch = Console(highlight=False), Stopwatch()
    try:
        return Demo(Options.read(sys.argv[1:]), console, watch).run()
    except (OptionError, InputError) as error:
        console.print(f"[red]{error}[/red]", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return STOPPED


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


class Demo:
    """One run, from the input to the closing table."""

    def __init__(self, options: Options, console: Console, watch: Stopwatch) -> None:
        self.options, self.console, self.watch = options, console, watch

    def run(self) -> int:
        """Start everything, do the main job, and leave nothing running."""
        if runner.running():
            self.say(
                "The local cloud is running already, and the demo needs one of its own. Stop it first: make down"
            )
            return 1
        FIGURES.unlink(missing_ok=True)
        with self.watch.phase("input"):
            rows, people = self._input()
        behaviour = Behaviour.from_file()
        self._introduce(rows, behaviour)
        try:
            with self.watch.phase("local cloud"):
                if failed := self._start():
                    return failed
            outcome = self._do(rows, people, behaviour)
            self._close(outcome)
            if not self.options.once:
                self._stay()
            return 1 if outcome.wrong or outcome.late else 0
        finally:
            with self.watch.phase("stop"):
                runner.down(quiet=True)
            self._tell_time()

    def _input(self) -> tuple[list[Purchase], dict[int, Person]]:
        all_rows = cdnow.parse(cdnow.fetch(state.FOLDER / "cache").read_text())
        people = everyone(cdnow.select(all_rows))
        chosen = cdnow.select(all_rows, self.options.customers)
        return cdnow.in_time_order(chosen.values()), {customer: people[customer] for customer in chosen}

    def _introduce(self, rows: list[Purchase], behaviour: Behaviour) -> None:
        customers = len({row.customer for row in rows})
        self.say(
            f"[bold]CDNOW, January 1997[/bold]: {customers} customers, {len(rows)} purchases in five weeks, ",
            end="",
        )
        self.say(
            f"a day in {86_400 / self.options.pace:.3g} s. How the recipients behave (infra/local/behaviour.yaml):"
        )
        for line in behaviour.in_words():
            self.say(f"  {line}")

    def _start(self) -> int:
        os.environ.update(PACE=f"{self.options.pace:g}", CALENDAR_START=CALENDAR_START, AUTO_DELIVER="false")
        return runner.up()

    def _do(self, rows: list[Purchase], people: dict[int, Person], behaviour: Behaviour) -> Outcome:
        local = state.read()
        assert local is not None
        cloud, post = Cloud.of(local), Post(local.post_office_url)
        with self.watch.phase("wake"):
            cloud.local = begin(local)
        before = cloud.counts()
        cloud.own_calls.clear()
        job = Job(cloud, post, rows, people, behaviour)
        with self.watch.phase("five weeks"), Progress(self.console) as progress:
            job.run(progress)
        with self.watch.phase("settle"):
            settle(cloud.bustle)
        with self.watch.phase("figures"):
            outcome = conclude(job, cloud, post, before=before, folder=OUTPUT)
            outcome.figures["seconds"] = round(self.watch.seconds)
            export.document(FIGURES, outcome.figures)
            _name_the_customers(OUTPUT / "customers.txt", rows)
        return outcome

    def _close(self, outcome: Outcome) -> None:
        self.console.print(closing_table(outcome.figures))
        for each in (*outcome.wrong, *outcome.late):
            self.say(f"[red]✗[/red] {each}")
        if outcome.late:
            self.say(
                f"This machine cannot keep that pace. Slow down: make demo PACE={self.options.pace / 2:g}"
            )
        elif not outcome.wrong:
            self.say("[green]✓[/green] Everything adds up, and every customer of the input is there.")
        self.say("Figures: .sojourn/demo.json · events, mails and texts: .sojourn/demo/")
        self.say("Recomputed by other code: python -m infra.local.demo.reader")

    def _stay(self) -> None:
        if local := runner.running():
            self.say("\nAll of it still runs:")
            runner.show(local)
            self.say(f"\nThe demo's journey, live in the console: {local.console_url}/journeys/{JOURNEY}")
            self.say("(the first page asks for an address and a password, and makes you the admin)")
        self.say("Ctrl-C ends it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            self.say("")

    def _tell_time(self) -> None:
        paced = min(cdnow.DAYS * 86_400 / self.options.pace, self.watch.phases.get("five weeks", 0.0))
        export.document(TIMING, self.watch.summary(paced=paced))
        self.say(self.watch.in_words(paced=paced))

    def say(self, text: str, end: str = "\n") -> None:
        """A line that is never cut."""
        self.console.print(text, soft_wrap=True, end=end)


def _name_the_customers(path: Path, rows: list[Purchase]) -> None:
    """For the reader, when CUSTOMERS took fewer than all."""
    path.write_text("".join(f"{user_id}\n" for user_id in sorted({row.user_id for row in rows})))


if __name__ == "__main__":
    sys.exit(main())
