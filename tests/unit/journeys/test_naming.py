"""What tells runs apart, and what pairs an event with a run: the same cart is the same, however a client says it."""

from typing import Any

import pytest

from sojourn.journeys.answering import is_matched
from sojourn.journeys.naming import LONGEST_KEY, key_text
from tests.journeys import an_enrolment


@pytest.mark.parametrize(
    ("one", "other"), [(7, "7"), (7, 7.0), ("7", 7.0), ("caf\u00e9", "cafe\u0301"), (1.5, "1.5"), (-0.0, 0)]
)
def test_one_key_said_in_two_ways(one: Any, other: Any):
    assert key_text(one) == key_text(other)
    assert is_matched({"cart_id": other}, [("cart_id", "cart_id")], an_enrolment(facts={"cart_id": one}))


@pytest.mark.parametrize(
    ("one", "other"),
    [("A", "a"), (7, 7.5), ("7", "07"), (1, True), (None, None), ("x" * 300 + "a", "x" * 300 + "b")],
)
def test_two_keys(one: Any, other: Any):
    assert key_text(one) is None or key_text(one) != key_text(other)
    assert not is_matched({"cart_id": other}, [("cart_id", "cart_id")], an_enrolment(facts={"cart_id": one}))


@pytest.mark.parametrize("value", [None, "", True, [1], {"a": 1}])
def test_what_is_no_key(value: Any):
    assert key_text(value) is None


def test_a_long_key_fits():
    assert len(key_text("x" * 5_000) or "") == LONGEST_KEY
