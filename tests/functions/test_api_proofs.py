"""A template goes to somebody of the team: marked, unmeasured, once a key, and not too often."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.api.world import world
from sojourn.contacts.model import Profile
from sojourn.contacts.store import claim_identity, put_profile
from sojourn.delivery.modes import EVERYBODY, Mode, Sending
from sojourn.journeys.modes import set_sending
from sojourn.messages.proofs.store import note_outcome
from tests.functions.test_api import MAIL, Press, call, dynamodb, press
from tests.insight_rows import ADA

__all__ = ["dynamodb", "press"]
TEXT = {"channel": "sms", "purpose": "transactional", "text": "Hello {{ firstName }}."}


@dataclass
class Sender:
    """A send_message that keeps what it is asked for."""

    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(asked)
        return {"state": "sent", "reason": ""}


@pytest.fixture(autouse=True)
def sender(press: Press) -> Sender:
    assert call("PUT", "/api/templates/welcome", json.dumps(MAIL)).status == 200
    set_sending(EVERYBODY)
    found = Sender()
    world().prove = found
    return found


def proven(name: str = "welcome", *, to: Any = "you@example.org", key: str = "", said: Any = None) -> Any:
    headers = {"idempotency_key": key} if key else {}
    return call("POST", f"/api/templates/{name}/test", json.dumps({"to": to, **(said or {})}), **headers)


def test_the_newest_version_goes_with_sample_fields(sender: Sender):
    answer = proven(said={"as": {"firstName": "Ada"}})

    id_ = answer.body["id"]
    assert (answer.status, answer.body) == (
        200,
        {"id": id_, "name": "welcome", "version": 1, "state": "sent", "reason": ""},
    )
    facts = {"firstName": "Ada"}
    assert sender.asked == [
        {"template": "welcome", "version": 1, "to": "you@example.org", "facts": facts, "id": id_}
    ]


def test_what_the_provider_reports_of_it_is_shown_for_thirty_days(dynamodb: Any):
    id_ = proven().body["id"]
    before = call("GET", f"/api/templates/welcome/tests/{id_}").body
    for outcome, over in (("delivered", {""}), ("bounced", {"", "delivered"}), ("delivered", {""})):
        note_outcome(id_, outcome, over=over)

    after = call("GET", f"/api/templates/welcome/tests/{id_}").body

    assert (before["state"], before["outcome"]) == ("sent", None)
    assert after == {**before, "outcome": "bounced"}
    (row,) = [
        each for each in dynamodb.scan(TableName="Counters")["Items"] if each["pk"]["S"] == f"proof#{id_}"
    ]
    assert int(row["ttl"]["N"]) - world().clock.wall().timestamp() == pytest.approx(30 * 86_400, abs=5)
    assert "you@example.org" not in str(row)


@pytest.mark.parametrize("path", ["welcome/tests/0123456789abcdef", "other/tests/{id}"])
def test_a_test_that_is_not_there_or_of_another_template_is_not_found(path: str):
    id_ = proven().body["id"]

    answer = call("GET", f"/api/templates/{path.format(id=id_)}")

    assert (answer.status, answer.body["code"]) == (404, "test_not_found")


def test_the_facts_may_be_those_of_a_contact_whose_address_stays_their_own(sender: Sender):
    claim_identity("u#ada", ADA)
    put_profile(Profile(ADA, traits={"email": "ada@example.org", "firstName": "Ada"}))

    assert proven(said={"as": "ada"}).status == 200
    assert sender.asked[0]["facts"]["firstName"] == "Ada"
    assert sender.asked[0]["to"] == "you@example.org"


def test_the_same_idempotency_key_sends_once(sender: Sender):
    first, again = proven(key="k1"), proven(key="k1")

    assert first.body == again.body
    assert len(sender.asked) == 1
    other = proven(to="me@example.org", key="k1")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_used")


def test_a_crash_while_it_was_sent_is_told_as_unknown_and_not_repeated():
    def dies(asked: Mapping[str, Any]) -> dict[str, Any]:
        raise SystemExit("the container went")

    sends = Sender()
    world().prove = dies
    with pytest.raises(SystemExit):
        proven(key="k2")
    world().prove = sends

    assert proven(key="k2").body["state"] == "unknown"
    assert not sends.asked


def test_the_twenty_first_in_a_minute_is_told_to_wait(sender: Sender):
    answers = []
    for _ in range(21):
        world().clock.advance(1)  # type: ignore[attr-defined]  # a ManualClock
        answers.append(proven())

    assert [each.status for each in answers] == [200] * 20 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert len(sender.asked) == 20


@pytest.mark.parametrize(
    ("name", "said", "status", "code"),
    [
        ("nobodys", {}, 404, "template_not_found"),
        ("welcome", {"to": "+12125550100"}, 400, "invalid_recipient"),
        ("welcome", {"to": ["you@example.org"]}, 400, "invalid_recipient"),
        ("offer", {"to": "you@example.org"}, 400, "invalid_recipient"),
        ("welcome", {"as": 7}, 400, "invalid_field"),
        ("welcome", {"as": "nobody"}, 404, "contact_not_found"),
        ("welcome", {"from": "me@example.org"}, 400, "unknown_field"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(
    name: str, said: dict[str, Any], status: int, code: str, sender: Sender
):
    assert call("PUT", "/api/templates/offer", json.dumps(TEXT)).status == 200

    answer = proven(name, said=said)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert not sender.asked


def test_the_sending_mode_holds_for_tests_too(sender: Sender):
    set_sending(Sending(mode=Mode.ALLOW_LIST, allow=("you@example.org",)))

    told = proven(to="other@example.org").body

    assert (told["state"], told["reason"]) == ("skipped", "mode")
    assert not sender.asked
    assert proven().body["state"] == "sent"
