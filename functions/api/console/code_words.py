"""Words for what the API names by a code: states, kinds, roles, comparisons. The code itself where there is none."""

import functools

from functions.api.console import words
from functions.api.console.words import _, ngettext


def word(code: object) -> str:
    """`skipped` → skipped, in the reader's language."""
    return _known(words.code()).get(str(code), str(code))


def lasting(count: int, unit: str) -> str:
    """`2 days`, as the engine writes a span."""
    known = {
        "second": ngettext("%(num)s second", "%(num)s seconds", count),
        "minute": ngettext("%(num)s minute", "%(num)s minutes", count),
        "hour": ngettext("%(num)s hour", "%(num)s hours", count),
        "day": ngettext("%(num)s day", "%(num)s days", count),
        "week": ngettext("%(num)s week", "%(num)s weeks", count),
        "month": ngettext("%(num)s month", "%(num)s months", count),
        "year": ngettext("%(num)s year", "%(num)s years", count),
    }
    return known[unit] % {"num": count}


@functools.cache
def _known(language: str) -> dict[str, str]:
    return _states() | _kinds() | _comparisons() | _facts()


def _states() -> dict[str, str]:
    """Of journeys, runs, messages, imports and the rest; how marketing is sent."""
    return {
        "active": _("active"), "aborted": _("aborted"), "archived": _("archived"), "approved": _("approved"),
        "bounced": _("bounced"), "clicked": _("clicked"), "complained": _("complained"),
        "completed": _("completed"), "converted": _("converted"), "delivered": _("delivered"),
        "disabled": _("disabled"), "draft": _("draft"), "ended": _("ended"), "exited": _("exited"),
        "failed": _("failed"), "faulty": _("faulty"), "fresh": _("fresh"), "given": _("given"), "held": _("held"),
        "importing": _("importing"), "judging": _("judging"), "live": _("live"), "off": _("off"),
        "opened": _("opened"), "parked": _("parked"), "paused": _("paused"), "pending": _("pending"),
        "planned": _("planned"), "ready": _("ready"), "refused": _("refused"), "retired": _("retired"),
        "running": _("running"), "sandbox": _("sandbox"), "sending": _("sending"), "sent": _("sent"),
        "skipped": _("skipped"), "stale": _("stale"), "stopped": _("stopped"), "stuck": _("stuck"),
        "subscribed": _("subscribed"), "succeeded": _("succeeded"), "suppressed": _("suppressed"),
        "unknown": _("unknown"), "unsubscribed": _("unsubscribed"), "unverified": _("unverified"),
        "verified": _("verified"), "waiting": _("waiting"), "withdrawn": _("withdrawn"),
        "allow_list": _("allow list"),
    }  # fmt: skip


def _kinds() -> dict[str, str]:
    """Of people, of their rights, and of what goes to them."""
    return {
        "visitor": _("visitor"), "lead": _("lead"), "marketing_qualified": _("marketing qualified"),
        "sales_qualified": _("sales qualified"), "customer": _("customer"), "lost": _("lost"),
        "viewer": _("viewer"), "editor": _("editor"), "approver": _("approver"), "admin": _("admin"),
        "email": _("e-mail"), "sms": _("SMS"), "web": _("web"), "marketing": _("marketing"),
        "transactional": _("transactional"), "service": _("service"),
        "tracking": _("tracking"),
    }  # fmt: skip


def _comparisons() -> dict[str, str]:
    """Of the language of rules."""
    return {
        "is": _("is"), "is not": _("is not"), "is one of": _("is one of"), "is not one of": _("is not one of"),
        "contains": _("contains"), "does not contain": _("does not contain"), "starts with": _("starts with"),
        "ends with": _("ends with"), "over": _("over"), "at least": _("at least"), "under": _("under"),
        "at most": _("at most"), "between": _("between"), "before": _("before"), "after": _("after"),
        "in the last": _("in the last"), "in the next": _("in the next"),
        "today": _("today"), "this week": _("this week"), "this month": _("this month"),
    }  # fmt: skip


def _facts() -> dict[str, str]:
    """What the engine knows of a person by itself, and what buyers are measured by."""
    return {
        "created_at": _("created at"), "last_seen": _("last seen"), "first_order": _("first order"),
        "last_order": _("last order"), "orders": _("orders"), "value": _("value"), "last_open": _("last open"),
        "last_click": _("last click"), "recency": _("recency"), "frequency": _("frequency"),
        "monetary": _("monetary"),
    }  # fmt: skip
