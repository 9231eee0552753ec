"""Which sessions live: one row a person, and nobody waits for a token to expire."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sojourn import config
from sojourn.http.sessions import KIND, LIFE, begin, end, end_all, find, owners
from tests.cloud import moto_cloud
from tests.insight_rows import NOW


@pytest.fixture(autouse=True)
def _tables() -> Iterator[None]:
    with moto_cloud():
        yield


def test_a_session_lives_from_its_beginning_to_its_end_or_for_twelve_hours():
    begin("ada", "secret", email="ada@example.org", now=NOW)

    standing = find("ada", "secret", now=NOW + LIFE - timedelta(seconds=1))
    assert standing
    assert standing.email == "ada@example.org"
    assert not find("ada", "secret", now=NOW + LIFE)
    assert not find("ada", "other", now=NOW)
    assert not find("bob", "secret", now=NOW)

    end("ada", "secret", now=NOW)
    end("ada", "secret", now=NOW)
    assert not find("ada", "secret", now=NOW)


def test_all_of_a_persons_sessions_end_at_once_and_nobody_elses():
    for name, secret in (("ada", "one"), ("ada", "two"), ("bob", "three")):
        begin(name, secret, email=f"{name}@example.org", now=NOW)

    end_all("ada", now=NOW)

    assert [bool(find(*who, now=NOW)) for who in (("ada", "one"), ("ada", "two"), ("bob", "three"))] == [
        0,
        0,
        1,
    ]


def test_no_secret_stands_in_the_row():
    begin("ada", "secret", email="ada@example.org", now=NOW)

    row = config.get(KIND, "ada")
    assert row
    assert "secret" not in str(row.data)


def test_who_signs_in_elsewhere_meanwhile_is_in_too():
    begin("ada", "first", email="ada@example.org", now=NOW)
    begin("ada", "second", email="ada@example.org", now=NOW)

    assert find("ada", "first", now=NOW)
    assert find("ada", "second", now=NOW)


def test_owners_are_known_after_their_sessions_ended():
    begin("ada", "secret", email="ada@example.org", now=NOW)
    end_all("ada", now=NOW)

    assert owners(["ada", "bob", "ada"]) == {"ada": "ada@example.org"}
    assert owners([]) == {}
