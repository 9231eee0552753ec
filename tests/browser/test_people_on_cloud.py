"""People who work beside each other, on the local cloud: two editors of one journey, a second who must agree, an
operator with a run that broke off, and a viewer who may only look.

Names stand still where a picture is made or nothing is in the way; whoever plays again on a cloud begins over.
"""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import TimeoutError as LateError

from tests.browser.conftest import Console
from tests.browser.windows import IS_STILL, Window, good, pictures
from tests.console import PASSWORD
from tests.stories.cloud import Cloud, Person, eventually

pytestmark = pytest.mark.local_cloud
FORCE = """async (path) => (await fetch(path, {method: "POST", redirect: "manual",
  body: new URLSearchParams({reason: "x", csrf: document.querySelector("input[name=csrf]").value})})).status"""
LETTER = """\
journey: NAME
purpose: marketing
entry: {event: Began NAME}
steps:
  - send: Send the welcome
    template: welcome
  - wait: Wait two months
    for: 60 days
  - send: Remind
    template: reminder
"""
BREAKS = """\
journey: NAME
purpose: marketing
entry: {event: Began NAME}
steps:
  - send: Send the question
    template: welcome
  - wait for: "Answered?"
    any: [{event: Never NAME}]
    up to: 3 days
  - send: Send the regrets
    template: reminder
"""
DRAFTS = """\
journey: NAME
purpose: marketing
mode: draft
entry: {event: Began NAME}
steps:
  - send: Write to them
    template: welcome
"""


def test_the_later_of_two_editors_brings_both_together(on_cloud: Console, cloud: Cloud):
    name = "harvest"
    draft(cloud, name, LETTER)
    ada, grace = (opened(on_cloud, name, f"{who}@harvest.example.org") for who in ("ada", "grace"))

    typed(ada, "step-steps-1", "f:steps/1/for", "40")
    typed(ada, "step-steps-2", "f:steps/2/template", "chapter")
    saved(ada)
    typed(grace, "step-steps-1", "f:steps/1/for", "90")
    typed(grace, "step-steps-0", "f:steps/0/template", "feedback")
    grace.page.click("#save")
    grace.page.wait_for_selector("text=both of you changed the same lines")
    good(grace)
    pictures(grace, "designer-merge")

    grace.page.check("#choice-0-theirs")
    grace.page.click("#merge")
    grace.page.wait_for_selector("text=Brought together")
    saved(grace)

    text = cloud.api("GET", f"/journeys/{name}/versions/draft").json["source"]
    for line in ("template: feedback", "for: 40 days", "template: chapter"):
        assert line in text


def test_a_second_person_agrees_and_whoever_waits_is_moved(on_cloud: Console, cloud: Cloud):
    name, person = f"vintage-{uuid.uuid4().hex[:8]}", Person()
    cloud.ensure_journey(name, LETTER.replace("NAME", name))
    enters(cloud, name, person)
    stands(cloud, name, person, "Wait two months")
    first = cloud.enrolment(person, name)["version"]
    draft(cloud, name, f"{LETTER}approvals: 1\n")
    here = f"/console/journeys/{name}"

    ada = opened(on_cloud, name, "ada@vintage.example.org", role="approver")
    typed(ada, "step-steps-1", "f:steps/1/for", "90")
    saved(ada)
    ada.go(f"{here}/publish?count=yes")
    ada.says("#approvals", "another approver must agree")
    assert ada.page.locator("#publish").count() == 0

    bob = signed_in(on_cloud, "approver", "bob@vintage.example.org")
    bob.go(f"{here}/publish")
    bob.page.click("text=Agree to revision")
    bob.page.wait_for_selector("text=Nothing stands in its way now.")

    ada.go(f"{here}/publish?count=yes")
    move = "select[aria-label='What becomes of people in Wait two months']"
    ada.page.select_option(move, label="Move to “Remind”")
    ada.page.click("#publish button")
    ada.page.wait_for_url(f"**{here}/move")

    assert cloud.ended(person, name)["version"] == first + 1
    assert len(cloud.mails(person)) == 2
    ada.settle()


def test_an_operator_lets_a_run_go_on_that_broke_off_and_decides_on_drafts(on_cloud: Console, cloud: Cloud):
    name, drafts = "lost-thread", "fair-copy"
    cloud.ensure_journey(name, BREAKS.replace("NAME", name))
    cloud.ensure_journey(drafts, DRAFTS.replace("NAME", drafts))
    wanted, unwanted = Person(), Person()
    for each in (wanted, unwanted):
        enters(cloud, drafts, each)
    person = eventually(lambda: broken_off(cloud, name))
    assert person
    window = signed_in(on_cloud, "approver", "operator@example.org")
    page = window.page

    # The repair finds the run a while after its moment: time for what else there is to do.
    waiting = f"/console/messages?journey={drafts}"
    assert eventually(lambda: is_listed(window, waiting, wanted.user_id, unwanted.user_id))
    page.locator("#messages tbody tr", has_text=wanted.user_id).get_by_role("button", name="Release").click()
    page.wait_for_selector("text=it goes within a minute")
    window.go(waiting)
    page.locator("#messages tbody tr", has_text=unwanted.user_id).get_by_role("link", name="Discard").click()
    page.fill("dialog [name=reason]", "The wrong price")
    page.click("dialog form.confirm button[type=submit]")
    page.wait_for_url("**/console/messages**")
    cloud.mail_number(wanted, 1)

    assert eventually(lambda: is_listed(window, "/console/runs", name), every=1)
    page.locator("#runs tbody tr", has_text=name).get_by_role("link").first.click()
    page.wait_for_selector("#restart")
    page.select_option("#restart select", "Send the regrets")
    page.click("#restart button")
    page.wait_for_selector("text=a new execution has begun")

    assert cloud.ended(person, name)["status"] == "completed"
    assert (len(cloud.mails(person)), cloud.mails(unwanted)) == (2, [])
    assert not is_listed(window, "/console/runs", name)
    window.settle()


