"""Types are told by the first value and held ever after, whoever comes first."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn import config
from sojourn.clock import ManualClock
from sojourn.contacts.attributes import LARGEST_VALUE, LONGEST_NAME, Teacher, check, use_registry
from sojourn.contacts.datatypes import DataType
from sojourn.contacts.registry import KIND, Attribute, KnownAttributes, declare, read_all, write
from sojourn.errors import Problem
from tests.cloud import moto_cloud
from tests.partiql import empty

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture(autouse=True)
def clock() -> ManualClock:
    empty("Config")
    clock = ManualClock(NOW)
    use_registry(KnownAttributes(clock))
    return clock


def codes(traits: dict[str, Any], by: Teacher = Teacher.SERVER) -> list[str]:
    return [fault.code for fault in check(traits, by=by)[1]]


def types() -> dict[str, str]:
    return {each.name: each.type.value for each in read_all()}


def test_the_first_value_says_the_type_and_later_ones_keep_to_it():
    assert check({"plan": 7, "born": "1815-12-10"}) == ({"plan": 7, "born": "1815-12-10"}, [])

    clean, faults = check({"plan": "pro", "born": "1815-12-10", "vip": True})

    assert clean == {"born": "1815-12-10", "vip": True}
    assert [(fault.code, fault.name) for fault in faults] == [("attribute_type_conflict", "plan")]
    assert types() == {"plan": "number", "born": "date", "vip": "boolean"}


def test_null_has_no_type():
    assert codes({"plan": None}) == []
    assert types() == {}


def test_another_container_holds_to_it_too():
    check({"plan": 7})
    use_registry(KnownAttributes(ManualClock(NOW)))

    assert codes({"plan": "pro"}) == ["attribute_type_conflict"]


def test_of_two_that_see_a_name_at_once_the_first_wins_and_the_other_reads_it(clock: ManualClock):
    one, other = KnownAttributes(clock), KnownAttributes(clock)
    assert one.type_of("warm", True, Teacher.SERVER) is other.type_of("warm", True, Teacher.SERVER)

    assert one.type_of("plan", 7, Teacher.SERVER) is DataType.NUMBER
    assert other.type_of("plan", "pro", Teacher.SERVER) is DataType.NUMBER
    assert types()["plan"] == "number"


def test_the_rows_are_read_once_a_minute(clock: ManualClock):
    check({"plan": 7})
    config.put(KIND, "score", {"type": "text", "by": "operator", "seen": True})

    clock.advance(59)
    assert codes({"plan": 8}) == []
    clock.advance(2)
    assert codes({"score": 8}) == ["attribute_type_conflict"]


def test_what_browsers_taught_gives_way_to_a_server():
    assert codes({"plan": 7}, Teacher.BROWSER) == []
    assert codes({"plan": "pro"}, Teacher.BROWSER) == ["attribute_type_conflict"]

    assert codes({"plan": "pro"}) == []

    assert codes({"plan": 7}, Teacher.BROWSER) == ["attribute_type_conflict"]
    assert types() == {"plan": "text"}


def test_browsers_teach_a_part_of_what_there_is_room_for(clock: ManualClock):
    known = KnownAttributes(clock)
    known.type_of("first", 1, Teacher.BROWSER)
    known._known |= {f"a{n}": Attribute(f"a{n}", DataType.TEXT, Teacher.BROWSER) for n in range(999)}

    assert known.type_of("one more", 1, Teacher.BROWSER) is None
    assert known.type_of("one more", 1, Teacher.SERVER) is DataType.NUMBER


def test_there_is_room_for_ten_thousand(clock: ManualClock):
    """C11."""
    known = KnownAttributes(clock)
    known.type_of("first", 1, Teacher.SERVER)
    known._known |= {f"a{n}": Attribute(f"a{n}", DataType.TEXT) for n in range(9_999)}
    use_registry(known)

    assert codes({"one more": 1, "first": 2}) == ["too_many_attributes"]


@pytest.mark.parametrize("name", ["", " ", "x" * (LONGEST_NAME + 1), "\ud800"])
def test_a_name_must_fit_a_key(name: str):
    """C14."""
    assert codes({name: 1, "x" * LONGEST_NAME: 1, "😀" * LONGEST_NAME: 1}) == ["invalid_trait_name"]


@pytest.mark.parametrize(
    "value",
    [
        "x" * (LARGEST_VALUE + 1),
        "é" * (LARGEST_VALUE // 2 + 1),
        ["x" * 1_000] * 33,
        {"a": {"b": ["x" * 40_000]}},
        [1] * 20_000,
    ],
)
def test_a_value_may_have_32_kb(value: Any):
    """C14."""
    assert codes({"bio": value}) == ["trait_too_large"]
    assert codes({"bio": "x" * 30_000}) == []


def test_what_the_engine_reads_is_text_for_ever():
    assert codes({"timezone": 7, "phone_country": ["US"]}) == ["attribute_type_conflict"] * 2
    assert types() == {}


def test_an_operator_says_types_before_the_first_value():
    declare({"score": "number", "home": "geo"})

    assert codes({"score": "high"}) == ["attribute_type_conflict"]
    declare({"score": "text"})
    use_registry(KnownAttributes(ManualClock(NOW)))
    assert codes({"score": "high"}) == []
    with pytest.raises(Problem) as refused:
        declare({"score": "number", "new": "text"})
    assert (refused.value.status, refused.value.code) == (409, "attribute_type_conflict")
    assert types() == {"score": "text", "home": "geo"}
    declare({"score": "text"})


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"a": "integer"}, 400, "invalid_type"),
        ({"a": ["text"]}, 400, "invalid_type"),
        ({"a": None}, 400, "invalid_type"),
        ({"": "text"}, 400, "invalid_trait_name"),
        ({"email": "number"}, 409, "attribute_type_conflict"),
        ({f"a{n}": "text" for n in range(10_001)}, 400, "too_many_attributes"),
    ],
)
def test_what_an_operator_cannot_say(said: dict[str, Any], status: int, code: str):
    """C11."""
    with pytest.raises(Problem) as refused:
        declare(said)

    assert (refused.value.status, refused.value.code) == (status, code)
    assert types() == {}


def test_a_declaration_that_comes_late_is_told():
    first = write(Attribute("score", DataType.NUMBER))

    assert write(Attribute("score", DataType.TEXT, Teacher.OPERATOR, seen=False)) == first
