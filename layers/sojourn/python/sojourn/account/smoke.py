"""A smoke test: four letters through the whole product, and the name of the link that is broken. Pure.

SES's simulator answers as mailbox providers do (docs.aws.amazon.com/ses, "mailbox simulator"); it counts neither
against quota nor reputation, and takes labels, so that each run writes to addresses nobody knows yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NAME = "sojourn-smoke"
SIMULATOR = "simulator.amazonses.com"
DELIVERED, BOUNCED, COMPLAINED = "delivered", "bounced", "complained"
JOURNEY = {
    "journey": NAME,
    "description": "Made by `sojourn smoke`: one letter to SES's simulator and to whoever tests",
    "kpi": "letters of which SES reported what became",
    "purpose": "marketing",
    "topic": "smoke",
    "entry": {"api": True},
    "steps": [{"send": "Send the letter", "template": NAME}],
}
SAYS = "This letter went the whole way: event, journey, claim, SES, and back."
TEMPLATE = {
    "template": NAME,
    "channel": "email",
    "subject": "Sojourn works",
    "html": f'<p>{SAYS}</p><p>{{{{ postal_address }}}}<br><a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></p>',
    "text": SAYS + "\n\n{{ postal_address }}\nUnsubscribe: {{ unsubscribe_url }}\n",
}
CONSENT = [{"channel": "email", "purpose": "marketing", "source": "sojourn smoke", "how": "test"}]


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom, and what SES must report of it."""

    name: str
    address: str
    expects: str

    def user(self, run: str) -> str:
        """The userId of the contact that this run writes to."""
        return f"smoke-{run}-{self.name}"


def letters(run: str, to: str | None) -> list[Letter]:
    """The simulator's three answers, and a person's mailbox where one is named."""
    found = [
        Letter(name, f"{name}+{run}@{SIMULATOR}", expects)
        for name, expects in (("success", DELIVERED), ("bounce", BOUNCED), ("complaint", COMPLAINED))
    ]
    return [*found, Letter("you", to, DELIVERED)] if to else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What was seen of one letter's way; None: not looked at."""

    user: str
    contact: bool
    message: Mapping[str, Any] | None
    reports: bool | None = None  # the configuration set tells the topic
    subscribed: bool | None = None  # the topic feeds the queue
    waiting: int | None = None  # reports in the queue that nobody took
    dead: int | None = None  # reports that could not be taken


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain that is broken, why it is thought so, and what to do."""

    name: str
    says: str
    remedy: str


def has_come(letter: Letter, message: Mapping[str, Any] | None) -> bool:
    """Whether SES reported what it must. A complaint comes after a delivery."""
    return message is not None and message.get("outcome") == letter.expects


def broken_link(letter: Letter, chain: Chain) -> Link:
    """The first link, from the event on, that does not hold."""
    message = chain.message
    if not chain.contact:
        return Link(
            "events → react", "the contact never came to be", "Look at react's log and ReactFailures."
        )
    if message is None:
        return Link(
            "react → journey",
            "no message was begun",
            f"`sojourn explain {letter.name} {NAME}` says why nobody came in.",
        )
    state, reason = message["state"], message.get("reason")
    if state != "sent":
        why = f" ({reason})" if reason else ""
        return Link("journey → SES", f"the message is {state}{why}", _way_of(state, str(reason or "")))
    return _way_back(letter, chain, str(message.get("outcome") or ""))


def _way_of(state: str, reason: str) -> str:
    if state == "skipped":
        return {
            "mode": "The sending mode lets this address not through: `sojourn workspace mode`.",
            "sandbox": "SES's sandbox takes verified addresses only: `sojourn setup`.",
        }.get(reason, "docs/reasons.md lists the reasons.")
    return "Look at send_message's log; `sojourn doctor` looks at SES."


def _way_back(letter: Letter, chain: Chain, outcome: str) -> Link:
    if chain.reports is False:
        return Link(
            "configuration set → topic", "SES was never asked to report", "Deploy again: `make deploy`."
        )
    if chain.subscribed is False:
        return Link("topic → queue", "the topic does not feed the queue", "Deploy again: `make deploy`.")
    if chain.dead:
        return Link(
            "queue → record_feedback",
            f"{chain.dead} reports could not be taken",
            "Read record_feedback's log, mend, then redrive FeedbackDeadLetters.",
        )
    if chain.waiting:
        return Link(
            "queue → record_feedback",
            f"{chain.waiting} reports wait and nobody takes them",
            "Is the queue's trigger of record_feedback enabled?",
        )
    if outcome:
        return Link("SES", f"it says {outcome}, not {letter.expects}", "Repeat; the simulator may be late.")
    return Link("SES", "it reported nothing yet", "Repeat with --within 600: a busy SES takes minutes.")
