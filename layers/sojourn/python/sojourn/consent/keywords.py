"""What people text back: STOP, START and HELP in their languages, matched as whole messages. Pure.

"weekend" contains END and "please don't stop" contains STOP; neither is one. So the whole message, made plain, must be
a phrase of the table. What is no keyword is a reply, for people and journeys to read.
"""

import functools
import unicodedata
from enum import StrEnum
from itertools import groupby


class Keyword(StrEnum):
    """What a text asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


PHRASES: dict[Keyword, dict[str, tuple[str, ...]]] = {
    Keyword.STOP: {
        "aws": ("arret", "cancel", "end", "opt-out", "optout", "quit", "remove", "stop", "td", "unsubscribe"),
        "fcc": ("opt out", "revoke"),
        "en": (
            "stopall", "stop all", "stop it", "stop now", "stop this", "stop sending", "stop sending me messages",
            "stop sending messages", "stop sending me texts", "stop sending texts", "stop sending these",
            "stop texting", "stop texting me", "stop messaging", "stop messaging me", "stop messages", "stop texts",
            "stop contacting me", "do not text me", "don't text me", "no more texts", "no more messages",
            "remove me", "remove me from your list", "remove me from the list", "take me off your list",
            "unsubscribe me", "opt me out", "end messages", "cancel messages", "unsub",
        ),
        "fr": ("arrêt", "arrêter", "arrêtez", "désabonner", "désinscrire"),
        "sv": ("stopp", "avsluta"),
        "de": ("abmelden", "stopp", "abbestellen"),
        "es": ("baja", "alto", "parar", "cancelar"),
        "pt": ("parar", "sair", "cancelar"),
        "it": ("basta", "stop", "annulla"),
        "nl": ("afmelden", "stop", "stoppen"),
        "ru": ("стоп", "отписаться"),
        "uk": ("стоп", "відписатися"),
        "ja": ("停止", "配信停止"),
        "zh": ("停止", "退订", "退訂"),
        "signs": ("🛑", "⛔", "🚫"),
    },
    Keyword.START: {
        "aws": ("start", "unstop"),
        "en": ("yes", "subscribe", "resubscribe", "resume", "opt in", "optin"),
        "fr": ("reprendre",),
        "es": ("alta",),
        "ru": ("старт",),
        "ja": ("再開",),
    },
    Keyword.HELP: {
        "aws": ("help",),
        "en": ("info",),
        "fr": ("aide",),
        "sv": ("hjälp",),
        "de": ("hilfe",),
        "es": ("ayuda",),
        "pt": ("ajuda",),
        "it": ("aiuto",),
        "nl": ("hulp",),
        "ru": ("помощь",),
        "uk": ("допомога",),
        "ja": ("ヘルプ",),
        "zh": ("帮助", "幫助"),
    },
}  # fmt: skip
COURTESIES = frozenset({
    "please", "pls", "plz", "thanks", "thx", "bitte", "danke", "svp", "merci", "gracias", "grazie", "obrigado", "tack",
})  # fmt: skip
SIGNS = "🛑⛔🚫"
APOSTROPHES = "'’‘`´ʼ"


def keyword_of(text: str) -> Keyword | None:
    """What a text asks for, or None when it is a reply like any other: `" Stop! "` and `"ＳＴＯＰ please"` are STOP."""
    words = [word for word, _ in groupby(_plain(text).split())]
    known = _known()
    return known.get(" ".join(words)) or known.get(" ".join(word for word in words if word not in COURTESIES))


@functools.cache
def _known() -> dict[str, Keyword]:
    return {
        " ".join(_plain(phrase).split()): keyword
        for keyword, languages in PHRASES.items()
        for phrases in languages.values()
        for phrase in phrases
    }


def _plain(text: str) -> str:
    """Lower case without accents, signs and punctuation, so that people need not type with care."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(_letter(character) for character in folded)


def _letter(character: str) -> str:
    if character in SIGNS:
        return f" {character} "
    if character in APOSTROPHES:
        return ""
    kind = unicodedata.category(character)
    if kind in {"Mn", "Cf", "Me"}:  # accents, zero-width characters, the variation selectors of emoji
        return ""
    return character if kind[0] in "LN" or kind == "Mc" else " "
