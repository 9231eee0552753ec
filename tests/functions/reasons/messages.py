"""How a message comes to wait, to be skipped, to fail or to be in doubt: one for each reason."""

from collections.abc import Callable
from datetime import timedelta

from sojourn.messages.check import save
from sojourn.messages.library import save_template
from tests.faults.network import Call, Fault, Kind
from tests.faults.people import does, introduces
from tests.faults.world import delivery_of
from tests.functions.reasons.stage import DAY, HOUR, MAIL, MINUTE, TEXT, WAIT, Makers, Stage, agreed
from tests.reported import bounces

HELD, SKIPPED, FAILED, UNKNOWN, WENT = Makers(), Makers(), Makers(), Makers(), Makers()
UNVERIFIED = (
    "Email address is not verified. The following identities failed the check in region US-EAST-1: "
    "ann@example.org"
)
ASK = "  - {send: Ask, template: confirm}\n" + WAIT


def sends(rest: str, *, channel: str = "email") -> str:
    """The one send, with more of its lines."""
    template = "reminder" if channel == "email" else "offer"
    return f"  - {{send: Say it, template: {template}, channel: {channel}, {rest}}}\n{WAIT}"


def two(rest: str = "") -> str:
    """One message, and another behind it."""
    return f"  - {{send: First, template: welcome}}\n  - {{send: Say it, template: reminder{rest}}}\n{WAIT}"


# Held


@HELD.by(
    "hours", "Its hours 09:00-11:00, America/New_York, are closed; they open at Tue 2026-01-06 09:00",
    "waits until Tue 2026-01-06 09:00 (in 18 hours)", "✗ hours",
)  # fmt: skip
def at_night(stage: Stage) -> None:
    stage.play(sends("hours: 09:00-11:00"))


@HELD.by(
    "cap", "1 of 1 messages within 1 day went or are planned: no room before Tue 2026-01-06 15:00",
    "✗ cap",
)  # fmt: skip
def beyond_the_cap(stage: Stage) -> None:
    stage.play(two(", expires: 1 week"), "caps: [{at most: 1, per: 1 day}]")


@HELD.by("rate", "its turn comes at Mon 2026-01-05 15:00", "✗ rate")
def faster_than_the_account(stage: Stage) -> None:
    stage.settles(email_rate=0.05)
    stage.play(two())


@HELD.by(
    "quota",
    "the account's mails of the day are gone; it is tried again at Mon 2026-01-05 19:00",
    "✗ quota",
    "1 of 1",
)
def more_than_the_account_may(stage: Stage) -> None:
    stage.settles(email_quota=1)
    stage.play(two())


@HELD.by("paused", "The journey is paused since Mon 2026-01-05 15:00", "✗ journey")
def paused(stage: Stage) -> None:
    stage.publish()
    stage.asks("POST", "/api/journeys/play/pause")
    stage.play()


@HELD.by(
    "draft", "It is a draft: it goes when somebody releases it, and expires at Tue 2026-01-06 15:00", "✗ mode"
)
def not_released(stage: Stage) -> None:
    stage.play(MAIL, "mode: draft")


@HELD.by(
    "reputation", "Marketing is paused since Mon 2026-01-05 15:00: 1 of 1 mails came back as bounces; it goes",
    "it goes when somebody resumes it, and expires at Tue 2026-01-06 15:00", "✗ reputation",
)  # fmt: skip
def too_much_came_back(stage: Stage) -> None:
    stage.settles(judged_from=1)
    stage.publish()
    introduces(stage.world, "bob", email="bob@example.org", phone=None)
    does(stage.world, "Go", "bob")
    stage.after(timedelta())
    bounces(stage.world, stage.world.services.mails[0])
    stage.play()


@HELD.by("suspended", "The provider lets the account send nothing; it is tried again at Mon 2026-01-05 16:00")
def suspended(stage: Stage) -> None:
    stage.says("SendingPausedException")
    stage.play()


@HELD.by("provider", "The provider did not take it; it is tried again at Mon 2026-01-05 15:10")
def not_taken(stage: Stage) -> None:
    stage.says("AccessDeniedException", 403)
    stage.play()


# Skipped


@SKIPPED.by("mode", "or to named addresses alone: its mode is allow_list.")
def not_named(stage: Stage) -> None:
    stage.asks("PUT", "/api/workspace/mode", {"mode": "allow_list", "allow": ["bob@example.org"]})
    stage.play()


