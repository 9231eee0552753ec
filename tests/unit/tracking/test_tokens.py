"""A token is what we wrote, to the last bit, for the door it was written for; everything else is nothing."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import NotFoundError
from sojourn.tracking.keys import LinkKeys
from sojourn.tracking.tokens import Action, Keys, Token, kid_of, read, sign

KEYS = Keys("k2", {"k1": b"an old secret of 32 bytes or more", "k2": b"the secret that is in use today!"})
MESSAGE = "abcdefghijklmnopqrst-0123456789abcdef"
TOKEN = sign(KEYS, Action.CLICK, MESSAGE, 3)


def test_a_token_says_what_was_signed():
    assert read(TOKEN, KEYS, Action.CLICK) == Token(Action.CLICK, MESSAGE, 3)
    assert TOKEN.startswith("v1.k2.")
    assert len(TOKEN) < 100


def test_it_carries_no_address_and_no_padding():
    assert not set("=@/+") & set(TOKEN)


def test_a_token_for_one_door_does_nothing_at_another():
    assert read(TOKEN, KEYS, Action.UNSUBSCRIBE) is None
    assert read(sign(KEYS, Action.OPEN, MESSAGE), KEYS, Action.CLICK) is None


def test_an_older_key_is_still_recognised():
    old = sign(Keys("k1", KEYS.secrets), Action.UNSUBSCRIBE, MESSAGE)

    assert read(old, KEYS, Action.UNSUBSCRIBE) == Token(Action.UNSUBSCRIBE, MESSAGE)


def test_a_key_of_another_stack_or_none_is_not():
    assert read(sign(Keys("k2", {"k2": b"theirs"}), Action.CLICK, MESSAGE, 3), KEYS, Action.CLICK) is None
    assert read(sign(Keys("k9", {"k9": b"x"}), Action.CLICK, MESSAGE, 3), KEYS, Action.CLICK) is None


def test_a_token_moved_to_another_key_is_refused():
    assert read(TOKEN.replace(".k2.", ".k1."), KEYS, Action.CLICK) is None


@pytest.mark.parametrize("bit", range(128))
def test_no_bit_of_the_signature_can_be_flipped(bit):
    head, _, signature = TOKEN.rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[bit // 8] ^= 1 << bit % 8

    assert read(f"{head}.{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}", KEYS, Action.CLICK) is None


def test_no_character_can_be_changed_dropped_or_added():
    for place in range(len(TOKEN)):
        for other in "A", "b", "-", ".", "":
            changed = TOKEN[:place] + other + TOKEN[place + 1 :]
            assert changed == TOKEN or read(changed, KEYS, Action.CLICK) is None
        assert read(TOKEN[:place], KEYS, Action.CLICK) is None
    assert all(read(TOKEN + more, KEYS, Action.CLICK) is None for more in ("=", "==", ".", "A", "\n", " "))


@given(st.text(max_size=120) | st.from_regex(r"v1\.k2\.[\w-]*\.[\w-]*", fullmatch=True))
def test_garbage_is_nothing_and_never_an_error(text):
    assert read(text, KEYS, Action.CLICK) is None
    assert isinstance(kid_of(text), str)


@pytest.mark.parametrize(
    "text", ["", ".", "...", "v1.k2..", "v1.k2.e30.e30", "v2" + TOKEN[2:], "x" * 10_000_000, "é" * 20]
)
def test_so_is_this(text):
    assert read(text, KEYS, Action.CLICK) is None


@given(st.sampled_from(Action), st.none() | st.integers(0, 10_000))
def test_every_token_of_ours_is_read_back(action, link):
    assert read(sign(KEYS, action, MESSAGE, link), KEYS, action) == Token(action, MESSAGE, link)


class Row:
    """The Config row, counting how often it is read."""

    def __init__(self, *kids: str) -> None:
        self.kids, self.reads, self.now = list(kids), 0, 100.0

    def __call__(self) -> dict[str, object]:
        self.reads += 1
        return {
            "active": self.kids[-1],
            "keys": {kid: base64.b64encode(kid.encode()).decode() for kid in self.kids},
        }


def test_keys_are_read_once_a_minute():
    row = Row("k1")
    keys = LinkKeys(row, lambda: row.now)

    keys(), keys()
    row.now += 61
    assert keys().active == "k1"

    assert row.reads == 2


def test_a_key_made_a_moment_ago_is_fetched_but_not_for_every_stranger():
    row = Row("k1")
    keys = LinkKeys(row, lambda: row.now)
    keys()

    row.kids.append("k2")
    row.now += 2
    known = [keys.knowing("v1.k2.a.b") for _ in range(50)][-1]
    strangers = [keys.knowing("v1.k9.a.b") for _ in range(50)]

    assert known.active == "k2"
    assert len(strangers) == 50
    assert row.reads == 2


def test_no_key_at_all_is_said_by_name():
    def nothing() -> dict[str, object]:
        raise NotFoundError("KEY / link")

    with pytest.raises(NotFoundError):
        LinkKeys(nothing)()
