"""Every text of the console stands in its catalogue, and what the engine says is known again on its way to the page."""

import ast
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from babel.messages.catalog import Catalog

from functions.api.console import formats
from functions.api.console.engine_words import told, told_in
from functions.api.console.formats import money, number, share
from functions.api.console.presets_shipped import shipped
from functions.api.console.routing import PATHS
from functions.api.console.words import _, language, speak
from infra.docs.texts import (
    CONSOLE,
    ENGINE,
    TEMPLATE,
    catalogue,
    compiled,
    languages,
    sentences,
    translated,
    write,
    written,
)
from tests.console import FORM, Browser
from tests.functions.console.conftest import SignedIn
from tests.functions.console.full_house import BARE, address, full_house, pages
from tests.functions.console.pseudo import marked, outside, put, speaking
from tests.insight_rows import ADA

SPOKEN = {"accept-language": "xx"}
# A template's own look: its text is the page.
READ = [path for path in pages() if path != "/console/templates/{name}/preview"]
OWN = {
    "Sojourn", "Ctrl K", "Esc", "Shopify", "WooCommerce", "Stripe", "shopify", "woocommerce", "stripe", "standard",
    "UTC", "https://shop.example",
}  # fmt: skip
# What people of the full house wrote and are called: nothing of it may change its language.
PEOPLES = {
    "welcome", "hostile", "payers", "hello", "buyers", "news", "ada@example.org", ADA, "ad", "form", "March 2025",
    "people.csv", "Fieldnotes", "hello@example.org", "1 Example Street, Exampleton", "https://mail.example.org",
    "example.org", "u#ada", "a#device-1", "e#ada@example.org", "Signed Up", "Say hello", "Remind",
    "company", "email", "lists", "name", "orders", "plan", "referrer", "site", "tags", "userAgent",
    "Greets whoever signs up, and stops at their first order", "chapter", "reminder", "offer", "feedback",
    "Send the welcome", "Wait two days", "Clicked the guide?", "Send the next chapter", "Send the reminder",
    "Which plan?", "Text an offer", "Wait a week", "Ask for feedback",
}  # fmt: skip
# A journey with a fault of each kind; its texts are their author's.
FAULTY = """\
journey: faulty
entry: {event: Signed Up}
steps:
  - send: Hi
    templat: nowhere
  - wait: While
    for: soon
  - send: Hi
    template: nowhere
"""
WRITTEN = {"Hi", "While", "soon", "nowhere", "everybody", "channel"}
FRAMED = {"/console/templates/{name}/draft"}  # the mail itself
# The languages of rules and of journeys are one for everybody, as code is.
IN_CODE = {"plan is '<b>pro</b>'", "plan is <b>pro</b>", "2 days", "1 week"}


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, texts: Catalog) -> Path:
    made = tmp_path_factory.mktemp("locale")
    put(made, "xx", texts)
    return made


@pytest.fixture
def pseudo(folder: Path) -> Iterator[None]:
    with speaking(folder):
        yield


def test_the_catalogues_are_up_to_date(texts: Catalog):
    assert TEMPLATE.read_text(encoding="utf-8") == written(texts), "run: python -m infra.docs.draw"
    for path in languages():
        now = translated(texts, path)
        assert path.read_text(encoding="utf-8") == written(now), "run: python -m infra.docs.draw"
        assert path.with_suffix(".mo").read_bytes() == compiled(now), "run: python -m infra.docs.draw"
        assert [str(wrong) for _message, wrongs in now.check() for wrong in wrongs] == []


def test_a_translation_follows_the_texts(tmp_path: Path, texts: Catalog):
    place = tmp_path / "de" / "LC_MESSAGES" / "console.po"
    place.parent.mkdir(parents=True)
    begun = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    place.write_text(
        f'{begun}msgid "Home"\nmsgstr "Übersicht"\n\nmsgid "Gone for long"\nmsgstr "Weg"\n', "utf-8"
    )

    write(tmp_path, texts)
    first = place.read_bytes()
    write(tmp_path, texts)

    assert place.read_bytes() == first
    assert b"Gone for long" not in first
    assert b'msgid "Journeys"' in first
    with speaking(tmp_path):
        speak("de")

        assert (_("Home"), _("Journeys"), language()) == ("Übersicht", "Journeys", "de")


