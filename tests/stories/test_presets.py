"""Every journey that ships, at work on the local cloud: each sends all messages of a path, and each run ends.

They play under other names and with events of their own, since the cloud is shared and every order would let people in.
Waits that would take most of a minute are cut short, an answer is waited for longer, and two notices stand further
apart, for a machine may be weeks behind. What is at work from the beginning is played as it is.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from infra.local.seed import AT_WORK
from infra.local.state import ROOT
from sojourn.clock import iso
from tests.stories.cloud import Cloud, Person, eventually
from tests.stories.test_segments import published

JOURNEYS = ROOT / "statemachines" / "journeys"
HERE = "presets-here"  # the segment of whoever plays in one that a segment lets into
SILENT = (
    "{tag: sunset}, {message: clicked, times: never, in the last: 3 months},"
    " {not: {fact: last_order, in the last: 3 months}}"
)
PACED = {
    "cross-sell": [("for: 2 weeks", "for: 3 days")],
    "renewal": [
        ("before: 30 days", "before: 60 days"),
        ("before: 3 days", "before: 20 days"),
        ("in the next: 7 days", "in the next: 30 days"),
    ],
    "review": [("up to: 7 days", "up to: 14 days")],
    "win-back": [("for: 2 weeks", "for: 3 days"), ("for: 18 days", "for: 3 days")],
}
ORDERED = "Order Completed"
WAITS = (
    12.0,
    24.0,
    48.0,
    96.0,
)  # seconds of the wall; four days, in which a day that is two days ahead has come, and more
FURTHER = 4  # days
Act = Callable[[Cloud, Person], object]


@dataclass(frozen=True, slots=True)
class Part:
    """Who plays: what brings them in, what they do after the first mail, and which steps' messages must have gone."""

    preset: str
    enters: Act
    sent: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    then: Act | None = None
    consents: tuple[str, ...] = ("email", "sms")
    is_dated: bool = False

    @property
    def journey(self) -> str:
        """Its name here."""
        return self.preset if self.preset in AT_WORK else f"{self.preset}-here"


def does(event: str, **properties: Any) -> Act:
    return lambda cloud, person: cloud.track(person, event, **properties)


def orders(preset: str, **properties: Any) -> Act:
    return does(f"{ORDERED} by {preset}", order_id="1", **properties)


def learns(name: str, days: int) -> Act:
    """A day that is so many days ahead, and each time that it is said again further: a machine may be days behind."""
    said: Counter[str] = Counter()

    def tell(cloud: Cloud, person: Person) -> None:
        day = (cloud.now() + timedelta(days=days + FURTHER * said[person.user_id])).date()
        said[person.user_id] += 1
        cloud_knows(cloud, person, **{name: day.isoformat()})

    return tell


def plays(preset: str) -> Act:
    return lambda cloud, person: cloud_knows(cloud, person, here="presets", plays=preset)


def refills(cloud: Cloud, person: Person) -> None:
    """What they bought lasts for a week."""
    until = (cloud.now() + timedelta(days=7)).date().isoformat()
    orders("replenishment", refill_sku="fluid", refill_at=until, total=12)(cloud, person)


ASKS = {"channel": "email", "purpose": "marketing", "topic": "news", "source": "story"}
PARTS = [
    Part("sunset", plays("sunset"), ("Send the last call",)),
    Part("re-permission", plays("re-permission"), ("Ask whether they want letters",)),
    Part(
        "win-back",
        plays("win-back"),
        ("Say that we miss them", "Offer ten percent", "Text the last word"),
    ),
    Part(
        "near-a-shop",
        plays("near-a-shop"),
        ("Write an invitation",),
        ("Text an invitation",),
        None,
        ("email",),
    ),
    Part("best-customer", plays("best-customer"), ("Thank them", "Tell them by text")),
    Part("birthday", learns("birthday", days=2), ("Congratulate",), is_dated=True),
    Part("renewal", learns("renewal_date", days=62), ("Tell them a month before",), is_dated=True),
    Part("renewal", learns("renewal_date", days=22), ("Tell them three days before",), is_dated=True),
    Part(
        "review",
        orders("review"),
        ("Ask for a review", "Show what goes with it"),
        then=does("Review Submitted", rating=5),
    ),
    Part("cross-sell", orders("cross-sell"), ("Show what goes with it",)),
    Part("upsell", orders("upsell", total=80), ("Show the better editions",)),
    Part("replenishment", refills, ("Remind them", "Remind them by text")),
    Part(
        "welcome",
        does("Signed Up"),
        ("Send the welcome", "Send the reminder", "Text an offer", "Ask for feedback"),
    ),
    Part("cart", does("Cart Updated", cart_id="b-1", value=80), ("Send the basket", "Offer the postage")),
    Part(
        "double-opt-in",
        does("Consent Requested", **ASKS),
        ("Ask for confirmation",),
        ("Ask once more",),  # within ten minutes of the wall nobody is mailed twice
        then=does("Consent Requested", **ASKS),
        consents=(),
    ),
    Part("data-link", does("Data Requested"), ("Send the link",)),
    Part("erasure-link", does("Erasure Requested"), ("Send the link",)),
    Part(
        "preferences-link",
        does("Preferences Requested"),
        ("Send a new link",),
        ("Send one more link",),
        then=does("Preferences Requested"),
    ),
]


