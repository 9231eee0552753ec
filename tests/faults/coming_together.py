"""Three who turn out to be one person: a visitor and a user who are both in the journey, and a user of before."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sojourn.clock import iso
from sojourn.consent.store import get_consent
from sojourn.contacts.model import content
from sojourn.contacts.store import find_contact, find_owners, get_profile, merges_of
from sojourn.journeys.refold import refolded
from tests.faults.invariants import counters, left_over, people, providers
from tests.faults.people import AGREED, does
from tests.faults.world import HOUR, START, World

DAY = timedelta(days=1)
NOT_BY_SMS = [{"channel": "sms", "purpose": "marketing", "source": "form", "status": "withdrawn"}]
IDENTITIES = ("a#v1", "u#ann", "u#old", "e#ann@example.org", "e#a.n@example.org")


def coming_together(world: World) -> None:
    """The old account is found to be Ann's, then the visitor is."""
    _says(
        world, "identify", "1", anonymousId="v1", traits=_who("ann@example.org"), context={"consent": AGREED}
    )
    _says(world, "track", "2", anonymousId="v1", event="Signed Up")
    world.run_until(START + HOUR)
    _says(
        world,
        "identify",
        "3",
        userId="ann",
        traits=_who("a.n@example.org", phone="+12125550123"),
        context={"consent": AGREED},
    )
    _says(world, "track", "4", userId="ann", event="Signed Up")
    _says(world, "identify", "5", userId="old", traits={"plan": "basic"}, context={"consent": NOT_BY_SMS})
    world.run_until(START + DAY)
    _says(world, "alias", "6", userId="ann", previousId="old")
    world.run_until(START + DAY + HOUR)
    _says(world, "identify", "7", userId="ann", anonymousId="v1", traits={"plan": "gold"})
    does(world, "Seen", "old", message_id="8")
    world.run_until(START + 20 * DAY)


def wrong_after_coming_together(world: World) -> list[str]:
    """One profile as its events make it, one run that went on, and no more than either had allowed."""
    return [*_of_the_person(), *_of_the_runs(), *providers(world), *left_over(world), *counters("welcome")]


def _who(email: str, **more: str) -> dict[str, Any]:
    return {"email": email, "firstName": "Ann", "timezone": "America/New_York", **more}


def _says(world: World, kind: str, number: str, **call: Any) -> None:
    world.collect({"type": kind, "messageId": number, "timestamp": iso(world.clock.calendar()), **call})


def _of_the_person() -> Iterator[str]:
    found = {get_profile(find_contact(identity) or identity).contact for identity in IDENTITIES}
    if len(found) != 1:
        yield f"there are {len(found)} people"
        return
    profile = get_profile(found.pop())
    if content(profile) != content(refolded(profile)):
        yield f"folded {content(profile)}, but the events are {content(refolded(profile))}"
    if profile.merging or len(profile.merged) != 2 or profile.conflicts:
        yield f"merged {profile.merged}, still {profile.merging}, conflicts {profile.conflicts}"
    if {owner.contact for owner in find_owners(IDENTITIES).values()} != {profile.contact}:
        yield "an identity still names a contact that is gone"
    if len(list(merges_of(profile.collections))) != 2:
        yield "the merges are not on record"
    consent = get_consent(profile.contact)
    if consent.refusal("email", "marketing", None) or not consent.refusal("sms", "marketing", None):
        yield f"allowed is {consent.state}"
    if profile.attributes["plan"] != "gold":
        yield f"the plan is {profile.attributes['plan']}"


def _of_the_runs() -> Iterator[str]:
    ended = sorted((row["status"], row.get("reason", "")) for row in people("ENROL#"))
    if ended != [("completed", ""), ("exited", "merged")]:
        yield f"the runs are {ended}"
    told = sorted((row["step"], row["state"], row.get("reason", "")) for row in people("MSG#"))
    expected = [
        ("Ask for feedback", "sent", ""),
        ("Send the reminder", "sent", ""),
        ("Send the welcome", "sent", ""),
        ("Send the welcome", "sent", ""),  # while they were two
        ("Text an offer", "skipped", "unsubscribed"),
    ]
    if told != expected:
        yield f"messages are {told}"
