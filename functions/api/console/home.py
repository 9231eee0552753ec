"""Home: what is running, and what needs whoever looks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.console.asking import ask
from functions.api.console.home_days import Day, currencies, messages, revenue, revenue_chart, sent_chart
from functions.api.console.home_waiting import waits
from functions.api.console.rendering import render
from functions.api.console.routing import page
from functions.api.console.session import Session
from functions.api.console.words import _, ngettext
from functions.api.paging import parameter

home = Blueprint(__name__)
Need = tuple[str, str, str, str]  # title, text, where to go, tone
SENDING = "/console/settings"
MOST_COUNTED = 100
SPANS, USUAL = {"7": 7, "30": 30}, 30


@page(home, "/console")
def show_home(request: Request, session: Session) -> Response:
    """The first page: what needs somebody, what went and was bought in the latest days, and what comes."""
    span = SPANS.get(parameter(request, "days") or "", USUAL)
    told = ask(session, "GET", "/api/overview").body
    days = ask(session, "GET", "/api/overview/days", {"days": 2 * span}).body["days"]
    facts = {
        "told": told,
        "needs": list(needs(told)),
        "states": _states(told),
        "span": span,
        "waits": waits(),
    }
    return render(session, "home/home.html", **facts, **_shown(days[:span], days[span:]))


def _shown(before: Sequence[Day], days: Sequence[Day]) -> dict[str, Any]:
    names = currencies(days)
    return {
        "messages": messages(before, days),
        "sent": sent_chart(days) if any(day["sent"] for day in days) else "",
        "revenue": revenue(before, days, names[0]) if names else [],
        "earned": revenue_chart(days, names[0]) if names else "",
        "others": [revenue(before, days, name)[0] for name in names[1:]],
    }


def needs(told: Mapping[str, Any]) -> Iterator[Need]:
    """What waits for a person, the worst first."""
    if told["marketing_paused"]:
        text = _("Too many mails bounced or were called spam. Marketing waits until an admin lets it go on.")
        yield _("Marketing is paused"), text, SENDING, "bad"
    if count := told["failed_runs"]:
        text = _("Their journey broke off. Let them go on from where they stood, or put them away.")
        yield failed_title(count), text, "/console/runs", "bad"
    for journey in told["journeys"]:
        if journey["state"] == "paused":
            title = _("%(name)s is paused") % {"name": journey["name"]}
            yield (
                title,
                journey["why"] or _("Somebody paused it."),
                f"/console/journeys/{journey['name']}",
                "warn",
            )
    if told["restored"]:
        text = _(
            "The tables were restored. Every message is a draft until somebody says the sending mode again."
        )
        yield _("Everything waits"), text, SENDING, "warn"
    elif told["mode"] == "draft":
        text = mode_text("draft")
        yield _("Messages wait for release"), text, "/console/messages", "warn"
    elif told["mode"] != "live":
        yield _("Messages do not go to everybody"), mode_text(told["mode"]), SENDING, "info"


def failed_title(count: int) -> str:
    """How many runs failed; a hundred is where counting ends."""
    if count >= MOST_COUNTED:
        return _("%(count)s runs failed, or more") % {"count": count}
    return ngettext("%(num)s run failed", "%(num)s runs failed", count) % {"num": count}


def mode_text(mode: str) -> str:
    """What a sending mode means."""
    return {
        "off": _("Off: what would be sent is decided and told, and nothing leaves."),
        "draft": _("Draft: every message waits for a person's release, and expires if nobody gives it."),
        "allow_list": _("Allow list: only the named addresses get anything."),
        "live": _("Live: messages go to everybody who may get them."),
    }[mode]


def _states(told: Mapping[str, Any]) -> dict[str, int]:
    found = {"live": 0, "paused": 0, "stopped": 0}
    for journey in told["journeys"]:
        found[journey["state"]] += 1
    return found
