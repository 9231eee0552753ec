"""An idle month, as docs/cost.md prints it."""

from __future__ import annotations

import pytest

from bench.cost import PAGE
from bench.idle import GOAL, Idle, idle, page_with, runs_in_a_month
from infra.lint.stacks import Resource, Stack, load


@pytest.fixture(scope="module")
def stack() -> Stack:
    return load()


@pytest.fixture(scope="module")
def lines(stack: Stack) -> list[Idle]:
    return list(idle(stack))


def test_the_page_prints_the_month(lines: list[Idle]):
    text = PAGE.read_text(encoding="utf-8")

    assert text == page_with(text, lines), "run: python -m bench.idle"


def test_idle_costs_a_few_alarms(lines: list[Idle]):
    assert sum(line.usd for line in lines if not line.free) <= GOAL
    assert [line.thing for line in lines if line.free] == ["Dashboard"]


def test_every_alarm_and_key_is_counted(stack: Stack, lines: list[Idle]):
    counted = {line.thing: line.quantity for line in lines}

    assert counted["Alarms"] == len(list(stack.resources("AWS::CloudWatch::Alarm")))
    assert counted["Key of keys"] == 1


@pytest.mark.parametrize(
    ("said", "runs"), [("rate(1 minute)", 43_200), ("rate(2 hours)", 360), ("cron(20 3 * * ? *)", 30)]
)
def test_a_schedule_is_counted_by_the_month(stack: Stack, said: str, runs: int):
    assert runs_in_a_month(Resource("S", stack, {"Properties": {"ScheduleExpression": said}})) == runs


def test_a_schedule_that_cannot_be_counted_is_no_guess(stack: Stack):
    with pytest.raises(ValueError, match="how often"):
        runs_in_a_month(Resource("S", stack, {"Properties": {"ScheduleExpression": "cron(* * * * ? *)"}}))
