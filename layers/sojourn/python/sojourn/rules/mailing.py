"""What became of our messages to a contact: sent, delivered, and what was left unanswered. Pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from sojourn.rules.counting import Stay, enough, judge_count, staying
from sojourn.rules.dates import FAR
from sojourn.rules.nodes import Messaged
from sojourn.rules.parts import Part
from sojourn.rules.timing import leaving
from sojourn.rules.values import is_same
from sojourn.rules.view import MessageSeen, Verdict, View

# Whoever follows a link has the message open, whether its pixel was loaded or not.
ANSWERS = {"opened": ("opened", "clicked"), "clicked": ("clicked",)}


def messaged(rule: Messaged) -> Part:
    """How many messages of ours are in such a state."""
    says = enough(rule.times, rule.n)

    def count(view: View) -> int:
        return sum(enter <= view.now < leave for enter, leave, _ in _stays(rule, view))

    def judge(view: View) -> Verdict:
        return judge_count(list(_stays(rule, view)), view.now, says)

    return Part(
        rule=rule,
        holds=lambda view: says(count(view)),
        judge=judge,
        seen=lambda view: f"{count(view)} messages",
    )


def _stays(rule: Messaged, view: View) -> Iterator[Stay]:
    """A message that is to be unanswered counts once its while has passed."""
    for message in view.messages:
        at = _when(message, rule.state)
        if at is None or not _is_meant(rule, message):
            continue
        for _, leave, _ in staying([(at, None)], rule.window, view):
            enter = _unanswered_from(rule, message, at, view.zone)
            if enter < leave:
                yield enter, leave, None


def _unanswered_from(rule: Messaged, message: MessageSeen, at: datetime, zone: tzinfo) -> datetime:
    if not rule.without or rule.within is None:
        return at
    passed = leaving(rule.within)(at, zone)
    answers = (_when(message, state) for state in ANSWERS.get(rule.without, (rule.without,)))
    return FAR if any(answer is not None and answer < passed for answer in answers) else passed


def _when(message: MessageSeen, state: str) -> datetime | None:
    moment = getattr(message, f"{state}_at", None)
    return moment if isinstance(moment, datetime) else None


def _is_meant(rule: Messaged, message: MessageSeen) -> bool:
    return (
        rule.channel in ("", message.channel)
        and rule.journey in ("", message.journey)
        and rule.template in ("", message.template)
        and (not rule.step or is_same(message.step, rule.step))
    )
