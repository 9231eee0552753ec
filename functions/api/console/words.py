"""The console's texts in the reader's language: gettext catalogues in `locale/`, English where there is none.

locale/<language>/LC_MESSAGES/console.mo
"""

import functools
import gettext
from contextvars import ContextVar
from pathlib import Path

DOMAIN = "console"
FOLDER = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="")


def speak(accepted: str) -> None:
    """From now on, and for this request, in the first of the browser's languages that we have."""
    wanted = [part.partition(";")[0].strip().lower() for part in accepted.split(",")[:20]]
    known = languages()
    found = (name for each in wanted for name in (each.replace("-", "_"), each[:2]) if name in known)
    _language.set(next(found, ""))


def language() -> str:
    """The code that the page says it is in."""
    return _language.get().replace("_", "-") or "en"


@functools.cache
def languages() -> frozenset[str]:
    """Those that have a catalogue."""
    return frozenset(path.name.lower() for path in FOLDER.glob("*") if path.is_dir())


def _(text: str) -> str:
    """The text in the reader's language."""
    return _catalogue(_language.get()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for what is counted."""
    return _catalogue(_language.get()).ngettext(one, many, count)


@functools.cache
def _catalogue(name: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, languages=[name] if name else [], fallback=True)
