"""A journey that runs, for the tests of its room: two versions, people in its steps, messages counted."""

from collections import Counter
from datetime import timedelta

from sojourn.clock import iso
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, put_profile
from sojourn.insight.counting import CounterKey
from sojourn.insight.store import add
from sojourn.journeys.drafts import Draft, save_draft
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import live
from sojourn.journeys.load import examine
from sojourn.journeys.store import EnrolmentRow
from sojourn.journeys.versions import LiveJourney, Version, put_version, set_live
from tests.insight_rows import NOW, an_enrolment

HOSTILE = "<script>alert(1)</script>"
FIRST = """\
journey: welcome
description: Greets whoever signs up, and stops at their first order
purpose: marketing
entry: {event: Signed Up}
goal: {event: Order Completed}
steps:
  - send: Send the welcome
    template: welcome
  - wait: Wait two days
    for: 2 days
  - send: Remind
    template: reminder
"""
SECOND = """\
journey: welcome
description: Greets whoever signs up, and stops at their first order
purpose: marketing
entry: {event: Signed Up}
goal: {event: Order Completed}
steps:
  - send: Send the welcome
    template: welcome
  - wait: Wait two days
    for: 2 days
  - wait for: Clicked the guide?
    any: [{clicked: Send the welcome}]
    up to: 2 days
    then:
      - send: Send the next chapter
        template: chapter
    otherwise:
      - send: Send the reminder
        template: reminder
  - branch: Which plan?
    paths:
      - if: {attribute: plan, is: "<b>pro</b>"}
        then:
          - send: Text an offer
            channel: sms
            template: offer
  - wait: Wait a week
    for: 1 week
  - send: Ask for feedback
    template: feedback
"""
MOST_KNOWN = 11  # of those who stand in it; the others are their ids
DAY = iso(NOW)[:10]
ARN = an_enrolment().version_arn.removesuffix(":1")


def a_running_journey() -> None:
    """Version 2 is live, version 1 has people in it still; once a file's tables are new."""
    if "welcome" in live():
        return
    for number, source in enumerate((FIRST, SECOND), 1):
        _publish("welcome", number, source)
    for number in range(12):
        until = iso(NOW + timedelta(hours=number))
        _stands(number, at="Wait two days", until=until, version=2)
    for number in range(12, 15):
        _stands(number, at="Clicked the guide?", until=iso(NOW + timedelta(days=1)), version=2)
    _stands(15, at="Remind", until=iso(NOW + timedelta(days=1)), version=1)
    _count()


def a_draft(name: str = "birthday", *, step: str = "Remind") -> None:
    """Saved, never published."""
    source = FIRST.replace("journey: welcome", f"journey: {name}").replace("Remind", step)
    save_draft(Draft(name=name, revision=0, source=source, definition=definition(source)))


def definition(source: str) -> dict[str, object]:
    """What a text says."""
    journey = examine(source, file="x.journey.yaml").journey
    assert journey is not None
    return journey.to_definition()


def _publish(name: str, number: int, source: str) -> None:
    journey = examine(source, file="x.journey.yaml").journey
    assert journey is not None
    put_version(
        Version(
            name=name,
            number=number,
            source=source,
            definition=journey.to_definition(),
            content_hash=f"{number}",
            version_arn=f"{ARN}:{number}",
            published_at=iso(NOW - timedelta(days=10 - number)),
            templates={},
        )
    )
    heard = heard_by(journey)
    set_live(
        LiveJourney(
            name=name, version=number, version_arn=f"{ARN}:{number}", entries=journey.entries, heard=heard
        )
    )


def _stands(number: int, **facts: object) -> None:
    contact = f"{chr(97 + number) * 20}"
    if number < MOST_KNOWN and not get_profile(contact).revision:
        traits = {"email": f"person-{number + 1}@example.org"}
        put_profile(Profile(contact, traits=traits, created_at=iso(NOW)))
    EnrolmentRow.of(an_enrolment(contact=contact, identity=f"u#{contact}", **facts)).save()


def _count() -> None:
    runs = {"enrolled": 1_204, "active": 16, "completed": 1_010, "exited.goal": 178, "converted": 178}
    counted = {
        CounterKey("welcome", DAY): runs | {"skipped.already_once": 31},
        CounterKey("welcome", DAY, "Send the welcome", "email"): {
            "planned": 1_204, "sent": 1_180, "skipped.no_consent": 20, "failed": 4,
            "opens.human": 610, "clicks.human": 204,
        },
        CounterKey("welcome", DAY, "Send the next chapter", "email"): {"planned": 240, "sent": 240},
        CounterKey("welcome", DAY, "Send the reminder", "email"): {"planned": 800, "sent": 790, "pending": 10},
        CounterKey("welcome", DAY, "Text an offer", "sms"): {"planned": 90, "sent": 61, "skipped.no_consent": 29},
        CounterKey("welcome", DAY, "Ask for feedback", "email"): {"planned": 1_010, "sent": 1_010},
    }  # fmt: skip
    add({key: Counter(numbers) for key, numbers in counted.items()}, batch=["1", "2"], wall=NOW)