def test_every_preset_sends_all_messages_of_a_path_and_every_run_ends(cloud: Cloud):
    published(cloud, HERE, "{attribute: here, is: presets}")
    published(cloud, "silent", SILENT)
    people = [*begun(cloud)]

    for (
        part,
        person,
    ) in people:  # their journeys wait for it; who has a date comes in again, should it be over
        if part.then:
            cloud.mail_number(person, 1)
            part.then(cloud, person)
    for part, person in people:
        if part.is_dated:
            _comes_in(cloud, part, person)

    ended = {(part.preset, part.sent): cloud.ended(person, part.journey)["status"] for part, person in people}
    assert ended == {(part.preset, part.sent): "completed" for part in PARTS}
    for part, person in people:
        came = {step: each["state"] for step, each in cloud.settled(person).items()}
        assert came == {**dict.fromkeys(part.sent, "sent"), **dict.fromkeys(part.skipped, "skipped")}, (
            part.preset
        )
        went = len(cloud.mails(person)) + len(cloud.texts(person))
        assert went >= len(part.sent), part.preset


def test_all_that_ship_play():
    ship = {path.name.partition(".")[0] for path in JOURNEYS.glob("*.journey.yaml")}

    assert {part.preset for part in PARTS} == ship


def begun(cloud: Cloud) -> Iterator[tuple[Part, Person]]:
    """Each journey goes live, and its person comes in."""
    live: set[str] = set(AT_WORK)
    for part in PARTS:
        if part.preset not in live:
            cloud.ensure_journey(part.journey, source_of(part.preset))
            live.add(part.preset)
        person = Person()
        cloud.identify(person, **(person.consents(*part.consents) if part.consents else {}))
        part.enters(cloud, person)
        yield part, person


def _comes_in(cloud: Cloud, part: Part, person: Person) -> None:
    """A day lasts three seconds here: when the sweep was so late that it is over, there is another, and more time."""
    for within in WAITS:
        with contextlib.suppress(AssertionError):
            eventually(lambda: cloud.enrolment(person, part.journey), within=within)
            return
        part.enters(cloud, person)
    eventually(lambda: cloud.enrolment(person, part.journey))


def source_of(preset: str) -> str:
    """As it ships, with the name, the events and the people of this story."""
    text = (JOURNEYS / f"{preset}.journey.yaml").read_text(encoding="utf-8")
    text = text.replace(f"journey: {preset}\n", f"journey: {preset}-here\n").replace(
        ORDERED, f"{ORDERED} by {preset}"
    )
    for said, instead in PACED.get(preset, []):
        assert text.count(said) == 1, said
        text = text.replace(said, instead)
    entered = re.sub(r"^entry: \{segment: [\w-]+\}$", f"entry: {{segment: {HERE}}}", text, flags=re.MULTILINE)
    return text if entered == text else _among_others(entered, f"{{attribute: plays, is: {preset}}}")


def _among_others(text: str, rule: str) -> str:
    """The rule beside what the journey asks already."""
    if "\nfilter:\n" in text:
        return text.replace("\nfilter:\n", f"\nfilter:\n  - {rule}\n")
    if "\nfilter: " in text:
        return re.sub(r"^filter: (.*)$", rf"filter: [{rule}, \1]", text, flags=re.MULTILINE)
    return text.replace("\nsteps:\n", f"\nfilter: {rule}\nsteps:\n")


def cloud_knows(cloud: Cloud, person: Person, **traits: str) -> None:
    """Something about them becomes known."""
    body = {"userId": person.user_id, "traits": traits, "timestamp": iso(cloud.now())}
    answer = eventually(lambda: cloud.collect("identify", body))
    assert answer.json == {"success": True}
