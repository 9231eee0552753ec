"""What waits for a person, counted: asked by those who may do something, and by those who may not."""

from tests.functions.test_api import call
from tests.functions.test_api_approvals import JOURNEY, NONE, TWO, approve, ask, save, stage

__all__ = ["stage"]


def asked(who: str) -> list[tuple[str, int]]:
    told = ask(who, "GET", "/api/overview/waiting").body
    return [(each["journey"], each["revision"]) for each in told["approvals"]]


def test_a_revision_waits_for_others_than_its_author_till_enough_have_agreed():
    revision = save("ada", TWO)

    assert asked("ada") == []
    assert asked("bob") == asked("carol") == [("hello", revision)]
    approve("bob", revision)
    assert asked("bob") == []
    assert asked("carol") == [("hello", revision)]
    approve("carol", revision)
    assert asked("carol") == []


def test_what_is_live_waits_for_nobody_and_a_draft_cannot_lower_what_is_live():
    approve("bob", save("ada", JOURNEY))
    assert ask("ada", "POST", "/api/journeys/hello/publish").status == 200

    assert asked("carol") == []
    lowered = save("ada", NONE)
    assert asked("carol") == [("hello", lowered)]


def test_an_editor_is_asked_for_no_word():
    save("ada", JOURNEY)

    told = call("GET", "/api/overview/waiting", key="sj_api_eve")

    assert told.status == 200
    assert told.body["approvals"] == []
    assert told.body["messages"] == {"count": 0, "more": False}
