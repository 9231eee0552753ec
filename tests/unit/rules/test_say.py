"""Rules in plain English."""

import pytest
from hypothesis import given, settings

from sojourn.rules.load import examine
from sojourn.rules.nodes import Rule
from sojourn.rules.say import outline, say, sentence
from tests.rules_made import rules

SAID = [
    ("{event: Order Completed}", "did Order Completed"),
    (
        "{event: Order Completed, times: at least 2, in the last: 30 days}",
        "did Order Completed at least 2 times in the last 30 days",
    ),
    ("{event: A, times: never, since: 2026-01-01}", "never did A since 2026-01-01 00:00 UTC"),
    ("{event: A, times: exactly 1}", "did A exactly 1 time"),
    (
        "{event: A, where: {total: {over: 20}, kind: shoe}, until: 2026-01-01T12:00:00Z}",
        "did A with total is over 20 and kind is 'shoe' until 2026-01-01 12:00 UTC",
    ),
    (
        "{event: A, sum: total, at least: 100, in the last: 1 week}",
        "sum of total in A is at least 100 in the last 1 week",
    ),
    ("{attribute: address.city, is: Oslo}", "address.city is 'Oslo'"),
    ("{attribute: plan, is one of: [a, b, 3]}", "plan is one of 'a', 'b', 3"),
    ("{attribute: age, between: [18, 25.5]}", "age is between 18 and 25.5"),
    ("{attribute: since, after: 2026-01-01}", "since is at or after 2026-01-01"),
    ("{attribute: plan, exists: false}", "plan is not known"),
    ("{attribute: vip, is: true}", "vip is true"),
    ("{fact: last_order, in the last: 30 days}", "last order is in the last 30 days"),
    ("{fact: value, currency: USD, over: 100}", "value of orders in USD is over 100"),
    ("{tag: vip}", "has the tag 'vip'"),
    ("{sequence: [{event: A}, {event: B}], within: 2 hours}", "did A, and B within 2 hours"),
    (
        "{message: sent, without: opened, within: 3 days, channel: email, journey: welcome, template: hello}",
        "was sent a message by email of the journey welcome from hello not opened within 3 days",
    ),
    (
        "{message: sent, journey: welcome, step: Say hello, times: at least 2}",
        "was sent a message of the journey welcome at the step 'Say hello' at least 2 times",
    ),
    (
        "{message: clicked, journey: welcome, step: Say hello, template: hello}",
        (
            "did Message Clicked with journey is 'welcome' and step is 'Say hello' and template is 'hello' "
            "and class is 'human'"
        ),
    ),
    (
        "{message: delivered, times: never, in the last: 30 days}",
        "never was delivered a message in the last 30 days",
    ),
    ("{segment: lapsed}", "is in the segment lapsed"),
    ("{not in segment: lapsed}", "not this"),
    (
        "{consent: {channel: email, purpose: marketing, topic: news}, is: given}",
        "consent to marketing by email about news is given",
    ),
    ("{reachable: sms}", "can be reached by sms"),
    ("{near: {attribute: home, point: [59.9, 10.7], within: 500 m}}", "home is within 500 m of 59.9, 10.7"),
    (
        "{near: {attribute: home, point: [59.9, 10.7], within: 3 miles}}",
        "home is within 4.82803 km of 59.9, 10.7",
    ),
    ("{anniversary: birthday, season: this month}", "the day of birthday is in this month"),
    (
        "{anniversary: {fact: first_order}, in the next: 7 days}",
        "the day of first order comes in the next 7 days",
    ),
    ("{quantile: monetary, of: 5, at least: 4}", "stands by what they spent in part at least 4 of 5"),
    ("{quantile: recency, is one of: [1, 2]}", "stands by how lately they bought in part 1 and 2 of 5"),
    ("{share: 10 percent, seed: spring}", "is among a random 10 percent (spring)"),
    ("{all: [{event: A}]}", "all of these"),
    ("{any: [{event: A}]}", "at least one of these"),
    ("{none: [{event: A}, {event: B}]}", "none of these"),
]


@pytest.mark.parametrize(("condition", "english"), SAID)
def test_a_condition_reads_as_english(condition: str, english: str):
    assert say(examine(f"segment: a\nrule: {condition}").rule) == english


def test_an_outline_shows_what_is_part_of_what():
    rule = examine("segment: a\nrule:\n  - {event: A}\n  - none: [{tag: b}]\n").rule

    assert list(outline(rule)) == ["all of these", "  did A", "  not this", "    has the tag 'b'"]


def test_a_sentence_says_the_whole_rule():
    rule = examine(
        "segment: a\nrule:\n  - {event: A}\n  - any: [{stage: lead}, {tag: b}]\n  - none: [{event: B}, {event: C}]\n"
        "  - not: {all: [{event: D}, {event: E}]}\n"
    ).rule

    assert sentence(rule) == (
        "did A and (stage is 'lead' or has the tag 'b') and none of (did B, or did C) and not (did D and did E)"
    )


@given(rules)
@settings(max_examples=20, deadline=None)
def test_every_rule_is_said_in_lines_that_can_be_printed(rule: Rule):
    assert sentence(rule).isprintable()
    assert all(line.isprintable() and line.strip() and len(line) < 300 for line in outline(rule))
