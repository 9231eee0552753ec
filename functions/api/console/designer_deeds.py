"""What a button of the designer does to the text: each is one edit, and the answer is the whole desk anew.

add KIND before the step at PATH · up · down · move PATH to TO · copy · delete · select · choose (where to add)
grow · hold · drop (a way, a condition, an entry more or less; hold: a way that is held out)
"""

from collections.abc import Callable

from functions.api.console import texts
from functions.api.console.designer_desk import Desk, Reading, reading_of
from functions.api.console.designer_growing import grown, shrunk
from functions.api.console.designer_steps import copied, new_step, sends
from functions.api.console.designer_tree import Path, Shown, path_of, value_at, written
from functions.api.console.forms import Form
from functions.api.console.words import _


class RefusedDeedError(ValueError):
    """A deed that makes no sense where it was asked for; the message says so."""


def deed_of(said: Form) -> tuple[str, str]:
    """What is asked for, and the place: in one word and the rest, as a button alone can say it, or in two fields."""
    deed, _space, place = said.get("do").partition(" ")
    return deed, said.get("path") or place


def done(desk: Desk, said: Form) -> Desk:
    """The desk after the deed; `UneditableError` or `RefusedDeedError` if the text cannot have it."""
    deed, place = deed_of(said)
    if deed not in DEEDS:
        return desk
    reading = reading_of(desk.text)
    if reading.fault:
        raise reading.fault
    return DEEDS[deed](desk, reading, place, said)


def gap(path: Path, by: int) -> Path:
    """The place so many before or behind."""
    last = path[-1]
    return (*path[:-1], max(0, last + by)) if isinstance(last, int) else path


def landed(path: Path, to: Path) -> Path:
    """Where a step stands after it was moved: what stood behind it has moved up."""
    depth = len(path) - 1
    if len(to) <= depth or to[:depth] != path[:depth]:
        return to
    here, there = path[depth], to[depth]
    if not isinstance(here, int) or not isinstance(there, int) or there <= here:
        return to
    return (*to[:depth], there - 1, *to[depth + 1 :])


def _select(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    return desk.to(desk.text, place if reading.step(place) else "")


def _choose(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    return desk.to(desk.text, f"+{place}")


def _add(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    to = path_of(said.get("to") or desk.at.removeprefix("+"), reading.journey)
    names = [step.name for step in reading.every]
    step = new_step(said.get("kind") or place, names, sends(_before(reading, to)))
    if step is None or not to or not isinstance(to[-1], int):
        raise RefusedDeedError(_("Choose what to add, and where."))
    to = (*to[:-1], min(to[-1], _length(reading, to[:-1])))
    return desk.to(texts.insert(desk.text, to, step), to)


def _up(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    path = _wanted(reading, place)
    if path[-1] != 0:
        return _moved(desk, reading, path, gap(path, -1))
    if outer := _outer(reading, path):
        return _moved(desk, reading, path, outer)
    return desk


def _down(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    path = _wanted(reading, place)
    if gap(path, 1)[-1] != _length(reading, path[:-1]):
        return _moved(desk, reading, path, gap(path, 2))
    if outer := _outer(reading, path):
        return _moved(desk, reading, path, gap(outer, 1))
    return desk


def _move(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    path, to = _wanted(reading, place), path_of(said.get("to"), reading.journey)
    if not to or not isinstance(to[-1], int):
        raise RefusedDeedError(_("Choose where it shall stand."))
    if to[: len(path)] == path and len(to) > len(path):
        raise RefusedDeedError(_("A step cannot go into one of its own ways."))
    return _moved(desk, reading, path, to)


def _copy(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    path = _wanted(reading, place)
    copy = copied(value_at(reading.journey, path), [step.name for step in reading.every])
    return desk.to(texts.insert(desk.text, gap(path, 1), copy), gap(path, 1))


def _delete(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    path = _wanted(reading, place)
    text = _kept_outcome(texts.delete(desk.text, path), reading, path)
    near = next((each for each in (gap(path, 1), gap(path, -1)) if reading.step(written(each))), ())
    after = path if near == gap(path, 1) else near
    return desk.to(text, after or _outer(reading, path) or "")


def _moved(desk: Desk, reading: Reading, path: Path, to: Path) -> Desk:
    text = _kept_outcome(texts.move(desk.text, path, to), reading, path)
    return desk.to(text, landed(path, to))


def _kept_outcome(text: str, reading: Reading, path: Path) -> str:
    """An outcome of a task whose last step went is still an outcome."""
    is_last = path[-3:-2] == ("outcomes",) and _length(reading, path[:-1]) == 1
    after = reading_of(text)
    if is_last and value_at(after.journey, path[:-3]) is not None and not value_at(after.journey, path[:-1]):
        return texts.put(text, path[:-1], None)
    return text


def _wanted(reading: Reading, place: str) -> Path:
    step = reading.step(place)
    if step is None:
        raise RefusedDeedError(_("There is no such step any more: choose one of those that are there."))
    return step.path


def _outer(reading: Reading, path: Path) -> Path:
    """The step that this one is within; none of those at the top."""
    around = [
        step.path
        for step in reading.every
        if len(step.path) < len(path) and path[: len(step.path)] == step.path
    ]
    return around[-1] if around else ()


def _before(reading: Reading, path: Path) -> tuple[Shown, ...]:
    """The steps on the way to a place."""
    return tuple(step for step in reading.every if _is_before(step.path, path))


def _is_before(one: Path, other: Path) -> bool:
    return (
        len(one) <= len(other)
        and one[:-1] == other[: len(one) - 1]
        and _number(one[-1]) < _number(other[len(one) - 1])
    )


def _number(key: str | int) -> int:
    return key if isinstance(key, int) else -1


def _length(reading: Reading, path: Path) -> int:
    steps = value_at(reading.journey, path)
    return len(steps) if isinstance(steps, list) else 0


def _grow(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    return desk.to(grown(desk.text, reading.journey, path_of(place, reading.journey)), desk.at)


def _hold(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    return desk.to(grown(desk.text, reading.journey, path_of(place, reading.journey), held=True), desk.at)


def _drop(desk: Desk, reading: Reading, place: str, said: Form) -> Desk:
    return desk.to(shrunk(desk.text, reading.journey, path_of(place, reading.journey)), desk.at)


DEEDS: dict[str, Callable[[Desk, Reading, str, Form], Desk]] = {
    "select": _select,
    "choose": _choose,
    "add": _add,
    "up": _up,
    "down": _down,
    "move": _move,
    "copy": _copy,
    "delete": _delete,
    "grow": _grow,
    "hold": _hold,
    "drop": _drop,
}
