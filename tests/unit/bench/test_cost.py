"""The bill of a million contacts, as docs/cost.md prints it."""

import functools

import pytest

from bench.cost import PAGE, SHARE_GOAL, Bill, bill_of, page_with
from bench.story import Told, play
from bench.units import Change, read_units, size_of

ROW = {"pk": {"S": "C#a"}, "sk": {"S": "ENROL#j#1"}, "open": {"S": "3"}, "until": {"S": "2030"}}
MOVED = {**ROW, "until": {"S": "2031"}}
LARGE = {"pk": {"S": "x" * 1100}}


@functools.cache
def story() -> Told:
    return play()


def bill() -> Bill:
    return bill_of(story())


@pytest.mark.slow
def test_the_page_prints_the_bill():
    text = PAGE.read_text()

    assert text == page_with(text, bill()), "run: python -m bench.cost"


@pytest.mark.slow
def test_what_is_neither_mail_nor_transition_stays_small():
    assert bill().overhead_share <= SHARE_GOAL


@pytest.mark.slow
def test_a_contact_without_a_phone_gets_three_mails_in_eight_transitions():
    told = story()

    assert (told.mails, told.transitions) == (3 * told.contacts, 8 * told.contacts)
    assert told.meter.invocations["send_message"] == 4 * told.contacts


@pytest.mark.parametrize(
    ("change", "units", "of_the_index"),
    [
        pytest.param(Change(None, {"pk": {"S": "a"}}), 1, 0, id="a new row"),
        pytest.param(Change(None, LARGE), 2, 0, id="a row over 1 KB"),
        pytest.param(Change(LARGE, {"pk": {"S": "a"}}), 2, 0, id="the larger of both counts"),
        pytest.param(Change(ROW, ROW, transacted=True), 2, 0, id="in a transaction, checks included"),
        pytest.param(Change(None, ROW), 1, 1, id="enters the index"),
        pytest.param(Change(ROW, MOVED), 1, 2, id="moves in the index"),
        pytest.param(Change(ROW, {"pk": {"S": "a"}}), 1, 1, id="leaves the index"),
    ],
)
def test_write_units_are_those_of_the_price_list(change: Change, units: int, of_the_index: int):
    assert (change.units, change.index_units) == (units, of_the_index)


def test_sizes_are_bytes_and_reads_count_by_four_kilobytes():
    assert size_of({"größe": {"S": "ä"}, "n": {"N": "1234"}}) == 7 + 2 + 1 + 3
    assert [read_units(size) for size in (0, 4096, 4097)] == [1, 1, 2]
