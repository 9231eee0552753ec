"""Keys are shown once, found by their hash, and close when revoked; a link key that is rotated out is still read."""

import inspect
from collections.abc import Iterator
from typing import Any

import click
import pytest

from sojourn import config
from sojourn.cli.keys import new_key, revoke_key, rotate_link
from sojourn.clock import ManualClock
from sojourn.http.keys import Keys
from tests.cloud import moto_cloud
from tests.insight_rows import NOW


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with moto_cloud():
        yield


def within_stack(command: click.Command) -> Any:
    """What the command does once the stack's tables are bound."""
    assert command.callback is not None
    return inspect.unwrap(command.callback)


def test_a_new_key_opens_until_it_is_revoked(capsys):
    within_stack(new_key)(kind="api", name="ops")
    key = capsys.readouterr().out.strip()
    assert Keys(ManualClock(NOW)).find("api", key) is not None
    assert Keys(ManualClock(NOW)).find("write", key) is None

    within_stack(revoke_key)(kind="api", key=key)

    assert Keys(ManualClock(NOW)).find("api", key) is None


@pytest.mark.parametrize("name", ["", " ", "a#b", "sojourn"])
def test_a_name_that_no_source_may_have_is_refused(name):
    with pytest.raises(click.ClickException):
        within_stack(new_key)(kind="write", name=name)


def test_a_key_that_is_not_there_cannot_be_revoked():
    with pytest.raises(click.ClickException):
        within_stack(revoke_key)(kind="api", key="x")


def test_rotation_keeps_what_was():
    within_stack(rotate_link)()
    within_stack(rotate_link)()

    row = config.get("KEY", "link")
    assert row is not None
    assert row.data["active"] == "k2"
    assert sorted(row.data["keys"]) == ["k1", "k2"]
