"""The main job's parts that need no cloud: options, threads, quiet, time."""

import threading
from itertools import chain, repeat

import pytest

from infra.local.demo.job import Worker, settle
from infra.local.demo.options import OptionError, Options
from infra.local.demo.tables import Tables
from infra.local.demo.timing import Stopwatch


def test_the_defaults_are_everybody_at_a_day_in_five_seconds():
    assert Options.read([], {}) == Options(customers=None, pace=17_280.0, once=False)


def test_options_come_from_the_environment():
    env = {"CUSTOMERS": "40", "PACE": "8640", "ONCE": "1"}

    assert Options.read([], env) == Options(customers=40, pace=8640.0, once=True)
    assert Options.read(["--once"], {"ONCE": ""}).once
    assert not Options.read([], {"ONCE": "0"}).once


@pytest.mark.parametrize(
    "env", [{"CUSTOMERS": "few"}, {"CUSTOMERS": "0"}, {"PACE": "fast"}, {"PACE": "-1"}, {"PACE": "inf"}]
)
def test_an_option_that_cannot_be_read_is_refused_by_name(env):
    with pytest.raises(OptionError, match=next(iter(env))):
        Options.read([], env)


def test_what_a_worker_raises_is_raised_where_it_is_waited_for():
    def work() -> None:
        raise ValueError("no")

    worker = Worker(work)

    with pytest.raises(ValueError, match="no"):
        worker.finish(5)


def test_a_worker_that_hangs_is_left_behind():
    hanging = threading.Event()

    def hang() -> None:
        hanging.wait(60)

    worker = Worker(hang)
    worker.finish(0.01)

    assert not worker.done
    hanging.set()


def test_settled_is_when_nothing_moves_any_more():
    moving = chain([1, 2, 3], repeat(3))

    assert settle(lambda: next(moving), patience=5, quiet=0.01)


def test_what_never_rests_is_not_waited_for_forever():
    moving = iter(range(1_000_000))

    assert not settle(lambda: next(moving), patience=0.05, quiet=10)


def test_the_phases_and_what_is_beside_the_paced_days():
    watch = Stopwatch()

    with watch.phase("input"):
        pass

    summary = watch.summary(paced=0.0)
    assert set(summary) == {"seconds", "paced_seconds", "demo_overhead_seconds", "phases"}
    assert summary["phases"] == {"input": 0.0}


class Client:
    """As much of a DynamoDB client as a scan needs: two pages."""

    def get_paginator(self, operation: str) -> "Client":
        self.operation = operation
        return self

    def paginate(self, **_: object) -> list[dict[str, object]]:
        if self.operation == "list_tables":
            names = [
                "sojourn-local-Data-1-EventsTable-2",
                "sojourn-local-Data-1-RejectedEventsTable-3",
                "others-EventsTable-4",
            ]
            return [{"TableNames": names}]
        return [
            {"Items": [{"pk": {"S": "a"}, "n": {"N": "2"}}]},
            {"Items": [{"l": {"L": [{"S": "x"}, {"N": "0.5"}]}}]},
        ]


def test_tables_are_found_by_their_logical_names_and_scanned_whole():
    tables = Tables.find(Client(), "sojourn-local")

    assert tables.names["Events"] == "sojourn-local-Data-1-EventsTable-2"
    assert list(tables.scan("Events")) == [{"pk": "a", "n": 2}, {"l": ["x", 0.5]}]
