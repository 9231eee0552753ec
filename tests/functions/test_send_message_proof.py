"""A proof goes out as the real sender sends it: marked, unmeasured, its ways out inert; a closed address gets none."""

from datetime import datetime
from typing import Any

import pytest

from sojourn.clock import parse_iso
from sojourn.consent.addresses.store import suppress
from sojourn.consent.suppression import Reason
from sojourn.messages.check import save
from sojourn.messages.library import save_template
from tests.faults.invariants import people
from tests.faults.services import refusal
from tests.faults.world import World
from tests.functions.reasons.messages import UNVERIFIED

NOW: datetime = parse_iso("2026-01-05T20:00:00.000Z")


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


def a_proof(to: str, template: str = "welcome", **facts: Any) -> dict[str, Any]:
    return {"proof": {"template": template, "version": 1, "to": to, "facts": facts}}


def test_it_is_marked_unmeasured_and_leads_nowhere(world: World):
    told = world.call("send_message", a_proof("you@example.org", firstName="Ada"))

    (mail,) = world.services.mails
    assert told == {"state": "sent", "reason": ""}
    assert mail.subject.startswith("[Test] ")
    assert "/o/" not in mail.html
    assert "/c/" not in mail.html
    assert "/u/test" in mail.html
    assert "List-Unsubscribe" not in mail.headers
    assert people("MSG#") == []


def test_a_closed_address_gets_none(world: World):
    suppress("email", "gone@example.org", reason=Reason.BOUNCE, at=NOW, source="ses")

    told = world.call("send_message", a_proof("gone@example.org"))

    assert told == {"state": "skipped", "reason": "suppressed"}
    assert world.services.mails == []


def test_a_reader_whom_the_sandbox_does_not_know_is_skipped_not_failed(world: World):
    world.services.says.append(refusal("sesv2", "MessageRejected", words=UNVERIFIED))

    told = world.call("send_message", a_proof("ann@example.org"))

    assert told == {"state": "skipped", "reason": "sandbox"}


def test_it_goes_under_a_name_of_its_own(world: World):
    asked = a_proof("you@example.org")

    world.call("send_message", {"proof": {**asked["proof"], "id": "0123456789abcdef"}})

    (mail,) = world.services.mails
    assert mail.tags == {"journey": "test", "message_id": "proof-0123456789abcdef"}


def test_a_text_is_marked_too(world: World):
    told = world.call("send_message", a_proof("+12125550100", "offer", firstName="Ada"))

    (text,) = world.services.texts
    assert told["state"] == "sent"
    assert text.text.startswith("[Test] ")


def test_a_mail_in_mjml_goes_out_as_the_html_that_it_became(world: World):
    mjml = """
    <mjml><mj-body><mj-section><mj-column>
    <mj-text>Hello {{ firstName }}</mj-text>
    <mj-button href="{{ unsubscribe_url }}">Leave</mj-button><mj-text>{{ postal_address }}</mj-text>
    </mj-column></mj-section></mj-body></mjml>"""
    text = "Hello {{ unsubscribe_url }} {{ postal_address }}"
    source = {"template": "wide", "channel": "email", "subject": "Hello", "mjml": mjml, "text": text}
    save_template(save(source, version=0), source=source)

    told = world.call("send_message", a_proof("you@example.org", "wide", firstName="A & B"))

    (mail,) = world.services.mails
    assert told["state"] == "sent"
    assert "Hello A &amp; B" in mail.html
    assert mail.html.count("<table") > 3
    assert '/u/test" style="' in mail.html
    assert "<mj-" not in mail.html
