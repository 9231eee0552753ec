"""Consent at the door: what a statement may say, and what is left out by name."""

from typing import Any

import pytest

from sojourn.events.consents import check_consent_event, check_context_consent
from sojourn.events.rejections import EventRejectedError

STATEMENT = {"channel": "email", "purpose": "marketing", "source": "form"}
TRACKING = {"channel": "email", "purpose": "tracking", "source": "form"}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"status": "pending"},
        {"topic": "news", "how": "form", "wording": "Yes", "wording_version": "3"},
        {"evidence": {"page": "https://shop.example/", "form": "footer"}},
        TRACKING,
        {**TRACKING, "topic": "clicks"},
        {**TRACKING, "channel": "web", "topic": "site"},
    ],
)
def test_these_are_statements(said: dict[str, Any]):
    statement = STATEMENT | said

    assert check_context_consent([statement]) == ([statement], [])
    check_consent_event(statement)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"channel": "web"}, "channel"),
        ({"status": "perhaps"}, "status"),
        ({**TRACKING, "topic": "dreams"}, "topic"),
        ({"topic": "a|b"}, "topic"),
        ({"how": ""}, "how"),
        ({"wording_version": 3}, "wording_version"),
        ({"evidence": "yes"}, "evidence"),
        ({"evidence": {"page": 7}}, "evidence"),
        ({"evidence": {"page": "x" * 301}}, "evidence"),
        ({"evidence": {str(number): "x" for number in range(21)}}, "evidence"),
    ],
)
def test_these_are_not_and_the_field_is_named(said: dict[str, Any], field: str):
    statement = STATEMENT | said

    right, (rejection,) = check_context_consent([STATEMENT, statement])

    assert right == [STATEMENT]
    assert (rejection.code, rejection.field) == (f"invalid_consent_{field}", f"context.consent[1].{field}")
    if field != "status":
        with pytest.raises(EventRejectedError):
            check_consent_event(statement)