@SKIPPED.by("sandbox", "in the provider's sandbox, and the address is not verified there.")
def not_verified(stage: Stage) -> None:
    stage.says("MessageRejected", words=UNVERIFIED)
    stage.play()


@SKIPPED.by("no_address", "The contact has no address for email.")
def nowhere_to_write(stage: Stage) -> None:
    stage.play(email=None)


@SKIPPED.by("invalid_number", "number is none that is given out")
def no_such_number(stage: Stage) -> None:
    stage.play(TEXT, phone="+447700900123")


@SKIPPED.by("not_mobile", "number is no mobile's")
def a_landline(stage: Stage) -> None:
    stage.play(TEXT, phone="+442079460958")


@SKIPPED.by("premium_number", "one that costs")
def a_number_that_costs(stage: Stage) -> None:
    stage.play(TEXT, phone="+19005551234")


@SKIPPED.by("suppressed", "The address is suppressed: somebody of yours said so.")
def closed_by_hand(stage: Stage) -> None:
    stage.asks("PUT", "/api/suppressions", {"channel": "email", "address": "ann@example.org"})
    stage.play()


def comes(stage: Stage, *consents: dict[str, str], steps: str = MAIL, purpose: str = "marketing") -> None:
    """Ann allows this alone, and comes in."""
    stage.publish(steps, purpose=purpose)
    stage.meets(*consents)
    stage.does("Go")
    stage.after(MINUTE)


@SKIPPED.by("no_consent", "The contact never agreed to marketing by email.")
def never_agreed(stage: Stage) -> None:
    comes(stage)


@SKIPPED.by("unconfirmed", "has not confirmed yet that they want marketing by email")
def not_confirmed(stage: Stage) -> None:
    comes(stage, *agreed(status="pending"))


@SKIPPED.by("unsubscribed", "unsubscribed from marketing by email")
def unsubscribed(stage: Stage) -> None:
    comes(stage, *agreed(status="withdrawn"))


@SKIPPED.by("outside_hours", "Its hours 09:00-11:00, America/New_York, are closed until Tue 2026-01-06 09:00")
def closed_and_skipped(stage: Stage) -> None:
    stage.play(sends("hours: 09:00-11:00, outside: skip"))


@SKIPPED.by("no_common_hours", "may be in several zones", "never open in all")
def in_many_zones(stage: Stage) -> None:
    """A number of Kiribati may lie in three zones, two hours apart."""
    stage.play(sends("hours: 09:00-10:00", channel="sms"), phone="+68672001234", timezone=None)


@SKIPPED.by("capped", "1 of 1 messages within 1 day went or are planned: no room, and the cap says to skip.")
def no_room(stage: Stage) -> None:
    stage.play(two(), "caps: [{at most: 1, per: 1 day, on cap: skip}]")


@SKIPPED.by("expired", "It expired at Mon 2026-01-05 17:00", "open at Tue 2026-01-06 09:00")
def too_late(stage: Stage) -> None:
    stage.play(sends("hours: 09:00-11:00, expires: 2 hours"))


@SKIPPED.by("late", "what was late was left out")
def late(stage: Stage) -> None:
    paused(stage)
    stage.after(3 * DAY)
    stage.asks("POST", "/api/journeys/play/resume", {"late": "skip 24 hours"})
    stage.after(3 * DAY + 5 * MINUTE)


@SKIPPED.by("run_ended", "It was held, and the run was over")
def bought_while_it_was_held(stage: Stage) -> None:
    """T67."""
    stage.play(sends("hours: 09:00-11:00"), "goal: {event: Bought}")
    stage.after(HOUR)
    stage.does("Bought")
    stage.after(DAY)


@SKIPPED.by("discarded", "somebody discarded it: the price is wrong")
def discarded(stage: Stage) -> None:
    stage.play(MAIL, "mode: draft")
    (draft,) = stage.asks("GET", "/api/messages?state=waiting")["items"]
    stage.asks("POST", f"/api/messages/{draft['id']}/discard", {"reason": "the price is wrong"})
    stage.after(MINUTE)


@SKIPPED.by("holdout", "the contact is of the holdout", "It is of the holdout: nothing is sent")
def held_out(stage: Stage) -> None:
    stage.play(MAIL, "holdout: 99.99%")


@SKIPPED.by("journey_stopped", "Somebody stopped the journey at Mon 2026-01-05 16:00")
def stopped(stage: Stage) -> None:
    at_night(stage)
    stage.after(HOUR)
    stage.asks("POST", "/api/journeys/play/stop")
    stage.after(DAY)


