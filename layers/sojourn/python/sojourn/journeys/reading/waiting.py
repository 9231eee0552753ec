"""The readers of the steps that wait."""

from sojourn.journeys.language.times import Anchor, Clock, Date, Duration, Of, Since
from sojourn.journeys.language.waiting import Answer, LookBack, Wait, WaitFor, answer_key
from sojourn.journeys.reading.conditions import conditions_of
from sojourn.journeys.reading.paths import reads, steps_of, way_of
from sojourn.journeys.reading.sending import hours_of
from sojourn.journeys.reading.values import A_DAY, MIDNIGHT, as_clock, as_duration, as_time
from sojourn.rules.fields import Fields, as_items
from sojourn.rules.read_values import NO_PATH, as_path, one_of
from sojourn.rules.tree import Mapping as MappingNode
from sojourn.rules.tree import Node

SINCE = "{delivered: Send the welcome}"
UNTIL = "monday 09:00"
DATE = "{date: renewal_date, before: 3 days}"
NOTHING: list[Node] = []


@reads("wait")
def wait(fields: Fields, name: str) -> Wait:
    """`wait: Rest, for: 2 days`, `until: monday 09:00`, `until: {date: renewal_date, before: 3 days}`."""
    _ask_for_missing(fields)
    is_other = fields.has("until") or fields.has("inside")
    duration = duration_of(fields, "for") if fields.has("for") or not is_other else None
    fields.asked.append("for")
    return Wait(
        name=name,
        duration=duration,
        until=_until(fields),
        inside=hours_of(fields, "inside"),
        since=_since(fields),
        if_past=way_of(fields, "if past"),
        if_missing=way_of(fields, "if missing"),
    )


@reads("wait for")
def wait_for(fields: Fields, name: str) -> WaitFor:
    """`wait for: Clicked?, any: [{clicked: Send the welcome}], up to: 2 days`, or several `answers`."""
    usual = LookBack.ENTRY.value
    back = one_of(tuple(LookBack))
    return WaitFor(
        name=name,
        answers=_answers(fields) if fields.has("answers") else (_only_answer(fields),),
        up_to=duration_of(fields, "up to"),
        otherwise=steps_of(fields, "otherwise"),
        ranked=fields.flag("ranked"),
        look_back=LookBack(fields.value("look back", back, example=usual, otherwise=usual, instead=usual)),
    )


def _ask_for_missing(fields: Fields) -> None:
    """Nobody goes on at once by accident."""
    if isinstance(fields.values.get("until"), MappingNode) and not fields.has("if missing"):
        problem = "`if missing` is not said: what happens to those who have no such date?"
        remedy = "write `if missing: exit`, `if missing: continue`, or a list of steps"
        fields.wrong(fields.key_lines["until"], problem, remedy)


def duration_of(fields: Fields, key: str) -> Duration:
    """How long; it must be said."""
    return fields.value(key, as_duration, example="2 days", otherwise=None, instead=A_DAY)


def date_of(inner: Fields) -> Date:
    """`date: renewal_date, before: 3 days, at: 09:00, yearly: true`."""
    before, after = (key for key in ("before", "after"))
    if inner.has(before) and inner.has(after):
        inner.wrong(inner.line, "`before` and `after` beside one date", "keep one of them")
    key = before if inner.has(before) else after
    offset = duration_of(inner, key) if inner.has(key) else None
    inner.asked.extend((before, after, "at"))
    of = inner.value("of", one_of(tuple(Of)), example="entry", otherwise="contact", instead="contact")
    return Date(
        path=inner.value("date", as_path, example="renewal_date", otherwise=None, instead=NO_PATH),
        of=Of(of),
        offset=offset,
        is_before=key == before,
        at=inner.value("at", as_time, example="09:00", otherwise=MIDNIGHT, instead=MIDNIGHT)
        if inner.has("at")
        else None,
        yearly=inner.flag("yearly"),
    )


def _until(fields: Fields) -> Clock | Date | None:
    node = fields.node("until", example=UNTIL)
    if node is None:
        return None
    if not isinstance(node, MappingNode):
        return fields.value("until", as_clock, example=UNTIL, otherwise=None, instead=Clock(MIDNIGHT))
    inner = Fields.of(
        node, (*fields.place, "until"), fields.notes, step=fields.step, example=f"`until: {DATE}`"
    )
    date = date_of(inner)
    inner.finish()
    return date


def _since(fields: Fields) -> Since | None:
    node = fields.node("since", example=SINCE)
    if node is None:
        return None
    place = (*fields.place, "since")
    inner = Fields.of(node, place, fields.notes, step=fields.step, example=f"`since: {SINCE}`")
    kinds = [key for key in inner.values if key in set(Anchor)]
    if len(kinds) != 1:
        if not inner.refused:
            words = ", ".join(f"`{anchor}`" for anchor in Anchor)
            inner.wrong(inner.line, f"`since` has {len(kinds)} moments of a message", f"write one of {words}")
        return None
    since = Since(Anchor(kinds[0]), inner.text(kinds[0], example="<a send step>"))
    inner.finish()
    return since


def _only_answer(fields: Fields) -> Answer:
    fields.asked.append("answers")
    return Answer(conditions_of(fields), steps_of(fields, "then"))


def _answers(fields: Fields) -> tuple[Answer, ...]:
    if fields.has("any") or fields.has("then"):
        fields.asked.extend(("any", "then"))
        fields.wrong(fields.key_lines["answers"], "`answers` beside `any` or `then`", "put it into `answers`")
    nodes = fields.value(
        "answers", as_items, example="[{any: […], then: […]}]", otherwise=None, instead=NOTHING
    )
    return tuple(_answer(number, node, fields) for number, node in enumerate(nodes, 1))


def _answer(number: int, node: Node, fields: Fields) -> Answer:
    place = (*fields.place, "answers", number - 1)
    inner = Fields.of(node, place, fields.notes, step=fields.step, example="`{any: […], then: […]}`")
    if inner.refused:
        return Answer(())
    conditions = conditions_of(inner)
    inner.place = fields.place  # in the model the path is one of the step's
    answer = Answer(conditions, steps_of(inner, "then", path=answer_key(number)))
    inner.finish()
    return answer
