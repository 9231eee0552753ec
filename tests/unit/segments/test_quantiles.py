"""Cut points of recency, frequency and money, held against pandas, which ranks another way."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest

from sojourn.clock import iso
from sojourn.contacts.facts import value
from sojourn.contacts.model import Deed, Profile
from sojourn.rules.compile import compile_rule
from sojourn.rules.load import load_segment
from sojourn.rules.nodes import Rule
from sojourn.rules.view import View
from sojourn.segments.quantiles import FACT_OF, cuts_of, measure, quantiles_in, standing_of, table_of
from sojourn.segments.view import Facts
from tests import cdnow

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "statemachines" / "segments").glob("*.segment.yaml"))
NOW = datetime(2026, 11, 21, tzinfo=UTC)
ALL = [f"{name}/{of}" for name in FACT_OF for of in (2, 5, 10)]

Orders = list[cdnow.Order]


def test_cuts_are_values_and_equal_values_share_a_quantile():
    values = [1.0, 2, 2, 2, 3, 4, 5, 5, 6, 7]

    assert cuts_of(values, 5) == [2, 2, 4, 5]
    assert [standing_of({"orders": each}, {"frequency/5": [2, 2, 4, 5]}) for each in (1, 2, 4, 7)] == [
        {"frequency/5": 1}, {"frequency/5": 1}, {"frequency/5": 3}, {"frequency/5": 5},
    ]  # fmt: skip


@pytest.mark.parametrize("of", [2, 5, 10])
def test_with_fewer_customers_than_quantiles_the_best_is_still_the_best(of: int):
    cuts = cuts_of([3.0], of)

    assert cuts == [3.0] * (of - 1)
    assert standing_of({"orders": 4}, {"frequency/5": cuts}) == {"frequency/5": of}


def test_who_never_bought_stands_nowhere_and_neither_does_anybody_before_the_first_table():
    bought = {"orders": 2, "last_order": NOW, "value": {"USD": 12.5}}

    assert standing_of({"orders": 0, "value": {}}, {"frequency/5": [1, 2, 3, 4]}) == {}
    assert standing_of(bought, {}) == standing_of(bought, {"monetary/5": []}) == {}


def test_money_in_several_currencies_adds_up_to_nothing():
    assert measure({"orders": 1, "value": {"USD": 12.5}}, "monetary") == 12.5
    assert measure({"orders": 2, "value": {"EUR": 1.0, "USD": 12.5}}, "monetary") is None


def test_a_thousand_customers_stand_where_pandas_puts_them():
    chance = random.Random(11)
    orders = [
        (
            f"c{customer}",
            f"{customer}-{number}",
            NOW - chance.randrange(400) * timedelta(days=1),
            _price(chance),
        )
        for customer in range(1_000)
        for number in range(min(8, int(chance.expovariate(0.5)) + 1))
    ]

    _is_as_pandas_says(orders)


def test_all_customers_of_cdnow_stand_where_pandas_puts_them():
    orders = list(cdnow.orders(cdnow.the_file().read_text()))

    members = _is_as_pandas_says(orders)

    assert len({customer for customer, *_ in orders}) == cdnow.CUSTOMERS
    assert 0.1 < len(members["best-customers"]) / cdnow.CUSTOMERS < 0.3


def _is_as_pandas_says(orders: Orders) -> dict[str, set[str]]:
    """By each quantile, and by each shipped segment that names one."""
    facts = _facts(orders)
    values = {
        name: sorted(each for one in facts.values() if (each := measure(one, name)) is not None)
        for name in FACT_OF
    }
    table = table_of(values, ALL)
    found = pd.DataFrame.from_dict(
        {customer: standing_of(each, table) for customer, each in facts.items()}, orient="index"
    )
    expected = cdnow.quantiles(orders)

    assert found[ALL].sort_index().astype(int).equals(expected[ALL].sort_index().astype(int))
    rules = {path.name.removesuffix(".segment.yaml"): load_segment(path.read_text()).rule for path in SHIPPED}
    named = {name: rule for name, rule in rules.items() if rule and quantiles_in(rule)}
    members = {name: _members(rule, facts, table) for name, rule in named.items()}
    assert members == {name: who for name, who in cdnow.shipped(orders, NOW).items() if name in named}
    return members


def _facts(orders: Orders) -> dict[str, Mapping[str, Any]]:
    """As profiles hold them: each order folded."""
    folded: dict[str, Any] = {}
    text = cache(iso)
    for customer, order, at, total in orders:
        said = {"order_id": order, "total": total, "currency": "USD"}
        deed = Deed(type="track", name="Order Completed", at=text(at), key=order, properties=said)
        folded[customer] = value.fold(folded.get(customer), deed)
    return {customer: Facts(Profile(customer, facts={"value": each})) for customer, each in folded.items()}


def _members(
    rule: Rule, facts: Mapping[str, Mapping[str, Any]], table: Mapping[str, list[float]]
) -> set[str]:
    compiled = compile_rule(rule)
    wanted = {name: table[name] for name in quantiles_in(rule)}
    views = (
        View(contact=customer, now=NOW, facts=each, quantiles=standing_of(each, wanted))
        for customer, each in facts.items()
    )
    return {view.contact for view in views if compiled.holds(view)}


def _price(chance: random.Random) -> float:
    return round(chance.choice([9.99, 14.5, 20.0]) * chance.randint(1, 5), 2)
