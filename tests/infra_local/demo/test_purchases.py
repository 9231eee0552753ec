"""The purchases as a table, and what the check says of profiles that match the file or do not."""

from pathlib import Path

from infra.local.demo.purchases import Total, report, written

TEXT = """\
 customer_id  date number_of_cds  dollar_value
 00001 19970101  1   11.77
 00002 19970112  1   12.00
 00002 19970112  5   77.00
 00003 19970102  2   20.76
"""


def test_each_line_is_an_order_of_its_own(tmp_path: Path):
    file, expected = written(TEXT, tmp_path / "purchases.csv")

    assert file.read_text().splitlines() == [
        "user_id,timestamp,order_id,currency,total,quantity",
        "c00001,19970101,cdnow-00001-1,USD,11.77,1",
        "c00002,19970112,cdnow-00002-1,USD,12.00,1",
        "c00002,19970112,cdnow-00002-2,USD,77.00,5",
        "c00003,19970102,cdnow-00003-1,USD,20.76,2",
    ]
    assert expected == {"c00001": Total(1, 1177), "c00002": Total(2, 8900), "c00003": Total(1, 2076)}


def test_the_first_customers_only(tmp_path: Path):
    _, expected = written(TEXT, tmp_path / "purchases.csv", most=2)

    assert expected == {"c00001": Total(1, 1177), "c00002": Total(2, 8900)}


def test_what_matches_and_what_does_not(capsys):
    expected = {"c1": Total(1, 100)}

    assert report(expected, {"c1": Total(1, 100)}, 0) == 0
    assert report(expected, {"c1": Total(1, 101)}, 0) == 1
    assert report(expected, {"c1": Total(1, 100)}, 1) == 1
    assert "c1: Total(orders=1, cents=101) instead of Total(orders=1, cents=100)" in capsys.readouterr().out
