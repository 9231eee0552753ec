"""A compiled rule says what the oracle says, however events came in, and names in time when it may say otherwise."""

import os
import random
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.rules.compile import compile_rule
from sojourn.rules.nodes import Rule
from tests import rules_oracle
from tests.rules_oracle import Person
from tests.rules_people import NOW, folded, people, rules, timely_rules, view_of

EXAMPLES = int(os.environ.get("RULE_EXAMPLES", "100"))
MOST_FLIPS = 12
A_YEAR = 366 * 86_400

patient = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@patient
@given(rule=rules, person=people, seed=st.integers(0, 10**6))
def test_folded_in_any_order_it_says_what_all_events_say(rule: Rule, person: Person, seed: int):
    compiled, dice = compile_rule(rule), random.Random(seed)
    profile, kept = folded(person, compiled, dice)
    moment = NOW + timedelta(seconds=dice.choice([0, 0, dice.randrange(A_YEAR)]))

    view = view_of(person, profile, kept, moment)

    expected = rules_oracle.holds(rule, person, moment)
    assert compiled.holds(view) is expected
    assert compiled.judge(view).holds is expected


@patient
@given(rule=timely_rules, person=people, seed=st.integers(0, 10**6))
def test_until_it_may_flip_nothing_changes_and_then_it_looks_ahead_again(
    rule: Rule, person: Person, seed: int
):
    compiled, dice = compile_rule(rule), random.Random(seed)
    profile, kept = folded(person, compiled, dice)
    moment = NOW

    for _ in range(MOST_FLIPS):
        verdict = compiled.judge(view_of(person, profile, kept, moment))
        assert verdict.holds is rules_oracle.holds(rule, person, moment)
        for probe in probes(moment, verdict.flips_at, dice):
            assert rules_oracle.holds(rule, person, probe) is verdict.holds, probe
        if verdict.flips_at is None:
            break
        assert verdict.flips_at > moment
        moment = verdict.flips_at


def probes(now: datetime, flips_at: datetime | None, dice: random.Random) -> list[datetime]:
    """Moments from now until then, the very last among them."""
    end = flips_at or now + timedelta(seconds=2 * A_YEAR)
    last = end - timedelta(milliseconds=1)
    between = [now + (end - now) * dice.random() for _ in range(3)]
    whole = [
        each.replace(microsecond=each.microsecond // 1000 * 1000)
        for each in (*between, end - timedelta(seconds=1))
    ]
    return [each for each in (*whole, last) if now <= each < end]