@SKIPPED.by("nothing_to_confirm", "has confirmed already")
def confirmed_already(stage: Stage) -> None:
    stage.play(ASK, purpose="service")


@SKIPPED.by("too_often", "one service mail of a kind in ten minutes")
def asked_too_often(stage: Stage) -> None:
    twice = "  - {send: Ask, template: confirm}\n  - {send: Ask again, template: confirm}\n" + WAIT
    comes(stage, *agreed(status="pending"), steps=twice, purpose="service")


# Failed


def texting(stage: Stage, text: str) -> str:
    """A template of one text."""
    source = {"template": "greeting", "channel": "sms", "text": f"{text} Reply STOP to opt out"}
    save_template(save(source, version=0), source=dict(source))
    return "  - {send: Say it, template: greeting, channel: sms}\n" + WAIT


@FAILED.by("render", "The template shows “nickname”, which the contact has not")
def nothing_to_show(stage: Stage) -> None:
    """T26."""
    stage.play(texting(stage, "Hi {{ nickname }}!"))


@FAILED.by("unfit_field", "cannot stand where the template shows it")
def nothing_that_fits(stage: Stage) -> None:
    stage.play(texting(stage, "Hi {{ nickname }}!"), nickname={"a": 1})


@FAILED.by("render_limit", "larger than any may be")
def too_long(stage: Stage) -> None:
    """M2."""
    squared = "{% for one in notes %}{% for each in notes %}{{ each }}{% endfor %}{% endfor %}"
    stage.play(texting(stage, squared), notes=["long" * 40] * 100)


def refused(code: str, service: str = "sesv2", steps: str = MAIL) -> Callable[[Stage], None]:
    """The provider says no for good."""

    def make(stage: Stage) -> None:
        stage.says(code, service=service)
        stage.play(steps)

    return make


FAILED.by("provider_rejected", "The provider rejected the message.")(refused("MessageRejected"))
FAILED.by("sender_not_verified", "domain is not verified")(refused("MailFromDomainNotVerifiedException"))
FAILED.by("provider_not_found", "such as the configuration set")(refused("NotFoundException"))
FAILED.by("provider_bad_request", "found a fault in the message")(refused("BadRequestException"))
FAILED.by("opted_out", "says that the number opted out")(refused("OptedOut", "sns", TEXT))


def thrown_away(kind: str) -> Callable[[Stage], None]:
    """The provider takes it, and says later that it goes nowhere."""

    def make(stage: Stage) -> None:
        stage.world.deliveries = False
        stage.play()
        said = delivery_of(stage.world.mail("The guide"), kind)
        stage.world.queue("record_feedback", said)
        stage.after(MINUTE)

    return make


FAILED.by("rejected", "it found a virus in it")(thrown_away("Reject"))
FAILED.by("rendering_failure", "could not put it together")(thrown_away("Rendering Failure"))


# In doubt


@UNKNOWN.by("provider_silent", "The provider did not answer", "not sent again")
def no_answer(stage: Stage) -> None:
    stage.says("InternalFailure", 500)
    stage.play()


@UNKNOWN.by("attempt_vanished", "died meanwhile")
def died_while_sending(stage: Stage) -> None:
    """The function dies once, between the provider's yes and the row that says so; the state tries once more."""
    dies(stage, times=1)


@UNKNOWN.by("claim_expired", "was never heard of again")
def died_twice(stage: Stage) -> None:
    """And no second attempt gets as far as to say so: the hourly check does."""
    dies(stage, times=9)


def dies(stage: Stage, *, times: int) -> None:
    left = [times]

    def notice(call: Call) -> None:
        is_it = call.operation == "SendEmail" or (left[0] < times and call.function == "send_message")
        if is_it and left[0] > 0:
            left[0] -= 1
            stage.world.network.fault = Fault(Kind.DEATH_AFTER, call.number)

    stage.world.network.noticed, stage.world.deliveries = notice, False
    stage.play()
    stage.after(3 * HOUR)
    stage.world.network.noticed = lambda call: None
    stage.world.network.fault = None


# Gone by another way


@WENT.by("outside_hours", "It went by sms in place of email, whose hours were closed.")
def by_another_channel(stage: Stage) -> None:
    stage.play(sends("hours: 09:00-11:00, instead: {channel: sms, template: offer}"))
