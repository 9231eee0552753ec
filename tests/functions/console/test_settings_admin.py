"""Team, keys, webhooks and queues in the console: an admin's, and secrets are shown once."""

from __future__ import annotations

import re

import pytest

from functions.api.world import world
from sojourn.audit.store import changes_before
from sojourn.http.keys import Keys
from sojourn.intake.hooks import get_hook
from tests.console import Browser, FakePool, counted
from tests.functions.console.conftest import SignedIn

HERE = "/console/settings"
OF_ADMINS = ("team", "keys", "hooks", "changes")
QUEUE = f"{HERE}/health/queues/feedback_failures"


def secret_of(text: str) -> str:
    found = re.search(r"<pre[^>]*><code>([^<]+)</code>", text)
    assert found, text
    return found[1]


def fall_out(*texts: str) -> None:
    queues = world().queues()
    for text in texts:
        queues.sqs.send_message(QueueUrl=queues.urls["feedback_failures"], MessageBody=text)


@pytest.mark.parametrize("page", OF_ADMINS)
def test_an_approver_is_neither_shown_nor_let_in(signed_in: SignedIn, page: str):
    browser = signed_in("approver")

    assert f"{HERE}/{page}" not in browser.get(HERE).text
    assert browser.get(f"{HERE}/{page}").status == 403


def test_somebody_is_invited_gets_a_role_and_goes(signed_in: SignedIn, people: FakePool):
    browser = signed_in("admin")

    assert browser.post(f"{HERE}/team", email="new@example.org", role="editor").status == 303
    new = people.people["new@example.org"]
    page = browser.get(f"{HERE}/team")
    assert "new@example.org" in page.words
    assert "admin@example.org you" in page.words
    assert browser.post(f"{HERE}/team/{new.name}", role="approver").status == 303
    assert new.role == "approver"
    assert browser.post(f"{HERE}/team/{new.name}", state="disabled").status == 303
    assert "may not sign in" in browser.get(f"{HERE}/team").words
    assert "Remove new@example.org?" in browser.get(f"{HERE}/team/{new.name}/remove").words
    assert browser.post(f"{HERE}/team/{new.name}/remove").status == 303
    assert "new@example.org" not in people.people
    assert browser.get(f"{HERE}/team/{new.name}/remove").status == 404


def test_nobody_takes_their_own_role(signed_in: SignedIn, people: FakePool):
    browser = signed_in("admin")
    own = people.people["admin@example.org"]

    page = browser.post(f"{HERE}/team/{own.name}", role="viewer")

    assert page.status == 422
    assert "another admin does" in page.words
    assert own.role == "admin"
    assert browser.post(f"{HERE}/team/{own.name}/remove").status == 422


def test_another_role_ends_the_sessions_of_its_owner(signed_in: SignedIn, people: FakePool):
    editor, admin = signed_in("editor"), signed_in("admin")
    person = people.people["editor@example.org"]
    assert editor.get("/console").status == 200

    admin.post(f"{HERE}/team/{person.name}", role="viewer")

    assert editor.get("/console").status == 303


def test_what_is_no_address_is_told_at_the_form(signed_in: SignedIn):
    page = signed_in("admin").post(f"{HERE}/team", email="<i>nobody", role="viewer")

    assert page.status == 422
    assert "`email` is an address" in page.words
    assert "<i>nobody" not in page.text


def test_a_key_is_shown_on_the_page_that_made_it_and_nowhere_else(signed_in: SignedIn):
    browser = signed_in("admin")

    made = browser.post(f"{HERE}/keys", name="<b>ci", sort="api", role="editor", origins="")
    key = secret_of(made.text)

    assert made.status == 201
    found = Keys(world().clock).find("api", key)
    assert found
    assert (found.name, found.role) == ("<b>ci", "editor")
    listed = browser.get(f"{HERE}/keys")
    assert key not in listed.text
    assert "<b>ci" not in listed.text
    [made_id] = re.findall(r"/keys/(api-\w+)/rotate", listed.text)
    second = secret_of(browser.post(f"{HERE}/keys/{made_id}/rotate").text)
    assert "Revoke the key <b>ci?" in browser.get(f"{HERE}/keys/{made_id}/revoke").words
    assert browser.post(f"{HERE}/keys/{made_id}/revoke").status == 303
    keys = Keys(world().clock)
    assert keys.find("api", key) is None
    assert keys.find("api", second)


