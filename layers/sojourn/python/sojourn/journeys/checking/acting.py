"""Steps that do something beside sending: to whom they may speak, and what they may change."""

import re
from collections.abc import Iterator

from sojourn.journeys.checking.addresses import address_flaw
from sojourn.journeys.checking.case import Case, Said
from sojourn.journeys.checking.words import flaw
from sojourn.journeys.language.acting import Call, Change, EndJourney, HumanTask, StartJourney, Update, Verb
from sojourn.journeys.language.entering import ByRequest
from sojourn.rules.facts import STAGES
from sojourn.rules.findings import Finding, nearest, printable
from sojourn.rules.values import is_number

FUNCTION = re.compile(
    r"[A-Za-z0-9_-]{1,64}|arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}"
)
LONGEST_OUTCOME = 40
LONGEST_ATTRIBUTE = 200
# What the engine itself goes by: no journey changes who somebody is, where they are reached, and what they allowed.
RESERVED = {
    **dict.fromkeys(("email", "phone", "phone_country"), "addresses come from the person: `identify` them"),
    **dict.fromkeys(("consent", "unsubscribed"), "consent is given and withdrawn by the person alone"),
    **dict.fromkeys(
        ("id", "user_id", "userId", "anonymous_id", "anonymousId"), "identities come with events"
    ),
    **dict.fromkeys(("entry", "reply"), "the language has this word; take another"),
}
LABELS = {"tags", "lists"}


def updates(case: Case) -> Iterator[Finding]:
    """Changes of what may be changed, each in its own way."""
    for place, step in case.steps:
        if not isinstance(step, Update):
            continue
        if not step.changes:
            said = (
                "nothing is changed",
                "write `set: {stage: customer}`, or `add`, `remove`, `unset`, `increment`",
            )
            yield case.wrong(place, step.name, said)
        for change in step.changes:
            if found := _change_flaw(change):
                yield case.wrong((*place, change.verb.value), step.name, found)
        for name in _changed_twice(step):
            said = f"`{printable(name, 40)}` is changed in two ways", "keep one of them"
            yield case.wrong(place, step.name, said)


def calls(case: Case) -> Iterator[Finding]:
    """Each calls one thing, which is somebody else's, and has a name of its own for its answer."""
    known: dict[str, str] = {}
    for place, step in case.steps:
        if not isinstance(step, Call):
            continue
        if found := _call_flaw(step, loopback=case.known.loopback):
            yield case.wrong((*place, "url" if step.url else "function"), step.name, found)
        slug = step.slug
        if first := known.get(slug):
            problem = f"its answer would be `reply.{slug}`, as is that of '{printable(first)}'"
            yield case.wrong(place, step.name, (problem, "choose another name"))
        elif step.name and not slug:
            said = "no letters or figures in the name, so its answer cannot be named", "choose another name"
            yield case.wrong(place, step.name, said)
        known.setdefault(slug, step.name)


def tasks(case: Case) -> Iterator[Finding]:
    """The outcomes of a task can be told apart."""
    for place, step in case.steps:
        if isinstance(step, HumanTask):
            words = [outcome.word.casefold().strip() for outcome in step.outcomes]
            for outcome, word in zip(step.outcomes, words, strict=True):
                if why := flaw(outcome.word, LONGEST_OUTCOME):
                    said = (
                        f"the outcome `{printable(outcome.word, 40)}` {why}",
                        "use up to 40 plain characters",
                    )
                    yield case.wrong((*place, "outcomes"), step.name, said)
                elif words.count(word) > 1:
                    said = f"two outcomes are called `{printable(outcome.word, 40)}`", "keep one of them"
                    yield case.wrong((*place, "outcomes"), step.name, said)
                    break


def other_journeys(case: Case) -> Iterator[Finding]:
    """Whoever is started takes requests; nobody ends themselves."""
    journeys = {**(case.known.journeys or {}), case.journey.name: case.journey}
    for place, step in case.steps:
        where = (*place, "journey")
        if isinstance(step, EndJourney) and step.journey == case.journey.name:
            said = "a journey that ends itself", "write `exit: <a name>`"
            yield case.wrong(where, step.name, said)
        if isinstance(step, StartJourney) and (other := journeys.get(step.journey)):
            if not any(isinstance(entry, ByRequest) for entry in other.entries):
                said = (
                    f"the journey '{step.journey}' is not entered by request",
                    "give it the entry `api: true`",
                )
                yield case.wrong(where, step.name, said)


def _call_flaw(step: Call, *, loopback: bool) -> Said | None:
    if bool(step.url) == bool(step.function):
        said = "both `url` and `function`" if step.url else "neither `url` nor `function`"
        return f"{said} in a call", "write `url: https://example.com/hook` or `function: <its name>`"
    if step.function and not FUNCTION.fullmatch(step.function):
        return f"`function` is '{printable(step.function)}'", "write a function's name or its ARN"
    return address_flaw(step.url, loopback=loopback) if step.url else None


def _change_flaw(change: Change) -> Said | None:
    name, shown = change.attribute, f"`{change.verb} {printable(change.attribute, 40)}`"
    if why := flaw(name, LONGEST_ATTRIBUTE):
        return f"{shown}: the name {why}", "use up to 200 plain characters"
    if name.split(".")[0] in RESERVED:
        return f"{shown} is not for journeys to change", RESERVED[name.split(".")[0]]
    if name in LABELS and change.verb not in {Verb.ADD, Verb.REMOVE}:
        return f"{shown}: {name} are added and removed", f"write `add: {{{name}: vip}}`"
    if name == "stage" and (said := _stage_flaw(change, shown)):
        return said
    if change.verb is Verb.INCREMENT and not (is_number(change.value) or _is_lookup(change.value)):
        return f"{shown} by what is no number", f"write `increment: {{{printable(name, 40)}: 1}}`"
    if change.value is None and change.verb is not Verb.UNSET:
        return f"{shown} to nothing", f"write `unset: [{printable(name, 40)}]`"
    return None


def _stage_flaw(change: Change, shown: str) -> Said | None:
    if change.verb is not Verb.SET:
        return f"{shown}: a stage is set", "write `set: {stage: customer}`"
    value = change.value
    is_known = value in STAGES if isinstance(value, str) else False
    if is_known or _is_lookup(value):
        return None
    return f"{shown}: there is no such stage", nearest(str(value), dict.fromkeys(STAGES))


def _is_lookup(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("entry.", "reply."))


def _changed_twice(step: Update) -> list[str]:
    """Attributes of two verbs, unless both are of lists."""
    verbs: dict[str, set[Verb]] = {}
    for change in step.changes:
        verbs.setdefault(change.attribute, set()).add(change.verb)
    return [name for name, of in verbs.items() if len(of) > 1 and not of <= {Verb.ADD, Verb.REMOVE}]
