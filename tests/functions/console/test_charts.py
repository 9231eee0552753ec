"""Charts say in a table what they show, and keep what they are given from being anything but text."""

import re

import pytest

from functions.api.console.charts import bars, flow, line, nice, spark

DAYS = ["1 Nov", "2 Nov", "3 Nov"]
HOSTILE = "<script>alert(1)</script>"


def test_bars_stand_on_each_other_and_their_numbers_are_in_the_table():
    drawn = bars("Messages", DAYS, {"Sent": [10, 20, 0], "Bounced": [0, 5, 0]})

    assert len(re.findall(r'<rect class="s[12]" x=', drawn)) == 3
    assert "<title>2 Nov: Sent 20, Bounced 5</title>" in drawn
    assert '<th scope="row">2 Nov</th><td class="num">20</td><td class="num">5</td>' in drawn
    low = re.search(r'class="s1" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn)
    assert low
    assert 8 < float(low[1]) < 158


def test_a_line_is_as_high_as_its_numbers():
    points = re.search(r'class="line" points="([^"]+)"', line("People", DAYS, [0, 50, 100]))

    assert points
    heights = [float(each.split(",")[1]) for each in points[1].split()]
    assert heights == [158.0, 83.0, 8.0]


def test_a_flow_says_how_many_and_what_part_of_the_first():
    drawn = flow("Where they left", [("Entered", 200), ("Opened", 50)])

    assert "50 · 25%" in drawn
    assert 'class="s1" width="25.00"' in drawn


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (3, 5), (9, 10), (11, 20), (480, 500), (501, 1000)]
)
def test_a_scale_ends_on_a_round_number(value: float, top: float):
    assert nice(value) == top


def test_nothing_to_show_is_no_error():
    assert "<svg" in bars("Messages", [], {"Sent": []})
    assert "<svg" in line("People", ["1 Nov"], [0])
    assert "<svg" in spark([], "Nothing yet")
    assert "flow" in flow("Left", [])


def test_no_word_of_a_chart_is_ever_markup_or_a_style():
    drawn = [
        bars(HOSTILE, [HOSTILE], {HOSTILE: [1], "Two": [2]}),
        line(HOSTILE, [HOSTILE], [1]),
        flow(HOSTILE, [(HOSTILE, 1)]),
        spark([1], HOSTILE),
    ]

    for each in drawn:
        assert "<script" not in each
        assert "style=" not in each


def test_series_that_do_not_fit_the_days_are_refused():
    with pytest.raises(ValueError, match="1 values for 3 days"):
        bars("Messages", DAYS, {"Sent": [1]})
    with pytest.raises(ValueError, match="6 series"):
        bars("Messages", [], {str(each): [] for each in range(6)})