def test_a_form_that_is_sent_again_makes_no_second_key(signed_in: SignedIn):
    browser = signed_in("admin")

    def ids() -> list[str]:
        return re.findall(r"/keys/([\w-]+)/rotate", browser.get(f"{HERE}/keys").text)

    [known] = set(re.findall(r'name="known" value="(\w+)"', browser.get(f"{HERE}/keys").text))
    said = {"name": "warehouse", "sort": "api", "role": "editor", "origins": "", "known": known}
    assert browser.post(f"{HERE}/keys", **said).status == 201
    there = ids()

    again = browser.post(f"{HERE}/keys", **said)
    turned = browser.post(f"{HERE}/keys/{there[0]}/rotate", known=known)

    assert (again.status, turned.status) == (409, 409)
    assert "may be among them" in again.words
    assert ids() == there


def test_a_website_s_key_knows_its_sites(signed_in: SignedIn):
    browser = signed_in("admin")
    bad = browser.post(f"{HERE}/keys", name="site", sort="browser", origins="shop.example/x")
    assert bad.status == 422
    assert "no origin" in bad.words

    made = browser.post(
        f"{HERE}/keys", name="site", sort="browser", origins="https://shop.example\nhttps://b.example"
    )

    found = Keys(world().clock).find("write", secret_of(made.text))
    assert found
    assert found.origins == ("https://b.example", "https://shop.example")


def test_secrets_are_changed_at_a_word(signed_in: SignedIn):
    browser = signed_in("admin")

    assert "is good as well" in browser.get(f"{HERE}/secrets/calls/rotate").words
    assert secret_of(browser.post(f"{HERE}/secrets/calls/rotate").text).startswith("whsec_")
    assert browser.post(f"{HERE}/secrets/link/rotate").place == f"{HERE}/keys"
    assert browser.get(f"{HERE}/secrets/api/rotate").status == 404


def test_a_door_for_webhooks_opens_and_closes(signed_in: SignedIn):
    browser = signed_in("admin")
    assert "No webhooks yet" in browser.get(f"{HERE}/hooks").words

    made = browser.post(f"{HERE}/hooks", name="crm", provider="standard", secret="")

    hook = get_hook("crm")
    assert hook
    assert hook.secrets == (secret_of(made.text),)
    assert "/hooks/crm" in browser.get(f"{HERE}/hooks").words
    assert browser.post(f"{HERE}/hooks", name="crm", provider="stripe", secret="").status == 422
    assert "Close the door crm?" in browser.get(f"{HERE}/hooks/crm/close").words
    assert browser.post(f"{HERE}/hooks/crm/close").status == 303
    assert get_hook("crm") is None


def test_findings_and_queues_are_for_everybody_and_what_is_inside_for_admins(signed_in: SignedIn):
    fall_out('{"mail": "<script>ada@example.org"}')
    viewer = signed_in("viewer")

    page = viewer.get(f"{HERE}/health")
    assert "Mails a day 50,000" in page.words
    rows = viewer.part(f"{HERE}/health/queues")
    assert "Reports of SES that failed 1" in rows.words
    assert "Look inside" not in rows.words
    assert viewer.post(QUEUE).status == 403
    drain(signed_in("admin"))


def test_what_fell_out_is_read_as_text_and_sent_back(signed_in: SignedIn):
    browser = signed_in("admin")
    fall_out('{"mail": "<script>ada@example.org"}', "two", "three")

    page = browser.post(QUEUE)

    assert "<script>ada" not in page.text
    assert '"mail": "<script>ada@example.org"' in page.words
    [first, *_] = re.findall(r'name="message" value="([^"]+)"', page.text)
    assert browser.post(f"{QUEUE}/redrive", message=first).status == 303
    asked = browser.post(f"{QUEUE}/redrive")
    assert (asked.status, "About 2 messages" in asked.words) == (200, True)
    assert browser.post(f"{QUEUE}/redrive", confirmed="yes").status == 303
    assert "What SES reports 3" in browser.get(f"{HERE}/health/queues").words
    dids = [line["did"] for line in changes_before(None, 200)[0]]
    assert "POST /api/queues/{queue}/look" in dids
    assert "POST /api/queues/{queue}/redrive" in dids


def test_all_are_thrown_away_only_when_the_count_was_read(signed_in: SignedIn):
    browser = signed_in("admin")
    fall_out("one")

    asked = browser.post(f"{QUEUE}/discard")
    assert "Throw all away?" in asked.words
    assert browser.post(f"{QUEUE}/discard", confirmed="yes").status == 303
    assert browser.post(f"{QUEUE}/elsewhere").status == 404
    assert browser.post(f"{HERE}/health/queues/nothing").status == 404


def test_the_pages_ask_little(signed_in: SignedIn):
    browser = signed_in("admin")

    for page in OF_ADMINS:
        with counted() as made:
            assert browser.get(f"{HERE}/{page}").status == 200
        assert len(made) <= 5, (page, made)
        assert "Scan" not in made


def drain(browser: Browser) -> None:
    browser.post(f"{QUEUE}/discard", confirmed="yes")