def test_a_viewer_looks_and_is_refused_until_an_admin_says_otherwise(on_cloud: Console, cloud: Cloud):
    name, email = "harbour", "viewer@harbour.example.org"
    cloud.ensure_journey(name, LETTER.replace("NAME", name))
    here = f"/console/journeys/{name}"
    admin = signed_in(on_cloud, "admin", "admin@harbour.example.org")
    viewer = signed_in(on_cloud, "viewer", email)

    viewer.go(here)
    viewer.says("main", "Send the welcome")
    for word in ("Edit", "Pause", "Stop"):
        assert viewer.page.locator("main").get_by_role("link", name=word, exact=True).count() == 0
    viewer.expected = 2  # a refused page and a refused form: 403 each
    assert viewer.go(f"{here}/pause").status == 403
    viewer.says("main", "asks for the role approver, and yours is viewer")
    assert forced(viewer, f"{here}/pause") == 403
    viewer.go(here)
    assert "Paused: nobody leaves" not in viewer.page.inner_text("main")
    viewer.settle()

    gives(admin, email, "approver")
    viewer.go(here)
    viewer.at("/console/login")  # a session knows no role but its own)
    viewer.sign_in(email, PASSWORD)
    viewer.go(here)
    viewer.page.locator("main").get_by_role("link", name="Pause", exact=True).wait_for()
    gives(admin, email, "viewer")
    admin.settle()


def draft(cloud: Cloud, name: str, source: str) -> None:
    """Saved, also over what is there."""
    text = source.replace("NAME", name)
    answer = cloud.api("PUT", f"/journeys/{name}", text)
    if answer.status == 428:
        answer = cloud.api("PUT", f"/journeys/{name}", text, **{"If-Match": "*"})
    assert answer.status in {200, 201}, answer.body


def signed_in(console: Console, role: str, email: str) -> Window:
    """By the login page; once more if a function began too slowly, as a person would."""
    try:
        window = console.signed_in(role, email)
    except LateError:
        window = console.signed_in(role, email)
    return window


def opened(console: Console, name: str, email: str, role: str = "editor") -> Window:
    """The outline of a journey, before somebody."""
    window = signed_in(console, role, email)
    window.go(f"/console/journeys/{name}/edit")
    window.page.wait_for_selector("#state .badge")
    window.page.click("[data-show=outline]")
    return window


def typed(window: Window, step: str, name: str, value: str) -> None:
    """Choose a step and type into a field of its form."""
    window.page.click(f"#{step}")
    field = window.page.wait_for_selector(f"[name='{name}']")
    assert field
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
        field.press("Tab")
    window.until(f"document.querySelector('#source').value.includes({json.dumps(value)}) && {IS_STILL}")


def saved(window: Window) -> None:
    window.page.click("#save")
    window.page.wait_for_selector("text=Saved as revision")


def enters(cloud: Cloud, name: str, person: Person) -> None:
    cloud.enter(f"Began {name}", person=person)


def stands(cloud: Cloud, name: str, person: Person, step: str) -> None:
    assert eventually(lambda: cloud.enrolment(person, name).get("step") == step)


def broken_off(cloud: Cloud, name: str) -> Person | None:
    """Somebody whose execution was ended by a hand in the AWS console; nobody, if they had gone on before."""
    person, machines = Person(), cloud.aws("stepfunctions")
    enters(cloud, name, person)
    assert eventually(lambda: cloud.enrolment(person, name).get("until"))
    run = cloud.enrolment(person, name)
    arn = cloud.api("GET", f"/runs/{quote(run['id'], safe='')}").json["execution_arn"]
    machines.stop_execution(executionArn=arn)
    return person if machines.describe_execution(executionArn=arn)["status"] == "ABORTED" else None


def is_listed(window: Window, path: str, *words: str) -> bool:
    """Each of them has a row there."""
    window.go(path)
    rows = window.page.locator("main tbody tr")
    return all(rows.filter(has_text=each).count() for each in words)


def forced(window: Window, path: str) -> Any:
    """What is said to a form that no page of theirs has, with a mark that is theirs."""
    return window.page.evaluate(FORCE, path)


def gives(admin: Window, email: str, role: str) -> None:
    admin.go("/console/settings/team")
    admin.page.get_by_label(f"Role of {email}").select_option(role)
    admin.page.locator("tr", has_text=email).get_by_role("button", name="Change").click()
    admin.page.wait_for_selector("text=They sign in anew")
