"""Download my data, erase me: from the preference page to the mail, by its link to the machine, and to its end."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from sojourn.asl.execution import Execution
from sojourn.clock import iso
from sojourn.consent.addresses.store import suppressed
from sojourn.consent.model import Channel
from sojourn.contacts.addresses import address_hash
from sojourn.contacts.store import find_contact
from sojourn.events.store import history
from sojourn.journeys.store import enrolments_of
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow
from sojourn.privacy.store import erasures, get_erasure
from sojourn.tracking.keys import link_keys
from sojourn.tracking.tokens import GOOD_FOR, Action, sign, sign_until
from tests.faults.people import FORM, introduces
from tests.faults.world import JOURNEYS, START, World, publish
from tests.forgetting import ERASE, EXPORT, furnish, objects, places_of, tidy

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DATA, ERASURE = "Your data", "Your wish to be erased"
PRESS = {"export": b"action=export", "erase": b"action=erase"}


@pytest.fixture(scope="module")
def furnished(made: World) -> World:
    furnish(made)
    for name in ("data-link", "erasure-link"):
        publish(made, name, (JOURNEYS / f"{name}.journey.yaml").read_text())
    return made


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    """Ann is known, and has had a letter with a link to her preferences."""
    furnished.reset()
    introduces(furnished)
    furnished.pump()
    yield furnished
    tidy()


def ann() -> str:
    return find_contact("u#ann") or ""


def a_letter(address: str = "ann@example.org", *, digest: str = "0123456789abcdef") -> Message:
    message = Message(
        contact=ann(),
        digest=digest,
        enrolment=f"{ann()}.welcome.1",
        journey="welcome",
        version=1,
        step="Greet",
        channel="email",
        template="welcome",
        template_version=1,
        identity="u#ann",
        state=MessageState.SENT,
        decided_at=iso(START),
        address_hash=address_hash(Channel.EMAIL, address),
    )
    MessageRow.of(message).save()
    return message


def choices(world: World) -> str:
    return f"/p/{sign_until(link_keys(), Action.PREFERENCES, a_letter().id, world.clock.wall())}"


def press(world: World, path: str, said: bytes) -> str:
    answer = world.post(path, said, FORM)
    assert answer["statusCode"] == 200
    return text_of(answer)


def look(world: World, path: str) -> str:
    answer = world.get(path)
    assert answer["statusCode"] == 200
    return text_of(answer)


def text_of(answer: Any) -> str:
    body = answer["body"]
    return base64.b64decode(body).decode() if answer.get("isBase64Encoded") else str(body)


def way_of(world: World, subject: str) -> str:
    """The path of the link in the last mail of this subject."""
    mail = [each for each in world.services.mails if each.subject == subject][-1]
    (link,) = set(re.findall(r'https://mail\.example\.org(/p/[^"]+)"', mail.html))
    return str(link)


def asked(world: World, what: str) -> str:
    """The page's button, and the link that it brings."""
    press(world, choices(world), PRESS[what])
    world.run_until(world.clock.calendar() + MINUTE)
    return way_of(world, DATA if what == "export" else ERASURE)


def runs_on(world: World, machine: str) -> list[Execution]:
    return [run for run in world.walker.executions.values() if f":{machine.rpartition(':')[2]}:" in run.arn]


@pytest.mark.parametrize(("what", "event"), [("export", "Data Requested"), ("erase", "Erasure Requested")])
def test_holding_a_preference_link_only_sends_a_mail_to_the_persons_own_address(
    world: World, what: str, event: str
):
    page = press(world, choices(world), PRESS[what] + b"&email=eve@example.org&to=eve@example.org")
    press(world, choices(world), PRESS[what])
    world.run_until(START + HOUR)

    (mail,) = world.services.mails
    assert "Now look into your mailbox." in page
    assert "ann@example.org" not in page
    assert mail.to == "ann@example.org"
    assert mail.headers == {"Auto-Submitted": "auto-generated"}
    assert not re.search(r"mail\.example\.org/(o|c|u)/", mail.html)
    assert f"/p/{what}/" in mail.html
    assert [each.event for each in history(["u#ann"]) if each.event] == [event]
    assert (list(erasures()), [key for key in objects() if "exports" in key]) == ([], [])


@pytest.mark.parametrize("what", ["export", "erase"])
def test_a_later_request_has_a_mail_of_its_own_and_a_hasty_one_none(world: World, what: str):
    for minutes in (0, 5, 11, 30):
        world.run_until(START + minutes * MINUTE)
        press(world, choices(world), PRESS[what])
    world.run_until(START + HOUR)

    assert [mail.at[11:16] for mail in world.services.mails] == ["20:00", "20:11", "20:30"]
    journey = {"export": "data-link", "erase": "erasure-link"}[what]
    assert [run.entry for run in enrolments_of(ann(), journey)] == [1, 2, 3]


@pytest.mark.parametrize("what", ["export", "erase"])
def test_looking_begins_nothing_and_neither_does_a_form_without_the_button(world: World, what: str):
    way = asked(world, what)
    running = len(world.walker.executions)

    for page in (look(world, way), press(world, way, b"a=b"), press(world, way, b'{"action": "erase"}')):
        assert f'name="action" value="{what}"' in page
        assert not any(word in page for word in ("Ann", "example.org", ann()))

    world.run_until(world.clock.calendar() + HOUR)
    assert len(world.walker.executions) == running
    assert list(erasures()) == []


