"""docs/reasons.md: each reason stands there in the words of the code, is made to happen, and is told by explain."""

import re
from collections.abc import Mapping

import pytest

from sojourn.insight import reasons
from sojourn.insight.verdicts import SENTENCES
from tests.functions.reasons import ending, messages
from tests.functions.reasons.coming import VERDICTS
from tests.functions.reasons.stage import Makers, Stage, shown


@pytest.mark.parametrize("reason", [each.value for each in SENTENCES])
def test_why_somebody_is_in_a_journey_or_not(stage: Stage, reason: str):
    maker = VERDICTS[reason]
    maker.make(stage)

    answer = stage.explain()

    text = shown(answer)
    assert (answer["reason"], answer["enrolled"]) == (reason, reason == "active"), text
    assert not re.search(r"\(unknown\)|[{}\[\]]", answer["why"])
    assert [word for word in maker.words if word not in text] == [], text


MESSAGES: dict[str, tuple[Mapping[str, str], Makers]] = {
    "planned": (reasons.HELD, messages.HELD),
    "skipped": (reasons.SKIPPED, messages.SKIPPED),
    "failed": (reasons.FAILED, messages.FAILED),
    "unknown": (reasons.UNKNOWN, messages.UNKNOWN),
    "sent": (reasons.WENT, messages.WENT),
}


@pytest.mark.parametrize(
    ("state", "reason"), [(state, reason) for state, (words, _) in MESSAGES.items() for reason in words]
)
def test_why_a_message_is_where_it_is(stage: Stage, state: str, reason: str):
    maker = MESSAGES[state][1][reason]
    maker.make(stage)

    answer = stage.explain()

    text = shown(answer)
    told = {
        (each["state"], (each["reason"] or "").partition(":")[0]): each["why"] for each in answer["messages"]
    }
    assert (state, reason) in told, text
    assert not re.search(r"\(unknown\)|[{}\[\]]", told[state, reason])
    assert [word for word in maker.words if word not in text] == [], text


@pytest.mark.parametrize(
    ("kind", "reason"),
    [*(("is", each) for each in reasons.ENDED), *(("begins", each) for each in [*reasons.ENDED_BY, ""])],
)
def test_why_a_run_is_over(stage: Stage, kind: str, reason: str):
    maker = (ending.ENDED if kind == "is" else ending.ENDED_BY)[reason]
    maker.make(stage)

    answer = stage.explain()

    text, runs = shown(answer), [run for run in answer["runs"] if run["ended_at"]]
    (run,) = runs
    assert run["reason"].startswith(reason) if kind == "begins" else run["reason"] == reason, text
    assert not re.search(r"\(unknown\)|[{}\[\]]", run["left"])
    assert [word for word in maker.words if word not in text] == [], text


@pytest.mark.parametrize("reason", list(reasons.UNANSWERED))
def test_why_a_call_has_no_answer(stage: Stage, reason: str):
    maker = ending.UNANSWERED[reason]
    maker.make(stage)

    answer = stage.explain()

    text = shown(answer)
    assert [each["failed"] for each in answer["enrolment"]["calls"]] == [reason], text
    assert reasons.UNANSWERED[reason] in text
    assert [word for word in maker.words if word not in text] == [], text
