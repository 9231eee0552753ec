"""Times, numbers and money as people read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

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
    shown = local.strftime(STYLES[style]).replace(" 0", " ")
    utc = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    return TIME.format(at.isoformat(), utc, shown)


STYLES = {"minute": "%d %b %Y, %H:%M", "second": "%d %b %Y, %H:%M:%S", "day": "%d %b %Y", "clock": "%H:%M"}


def number(value: float | None, digits: int = 0) -> str:
    """With thin groups: 12,345; nothing known is a dash."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def money(value: float | str | None, currency: str = "") -> str:
    """An amount with two digits and its currency's code."""
    return UNKNOWN if value is None else f"{float(value):,.2f} {currency}".rstrip()


def share(value: float | None, digits: int = 1) -> str:
    """A part of one, as per cent."""
    return UNKNOWN if value is None else f"{value * 100:.{digits}f} %"
