"""What going live would do: the people that wait, mails a day against both quotas, and what they cost."""

from datetime import timedelta
from typing import Any

from functions.api.world import world
from sojourn import config
from sojourn.contacts.workspace import ID, KIND
from sojourn.delivery.policy import Policy
from sojourn.errors import Problem
from sojourn.insight.store import figures_of
from sojourn.journeys.live import live

WEEK = timedelta(days=7)
SANDBOX = "; SES keeps the account in its sandbox, so only verified addresses get mail"


def confirm_live() -> Problem:
    """The refusal that tells it, and how to say it again."""
    told = figures()
    return Problem(
        409, "confirm_live", f"{in_words(told)}: say it again with `confirm`: true (`--yes`)", **told
    )


def in_words(told: dict[str, Any]) -> str:
    """As people read it."""
    return (
        f"{told['people_waiting']:,} people are in live journeys; the busiest day of the last week had "
        f"{told['mails_a_day']:,} mails {_of_quota(told)}, about ${told['usd_a_day']:.2f} by SES"
        f"{SANDBOX if told['ses_sandbox'] else ''}"
    )


def figures() -> dict[str, Any]:
    """People and mails of now, both quotas, and what a day costs."""
    people, mails = _busy()
    ses = world().quota()
    own = _own_quota()
    return {
        "people_waiting": people,
        "mails_a_day": mails,
        "mails_a_day_allowed": smaller(own, ses.per_day if ses else None),
        "workspace_quota": own,
        "ses_quota": ses.per_day if ses else None,
        "ses_sandbox": not ses.is_in_production if ses else None,
        "usd_a_day": round(mails * _price(), 4),
    }


def smaller(own: int | None, of_ses: int | None) -> int | None:
    """Of two quotas; None is no quota or an unknown one, and SES says -1 for as many as you like."""
    return min((each for each in (own, of_ses) if each is not None and each >= 0), default=None)


def _busy() -> tuple[int, int]:
    """Who waits, and the mails of the busiest day of a week: what went, was skipped for the mode, or is held."""
    since = (world().clock.calendar() - WEEK).date().isoformat()
    waiting, days = 0, dict[str, int]()
    for name in live():
        for key, figures in figures_of(name):
            waiting += figures.get("active", 0)
            if key.channel == "email" and key.day >= since:
                mails = sum(figures.get(each, 0) for each in ("sent", "pending", "skipped.mode"))
                days[key.day] = days.get(key.day, 0) + mails
    return waiting, max(days.values(), default=0)


def _of_quota(told: dict[str, Any]) -> str:
    allowed, own, of_ses = told["mails_a_day_allowed"], told["workspace_quota"], told["ses_quota"]
    whose = "the workspace's quota" if allowed == own else "SES's quota"
    said = f"of {allowed:,} a day ({whose})" if allowed is not None else "and the workspace names no quota"
    return f"{said}; SES's own quota is unknown, for it could not be read" if of_ses is None else said


def _own_quota() -> int | None:
    row = config.get(KIND, ID)
    return Policy.of((row.data.get("delivery") if row else None) or {}).email_quota or None


def _price() -> float:
    from sojourn.planning.cost import prices

    return float(prices()["usd"]["ses.mail"])
