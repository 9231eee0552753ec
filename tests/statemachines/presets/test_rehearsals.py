"""Each preset rehearsed by `sojourn rehearse FILE` with a small crowd: who comes in, what is sent, what it costs.

Nobody opens or clicks unless it is said, so what is sent follows from who the people are. `SOME` is left to chance.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from sojourn.cli.main import main
from sojourn.planning.cost import prices
from tests.statemachines.presets.stage import ROOT

START, DAYS, CROWD, SOME = "2026-03-02T09:00:00Z", 60, 20, -1
TRACKED = {"email": "given", "sms": "given", "email|tracking|clicks": "given"}
SILENT = {"bounce": 0, "open": {"rate": 0}, "click": {"rate": 0}, "unsubscribe": {"rate": 0}}
CLICKS = {"open": {"rate": 1}, "click": {"rate": 0.5}}
Row = Callable[[int], dict[str, Any]]


@dataclass(frozen=True)
class Rehearsed:
    """What of each person is said, how people behave, and how many messages each step must send."""

    sent: Mapping[str, int]
    who: Row = lambda number: {}
    how: Mapping[str, Any] = field(default_factory=dict)
    days: int = DAYS
    stands: str = ""  # where they may stand in the end who asked again just then


def entry(**properties: Any) -> Row:
    return lambda number: {"entry": properties}


def half(one: dict[str, Any], other: dict[str, Any]) -> Row:
    return lambda number: other if number % 2 else one


def unasked(event: str, every: str, **properties: Any) -> dict[str, Any]:
    return {"event": event, "every": every, "properties": properties}


NOON = "2026-03-03T14:00:00Z"  # nine in New York
PRESETS = {
    "welcome": Rehearsed(
        {
            "Send the welcome": 20,
            "Send the next chapter": SOME,
            "Send the reminder": SOME,
            "Text an offer": 20,
            "Ask for feedback": 20,
        },
        how={"steps": {"Send the welcome": CLICKS}},
    ),
    "double-opt-in": Rehearsed(
        {"Ask for confirmation": SOME, "Ask once more": SOME},
        who=lambda number: {"consent": {"email|marketing|news": "requested"}},
        how={"events": [unasked("Consent Requested", "20 days")]},
        stands="Asked again?",
    ),
    "cart": Rehearsed(
        {"Send the basket": 20, "Offer the postage": 10},
        who=half({"entry": {"cart_id": "a", "value": 24}}, {"entry": {"cart_id": "a", "value": 75}}),
    ),
    "review": Rehearsed(
        {"Ask for a review": SOME, "Show what goes with it": SOME, "Offer to make it good": SOME},
        who=entry(order_id="1", total=24),
        how={
            "events": [
                unasked("Review Submitted", "20 days", rating=5),
                unasked("Review Submitted", "20 days", rating=2),
            ]
        },
    ),
    "birthday": Rehearsed(
        {"Congratulate": 10, "Congratulate by text": 10},
        who=lambda number: {"birthday": "1990-03-03", "at": NOON, **({"email": None} if number % 2 else {})},
    ),
    "upsell": Rehearsed({"Show the better editions": 20}, who=entry(order_id="1", total=80)),
    "cross-sell": Rehearsed(
        {"Show jazz": SOME, "Show what goes with it": SOME},
        who=entry(order_id="1", total=24),
        how={"events": [unasked("Product Viewed", "15 days", category="Jazz")]},
    ),
    "best-customer": Rehearsed(
        {"Thank them": 20, "Tell them by text": SOME},
        who=lambda number: {"segments": ["best-customers"]},
        how={"steps": {"Thank them": CLICKS}},
    ),
    "win-back": Rehearsed(
        {
            "Say that we miss them": 20,
            "Offer twenty percent": 0,  # nobody has bought anything where contacts are only listed
            "Offer ten percent": 20,
            "Text the last word": 10,
            "Write the last word": 10,
        },
        who=lambda number: {"segments": ["lapsed"], "consent": ["email", "sms"][: 2 - number % 2]},
    ),
    "near-a-shop": Rehearsed(
        {"Text an invitation": 10, "Write an invitation": 10},
        who=lambda number: {
            "segments": ["near-a-shop"],
            "at": "2026-03-03T17:00:00Z" if number % 2 else "2026-03-04T02:00:00Z",
        },
    ),
    "sunset": Rehearsed(
        {"Send the last call": 20},
        who=lambda number: {"segments": ["unengaged"], "consent": TRACKED},
    ),
    "replenishment": Rehearsed(
        {"Remind them": 20, "Remind them by text": 20},
        who=half(
            {"entry": {"refill_sku": "fluid", "refill_at": "2026-04-01"}},
            {"entry": {"refill_sku": "stylus"}},
        ),
    ),
    "renewal": Rehearsed(
        {"Tell them three days before": 10, "Tell them a month before": 10},
        who=half(
            {"renewal_date": "2026-04-02", "at": NOON},
            {"renewal_date": "2026-03-06", "at": NOON},
        ),
        days=20,
    ),
    "re-permission": Rehearsed(
        {"Ask whether they want letters": SOME},
        who=lambda number: {"segments": ["consent-old"], "consent": TRACKED},
        how={"steps": {"Ask whether they want letters": CLICKS}},
    ),
    "data-link": Rehearsed({"Send the link": 20}),
    "erasure-link": Rehearsed({"Send the link": 20}),
    "preferences-link": Rehearsed(
        {"Send a new link": SOME, "Send one more link": SOME},
        how={"events": [unasked("Preferences Requested", "20 days")]},
        stands="Asked again?",
    ),
}


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_crowd_goes_through_nobody_is_stuck_and_twice_is_the_same_to_the_byte(name: str, tmp_path: Path):
    said = PRESETS[name]

    told = rehearsed(name, said, tmp_path)

    assert told == rehearsed(name, said, tmp_path)
    answer = json.loads(told)

    sent = {each["step"]: each["sent"] for each in answer["messages"]["by_step"]}
    assert set(sent) == set(said.sent)
    assert {step: count for step, count in sent.items() if said.sent[step] == SOME and not count} == {}
    assert {step: count for step, count in sent.items() if said.sent[step] != SOME} == {
        step: count for step, count in said.sent.items() if count != SOME
    }
    assert answer["entered"] >= CROWD
    assert set(answer["standing"]) <= {said.stands}
    standing = sum(answer["standing"].values())
    assert sum(answer["ended"].values()) + standing == answer["entered"]
    assert not {how for how in answer["ended"] if how.startswith("failed")}
    assert answer["cost"]["usd"] == pytest.approx(cost_of(answer), abs=1e-5)


def test_all_that_ship_are_rehearsed():
    assert set(PRESETS) == {
        path.name.partition(".")[0] for path in (ROOT / "journeys").glob("*.journey.yaml")
    }


def rehearsed(name: str, said: Rehearsed, folder: Path) -> str:
    """What the command prints."""
    people, behaviour = folder / "people.jsonl", folder / "behaviour.yaml"
    people.write_text("".join(f"{json.dumps(person(each, said))}\n" for each in range(CROWD)))
    silent = {"email": SILENT, "sms": {"click": {"rate": 0}, "stop": {"rate": 0}}}
    behaviour.write_text(yaml.safe_dump({**silent, **said.how}))
    file = ROOT / "journeys" / f"{name}.journey.yaml"
    options = ["--start", START, "--days", str(said.days), "--behaviour", str(behaviour), "--json"]
    done = CliRunner().invoke(main, ["rehearse", str(file), "--contacts", str(people), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def person(number: int, said: Rehearsed) -> dict[str, Any]:
    usual = {"user_id": f"p{number}", "email": f"p{number}@example.org", "phone": f"+12125550{100 + number}"}
    return {**usual, "timezone": "America/New_York", **said.who(number)}


def cost_of(answer: Mapping[str, Any]) -> float:
    """By the list prices: what went out, and what was walked."""
    usd = prices()["usd"]
    channels = answer["messages"]["by_channel"]
    writes = next(each["usd"] for each in answer["cost"]["lines"] if each["service"] == "DynamoDB writes")
    mails, texts = channels.get("email", 0) * usd["ses.mail"], channels.get("sms", 0) * usd["sms.part"]
    return float(mails + texts + answer["transitions"] * usd["states.transition"] + writes)
