"""What type a value is of, and what fits it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.contacts.datatypes import FITS, DataType, fits, inferred

json_values = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Ada", "text"), ("", "text"), ("12", "text"), ("true", "text"), ("\0", "text"),
        (7, "number"), (-0.5, "number"), (10**40, "number"), (True, "boolean"), (False, "boolean"),
        ("2026-11-21", "date"), ("2024-02-29", "date"), ("2026-02-29", "text"), ("2026-11-21x", "text"),
        ("20261121", "text"),
        ("2026-W47-6", "text"), ("２０２６-11-21", "text"),
        ("2026-11-21T10:00:00Z", "datetime"), ("2026-11-21T10:00:00.123456+05:30", "datetime"),
        ("2026-11-21 10:00", "datetime"), ("2026-11-21T25:00:00Z", "text"), ("2026-11-21Tx", "text"),
        ("2026-11-21T10:00:00\n", "text"),
        ([], "list"), (["a", 1], "list"), ({}, "object"), ({"a": 1}, "object"),
        ({"lat": 59.9, "lon": 10.7}, "geo"), ({"lat": -90, "lon": 180}, "geo"), ({"lat": 91, "lon": 0}, "object"),
        ({"lat": "59.9", "lon": "10.7"}, "object"), ({"lat": 1, "lon": 2, "alt": 3}, "object"), ({"lat": 1}, "object"),
        ({"lat": True, "lon": False}, "object"),
    ],
)  # fmt: skip
def test_a_type_is_told_by_the_first_value(value: Any, kind: str):
    assert inferred(value) == kind
    assert fits(value, DataType(kind))


@pytest.mark.parametrize(
    ("value", "kind", "is_fit"),
    [
        ("2026-11-21", DataType.TEXT, True),
        ("2026-11-21", DataType.DATETIME, True),
        ("2026-11-21T10:00:00Z", DataType.DATE, False),
        ("7", DataType.NUMBER, False),
        (7, DataType.TEXT, False),
        (1, DataType.BOOLEAN, False),
        (True, DataType.NUMBER, False),
        ("", DataType.DATE, False),
        ({"lat": 1, "lon": 2}, DataType.OBJECT, True),
        ({"lat": 1, "lon": 200}, DataType.GEO, False),
        (["a"], DataType.OBJECT, False),
        ("a", DataType.LIST, False),
    ],
)
def test_what_fits_loses_nothing(value: Any, kind: DataType, is_fit: bool):
    assert fits(value, kind) is is_fit


@given(json_values)
def test_every_value_is_of_a_type_and_fits_it(value: Any):
    assert fits(value, inferred(value))


def test_every_type_has_its_judge():
    assert FITS.keys() == set(DataType)
