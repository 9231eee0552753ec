"""Settings: how far messages go, who writes, who changed what."""

from functions.api.quota import SesQuota
from functions.api.world import world
from sojourn.delivery.modes import Mode, Sending
from sojourn.journeys.modes import sending, set_sending
from tests.console import counted
from tests.functions.console.conftest import SignedIn

HERE = "/console/settings"


def test_the_mode_and_the_reputation_stand_on_the_first_page(signed_in: SignedIn):
    set_sending(Sending(mode=Mode.ALLOW_LIST, allow=("<b>@example.org",)))
    browser = signed_in("viewer")

    with counted() as made:
        page = browser.get(HERE)

    assert "Sending mode Allow list: only the named addresses get anything." in page.words
    assert "<b>@example.org" in page.words
    assert "<b>@example.org" not in page.text
    assert "/console/settings/mode" not in page.text  # a viewer is not offered what they may not do
    assert len(made) <= 5
    assert "Scan" not in made


def test_an_approver_says_another_mode(signed_in: SignedIn):
    page = signed_in("approver").post(f"{HERE}/mode", mode="draft", allow="ada@example.org\n+491701234567")

    assert (page.status, page.place.endswith(HERE)) == (303, True)
    now = sending()
    assert (now.mode, now.allow) == (Mode.DRAFT, ("ada@example.org", "+491701234567"))


def test_an_editor_may_not(signed_in: SignedIn):
    page = signed_in("editor").post(f"{HERE}/mode", mode="off")

    assert page.status == 403
    assert "approver" in page.words


def test_what_is_no_mode_is_told_at_the_form(signed_in: SignedIn):
    page = signed_in("admin").post(f"{HERE}/mode", mode="loud")

    assert page.status == 422
    assert "`mode` is one of" in page.words


def test_going_live_is_asked_with_figures_and_done_when_confirmed(signed_in: SignedIn):
    set_sending(Sending(mode=Mode.OFF))
    world().quota = lambda: SesQuota(200, is_in_production=True)
    browser = signed_in("admin")

    asked = browser.post(f"{HERE}/mode", mode="live")
    assert asked.status == 409
    assert "people are in live journeys" in asked.words
    assert sending().mode is Mode.OFF

    assert browser.post(f"{HERE}/mode", mode="live", confirmed="yes").status == 303
    assert sending().mode is Mode.LIVE
    assert "PUT /api/workspace/mode" in browser.get(f"{HERE}/changes").words


def test_only_an_admin_reads_who_changed_what(signed_in: SignedIn):
    assert signed_in("approver").get(f"{HERE}/changes").status == 403


def test_the_sender_and_its_domain_are_shown(signed_in: SignedIn):
    page = signed_in("viewer").get(f"{HERE}/sender")

    assert "Who writes" in page.words
    assert "example.org verified signs" in page.words


def test_marketing_goes_on_by_an_admins_word(signed_in: SignedIn):
    browser = signed_in("admin")

    assert "Only mails sent from now on are judged" in browser.get(f"{HERE}/reputation/resume").words
    assert browser.post(f"{HERE}/reputation/resume").status == 303
    assert signed_in("approver").post(f"{HERE}/reputation/resume").status == 403
