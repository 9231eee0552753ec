"""What happens to a contact, told to a world; and which messages must have been sent at its end."""

from datetime import timedelta

from sojourn.journeys.enrolment import Status
from tests.faults.invariants import violations
from tests.faults.people import clicks, does, introduces, sign_up
from tests.faults.world import HOUR, START, World, publish, rows

DAY = timedelta(days=1)
ALWAYS = {"Send the welcome", "Text an offer", "Ask for feedback"}

# Three weeks: the wait ends the execution, the sweep starts the next leg, and its end is noted by a Task of its own.
COMEBACK = """
journey: comeback
purpose: marketing
entry: {event: Fell Silent}
steps:
  - send: Say hello again
    template: reminder
  - wait: Wait three weeks
    for: 3 weeks
  - wait for: "Came back?"
    any: [{event: Came Back}]
    up to: 3 days
    then:
      - send: Say how good that is
        template: feedback
"""


def welcome(world: World) -> None:
    """Signs up in the afternoon, reads the mail in the evening of the second day; the text has to wait for morning."""
    sign_up(world)
    world.run_until(START + 2 * DAY + 7 * HOUR)
    if any(mail.subject.startswith("Welcome") for mail in world.services.mails):
        clicks(world, "Welcome")
    world.run_until(START + 20 * DAY)


def wrong_after_welcome(world: World) -> list[str]:
    """Whoever clicked gets the next chapter, everybody else a reminder."""
    clicked = any(item.attrs["event"].value == "Message Clicked" for item in rows("Events"))
    follow_up = "Send the next chapter" if clicked else "Send the reminder"
    return violations(world, status=Status.COMPLETED, sent={*ALWAYS, follow_up})


def bought(world: World) -> None:
    """Signs up, and orders something while the journey waits for the click."""
    sign_up(world)
    world.run_until(START + 2 * DAY + HOUR)
    does(world, "Order Completed", message_id="order-1")
    world.run_until(START + 20 * DAY)


def wrong_after_bought(world: World) -> list[str]:
    """The goal ends the run: nothing is sent after it."""
    return violations(world, status=Status.EXITED, reason="goal", sent={"Send the welcome"})


def silent(world: World) -> None:
    """Nobody comes back: a parked wait, and a deadline on the second leg."""
    introduces(world)
    does(world, "Fell Silent", message_id="silent-1")
    world.run_until(START + 40 * DAY)


def with_comeback(world: World) -> None:
    """One more journey is live."""
    publish(world, "comeback", COMEBACK)


def wrong_after_silent(world: World) -> list[str]:
    """One mail, and the end."""
    return violations(world, journey="comeback", status=Status.COMPLETED, sent={"Say hello again"})


def returning(world: World) -> None:
    """Comes back while the second leg waits for it."""
    introduces(world)
    does(world, "Fell Silent", message_id="silent-1")
    world.run_until(START + 22 * DAY)
    does(world, "Came Back", message_id="back-1")
    world.run_until(START + 40 * DAY)


def wrong_after_returning(world: World) -> list[str]:
    """Both mails, and the end."""
    both = {"Say hello again", "Say how good that is"}
    return violations(world, journey="comeback", status=Status.COMPLETED, sent=both)
