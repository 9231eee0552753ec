"""Cron expressions and time zones, as schedules name them."""

import difflib
from datetime import UTC, datetime

from sojourn.contacts.zone_names import zone_names
from sojourn.rules.fields import as_text
from sojourn.rules.findings import printable
from sojourn.rules.tree import Node

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = 5  # with six, cronsim would take the first for seconds


def as_cron(node: Node) -> str:
    """A cron expression of five fields, with one space between them."""
    from cronsim import CronSim, CronSimError  # loads where schedules are read

    cron = " ".join(as_text(node).split())
    if len(cron.split()) != FIELDS:
        raise ValueError("five fields are wanted: minute, hour, day of month, month, day of week")
    try:
        next(CronSim(cron, SOME_DAY))
    except CronSimError as error:
        raise ValueError(f"{error}") from None
    except StopIteration:
        raise ValueError("there is no such moment") from None
    return cron


def as_zone(node: Node) -> str:
    """The name of a time zone, spelled as the tz database spells it."""
    zone = as_text(node)
    known = zone_names()
    if zone in known:
        return zone
    plain = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(zone.casefold()[:40], plain, n=1)
    hint = f"; did you mean {plain[near[0]]}?" if near else ""
    raise ValueError(f"there is no zone {printable(zone, 40)}{hint}")
