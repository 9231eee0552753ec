"""Types of attributes: how one is told by its first value, and what fits it afterwards. Pure.

text       any text that is no date                       "Ada"
number     a number                                       12.5
boolean    true or false                                  true
date       a day                                          "2026-11-21"
datetime   a day and a time (RFC 3339; a day alone fits)  "2026-11-21T10:00:00Z"
list       a list                                         ["a", "b"]
object     an object                                      {"city": "Oslo"}
geo        exactly a latitude and a longitude             {"lat": 59.9, "lon": 10.7}
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.{0,40}")


class DataType(StrEnum):
    """What an attribute holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LIST = "list"
    OBJECT = "object"
    GEO = "geo"


def inferred(value: Any) -> DataType:
    """The narrowest type of a value."""
    return next(kind for kind in NARROWEST_FIRST if FITS[kind](value))


def fits(value: Any, kind: DataType) -> bool:
    """Whether an attribute of this type may hold the value as it is."""
    return FITS[kind](value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and DAY.fullmatch(value) is not None and _reads(date.fromisoformat, value)


def _is_moment(value: Any) -> bool:
    return (
        isinstance(value, str)
        and MOMENT.fullmatch(value) is not None
        and _reads(datetime.fromisoformat, value)
    )


def _is_geo(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"lat", "lon"}:
        return False
    lat, lon = value["lat"], value["lon"]
    return _is_number(lat) and _is_number(lon) and -90 <= lat <= 90 and -180 <= lon <= 180


def _reads(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


FITS: dict[DataType, Callable[[Any], bool]] = {
    DataType.TEXT: lambda value: isinstance(value, str),
    DataType.NUMBER: _is_number,
    DataType.BOOLEAN: lambda value: isinstance(value, bool),
    DataType.DATE: _is_date,
    DataType.DATETIME: lambda value: _is_moment(value) or _is_date(value),
    DataType.LIST: lambda value: isinstance(value, list),
    DataType.OBJECT: lambda value: isinstance(value, dict),
    DataType.GEO: _is_geo,
}
NARROWEST_FIRST = (
    DataType.BOOLEAN,
    DataType.NUMBER,
    DataType.DATE,
    DataType.DATETIME,
    DataType.TEXT,
    DataType.LIST,
    DataType.GEO,
    DataType.OBJECT,
)
