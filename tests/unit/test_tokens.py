"""Only access tokens of our own pool and page open anything, and nobody makes us ask for keys over and over."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sojourn.clock import ManualClock, machine_clock
from sojourn.errors import Problem
from sojourn.http.keys import Key
from sojourn.http.tokens import ASKED_AGAIN_AFTER, KeysUnreadError, PoolKeys, Tokens, is_token

NOW = machine_clock().wall()  # the library looks at the machine's own clock
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ours"
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
THEIRS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = OURS.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
CLAIMS: Mapping[str, Any] = {
    "iss": ISSUER,
    "sub": "5f0c",
    "username": "5f0c",
    "client_id": "page",
    "token_use": "access",
    "iat": int(NOW.timestamp()) - 60,
    "exp": int(NOW.timestamp()) + 3_600,
    "cognito:groups": ["editor"],
}


@dataclass
class Pool:
    """Publishes keys, and counts how often it is asked."""

    keys: dict[str, Any] = field(
        default_factory=lambda: {"k1": jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)}
    )
    asked: int = 0
    is_silent: bool = False

    def __call__(self) -> dict[str, Any]:
        self.asked += 1
        if self.is_silent:
            raise KeysUnreadError("no answer")
        return self.keys


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def tokens(pool: Pool, clock: ManualClock) -> Tokens:
    return Tokens(ISSUER, frozenset({"page"}), PoolKeys(clock, pool))


def token(*, key: Any = OURS, kid: str = "k1", without: str = "", **changes: Any) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if name != without}
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def by_hand(algorithm: str, sign: Any) -> str:
    """What no library would sign."""

    def part(value: Any) -> str:
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()

    signed = f"{part({'alg': algorithm, 'kid': 'k1', 'typ': 'JWT'})}.{part(dict(CLAIMS))}"
    return f"{signed}.{part(sign(signed.encode()))}"


def test_who_is_signed_in_has_a_name_and_a_role(tokens):
    assert tokens.find(token()) == Key("5f0c", role="editor")


@pytest.mark.parametrize(
    ("groups", "role"),
    [(["viewer"], "viewer"), (["viewer", "approver", "editor"], "approver"), (["x", "admin"], "admin")],
    ids=["one", "the highest", "others beside"],
)
def test_of_many_groups_the_highest_counts(tokens, groups, role):
    found = tokens.find(token(**{"cognito:groups": groups}))

    assert found is not None
    assert found.role == role


@pytest.mark.parametrize(
    "groups", [None, [], ["Admin"], "admin", [["admin"]]], ids=["none", "empty", "case", "text", "nested"]
)
def test_who_is_in_none_of_our_groups_may_do_nothing(tokens, groups):
    assert tokens.find(token(**{"cognito:groups": groups})) is None


ID = "id"
FORGED = {
    "no signature": by_hand("none", lambda _: b""),
    "our public key as a secret": by_hand("HS256", lambda text: hmac.digest(PUBLIC, text, "sha256")),
    "somebody else's key": token(key=THEIRS),
    "another pool": token(iss=ISSUER.replace("Ours", "Theirs")),
    "another page of the pool": token(client_id="other"),
    "no page": token(without="client_id"),
    "an id token": token(token_use=ID, aud="page", without="client_id"),
    "an id token that names the page": token(token_use=ID),
    "expired": token(exp=int(NOW.timestamp()) - 1),
    "never expires": token(without="exp"),
    "issued at no time": token(without="iat"),
    "of nobody": token(without="sub"),
    "by nobody": token(without="iss"),
    "an unknown key": token(kid="k2"),
    "too long": token(padding="x" * 8_192),
    "no token": "a.b.c",
    "a name of our own events": token(username="sojourn"),
    "nothing at all": "..",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_anything_else_opens_nothing(tokens, forged):
    assert is_token(forged)
    assert tokens.find(forged) is None


def test_strangers_who_make_key_ids_up_cause_one_request(tokens, pool, clock):
    tokens.find(token())
    for number in range(50):
        assert tokens.find(token(kid=f"made-up-{number}")) is None
    assert pool.asked == 1

    clock.advance(ASKED_AGAIN_AFTER.total_seconds())
    tokens.find(token(kid="x"))
    tokens.find(token(kid="y"))

    assert pool.asked == 2
    assert tokens.find(token()) is not None


def test_a_key_that_was_turned_is_known_within_five_minutes(tokens, pool, clock):
    assert tokens.find(token(kid="k2")) is None

    pool.keys = {"k2": pool.keys["k1"]}
    clock.advance(ASKED_AGAIN_AFTER.total_seconds())

    assert tokens.find(token(kid="k2")) is not None


def test_a_pool_that_does_not_answer_is_no_refusal(tokens, pool, clock):
    pool.is_silent = True
    for _ in range(2):
        with pytest.raises(Problem, match="try again"):
            tokens.find(token())
    assert pool.asked == 1

    pool.is_silent = False
    clock.advance(5)

    assert tokens.find(token()) is not None


def test_what_was_known_stays_known_while_the_pool_is_silent(tokens, pool, clock):
    tokens.find(token())
    pool.is_silent = True
    clock.advance(ASKED_AGAIN_AFTER.total_seconds())

    assert tokens.find(token(kid="k2")) is None
    assert tokens.find(token()) is not None
