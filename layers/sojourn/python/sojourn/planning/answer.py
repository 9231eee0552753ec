"""What a rehearsal answers, as JSON: messages, where people stand, cost, pressure. Pure."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sojourn.clock import iso
from sojourn.delivery.model import HoldReason, Skip
from sojourn.delivery.policy import policy_of
from sojourn.planning.cost import cost_of, total_of
from sojourn.planning.figures import Figures, Total, by_day, by_step
from sojourn.planning.rehearse import Plan

WHATS = ("opened", "clicked", "bought", "unsubscribed", "complained", "bounced")


def answer_of(plan: Plan, total: Total, *, interrupted: bool = False) -> dict[str, Any]:
    """All of it; the same for the same plan."""
    figures, journey = total.figures, plan.script.journey
    lines = cost_of(figures)
    return {
        "journey": journey.name,
        "contacts": figures.contacts,
        "of": len(plan.people),
        "interrupted": interrupted,
        "start": iso(plan.start),
        "until": iso(plan.until),
        "seed": plan.seed,
        "entered": figures.entered,
        "refused": _sorted(figures.refused),
        "messages": {
            "total": figures.messages,
            "by_channel": _sorted(figures.by_channel),
            "by_step": _steps(plan, figures),
            "by_day": [{"day": day, "messages": count} for day, count in figures.days()],
            "by_day_and_step": by_day(figures),
        },
        "paths": by_step(figures.taken),
        "standing": _sorted(figures.standing),
        "ended": _sorted(figures.ended),
        "converted": figures.converted,
        "converted_in_holdout": figures.converted_in_holdout,
        "pressure": _pressure(plan, total),
        "cost": {"lines": lines, "usd": total_of(lines)},
        "steps": figures.steps,
        "transitions": figures.transitions,
        "legs": figures.legs,
    }


def _steps(plan: Plan, figures: Figures) -> list[dict[str, Any]]:
    """A row for each send step, in the order of the file."""
    sent, held, skipped = figures.steps_sent(), by_step(figures.held), by_step(figures.skipped)
    answered = by_step(figures.answered)
    return [
        {
            "step": name,
            "sent": sent.get(name, 0),
            "held": held.get(name, {}),
            "skipped": skipped.get(name, {}),
            "not_sent_as_holdout": figures.ghosts[name],
            **{what: answered.get(name, {}).get(what, 0) for what in WHATS},
        }
        for name, step in plan.script.shape.steps.items()
        if step.kind == "send"
    ]


def _pressure(plan: Plan, total: Total) -> dict[str, Any]:
    """The fullest day and second; what caps held back; and whether the account may send so much."""
    figures = total.figures
    day, on_the_day = max(figures.days(), key=lambda each: (each[1], each[0]), default=("", 0))
    second, in_the_second = total.seconds.most()
    policy = policy_of(plan.workspace.delivery)
    over = sum(count > policy.email_quota for _, count in figures.days()) if policy.email_quota else 0
    return {
        "most_in_a_day": {"day": day, "messages": on_the_day},
        "most_in_a_second": {
            "at": iso(datetime.fromtimestamp(second, UTC)) if in_the_second else "",
            "messages": in_the_second,
        },
        "held_by_cap": _of(figures.held, HoldReason.CAP.value),
        "skipped_by_cap": _of(figures.skipped, Skip.CAPPED.value),
        "email_quota": policy.email_quota,
        "days_over_quota": over,
        "email_rate": policy.email_rate,
    }


def _of(pairs: Counter[tuple[str, str]], reason: str) -> int:
    return sum(count for (_, why), count in pairs.items() if why == reason)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
