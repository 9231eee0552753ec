"""The console's texts in the reader's language: gettext catalogues in `locale/`, English where there is none.

locale/<language>/LC_MESSAGES/console.mo
"""

import functools
import gettext
import re
from contextvars import ContextVar
from pathlib import Path

DOMAIN = "console"
EOT = "\x04"  # between context and text, as catalogues are compiled
FOLDER = Path(__file__).parent / "locale"
NEVER = re.compile(r"q=0(\.0*)?")
_language: ContextVar[str] = ContextVar("language", default="")


def speak(accepted: str) -> None:
    """From now on, and for this request, in the first of the browser's languages that we have. The texts are English
    as they are, so who wants that before another gets it."""
    parts = [part.replace(" ", "").lower().partition(";") for part in accepted.split(",")[:20]]
    wanted = [name.replace("-", "_") for name, _semicolon, share in parts if not NEVER.fullmatch(share)]
    known = {"en": ""} | {name.lower(): name for name in languages()}
    found = (known[name] for each in wanted for name in (each, each.partition("_")[0]) if name in known)
    _language.set(next(found, ""))


def language() -> str:
    """The code that the page says it is in."""
    return _language.get().replace("_", "-") or "en"


def code() -> str:
    """The name of the catalogue that is read from; empty for none."""
    return _language.get()


@functools.cache
def languages() -> frozenset[str]:
    """Those that have a catalogue."""
    return frozenset(path.name for path in FOLDER.glob("*") if path.is_dir())


def _(text: str) -> str:
    """The text in the reader's language."""
    return _catalogue(_language.get()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for what is counted."""
    return _catalogue(_language.get()).ngettext(one, many, count)


def in_context(context: str, text: str) -> str:
    """The same for a text that stands in the catalogue with a context."""
    return _catalogue(_language.get()).pgettext(context, text)


def texts_of(context: str, language: str) -> list[str]:
    """Every text that a language's catalogue has in a context."""
    there = getattr(_catalogue(language), "_catalog", {})  # what gettext itself looks into
    return [key.partition(EOT)[2] for key in there if isinstance(key, str) and key.startswith(context + EOT)]


@functools.cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, languages=[name] if name else [], fallback=True)
