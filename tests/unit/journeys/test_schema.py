"""The published schema and the reader agree."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from sojourn.journeys.load import MOST_LEVELS, examine
from sojourn.journeys.model import Journey
from sojourn.journeys.schema import journey_schema, schema_text
from sojourn.rules.parse import parse
from tests.journeys_made import journeys
from tests.unit.journeys.test_docs import BLOCKS
from tests.unit.journeys.test_docs import whole as documented
from tests.unit.journeys.test_language_refusals import AROUND, ENTRIES, STEPS, whole
from tests.unit.rules.test_schema import plain

ROOT = Path(__file__).parents[3]
SCHEMA = Draft202012Validator(journey_schema())
FEW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
SHIPPED = sorted(ROOT.glob("statemachines/journeys/*.journey.yaml"))
ALL = {
    **{step: whole(f"  - {step}\n") for step, _, _ in STEPS},
    **{around: whole("", f"{around}\n") for around, _, _ in AROUND},
    **{entry: whole("", entry=f"entry: {entry}\n") for entry, _, _ in ENTRIES},
}
# What no schema can know: one thing beside another, other steps, the calendar, addresses, and what is too long.
BEYOND = {
    '{send: A, template: t, channel: sms, hours: 21:00-06:00}',
    '{send: A, template: t, channel: sms, hours: 07:59-20:00}',
    '{send: A, template: t, channel: sms, hours: 09:00-21:01}',
    '{send: A, template: t, outside: instead}',
    '{send: A, template: t, outside: skip, instead: {channel: sms, template: u}}',
    '{send: A, template: t, instead: {channel: email, template: u}}',
    '{send: A, template: t, expires: 367 days}',
    '{wait: A, until: {date: r, before: 4000 days}, if missing: exit}',
    '{wait: A, until: {date: r, yearly: true}, if past: exit, if missing: exit}',
    '{wait: A, inside: 09:00-09:00}',
    '{wait: A, for: 1 day, since: {delivered: Nobody}}',
    '{wait: A, for: 1 day, since: {clicked: Later}}',
    '{wait for: A, any: [{event: E}], up to: 15 days, then: [{exit: B}]}',
    '{wait for: A, any: [{event: E, where: {a..b: 1}}], up to: 1 day, then: [{exit: B}]}',
    '{wait for: A, any: [{delivered: Later}], up to: 1 day, then: [{exit: B}]}',
    '{branch: A, paths: [{if: {fact: orders, is: many}, then: [{exit: B}]}]}',
    '{branch: A, paths: [{if: {attribute: reply.nobody.x, is: 1}, then: [{exit: B}]}]}',
    '{split: A, paths: [{share: 50%, then: [{exit: B}]}, {share: 49%}]}',
    '{repeat: A, times: 3, steps: [{send: B, template: t}]}',
    '{repeat: A, times: 3, steps: [{branch: C, paths: [{if: {tag: a}, then: [{wait: B, for: 1 day}]}]}]}',
    '{repeat: A, times: 5001, steps: [{wait: B, for: 1 day}]}',
    '{repeat: A, times: 100, steps: [{repeat: C, times: 99, steps: [{wait: B, for: 1 day}]}]}',
    '{update: A, set: {email: x@example.com}}',
    "{update: A, set: {phone: '+47'}}",
    '{update: A, set: {consent: given}}',
    '{update: A, unset: [user_id]}',
    '{update: A, set: {entry.a: 1}}',
    '{update: A, set: {tags: vip}}',
    '{update: A, set: {stage: custmer}}',
    '{update: A, increment: {stage: 1}}',
    '{update: A, set: {plan: pro}, unset: [plan]}',
    '{update: A, set: {plan: reply.nobody.x}}',
    "{call: A, url: 'https://ada:secret@example.com/'}",
    "{call: A, url: 'https://localhost/x'}",
    "{call: A, url: 'https://shop.internal/x'}",
    "{call: A, url: 'https://127.0.0.1/x'}",
    "{call: A, url: 'https://169.254.169.254/latest'}",
    "{call: A, url: 'https://[::1]/x'}",
    "{call: A, url: 'https://[::ffff:10.0.0.1]/x'}",
    "{call: A, url: 'https://2130706433/x'}",
    "{call: A, url: 'https://0x7f.1/x'}",
    "{call: A, url: 'https://example.com:99999/'}",
    "{call: A, url: 'https://example.com:22/'}",
    '{call: A, function: f, timeout: 31 seconds}',
    "{call: '!!!', function: f}",
    '{call: A, function: f, send: {x: reply.later.y}}',
    '{task: A, assign: sales, due: 15 days, outcomes: [yes, no]}',
    '{task: A, assign: sales, due: 2 days, outcomes: {yes: , Yes: }}',
    '{start: A, journey: good}',
    '{end: A, journey: good}',
    'filter: {attribute: reply.x.y, is: 1}',
    'starts: 2027-01-01\nends: 2026-01-01',
    're-entry: {again: once, at most: 3}',
    're-entry: {pause: 30 days, at most: 3, within: 60 days}',
    'goal: {event: E, window: 367 days}',
    'hours: {sms: 06:00-20:00}',
    'hours: {email: 09:00-09:00}',
    'caps: [{at most: 3, per: 1 week, keep: 4, for priority: 5}]',
    'caps: [{at most: 3, per: 3 days, count: calendar}]',
    'caps: [{at most: 3, per: 400 days}]',
    'caps: [{at most: 3, per: 1 day}, {at most: 3, per: day}]',
    '[{event: A}, {event: A}]',
    '{date: birthday, before: 400 days}',
    '{schedule: "61 9 * * 1", zone: Europe/Paris, segment: s}',
    '{schedule: "0 0 31 2 *", zone: Europe/Paris, segment: s}',
    '{schedule: "0 9 * * 1", zone: Mars/Phobos, segment: s}',
    '{schedule: "0 9 * * 1", zone: europe/paris, segment: s}',
}  # fmt: skip


def errors(text: str) -> list[str]:
    return [error.message for error in SCHEMA.iter_errors(plain(parse(text, deepest=MOST_LEVELS)))]


def test_the_schema_is_a_schema_and_stands_in_the_docs():
    Draft202012Validator.check_schema(journey_schema())
    assert (ROOT / "docs/journey.schema.json").read_text() == schema_text(), "run `make docs`"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_ships_is_valid(path: Path):
    assert errors(path.read_text()) == []


@pytest.mark.parametrize("text", [text for text, refusal in BLOCKS if not refusal])
def test_what_the_page_shows_is_valid(text: str):
    assert errors(documented(text)) == []


def test_the_whole_language_is_valid():
    assert errors((Path(__file__).parent / "whole.journey.yaml").read_text()) == []


@FEW
@given(journeys())
def test_every_definition_is_valid(journey: Journey):
    assert errors(json.dumps(journey.to_definition())) == []


@pytest.mark.parametrize(("said", "text"), ALL.items(), ids=[said[:60] for said in ALL])
def test_what_a_schema_can_know_to_be_bad_is_not_valid(said: str, text: str):
    assert examine(text).findings
    assert bool(errors(text)) is (said not in BEYOND)
