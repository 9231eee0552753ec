"""A marketer's first day on the local cloud, in the browser alone: a file of people, a letter, a segment, a journey
with three ways that is drawn, rehearsed and published, and a mail in the post office."""

import json
import uuid
from pathlib import Path

import pytest

from tests.browser.conftest import Console
from tests.browser.hands import drag, tree
from tests.browser.windows import IS_STILL, Window
from tests.stories.cloud import Cloud, Person, eventually

pytestmark = pytest.mark.local_cloud
STEPS = """document.querySelector('#tree').dataset.tree.split('"kind"').length"""
SHOP = "https://shop.example.com/fair"
FOOT = '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}</p>'
PATIENT = 200_000  # milliseconds: a segment takes force after two waits of 70 s
IF_SO, OTHERWISE = [["update", {}]], [["send", {}]]
THREE_WAYS = [
    ["send", {}],
    [
        "wait for",
        {
            "If they do": [["branch", {"If so": IF_SO, "Otherwise": OTHERWISE}]],
            "When time is up": [["send", {}]],
        },
    ],
]


def test_from_a_file_to_a_mail_without_a_command(on_cloud: Console, cloud: Cloud, tmp_path: Path):
    name = f"fair-{uuid.uuid4().hex[:8]}"
    people = [f"{name}-{who}" for who in ("ada", "grace", "hedy")]
    window = on_cloud.signed_in("approver", f"{name}@example.org")

    window.page.set_default_timeout(PATIENT)
    window.expected = 1  # the first press of Publish asks whether three may come in at once: 409
    imports(window, name, people, tmp_path)
    segment(window, name)
    writes(window, name)
    draws(window, name)
    tags(window, name)
    rehearses(window, name)
    publishes(window, name)

    for who in people:  # one comes in after another
        assert f"A stall for {who}" in cloud.mail_number(Person(who), 1)["subject"]
    assert eventually(lambda: have_come_in(window, name), every=1)
    window.settle()


def imports(window: Window, name: str, people: list[str], folder: Path) -> None:
    file = folder / f"{name}.csv"
    rows = [f"{who},{who}@example.org,{who}" for who in people]
    file.write_text("\n".join(["Customer,E-Mail,First name", *rows, ""]), encoding="utf-8")
    page = window.page
    window.go("/console")
    page.click(".side >> text=Contacts")
    page.click("main >> text=Import")
    page.click("main >> text=Import a file")
    page.set_input_files("#file", str(file))
    page.click("text=Upload and look at it")
    page.wait_for_url("**/columns?*")
    page.get_by_label("All of them did").check()
    page.fill("#consent-how", "form")
    page.fill("#consent-when", "May 2026")
    page.fill("#consent-declared_by", "Grace Hopper, CRM")
    page.fill("#consent-wording", "Yes, write to me.")
    page.fill("#list", name)
    page.click("text=Try it")
    page.wait_for_url("**/imports/dry-*")
    page.click("text=Import 3")
    page.wait_for_url(lambda url: "/imports/" in url and "dry-" not in url)
    page.click("text=Make the segment")
    page.wait_for_url(f"**/segments/{name}")


def segment(window: Window, name: str) -> None:
    page = window.page
    window.go(f"/console/segments/{name}/publish")
    page.click("form.confirm button")
    page.wait_for_url(f"**/segments/{name}")


def tags(window: Window, name: str) -> None:
    """Everybody in it, once they are."""
    page = window.page
    assert eventually(lambda: people_of(window, name) == 3, every=1)
    page.click("text=Choose all on this page")
    page.fill("#label", "met")
    page.click("text=Go on…")
    page.click("text=Do it")
    page.wait_for_selector("text=Done: 3 people.")
    assert eventually(lambda: people_of(window, name, "met") == 3, every=1)


def writes(window: Window, name: str) -> None:
    page = window.page
    window.go("/console/templates")
    page.click("main a[href$='/console/new-template']")
    page.fill("#name", name)
    page.fill("#subject", "A stall for {{ firstName }}")
    page.fill("#html", f'<p>Hello {{{{ firstName }}}}, <a href="{SHOP}">look</a>.</p>{FOOT}')
    page.fill(
        "#text", f"Hello {{{{ firstName }}}}: {SHOP}\n{{{{ unsubscribe_url }}}}\n{{{{ postal_address }}}}"
    )
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/templates/{name}")


def draws(window: Window, name: str) -> None:
    page = window.page
    window.go("/console/journeys")
    page.click("main >> text=New journey")
    page.wait_for_selector(".canvas-card .name")
    for kind, gap in (("wait for", 1), ("branch", 2), ("update", 4), ("send", 5), ("send", 3)):
        dropped(window, kind, gap)
    assert tree(window) == THREE_WAYS

    card(window, "Who comes in", "The journey")
    says(window, "Journey", name)
    says(window, "What it does", "Greets whom we met at the fair")
    page.select_option("#panel >> select[name='f:entry']", "segment")
    written(window, "segment:")
    says(window, "Segment", name)
    page.locator("#panel summary").last.click()
    page.select_option("#panel >> select[name='f:entry/include']", "existing")
    written(window, "include: existing")
    for step in ("Say hello", "Send a message", "Send a message 2"):
        card(window, step, step)
        template(window, name)
    page.click("#save")
    page.wait_for_url(f"**/journeys/{name}**")


def rehearses(window: Window, name: str) -> None:
    window.go(f"/console/journeys/{name}/rehearse")
    window.until("document.querySelector('#rehearsed').innerText.includes('Came in')")


def publishes(window: Window, name: str) -> None:
    page = window.page
    window.go(f"/console/journeys/{name}/publish")
    window.until("document.querySelector('#plan').getAttribute('hx-get') === null")
    page.click("#publish button")
    page.wait_for_selector(f"text=3 people are in {name}")
    page.get_by_role("button", name="Publish and let them in").click()
    page.wait_for_url(f"**/journeys/{name}")


def people_of(window: Window, name: str, words: str = "") -> int:
    """Rows of the segment's table, those alone that say so."""
    window.go(f"/console/contacts?segment={name}&column=tags&column=firstName")
    window.until("document.querySelector('#people tr.rest') === null")  # the list fills itself
    return int(window.page.locator("#people tbody tr", has_text=words).count())


def have_come_in(window: Window, name: str) -> bool:
    window.go(f"/console/journeys/{name}?count=yes")
    window.until(IS_STILL)
    return "3 people came in." in window.page.inner_text("main")


def template(window: Window, name: str) -> None:
    """Of the step that is chosen, which has none yet."""
    before = window.page.input_value("#source").count(name)
    says(window, "Template", name)
    window.until(f"document.querySelector('#source').value.split({json.dumps(name)}).length === {before + 2}")


def dropped(window: Window, kind: str, gap: int) -> None:
    before = window.page.evaluate(STEPS)
    drag(window, f".tool[data-kind='{kind}']", gap)
    window.until(f"{STEPS} === {before + 1} && {IS_STILL}")


def card(window: Window, step: str, title: str) -> None:
    window.page.click(f".canvas-card .name:text-is('{step}')")
    window.until(f"document.querySelector('#panel-title').textContent === {json.dumps(title)} && {IS_STILL}")


def says(window: Window, label: str, value: str) -> None:
    """The field says so, and the text, too."""
    field = window.page.locator("#panel").get_by_label(label, exact=True)
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option(value)
    else:
        field.fill(value)
        field.press("Tab")
    written(window, value)


def written(window: Window, words: str) -> None:
    window.until(f"document.querySelector('#source').value.includes({json.dumps(words)}) && {IS_STILL}")
