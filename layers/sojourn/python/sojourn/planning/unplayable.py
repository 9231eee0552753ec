"""What is wrong with a behaviour that somebody wrote: where, what, and what would be right. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sojourn.contacts.zones import zone_named
from sojourn.journeys.language.times import Duration

Fault = tuple[str, str, str]  # the field, the problem, the remedy
RATED = ("open", "click", "purchase", "unsubscribe", "complain", "stop")
HABITS = {"bounce", "deliver", *RATED}
TEN_YEARS = 3_653 * 86_400
MOST_HOURS = TEN_YEARS / 3_600


def faults_of(said: Mapping[Any, Any]) -> Iterator[Fault]:
    """Everything that is wrong, the first thing first."""
    for name in sorted(set(said) - set(PARTS), key=str):
        yield str(name), "nobody knows this part", f"one of {', '.join(sorted(PARTS))}"
    for name, part in said.items():
        if name in PARTS and part is not None:
            yield from PARTS[name](str(name), part)


def _of_habits(place: str, habits: Any) -> Iterator[Fault]:
    if not isinstance(habits, Mapping):
        yield place, "it is no mapping", "for example {open: {rate: 0.4}}"
        return
    for name, said in habits.items():
        where = f"{place}.{name}"
        if name not in HABITS:
            yield where, "nobody has this habit", f"one of {', '.join(sorted(HABITS))}"
        elif name == "bounce":
            yield from _of_rate(where, said)
        elif not isinstance(said, Mapping):
            yield where, "it is no mapping", "for example {rate: 0.4, after: [0.5, 20]}"
        else:
            yield from _of_rate(f"{where}.rate", said.get("rate", 0))
            yield from _of_delay(f"{where}.after", said.get("after", [0, 0]))


def _of_each(check: Callable[[str, Any], Iterator[Fault]]) -> Callable[[str, Any], Iterator[Fault]]:
    """The same of everything behind its name."""

    def faults(place: str, said: Any) -> Iterator[Fault]:
        if not isinstance(said, Mapping):
            yield from _of_mapping(place, said)
            return
        for name, each in said.items():
            yield from check(f"{place}.{name}", each)

    return faults


def _of_fields(
    known: Mapping[str, Callable[[str, Any], Iterator[Fault]]],
    others: Callable[[str, Any], Iterator[Fault]] | None = None,
) -> Callable[[str, Any], Iterator[Fault]]:
    """What is known is checked by its own; of the rest `others` may say what is wrong."""

    def faults(place: str, said: Any) -> Iterator[Fault]:
        if not isinstance(said, Mapping):
            yield from _of_mapping(place, said)
            return
        for name, each in said.items():
            where = f"{place}.{name}"
            if name in known:
                yield from known[name](where, each)
            elif others:
                yield from others(where, each)
            else:
                yield where, "nobody knows this", f"one of {', '.join(sorted(known))}"

    return faults


def _of_mapping(place: str, said: Any) -> Iterator[Fault]:
    if not isinstance(said, Mapping):
        yield place, "it is no mapping", "`name: value` pairs"


def _of_rate(place: str, value: Any) -> Iterator[Fault]:
    if not _is_number(value) or not 0 <= value <= 1:
        yield place, f"{value!r} is no share", "a number from 0 to 1"


def _of_delay(place: str, value: Any) -> Iterator[Fault]:
    is_pair = isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
    if not is_pair or not 0 <= value[0] <= value[1] <= MOST_HOURS:
        yield place, f"{value!r} is no span", "two numbers of hours, [from, to]"


def _of_weight(place: str, value: Any) -> Iterator[Fault]:
    if not _is_number(value) or not 0 < value <= 1e9:
        yield place, f"{value!r} is no weight", "a number over 0"


def _of_zones(place: str, said: Any) -> Iterator[Fault]:
    yield from _of_each(_of_weight)(place, said)
    for name in said if isinstance(said, Mapping) else ():
        if not isinstance(name, str) or zone_named(name) is None:
            yield (
                f"{place}.{name}",
                "there is no such zone",
                "for example {Europe/Berlin: 3, Europe/London: 1}",
            )


def _of_duration(place: str, value: Any) -> Iterator[Fault]:
    try:
        is_one = Duration.from_text(str(value)).seconds <= TEN_YEARS
    except ValueError:
        is_one = False
    if not is_one:
        yield place, f"{value!r} is no duration", "for example `30 days`; ten years are the most"


def _of_event(place: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip():
        yield place, f"{value!r} is no name of an event", "for example Order Completed"


def _of_deeds(place: str, said: Any) -> Iterator[Fault]:
    if not isinstance(said, list):
        yield place, "it is no list", "for example [{event: Order Completed, every: 180 days}]"
        return
    for number, each in enumerate(said, 1):
        where = f"{place}.{number}"
        yield from _of_deed(where, each)
        if not isinstance(each, Mapping) or not {"event", "every"} <= set(each):
            yield where, "it is no deed", "an event needs `event` and `every`"
        elif str(each["every"]).startswith("0"):
            yield f"{where}.every", f"{each['every']!r} is no pause", "for example `30 days`"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _anything(place: str, said: Any) -> Iterator[Fault]:
    yield from ()


_of_deed = _of_fields({"event": _of_event, "every": _of_duration, "properties": _of_mapping})
_TASK = {"settled": _of_rate, "after": _of_delay, "outcomes": _of_each(_of_weight)}
PARTS: Mapping[str, Callable[[str, Any], Iterator[Fault]]] = {
    "email": _of_habits,
    "sms": _of_habits,
    "templates": _of_each(_of_habits),
    "steps": _of_each(_of_habits),
    "purchase": _of_fields({"event": _of_event, "properties": _of_mapping}),
    "events": _of_deeds,
    "arrivals": _of_fields({"over": _of_duration, "again": _of_duration, "properties": _of_mapping}),
    "people": _of_fields(
        {
            "phone": _of_rate,
            "consent": _of_fields({"email": _of_rate, "sms": _of_rate}),
            "zones": _of_zones,
            "attributes": _of_mapping,
        }
    ),
    "calls": _of_fields({"fail": _of_rate, "reply": _of_mapping}, _of_fields({"reply": _of_mapping})),
    "tasks": _of_fields(_TASK, _of_fields(_TASK)),
    "seed": _anything,
}
