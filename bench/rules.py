"""What rules cost: compiled, beside the same rule written by hand as a Python function."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.measures import CpuRatio, Measure, cpu_ratio, judged
from sojourn.clock import iso
from sojourn.rules.compile import compile_rule
from sojourn.rules.nodes import All, Compare, Done, Match, NoneOf, Op, Rule, Subject, Window
from sojourn.rules.spans import Span
from sojourn.rules.view import View

CONTACTS = 2_000
REPEATS, TURNS = 10, 100
RATIO_GOAL = 2.0
NANOSECONDS_GOAL = 1_000  # a million contacts a second and core
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
MONTH = timedelta(days=30)

BY_ATTRIBUTES = All((
    Compare(Subject(("plan",)), Op.IS, "pro"),
    Compare(Subject(("age",)), Op.AT_LEAST, 18),
    Compare(Subject(("country",)), Op.ONE_OF, ("NO", "SE", "DK")),
    Compare(Subject(("newsletter",)), Op.IS, True),
    Compare(Subject(("visits",)), Op.UNDER, 90),
))  # fmt: skip
BY_DEEDS = All((
    Compare(Subject(("plan",)), Op.IS, "pro"),
    Done(Match("Order Completed"), window=Window(last=Span.from_text("30 days"))),
    NoneOf((Done(Match("Unsubscribed")),)),
))  # fmt: skip


def by_hand(view: View) -> bool:
    """BY_ATTRIBUTES as one would write it; a truth value is no number."""
    known = view.attributes
    age, visits = known.get("age"), known.get("visits")
    return (
        known.get("plan") == "pro"
        and isinstance(age, int | float)
        and age is not True
        and age >= 18
        and known.get("country") in ("NO", "SE", "DK")
        and known.get("newsletter") is True
        and isinstance(visits, int | float)
        and visits is not True
        and visits < 90
    )


def deeds_by_hand(view: View) -> bool:
    """BY_DEEDS as one would write it."""
    order, left = view.events.get("Order Completed"), view.events.get("Unsubscribed")
    return (
        view.attributes.get("plan") == "pro"
        and order is not None
        and view.now - MONTH <= datetime.fromisoformat(order["last"]) <= view.now
        and (left is None or datetime.fromisoformat(left["first"]) > view.now)
    )


def measure() -> list[Measure]:
    """Both rules over contacts of whom a third fits, each beside its function."""
    attributes, deeds = _beside(BY_ATTRIBUTES, by_hand), _beside(BY_DEEDS, deeds_by_hand)
    nanoseconds = round(_fastest(compile_rule(BY_ATTRIBUTES).holds))
    return [
        judged("rule_ratio", attributes.ratio, "× a function by hand", RATIO_GOAL),
        judged("rule_ratio_of_deeds", deeds.ratio, "× a function by hand", RATIO_GOAL),
        judged("rule_cpu_ns", nanoseconds, "ns a contact, 5 attributes", NANOSECONDS_GOAL),
        judged("rule_contacts_per_second", round(1e9 / nanoseconds), "contacts, one core", None),
    ]


def people(usual: float = 0.8) -> list[View]:
    """The same people every time: each condition holds of four in five, or of as many as one says."""
    dice = random.Random(4)
    return [_person(f"c{number}", usual, dice) for number in range(CONTACTS)]


def _person(contact: str, usual: float, dice: random.Random) -> View:
    def is_usual() -> bool:
        return dice.random() < usual

    attributes = {
        "plan": "pro" if is_usual() else "free",
        "age": 34 if is_usual() else 17,
        "country": dice.choice(["NO", "SE"]) if is_usual() else "FR",
        "newsletter": is_usual(),
        "visits": 12 if is_usual() else 90,
        **{f"other_{number}": number for number in range(10)},
    }
    at = iso(NOW - timedelta(days=dice.randrange(37), hours=5))
    events = {"Order Completed": {"n": 1, "first": at, "last": at}}
    return View(contact=contact, now=NOW, attributes=attributes, events=events)


def _fastest(holds: Callable[[View], bool]) -> float:
    """Nanoseconds of a contact who fits, in the best of many turns: what a core can do when it is left alone."""
    views, turns = people(usual=1), []
    for _ in range(TURNS):
        started = time.process_time_ns()
        for view in views:
            holds(view)
        turns.append(time.process_time_ns() - started)
    return min(turns) / len(views)


def _beside(rule: Rule, function: Callable[[View], bool]) -> CpuRatio:
    views, holds = people(), compile_rule(rule).holds
    assert [holds(view) for view in views] == [function(view) for view in views]

    def ours() -> None:
        for view in views:
            holds(view)

    def bare() -> None:
        for view in views:
            function(view)

    return cpu_ratio(ours, bare, repeats=REPEATS, per=CONTACTS)
