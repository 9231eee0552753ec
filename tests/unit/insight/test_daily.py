"""The workspace's days are the journeys' figures, summed once with them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sojourn.insight.counting import CounterKey, Deltas
from sojourn.insight.daily import KEPT, PARTS, by_day, money, with_days

DAY = "2026-11-21"
MAIL = CounterKey("welcome", DAY, "Send the welcome", "email")
PEOPLE = CounterKey("welcome", DAY)


def of_workspace(moved: Deltas) -> Deltas:
    return {key: figures for key, figures in moved.items() if key.kind == "workspace"}


def test_what_went_and_what_came_of_it_is_summed_over_journeys():
    others = CounterKey("cart", DAY, "Remind", "email")
    moved: Deltas = {
        MAIL: Counter({"planned": 2, "sent": 2, "opens.human": 1}),
        others: Counter(sent=3, pending=-3),
        PEOPLE: Counter(enrolled=1, active=1),
    }

    days = by_day(of_workspace(with_days(moved, ["1"])).items())

    assert days == {DAY: {"email": Counter({"sent": 5, "opens.human": 1}), "-": Counter(enrolled=1)}}
    assert moved.items() <= with_days(moved, ["1"]).items()


def test_what_is_no_journeys_counts_for_no_day():
    segment = CounterKey("lapsed", DAY, kind="segment")
    breaker = CounterKey("email", f"{DAY}T10:0", kind="reputation")

    assert of_workspace(with_days({segment: Counter(entered=1), breaker: Counter(bounces=1)}, ["1"])) == {}


@given(st.lists(st.text(max_size=4), max_size=3), st.dictionaries(st.sampled_from(KEPT), st.integers(-3, 3)))
def test_a_batch_writes_one_row_of_a_day_and_channel(batch: list[str], figures: dict[str, int]):
    moved: Deltas = {MAIL: Counter(figures), CounterKey("cart", DAY, "Remind", "email"): Counter(figures)}

    rows = of_workspace(with_days(moved, batch))

    assert len(rows) <= 1
    assert all(0 <= int(key.step) < PARTS for key in rows)


def test_money_stands_under_its_currency():
    rows = money(DAY, "EUR", {"orders": 1, "amount": 99_0000}, ["1"])

    assert by_day(rows.items()) == {DAY: {"EUR": Counter(orders=1, amount=99_0000)}}
