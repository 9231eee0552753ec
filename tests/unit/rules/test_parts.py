"""When all, any and none of some conditions may flip."""

from datetime import UTC, datetime

import pytest

from sojourn.rules.parts import all_of, any_of
from sojourn.rules.view import Verdict

SOON, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parts", "together"),
    [
        # All hold: until the first of them falls.
        ([(True, SOON), (True, LATE)], (True, SOON)),
        ([(True, None), (True, LATE)], (True, LATE)),
        ([(True, None), (True, None)], (True, None)),
        # Some do not: until the last of those rises, and never when one never does.
        ([(False, SOON), (False, LATE)], (False, LATE)),
        ([(False, SOON), (True, LATE)], (False, SOON)),
        ([(False, LATE), (True, SOON)], (False, LATE)),
        ([(False, SOON), (False, None)], (False, None)),
        ([(False, SOON), (True, None)], (False, SOON)),
    ],
)
def test_all_flip_in_time_and_any_is_their_mirror(
    parts: list[tuple[bool, datetime | None]], together: tuple[bool, datetime | None]
):
    holds, flips_at = together

    assert all_of(Verdict(*part) for part in parts) == Verdict(holds, flips_at)
    assert any_of(Verdict(not each, at) for each, at in parts) == Verdict(not holds, flips_at)
