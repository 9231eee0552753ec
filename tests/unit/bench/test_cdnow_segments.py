"""Every four-hundredth customer of CDNOW, the segments that ship, and an edited rule; the bench takes all of them."""

from __future__ import annotations

import pytest

from bench import cdnow_segments as bench
from bench.large_tables import large_tables
from tests import cdnow
from tests.cloud import moto_cloud
from tests.partiql import teach_moto

EVERY = 400


def test_the_shipped_segments_are_as_pandas_says_and_an_edit_that_lets_everybody_in_moves_nobody(
    capsys: pytest.CaptureFixture[str],
):
    bought = list(cdnow.orders(cdnow.the_file().read_text(), every=EVERY))
    with moto_cloud(), large_tables():
        teach_moto()
        shop = bench.filled(bought)

        assert bench.as_pandas_says(shop, bought)
        assert bench.the_edit_moves_nobody(shop)

    said = capsys.readouterr().out
    assert "58 of 58 customers entered, {'rule_edit': 58}" in said
    assert "enrolments started by the edit: 0" in said
    assert "enrolments started by somebody's first order: 1" in said
