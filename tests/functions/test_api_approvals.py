"""A second person agrees to a draft before it goes live: the API in front of the publisher itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.api.world import world as api_world
from sojourn import config
from sojourn.http.keys import key_row_id
from sojourn.journeys.approving import KIND
from sojourn.journeys.drafts import save_draft
from sojourn.journeys.versions import get_draft, get_version, live, published
from sojourn.tables import ConfigRow
from tests.faults.world import World
from tests.functions.test_api import call

PEOPLE = {name: f"sj_api_{name}" for name in ("ada", "bob", "carol")}
AT = "/api/journeys/hello"
JOURNEY = """\
journey: hello
purpose: transactional
approvals: 1
entry: {event: Signed Up}
steps:
  - send: Say hello
    channel: sms
    template: hello
"""
TWO = JOURNEY.replace("approvals: 1", "approvals: 2")
NONE = JOURNEY.replace("approvals: 1\n", "")
TEMPLATE = {"channel": "sms", "purpose": "transactional", "text": "Hello from Fieldnotes."}


@dataclass
class Function:
    """The publisher as the API meets it."""

    made: World

    def publish(self, name: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.made.call("publish_journey", {"journey": name})
        return answer


@pytest.fixture(autouse=True)
def stage(made: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUBLISH_JOURNEY_FUNCTION", "publish")
    kept = {(row.pk, row.sk): row for row in ConfigRow.scan()}
    api_world.cache_clear()
    api_world().publisher = Function(made)
    for name, key in PEOPLE.items():
        config.put("KEY", key_row_id("api", key), {"name": name, "active": True})
    config.put("KEY", key_row_id("api", "sj_api_dora"), {"name": "dora", "active": False})
    config.put("KEY", key_row_id("api", "sj_api_eve"), {"name": "eve", "active": True, "role": "editor"})
    assert ask("ada", "PUT", "/api/templates/hello", json.dumps(TEMPLATE)).status == 200
    yield
    for row in list(ConfigRow.scan()):
        row.delete()
    for row in kept.values():
        row.save()
    published.cache_clear()
    api_world.cache_clear()


def ask(who: str, method: str, path: str, body: str | None = None, **headers: str) -> Any:
    return call(method, path, body, key=PEOPLE[who], **headers)


def save(who: str, source: str) -> int:
    answer = ask(who, "PUT", AT, source, **({"If_Match": "*"} if get_draft("hello") else {}))
    assert answer.status == 200, answer.body
    return int(answer.body["revision"])


def approve(who: str, revision: int) -> Any:
    return ask(who, "POST", f"{AT}/approvals", If_Match=f'"{revision}"')


def publish(who: str = "ada") -> Any:
    return ask(who, "POST", f"{AT}/publish")


def shown() -> Any:
    return call("GET", AT, key=PEOPLE["ada"]).body["approvals"]


def test_nobody_publishes_until_another_has_agreed():
    revision = save("ada", JOURNEY)

    alone = publish()
    assert (alone.status, alone.body["code"], alone.body["missing"]) == (409, "approvals_missing", 1)
    assert {"bob", "carol"} <= set(alone.body["approvals"]["may"])
    assert not {"ada", "dora", "eve"} & set(alone.body["approvals"]["may"])
    assert "bob" in alone.body["message"]
    assert "sojourn journey approve hello" in alone.body["message"]
    assert "hello" not in live()

    agreed = approve("bob", revision)
    assert (agreed.status, agreed.body["approvals"]["missing"]) == (201, 0)
    assert publish().body["version"] == 1


def test_who_saved_a_revision_is_no_second_person():
    revision = save("ada", JOURNEY)

    own = approve("ada", revision)

    assert (own.status, own.body["code"]) == (403, "own_revision")
    assert shown()["given"] == []
    assert publish().status == 409


def test_a_person_counts_once():
    revision = save("ada", TWO)

    first, again = approve("bob", revision), approve("bob", revision)

    assert (first.status, again.status) == (201, 200)
    assert (again.body["is_new"], again.body["approvals"]["missing"]) == (False, 1)
    assert publish().body["missing"] == 1
    assert approve("carol", revision).body["approvals"]["missing"] == 0
    assert publish().status == 200


def test_a_word_is_for_one_revision():
    approve("bob", save("ada", JOURNEY))
    revision = save("ada", JOURNEY.replace("Say hello", "Say good day"))

    assert shown()["given"] == []
    assert publish().status == 409
    assert approve("bob", revision - 1).status == 412
    assert ask("bob", "POST", f"{AT}/approvals").status == 428
    assert ask("bob", "POST", f"{AT}/approvals", json.dumps({"revision": revision - 1})).status == 409
    assert ask("bob", "POST", f"{AT}/approvals", json.dumps({"revision": revision})).status == 201
    assert publish().status == 200


def test_a_draft_cannot_lower_what_is_in_force():
    approve("bob", save("ada", JOURNEY))
    publish()
    revision = save("ada", NONE)

    assert (shown()["needed"], publish().status) == (1, 409)
    approve("carol", revision)
    assert publish().body["version"] == 2

    save("ada", NONE.replace("Say hello", "Say good day"))
    assert publish().body["version"] == 3


def test_a_draft_may_ask_for_more_at_once():
    save("ada", NONE)
    publish()
    revision = save("ada", TWO)
    approve("bob", revision)

    assert publish().body["missing"] == 1


def test_what_is_live_already_needs_nobody():
    approve("bob", save("ada", JOURNEY))
    publish()
    save("ada", JOURNEY + "# a comment\n")

    again = publish()

    assert (again.status, again.body["changed"]) == (200, False)


def test_a_stopped_journey_does_not_begin_anew_without_a_second_person():
    approve("bob", save("ada", JOURNEY))
    publish()
    ask("ada", "POST", f"{AT}/stop")
    assert publish().status == 200, "the same revision, to which bob has agreed"

    ask("ada", "POST", f"{AT}/stop")
    save("ada", JOURNEY + "# a comment\n")
    assert publish().status == 409


def test_a_template_that_is_saved_anew_takes_the_words_away():
    revision = save("ada", JOURNEY)
    approve("bob", revision)
    ask("ada", "PUT", "/api/templates/hello", json.dumps({**TEMPLATE, "text": "Buy now!"}))

    refused = publish()

    assert (refused.status, refused.body["missing"]) == (409, 1)
    assert [each["by"] for each in refused.body["approvals"]["lapsed"]] == ["bob"]
    assert "template was saved" in refused.body["message"]
    assert approve("bob", revision).status == 201
    assert publish().status == 200


def test_the_publisher_itself_refuses_whoever_asks_it(made: World):
    """Not the API alone: the function looks at the row that it publishes."""
    save("ada", JOURNEY)

    told = made.call("publish_journey", {"journey": "hello"})

    assert told["approvals"]["missing"] == 1
    assert "hello" not in live()


def test_errors_go_before_approvals():
    save("ada", JOURNEY.replace("template: hello", "template: nowhere"))

    assert publish().status == 422


def test_who_saved_and_who_agreed_stands_in_the_version_for_good():
    revision = save("ada", JOURNEY)
    approve("bob", revision)
    publish()

    approval = get_version("hello", 1).approval
    assert (approval["revision"], approval["saved_by"], approval["needed"]) == (revision, "ada", 1)
    assert [each["by"] for each in approval["given"]] == ["bob"]
    assert [each["by"] for each in shown()["given"]] == ["bob"]
    assert call("GET", AT, key=PEOPLE["bob"]).body["live"]["approval"] == approval


def test_two_who_agree_at_once_both_count():
    """The loser of the race reads again."""
    revision = save("ada", TWO)
    approve("bob", revision)
    row = config.get(KIND, f"hello#{revision:05d}")
    assert row is not None
    config.put_next(row)

    assert approve("carol", revision).body["approvals"]["missing"] == 0


def test_what_ships_needs_nobody(made: World):
    assert made.call("publish_journey", {"journey": "welcome"})["changed"] is False


def test_a_draft_that_ships_with_approvals_may_be_agreed_to_by_anybody():
    """Nobody's key saved it."""
    save("ada", JOURNEY)
    draft = get_draft("hello")
    assert draft is not None
    shipped = save_draft(type(draft)(name="hello", revision=1, source=JOURNEY, definition=draft.definition))

    assert publish().status == 409
    assert approve("ada", shipped.revision).status == 201
    assert publish().status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ('{"revision": "1"}', 400, "invalid_field"),
        ('{"revision": true}', 400, "invalid_field"),
        ('{"by": "bob"}', 400, "unknown_field"),
        ('{"revision": 7}', 409, "revision_conflict"),
    ],
)
def test_what_is_no_approval_is_refused(body: str, status: int, code: str):
    save("ada", JOURNEY)

    answer = ask("bob", "POST", f"{AT}/approvals", body)

    assert (answer.status, answer.body["code"]) == (status, code)


def test_there_is_nothing_to_agree_to_without_a_draft():
    assert ask("bob", "POST", "/api/journeys/nothing/approvals", '{"revision": 1}').status == 404
