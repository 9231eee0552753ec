"""Times, numbers, money and findings as people read them."""

import functools
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from functions.api.console.engine_words import told
from functions.api.console.words import _
from sojourn.clock import parse_iso
from sojourn.events.traits import is_timezone

LONGEST_ZONE = 64
UNKNOWN = "–"
TIME = Markup('<time datetime="{}" title="{}">{}</time>')


def zone_named(name: str) -> str:
    """The zone, if there is one of this name; else UTC."""
    return name if name and len(name) <= LONGEST_ZONE and is_timezone(name) else "UTC"


def time(moment: str | datetime | None, zone: str, style: str = "minute") -> Markup:
    """A `<time>` in the viewer's zone that says UTC on hover. `style` is minute, second, day or clock."""
    if not moment:
        return Markup.escape(UNKNOWN)
    at = parse_iso(moment) if isinstance(moment, str) else moment
    local = at.astimezone(ZoneInfo(zone))
    utc = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return TIME.format(at.isoformat(), utc, _shown(local, style))


def _shown(local: datetime, style: str) -> str:
    """`minute` and `second` have the day before the clock."""
    clock = local.strftime(CLOCKS[style])
    if style == "clock":
        return clock
    day = _dated(_("%(day)s %(month)s %(year)s"), local, _months())
    return _("%(date)s, %(clock)s") % {"date": day, "clock": clock} if clock else day


CLOCKS = {"minute": "%H:%M", "second": "%H:%M:%S", "day": "", "clock": "%H:%M"}


def short_day(day: date) -> str:
    """Without its year: 1 Nov."""
    return _dated(_("%(day)s %(month)s"), day, _months())


def long_day(day: date) -> str:
    """Saturday, 21 November 2026."""
    names = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")
    )  # fmt: skip
    months = (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
        _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
    date_ = _dated(_("%(day)s %(month)s %(year)s"), day, months)
    return _("%(weekday)s, %(date)s") % {"weekday": names[day.weekday()], "date": date_}


def _dated(form: str, day: date, months: tuple[str, ...]) -> str:
    return form % {"day": day.day, "month": months[day.month - 1], "year": day.year}


def _months() -> tuple[str, ...]:
    return (
        _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"),
        _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
    )  # fmt: skip


def number(value: float | None, digits: int = 0) -> str:
    """With its groups apart: 12,345; nothing known is a dash."""
    return UNKNOWN if value is None else _local(f"{value:,.{digits}f}")


def money(value: float | str | None, currency: str = "") -> str:
    """An amount with two digits and its currency's code."""
    return UNKNOWN if value is None else f"{_local(f'{float(value):,.2f}')} {currency}".rstrip()


def share(value: float | None, digits: int = 1) -> str:
    """A part of one, as per cent."""
    return UNKNOWN if value is None else f"{_local(f'{value * 100:.{digits}f}')} %"


def _local(written: str) -> str:
    """A number with the signs between its digits that the reader's language has."""
    group, point = _signs(_("1,234.5"))
    return written.translate({ord(","): group, ord("."): point})


@functools.cache
def _signs(sample: str) -> tuple[str, str]:
    found = SAMPLE.search(sample)
    return (found[1], found[2]) if found else (",", ".")


SAMPLE = re.compile(r"1(\D*)234(\D)5")


def sentence(said: str) -> Markup:
    """A finding of the languages, with capital and full stop; what stands between backticks is code."""
    said = told(said)
    text = said[:1].upper() + said[1:] if WORDED.match(said) else said
    text += "" if text.endswith(STOPS) else "."
    parts = TICKED.split(text)
    return Markup("").join(
        CODE.format(part) if n % 2 else Markup.escape(part) for n, part in enumerate(parts)
    )


STOPS = (".", "?", "!", "…")
WORDED, TICKED = re.compile(r"[a-z]+ "), re.compile(r"`([^`\n]+)`")
CODE = Markup("<code>{}</code>")
