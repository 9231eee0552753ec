"""Recipients make the same choices in every run, at the rates that the file gives."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from infra.local.demo.behaviour import Act, Behaviour
from infra.local.demo.recipients import Recipients
from sojourn.clock import ManualClock, iso

RULE = Behaviour.from_file()
ADDRESSES = [f"c{number:05d}@example.org" for number in range(4000)]
MORNING = datetime(1997, 1, 1, 9, tzinfo=UTC)


class Office:
    """A post office that keeps what is asked of it."""

    def __init__(self, mails: list[dict[str, Any]], texts: list[dict[str, Any]]) -> None:
        self._mails, self._texts = mails, texts
        self.acts: list[str] = []

    def mails(self, since: str) -> list[dict[str, Any]]:
        return [mail for mail in self._mails if mail["sent_at"] >= since]

    def texts(self) -> list[dict[str, Any]]:
        return self._texts

    def act(self, path: str, body: dict[str, Any]) -> None:
        self.acts.append(path)


def a_mail(number: int) -> dict[str, Any]:
    tags = {"journey": "welcome", "step_hash": "abc"}
    return {
        "id": f"m{number}",
        "to": ADDRESSES[number],
        "subject": "Hi",
        "sent_at": iso(MORNING),
        "tags": tags,
    }


def test_choices_hang_on_address_and_message_alone():
    first = [list(RULE.to_mail(address, "welcome/1")) for address in ADDRESSES]
    again = [list(RULE.to_mail(address, "welcome/1")) for address in reversed(ADDRESSES)]

    assert first == again[::-1]
    assert first != [list(RULE.to_mail(address, "welcome/2")) for address in ADDRESSES]


def test_the_rates_come_out():
    acts = Counter(act.action for address in ADDRESSES for act in RULE.to_mail(address, "welcome/1"))

    delivered = len(ADDRESSES) * (1 - RULE.bounce)
    assert abs(acts["bounce"] / len(ADDRESSES) - RULE.bounce) < 0.01
    assert abs(acts["open"] / delivered - RULE.mail["open"].rate) < 0.03
    assert abs(acts["click"] / acts["open"] - RULE.mail["click"].rate) < 0.04


def test_an_address_that_bounces_does_so_for_every_mail_and_does_nothing_else():
    dead = next(
        address for address in ADDRESSES if [act.action for act in RULE.to_mail(address, "a")] == ["bounce"]
    )

    assert [act.action for act in RULE.to_mail(dead, "b")] == ["bounce"]


def test_nobody_clicks_before_opening():
    for address in ADDRESSES:
        hours = {act.action: act.hours for act in RULE.to_mail(address, "welcome/1")}
        assert "click" not in hours or hours["click"] > hours["open"]


def test_the_rates_are_said_in_words():
    assert any("click" in line and "50.0%" in line for line in RULE.in_words())


def test_recipients_act_once_when_the_calendar_reaches_their_moment():
    clock = ManualClock(MORNING)
    office = Office([a_mail(number) for number in range(200)], [])
    recipients = Recipients(office, RULE, clock)

    recipients.look()
    at_once = recipients.due()
    clock.advance(3600 * 24)
    recipients.look()
    later = recipients.due()

    planned = [act for number in range(200) for act in RULE.to_mail(ADDRESSES[number], "welcome/abc")]
    assert at_once == []
    assert len(later) == len(planned)
    assert recipients.to_come == 0


def test_stop_is_a_reply_by_sms():
    phones = [f"+12125550{number}" for number in range(100, 200)]
    texts = [{"id": phone, "to": phone, "text": "Offer", "sent_at": iso(MORNING)} for phone in phones]
    clock = ManualClock(MORNING)
    recipients = Recipients(Office([], texts), RULE, clock)

    recipients.look()
    clock.advance(3600 * 24)
    due = recipients.due()

    stoppers = [phone for phone in phones if list(RULE.to_sms(phone, "sms")) != []]
    assert {path for _, path in due} == {f"/sms/{phone}/reply" for phone in stoppers}
    assert all(isinstance(act, Act) for phone in stoppers for act in RULE.to_sms(phone, "sms"))