def test_the_button_exports_once_and_the_page_leads_to_the_file(world: World):
    way = asked(world, "export")

    pages = [press(world, way, PRESS["export"]) for _ in range(3)]
    assert all("We are putting it together." in page for page in pages)
    assert "We are putting it together." in look(world, way)
    world.run_until(world.clock.calendar() + MINUTE)

    runs = [
        run for run in world.walker.executions.values() if run.name.startswith(EXPORT) or "export" in run.arn
    ]
    assert len(runs) == 1
    (file,) = [key for key in objects() if "exports" in key]
    for page in (look(world, way), press(world, way, PRESS["export"])):
        address = urlsplit(re.findall(r'href="([^"]+)"', page)[0].replace("&amp;", "&"))
        assert "X-Amz-Expires=900" in address.query
        assert "my-data.json" in unquote(address.query)
        assert file.removeprefix("files/") in address.path
    assert json.loads(objects()[file])["profile"]["traits"]["email"] == "ann@example.org"


def test_the_button_erases_once_and_says_what_stays(world: World):
    way, contact = asked(world, "erase"), ann()

    pages = [press(world, way, PRESS["erase"]) for _ in range(3)]
    assert all("You are being forgotten." in page for page in pages)
    world.run_until(world.clock.calendar() + HOUR)

    assert "You have been forgotten." in look(world, way)
    assert "fingerprint of your address" in press(world, way, PRESS["erase"])
    (job,) = erasures()
    assert len(runs_on(world, ERASE)) == 1
    assert (job.id, job.attempt, job.by) == (contact, 1, "the person, by the link in a mail")
    assert places_of("ann@example.org", "u#ann", "+12125550123") == []
    assert suppressed("email", "ann@example.org") == "unsubscribe"
    assert not world.failures


def test_a_machine_that_failed_is_followed_by_another(world: World):
    way = asked(world, "export")
    press(world, way, PRESS["export"])
    (run,) = runs_on(world, EXPORT)
    world.walker.stop(run.arn, error="Failed", cause="for a test")

    press(world, way, PRESS["export"])
    world.run_until(world.clock.calendar() + MINUTE)

    assert "Your data is ready." in look(world, way)


def test_of_the_erased_every_link_answers_kindly(world: World):
    data, erasure = asked(world, "export"), asked(world, "erase")
    page = choices(world)
    press(world, data, PRESS["export"])
    press(world, erasure, PRESS["erase"])
    world.run_until(world.clock.calendar() + HOUR)

    assert "You have been forgotten." in look(world, data)
    assert "You have been forgotten." in press(world, data, PRESS["export"])
    assert "There is nothing behind this link." in press(world, page, PRESS["erase"])
    assert [key for key in objects() if "exports" in key] == []
    world.run_until(world.clock.calendar() + 3 * DAY)
    assert "You have been forgotten." in look(world, erasure)


@pytest.mark.parametrize("what", ["export", "erase"])
def test_a_link_that_ended_offers_a_fresh_one(world: World, what: str):
    old = asked(world, what)
    world.run_until(world.clock.calendar() + GOOD_FOR[Action.ERASE] + MINUTE)

    assert "Send me a new link" in look(world, old)
    assert "Send me a new link" in press(world, old, PRESS[what])
    for _ in range(2):
        assert "A new link is on its way." in press(world, old, b"action=fresh")
    world.run_until(world.clock.calendar() + HOUR)

    fresh = way_of(world, DATA if what == "export" else ERASURE)
    assert len(world.services.mails) == 2
    assert fresh != old
    assert f'value="{what}"' in look(world, fresh)
    assert list(erasures()) == []


@pytest.mark.parametrize("what", ["export", "erase"])
def test_the_mailbox_of_an_address_that_was_given_up_begins_nothing(world: World, what: str):
    way = asked(world, what)
    world.run_until(START + HOUR)
    world.collect(
        {
            "type": "identify",
            "messageId": "moved",
            "userId": "ann",
            "traits": {"email": "ann@new.example"},
            "timestamp": iso(world.clock.calendar()),
        }
    )
    world.pump()

    assert "This link has ended." in press(world, way, PRESS[what])
    press(world, way, b"action=fresh")
    world.run_until(world.clock.calendar() + HOUR)

    assert (world.services.mails[-1].to, list(erasures())) == ("ann@new.example", [])


def test_a_link_is_good_for_its_own_purpose(world: World):
    soon = int((world.clock.wall() + DAY).timestamp())
    tokens = {action: sign(link_keys(), action, a_letter().id, soon) for action in Action}

    for door, action in (("export", Action.EXPORT), ("erase", Action.ERASE)):
        for other in set(Action) - {action}:
            page = press(world, f"/p/{door}/{tokens[other]}", PRESS[door])
            assert "There is nothing behind this link." in page
        assert "nothing behind" in press(world, f"/p/{door}/{tokens[action][:-2]}", PRESS[door])
    assert get_erasure(ann()) is None


def test_the_pages_of_rights_run_nothing_and_load_nothing(world: World):
    answer = world.get(asked(world, "erase"))

    page = text_of(answer)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    wanted = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer["headers"]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{wanted}'" in policy
    assert (answer["headers"]["Referrer-Policy"], answer["headers"]["Cache-Control"]) == (
        "no-referrer",
        "no-store",
    )
    assert "<script" not in page
    assert 'style="' not in page
