"""STOP is a whole message, however it is typed."""

import pytest

from sojourn.consent.keywords import PHRASES, Keyword, keyword_of


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop.", "Stop!", " STOP ", "stop ", "ＳＴＯＰ", "stop please", "Please STOP", "Please STOP sending",
        "STOP STOP stop", "stop\n", "st\u200bop", "“Stop”", "*stop*", "stop texting me", "Remove me!", "opt-out",
        "OPT OUT", "ARRÊT", "arret", "🛑", "🛑🛑🛑", "⛔️", "СТОП", "停止", "STOPP",
        "Abmelden", "baja", "BASTA", "afmelden", "td", "End", "quit",
    ],
)  # fmt: skip
def test_these_stop(text: str):
    assert keyword_of(text) is Keyword.STOP


@pytest.mark.parametrize(
    "text",
    [
        "weekend", "outdoor plans", "please don't stop", "don't stop", "don’t stop", "Dont stop!", "non-stop",
        "the bus stop", "stop by tomorrow?", "the end of the week", "please", "", "   ", "?!", "stopwatch",
        "when does it start", "no", "I need help moving", "ok thanks", "s t o p", "end up", "cancel my order",
    ],
)  # fmt: skip
def test_these_are_replies(text: str):
    assert keyword_of(text) is None


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Start", Keyword.START),
        ("unstop!", Keyword.START),
        ("Help", Keyword.HELP),
        ("INFO", Keyword.HELP),
        ("AYUDA por favor", None),
        ("hjälp", Keyword.HELP),
    ],
)
def test_start_and_help(text: str, keyword: Keyword | None):
    assert keyword_of(text) is keyword


def test_no_phrase_means_two_things():
    meanings: dict[str, set[Keyword]] = {}
    for keyword, languages in PHRASES.items():
        for phrases in languages.values():
            for phrase in phrases:
                assert keyword_of(phrase) is keyword, phrase
                meanings.setdefault(phrase, set()).add(keyword)
    assert all(len(keywords) == 1 for keywords in meanings.values())
