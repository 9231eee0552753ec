"""Keys are shown once, found by their hash, and close when revoked; a link key that is rotated out is still read."""

import base64
import inspect
from collections.abc import Iterator
from typing import Any

import click
import pytest

from sojourn import config
from sojourn.calling.signing import read_secrets
from sojourn.cli.keys import new_key, revoke_key, rotate_calls, rotate_identify, rotate_link, show_user_hash
from sojourn.clock import ManualClock
from sojourn.events.proofs import user_hash
from sojourn.http.identify import IdentifySecrets
from sojourn.http.keys import Keys
from sojourn.tracking.keys import LinkKeys
from sojourn.tracking.tokens import Action, read, sign
from tests.cloud import moto_cloud
from tests.feedback import before_first
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


@pytest.mark.parametrize("name", ["", " ", "a#b", "import:1", "sojourn"])
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


def test_a_link_that_was_sent_stays_good_when_its_key_is_turned():
    within_stack(rotate_link)()
    sent = sign(LinkKeys()(), Action.UNSUBSCRIBE, "ada-1")
    running = LinkKeys()
    running()

    within_stack(rotate_link)()

    for keys in (running, LinkKeys()):
        assert read(sent, keys.knowing(sent), Action.UNSUBSCRIBE) is not None
    assert LinkKeys()().active == "k2"


@pytest.mark.parametrize("rotate", [rotate_link, rotate_identify, rotate_calls])
def test_who_rotates_in_the_same_moment_as_another_is_told_in_words(rotate):
    with (
        before_first("PutItem", within_stack(rotate)),
        pytest.raises(click.ClickException, match="in force"),
    ):
        within_stack(rotate)()


def made(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    within_stack(new_key)(**{"kind": "write", "name": "web", **options})
    return capsys.readouterr().out.strip()


def test_a_key_is_a_server_s_unless_it_is_made_for_pages(capsys):
    keys = Keys(ManualClock(NOW))
    server = keys.find("write", made(capsys))
    page = keys.find(
        "write",
        made(capsys, name="page", browser=True, origin=("https://B.example", "https://a.example:8443")),
    )

    assert server is not None
    assert not server.is_browser
    assert page is not None
    assert (page.is_browser, page.origins) == (True, ("https://a.example:8443", "https://b.example"))


def test_a_page_and_a_server_never_share_a_name(capsys):
    made(capsys)
    assert made(capsys)

    with pytest.raises(click.ClickException, match="choose another"):
        within_stack(new_key)(kind="write", name="web", browser=True)
    assert made(capsys, name="page", browser=True)
    with pytest.raises(click.ClickException, match="choose another"):
        within_stack(new_key)(kind="write", name="page")


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "api", "browser": True},
        {"kind": "write", "origin": ("https://a.example",)},
        {"kind": "write", "browser": True, "origin": ("https://a.example/path",)},
        {"kind": "write", "browser": True, "origin": ("*",)},
        {"kind": "write", "browser": True, "origin": ("null",)},
    ],
)
def test_keys_that_make_no_sense_are_refused_with_a_way_out(options):
    with pytest.raises(click.ClickException) as refused:
        within_stack(new_key)(name="web", **options)
    assert ":" in refused.value.message


def test_secrets_of_users_hashes_rotate_and_older_ones_stay_until_told(capsys):
    def rotated(**options: Any) -> str:
        within_stack(rotate_identify)(**options)
        return str(capsys.readouterr().out.strip())

    first, second = rotated(), rotated()
    assert IdentifySecrets(ManualClock(NOW))() == (first, second)
    within_stack(show_user_hash)(user_id="42")
    assert capsys.readouterr().out.strip() == user_hash(second, "42")

    third = rotated(only=True)
    assert IdentifySecrets(ManualClock(NOW))() == (third,)
    assert len({first, second, third}) == 3


def test_a_stack_without_a_secret_says_how_to_make_one():
    assert IdentifySecrets(ManualClock(NOW))() == ()
    with pytest.raises(click.ClickException, match="rotate-identify"):
        within_stack(show_user_hash)(user_id="42")


def test_calls_are_signed_with_the_newest_secrets_and_one_alone_when_asked(capsys):
    for _ in range(3):
        within_stack(rotate_calls)()
    first, second, third = capsys.readouterr().out.split()

    assert read_secrets() == (third, second)
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32

    within_stack(rotate_calls)(only=True)

    assert read_secrets() == (capsys.readouterr().out.strip(),)


def test_a_stack_without_a_secret_has_none():
    assert read_secrets() == ()