@pytest.mark.parametrize("path", [*READ, "/console/journeys/hostile", "/console/nowhere"])
def test_no_text_of_a_page_is_english_alone(path: str, signed_in: SignedIn, pseudo: None):
    browser = Browser() if PATHS.get(("GET", path)) else signed_in("admin", email="ada@example.org")

    page = browser.get(address(path, full_house()), **SPOKEN)

    assert "<html" not in page.text or '<html lang="xx"' in page.text
    assert [text for text in outside(page.text) if not _is_somebodys(text)] == []


def test_no_form_is_answered_in_english_alone(signed_in: SignedIn, pseudo: None):
    left: dict[str, list[str]] = {}
    for path in pages("POST"):
        browser = signed_in("admin", email="ada@example.org")  # anew: some of them end the session
        said = {
            "csrf": browser.mark,
            "source": FAULTY,
            "text": FAULTY,
            "name": "x y",
            "revision": 1,
            "do": "save",
        }
        page = browser.send("POST", address(path, full_house()), urlencode(said), FORM | SPOKEN)
        strange = [text for text in outside(page.text) if not _is_somebodys(text)]
        if strange and path not in FRAMED:
            left[path] = strange

    assert left == {}


def _is_somebodys(text: str) -> bool:
    known = OWN | PEOPLES | WRITTEN | IN_CODE | set(shipped())
    is_hostile = "<script>" in text or BARE in text
    is_log = text.startswith(("POST /api", "PUT /api", "DELETE /api", "{")) or (
        text.isalnum() and len(text) == 12
    )
    return text in known or is_hostile or is_log


def test_what_was_refused_is_said_in_the_readers_language(signed_in: SignedIn, pseudo: None):
    browser = signed_in("admin")
    full_house()

    nowhere = browser.get("/console/journeys/none", **SPOKEN)
    unknown = browser.get("/console/contacts/nobody", **SPOKEN)
    forged = browser.send("POST", "/console/journeys/welcome/pause", "csrf=x", FORM | SPOKEN)

    assert [page.status for page in (nowhere, unknown, forged)] == [404, 404, 403]
    for page in (nowhere, unknown, forged):
        assert not set(outside(page.text)) - OWN - {"admin@example.org"}


@pytest.mark.parametrize(
    ("plain", "spoken"),
    [
        ("there is no such journey", "⟦there is no such journey⟧"),
        ("limit is a whole number from 1 to 200", "⟦limit is a whole number from 1 to 200⟧"),
        ("the journey has 2 error(s)", "⟦the journey has 2 error(s)⟧"),
        ("line 3: say the rule once", "⟦line 3: say the rule once⟧"),
        ("The contact never agreed.", "⟦The contact never agreed.⟧"),
        ("The contact never agreed to marketing by sms.", "⟦The contact never agreed to marketing by sms.⟧"),
        ("It expired at 9 before it could go.", "⟦It expired at 9 before it could go.⟧"),
        ("Sends the template “a” by email.", "⟦sends the template “a” by email⟧."),
        ("Waits 2 days.", "⟦waits ⟦2 days⟧⟧."),
        ("somebody wrote this", "somebody wrote this"),
        ("", ""),
        (", ", ", "),
    ],
)  # fmt: skip
def test_a_sentence_of_the_engine_is_known_again(plain: str, spoken: str, pseudo: None):
    assert told(plain) == plain

    speak("xx")

    assert told(plain) == spoken


def test_a_translation_has_the_values_in_its_own_order_and_leaves_out_what_was_not_there(tmp_path: Path):
    said = Catalog(fuzzy=False)
    agreed = "The contact never agreed[ to {purpose} by {channel}]."
    said.add("{name} has no version {version}", "Version {version} von {name} gibt es nicht", context=ENGINE)
    said.add(agreed, "[Per {channel} ]hat der Kontakt[ zu {purpose}] nie zugestimmt.", context=ENGINE)
    said.add("{a} at the {b} {tags: vip}", "{b}: {a} {tags: vip} {c}", context=ENGINE)
    put(tmp_path, "de", said)

    with speaking(tmp_path):
        speak("de-CH,en;q=0.5")

        assert told("welcome has no version 3") == "Version 3 von welcome gibt es nicht"
        assert (
            told("The contact never agreed to news by sms.")
            == "Per sms hat der Kontakt zu news nie zugestimmt."
        )
        assert told("The contact never agreed.") == "hat der Kontakt nie zugestimmt."
        assert told("one at the other {tags: vip}") == "other: one {tags: vip} {c}"


