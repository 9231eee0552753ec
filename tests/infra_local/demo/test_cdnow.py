"""The input: parsing, the choice of customers, and the times of day."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from infra import install
from infra.local.demo import cdnow
from tests.cdnow import CACHED, the_file

# Ours, in the file's format: two spaces, CR LF, several rows a day.
SAMPLE = "\r\n".join(
    [
        " customer_id  date number_of_cds  dollar_value",
        " 00003 19970102  2   20.76",
        " 00004 19970101  2   29.33",
        " 00004 19970118  1   29.73",
        " 00004 19970118  2   14.96",
        " 00004 19970205  1   26.48",
        " 00020 19970121  1   14.96",
        " 00036 19970122  1   14.96",
        " 00052 19970107  3   40.00",
        " 00052 19970204  3   41.00",
        "",
    ]
)


def test_customers_are_those_who_first_bought_in_three_weeks_and_whose_id_ends_in_4_of_16():
    assert list(cdnow.select(cdnow.parse(SAMPLE))) == [4, 20, 52]


def test_rows_stop_after_five_weeks():
    chosen = cdnow.select(cdnow.parse(SAMPLE))

    assert [(row.quantity, row.total) for row in chosen[4]] == [(2, 29.33), (1, 29.73), (2, 14.96)]
    assert [row.at.date().isoformat() for row in chosen[52]] == ["1997-01-07", "1997-02-04"]


def test_the_times_of_a_customer_ascend_in_the_order_of_the_file():
    bought = cdnow.parse(SAMPLE)[4]

    assert [row.row for row in bought] == [1, 2, 3, 4]
    assert all(earlier.at < later.at for earlier, later in pairwise(bought))


def test_two_runs_give_the_same_times():
    assert cdnow.parse(SAMPLE) == cdnow.parse(SAMPLE)


def test_fewer_customers_are_always_the_first_of_the_same_order():
    rows = cdnow.parse(SAMPLE)

    one, two = set(cdnow.select(rows, 1)), set(cdnow.select(rows, 2))

    assert len(one) == 1
    assert one < two


def test_time_order_goes_over_all_customers():
    ordered = cdnow.in_time_order(cdnow.select(cdnow.parse(SAMPLE)).values())

    assert ordered == sorted(ordered, key=lambda row: row.at)
    assert ordered[0].user_id == "c00004"
    assert ordered[0].order_id == "cdnow-00004-1"


def test_the_real_file_has_319_customers_and_396_rows():
    chosen = cdnow.select(cdnow.parse(the_file().read_text()))

    assert len(chosen) == 319
    assert sum(map(len, chosen.values())) == 396
    assert min(row.at for rows in chosen.values() for row in rows) >= datetime(1997, 1, 1, tzinfo=UTC)


def test_the_installation_puts_the_file_where_demo_and_tests_look_for_it():
    assert install.PURCHASES == CACHED


def test_without_a_network_the_installation_says_so_and_goes_on(tmp_path: Path, capsys: Any):
    dev = install.Environment("dev", tmp_path, tmp_path / "lock")
    dev.python.parent.mkdir()
    dev.python.symlink_to("/bin/false")

    install.fetch_purchases(dev, tmp_path / "missing.txt")

    assert "are skipped" in capsys.readouterr().out


def test_a_file_that_is_there_costs_the_installation_nothing(tmp_path: Path):
    nothing_runs = install.Environment("dev", tmp_path / "none", tmp_path / "lock")

    install.fetch_purchases(nothing_runs, install.ROOT / "README.md")
