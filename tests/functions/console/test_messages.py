"""Messages that wait: listed with whom they are for, let go or discarded by an approver."""

import boto3
import pytest

from functions.api.world import world
from sojourn import config
from sojourn.clock import ManualClock
from sojourn.journeys.engine import Engine
from sojourn.messages.model import MessageState
from sojourn.messages.store import find_message
from tests.cloud import REGION
from tests.console import LINK_KEYS
from tests.functions.console.conftest import SignedIn
from tests.functions.console.journeys_there import a_running_journey
from tests.functions.console.runs_there import a_draft_message
from tests.insight_rows import empty
from tests.journeys import Machines

LIST = "/console/messages"
OF_ALL = "/console/journeys/welcome/release"


@pytest.fixture(autouse=True)
def machines(clock: ManualClock) -> Machines:
    empty(boto3.client("dynamodb", region_name=REGION), "Config", "People", "Due")
    config.put("KEY", "link", LINK_KEYS)
    a_running_journey()
    made = Machines()
    world().engine = lambda: Engine(clock=clock, machines=made, due_shards=2)
    return made


def wait(many: int = 1) -> list[str]:
    return [a_draft_message(number, engine=world().engine()) for number in range(many)]


def state(message: str) -> tuple[MessageState, str, bool]:
    found = find_message(message)
    assert found is not None
    return found.state, found.reason, bool(found.released)


def test_without_any_the_page_says_what_would_stand_there(signed_in: SignedIn):
    assert "No message waits for release" in signed_in("viewer").get(LIST).words


def test_what_waits_is_listed_and_only_an_approver_decides(signed_in: SignedIn):
    (message,) = wait()

    page = signed_in("editor").get(LIST)

    assert "d0" in page.words
    assert "An approver decides" in page.words
    assert signed_in("editor").post(f"{LIST}/{message}/release").status == 403
    assert signed_in("editor").get(f"{LIST}/{message}/discard").status == 403
    assert signed_in("editor").get(OF_ALL).status == 403


def test_an_approver_lets_one_go(signed_in: SignedIn, machines: Machines):
    first, second = wait(2)
    browser = signed_in("approver")

    done = browser.post(f"{LIST}/{first}/release")

    assert (done.status, done.place) == (303, LIST)
    assert state(first) == (MessageState.PLANNED, "draft", True)
    assert state(second) == (MessageState.PLANNED, "draft", False)
    assert machines.answered == ["token-0"]
    assert "released" in browser.get(f"{LIST}?journey=welcome").words


def test_one_is_discarded_with_a_reason_and_not_without(signed_in: SignedIn):
    (message,) = wait()
    browser = signed_in("approver")
    assert "Discard this message?" in browser.get(f"{LIST}/{message}/discard").words

    silent = browser.post(f"{LIST}/{message}/discard", reason=" ")
    done = browser.post(f"{LIST}/{message}/discard", reason="The price is wrong")

    assert silent.status == 422
    assert "say why it does not go" in silent.words
    assert done.status == 303
    assert state(message)[:2] == (MessageState.SKIPPED, "discarded")
    assert browser.post(f"{LIST}/{message}/release").status == 409


def test_all_of_a_journey_go_after_a_question_that_counts_them(signed_in: SignedIn):
    wait(3)
    browser = signed_in("approver")

    asked = browser.get(OF_ALL)
    done = browser.post(OF_ALL)

    assert "3 messages wait." in asked.words
    assert done.status == 303


def test_home_leads_here_where_everything_waits(signed_in: SignedIn):
    from sojourn.delivery.modes import Mode, Sending
    from sojourn.journeys.modes import set_sending

    set_sending(Sending(mode=Mode.DRAFT))

    page = signed_in("viewer").get("/console")

    assert "Messages wait for release" in page.words
    assert f'href="{LIST}"' in page.text