def test_what_people_wrote_is_left_as_it_is(pseudo: None):
    speak("xx")
    sentence = "there is no such journey"
    answer = {
        "why": sentence,
        "name": sentence,
        "items": [{"traits": {"why": sentence}, "source": {"problem": sentence}, "remedy": sentence}],
    }

    assert told_in(answer) == {
        "why": marked(sentence),
        "name": sentence,
        "items": [{"traits": {"why": sentence}, "source": {"problem": sentence}, "remedy": marked(sentence)}],
    }


def test_hostile_text_costs_no_time(pseudo: None):
    speak("xx")
    began = time.process_time()

    for text in ("`" * 2_000, "a, " * 660, "line " * 400, "{name} is " * 200, "\x04" * 2_000, "x" * 100_000):
        assert "⟦" not in told(text)[:1]

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("de-CH,en;q=0.5", "de"),
        ("DE", "de"),
        ("fr,pt-br;q=0.8,de;q=0.7", "pt-BR"),
        ("pt-PT", "en"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("de;q=0, fr", "en"),
        ("de; q=0.0,pt-BR", "pt-BR"),
        ("../../etc,*", "en"),
        ("", "en"),
        ("xx," * 5_000, "en"),
    ],
)
def test_the_readers_first_language_is_spoken(accepted: str, spoken: str, tmp_path: Path):
    for name in ("de", "pt_BR"):
        said = Catalog(fuzzy=False)
        said.add("Home", f"Home in {name}")
        put(tmp_path, name, said)

    with speaking(tmp_path):
        speak(accepted)

        assert language() == spoken
        assert _("Home") == ("Home" if spoken == "en" else f"Home in {spoken.replace('-', '_')}")


def test_numbers_and_days_are_written_as_the_language_has_them(tmp_path: Path):
    said = Catalog(fuzzy=False)
    said.add("1,234.5", "1.234,5")
    said.add("%(day)s %(month)s %(year)s", "%(day)s. %(month)s %(year)s")
    said.add("Oct", "Okt.")
    put(tmp_path, "de", said)
    moment = "2026-10-05T22:30:00Z"

    assert (number(1234567), money(1234.5, "EUR"), share(0.1234)) == ("1,234,567", "1,234.50 EUR", "12.3 %")
    assert formats.time(moment, "Europe/Berlin", "day").endswith(">6 Oct 2026</time>")
    with speaking(tmp_path):
        speak("de")

        assert (number(1234567), money(1234.5, "EUR"), share(0.1234)) == (
            "1.234.567",
            "1.234,50 EUR",
            "12,3 %",
        )
        assert formats.time(moment, "Europe/Berlin").endswith(">6. Okt. 2026, 00:30</time>")


def test_sentences_are_taken_from_plain_code():
    code = '''
"""A module of some words."""
def told(name, found):
    """Says some words."""
    telemetry.warn("never read by anybody")
    raise Problem(404, "not_found", f"{name} has no version {found.number[:20]} of {MOST:,}", field="a_field")
'''

    assert list(sentences(code)) == ["{name} has no version {number} of {most}"]


@pytest.mark.parametrize("path", sorted(CONSOLE.glob("*.py")), ids=lambda path: path.name)
def test_a_text_of_the_consoles_own_code_goes_through_the_catalogue(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    spoken = [node for node in calls if ast.unparse(node.func) in ("_", "ngettext")]
    problems = [node for node in calls if ast.unparse(node.func) == "Problem" and len(node.args) > 2]

    assert [ast.unparse(node) for node in spoken if not isinstance(node.args[0], ast.Constant)] == []
    assert [
        ast.unparse(node) for node in problems if isinstance(node.args[2], ast.Constant | ast.JoinedStr)
    ] == []
