"""A head count of a sample, and how far it may be off."""

from __future__ import annotations

import random

from sojourn.segments.estimate import estimated


def test_when_everybody_was_looked_at_the_count_is_exact():
    told = estimated(3, 10, share=1.0)

    assert (told.count, told.low, told.high, told.of, told.is_exact) == (3, 3, 3, 10, True)


def test_nobody_among_a_few_may_still_be_some_of_many():
    told = estimated(0, 1_000, share=0.01)

    assert told.count == told.low == 0
    assert 200 < told.high < 600
    assert told.of == 100_000


def test_the_truth_lies_in_the_interval_nineteen_times_of_twenty():
    chance, within, rounds = random.Random(7), 0, 400
    for _ in range(rounds):
        people, truth, share = 4_000, chance.randrange(1, 4_000), 0.25
        sample = chance.sample(range(people), int(people * share))
        told = estimated(sum(each < truth for each in sample), len(sample), share=share)
        within += told.low <= truth <= told.high

    assert within / rounds > 0.92


def test_who_was_seen_is_there():
    told = estimated(5, 5, share=0.5)

    assert told.low >= 5
    assert told.high == told.of == 10
