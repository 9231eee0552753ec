"""Behaviour, contacts, prices, seconds: what is read, what is refused, and how it adds up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from sojourn.insight.counting import CounterKey
from sojourn.planning.cost import prices, write_units
from sojourn.planning.figures import Figures
from sojourn.planning.habits import BehaviourRefusedError, nothing, read_behaviour, shipped
from sojourn.planning.learned import learned
from sojourn.planning.people import ContactsRefusedError, Filed
from sojourn.planning.pressure import Seconds

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "infra" / "local"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("- a", "(file)"),
        ("a: [", "(file)"),
        ("mail: {}", "mail"),
        ("email: 1", "email"),
        ("email: {opens: {rate: 1}}", "email.opens"),
        ("email: {open: {rate: 2}}", "email.open.rate"),
        ("email: {open: {after: [3, 1]}}", "email.open.after"),
        ("steps: {A: {click: 0.5}}", "steps.A.click"),
        ("arrivals: {over: soon}", "arrivals.over"),
        ("events: [{event: X}]", "events.1"),
    ],
)
def test_a_behaviour_that_cannot_be_played_is_refused_by_field(text: str, field: str):
    with pytest.raises(BehaviourRefusedError) as refused:
        read_behaviour(text)

    assert refused.value.field == field
    assert refused.value.remedy


def test_a_step_goes_before_its_template_and_that_before_its_channel():
    behaviour = read_behaviour(
        "{email: {open: {rate: 0.1}}, templates: {t: {open: {rate: 0.2}}}, steps: {S: {open: {rate: 0.3}}}}"
    )

    rates = [behaviour.of(*asked, "email").open.rate for asked in (("A", "a"), ("A", "t"), ("S", "t"))]
    assert rates == [0.1, 0.2, 0.3]
    assert behaviour.of("S", "t", "email").open.most == shipped().of("S", "t", "email").open.most


def test_the_demos_behaviour_can_be_rehearsed():
    behaviour = read_behaviour((DEMO / "behaviour.yaml").read_text())

    assert behaviour.of("", "", "email").open.rate == 0.40


def test_nobody_does_anything_in_a_backtest_unless_it_is_said():
    assert nothing().of("", "", "email").open.rate == 0


def test_rates_are_learned_from_counters_and_few_messages_say_little():
    key = CounterKey("welcome", "2026-03-02", "Send it", "email")
    steps = learned([(key, {"sent": 980, "opens.human": 483, "clicks.human": 97, "clicks.machine": 500})])[
        "steps"
    ]
    few = learned([(key, {"sent": 1, "opens.human": 1})])["steps"]

    assert steps["Send it"]["open"]["rate"] == pytest.approx(0.49)
    assert steps["Send it"]["click"]["rate"] == pytest.approx((97 + 3) / 503, abs=1e-3)
    assert few["Send it"]["open"]["rate"] < 0.4
    assert read_behaviour(yaml.safe_dump({"steps": steps})).of("Send it", "", "email").open.rate < 0.5


def test_contacts_come_from_json_lines_and_from_csv(tmp_path: Path):
    lines, table = tmp_path / "people.jsonl", tmp_path / "people.csv"
    lines.write_text(
        '{"user_id": "ann", "email": "a@example.org", "consent": ["email"], "segments": ["vip"]}\n\n'
    )
    table.write_text("user_id,email,consent,segments\nann,a@example.org,email,vip\n")

    (one,), (other,) = (list(Filed.of(path).between(0, 9)) for path in (lines, table))
    assert one == other
    assert one.segments == {"vip"}
    assert one.consent.refusal("sms", "marketing", None) == "no_consent"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "1: it is no JSON"),
        ("[1]", "contact 1: nobody knows who it is"),
        ('{"user_id": "a", "consent": {"email": "maybe"}}', "contact 1: `consent`"),
        ('{"user_id": "a", "consent": ["pigeon"]}', "contact 1: `consent`"),
        ('{"user_id": "a"}\n{"user_id": "b", "at": "yesterday"}', "contact 2: `at` is 'yesterday'"),
        ('{"user_id": "a", "at": "2026-02-30"}', "contact 1: `at`"),
        ('{"user_id": "a", "suppressed": true}', "contact 1: `suppressed` is True"),
        ('{"user_id": "a", "segments": 7}', "contact 1: `segments` is 7"),
        ("[" * 5_000, "1: it is no JSON"),
    ],
)
def test_a_contact_that_cannot_be_read_is_named_by_its_place(text: str, problem: str, tmp_path: Path):
    path = tmp_path / "people.jsonl"
    path.write_text(text)

    with pytest.raises(ContactsRefusedError) as refused:
        list(Filed.of(path).between(0, 9))

    assert problem in str(refused.value)
    assert " — " in str(refused.value)


@pytest.mark.parametrize("text", [b"\xff\xfeu\0s\0e\0r\0", b"user_id\n\x82"])
def test_a_file_of_other_bytes_is_refused(text: bytes, tmp_path: Path):
    (tmp_path / "people.csv").write_bytes(text)

    with pytest.raises(ContactsRefusedError, match="save it as UTF-8"):
        Filed.of(tmp_path / "people.csv")


def test_a_table_as_a_spreadsheet_writes_it(tmp_path: Path):
    (tmp_path / "people.csv").write_bytes(
        "\ufeffuser_id;email;at\r\nann;ann@example.org;2026-01-02\r\nbob;;;more\r\n".encode()
    )

    ann, bob = Filed.of(tmp_path / "people.csv").between(0, 9)

    assert (ann.profile.email, ann.at) == ("ann@example.org", "2026-01-02T00:00:00.000Z")
    assert (bob.profile.traits, bob.at) == ({}, "")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("people: {zones: {Mars/Phobos: 1}}", "people.zones.Mars/Phobos"),
        ("people: {zones: {Europe/Paris: -1}}", "people.zones.Europe/Paris"),
        ("people: {consent: {email: 7}}", "people.consent.email"),
        ("people: {attributes: 3}", "people.attributes"),
        ("people: {age: 3}", "people.age"),
        ("arrivals: {over: 99999999 days}", "arrivals.over"),
        ("arrivals: {ovr: 3 days}", "arrivals.ovr"),
        ("events: {}", "events"),
        ("events: [{event: A, every: 0 days}]", "events.1.every"),
        ("events: [{event: A, every: 1 day}, {event: 3, every: 1 day}]", "events.2.event"),
        ("purchase: {properties: [1]}", "purchase.properties"),
        ("calls: {fail: 2}", "calls.fail"),
        ("calls: {Ask: {fail: 1}}", "calls.Ask.fail"),
        ("tasks: {outcomes: {won: 0}}", "tasks.outcomes.won"),
        ("tasks: {Call: {settled: x}}", "tasks.Call.settled"),
        ("email: {open: {rate: .nan}}", "email.open.rate"),
        ("email: {open: {after: [0, .inf]}}", "email.open.after"),
        ("email: " + "[" * 3_000, "(file)"),
    ],
)
def test_what_could_not_be_played_is_refused_before_anybody_plays(said: str, field: str):
    with pytest.raises(BehaviourRefusedError) as refused:
        read_behaviour(said)

    assert refused.value.field == field
    assert refused.value.problem
    assert refused.value.remedy


def test_what_is_left_empty_is_as_it_ships():
    assert read_behaviour("events:\nemail:\ntasks:\n").deeds == ()


def test_a_list_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ContactsRefusedError, match="check the path"):
        Filed.of(tmp_path / "none.csv")


def test_prices_are_those_of_the_bill():
    bill = yaml.safe_load((DEMO / "prices.yaml").read_text())["usd"]

    assert prices()["usd"] == {name: bill[name] for name in prices()["usd"]}


def test_write_units_are_about_those_that_were_counted():
    """docs/cost.md: 56.7 of a contact that signs up (eight of them), gets three mails and opens one."""
    figures = Figures(
        writes=Counter(entry=100, sent=300, skipped=100, waited=100, answered=25),
        answered=Counter({("a", "opened"): 105, ("a", "clicked"): 25}),
    )

    assert write_units(figures) / 100 + 8 == pytest.approx(56.7, rel=0.1)


def test_seconds_are_counted_exactly_however_full_one_is():
    seconds = Seconds()
    for moment, count in ((1_000_000, 200), (1_000_000, 100), (86_400, 250), (86_400, 1)):
        seconds.add(moment, count)

    assert seconds.most() == (1_000_000, 300)
    assert Seconds().most() == (0, 0)
