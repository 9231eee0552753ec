"""What a letter's signature covers is believed when the signature is good, and DMARC is looked for up the tree."""

import base64

import dkim  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sojourn.account.dns import dmarc_of
from sojourn.cli.letter import signed_headers

LETTER = b"""From: hello@example.org\r
To: ada@example.com\r
Subject: Hello\r
List-Unsubscribe: <https://mail.example.org/u/x>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
\r
Hello.\r
"""
BOTH = [b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"]
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)


def key_of(name: bytes, timeout: int = 5) -> bytes:
    assert name == b"s1._domainkey.example.org."
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(PUBLIC)


def signed(headers: list[bytes]) -> bytes:
    signature: bytes = dkim.sign(LETTER, b"s1", b"example.org", PRIVATE, include_headers=headers)
    return signature + LETTER


def test_a_good_signature_tells_what_it_covers():
    assert set(signed_headers(signed(BOTH), key_of)) == {name.decode() for name in BOTH}


def test_one_header_may_be_left_out():
    covered = signed_headers(signed(BOTH[:3]), key_of)

    assert "list-unsubscribe" in covered
    assert "list-unsubscribe-post" not in covered


@pytest.mark.parametrize(
    "letter",
    [
        LETTER,
        signed(BOTH).replace(b"/u/x", b"/u/y"),
        signed(BOTH).replace(b"v=1;", b"v=9;"),
        b"",
        b"\xff\xfe",
    ],
    ids=["unsigned", "changed", "of another version", "empty", "no letter"],
)
def test_a_letter_without_a_good_signature_covers_nothing(letter):
    assert signed_headers(letter, key_of) == ()


def test_dmarc_of_the_domain_or_of_the_one_above():
    zone = {
        "_dmarc.example.org": ["something else", "v=DMARC1; p=reject"],
        "_dmarc.own.example.org": ["v=DMARC1; p=none"],
    }

    def ask(name: str) -> list[str]:
        return zone.get(name, [])

    assert dmarc_of("own.example.org", ask) == "v=DMARC1; p=none"
    assert dmarc_of("news.example.org", ask) == "v=DMARC1; p=reject"
    assert dmarc_of("example.com", ask) is None
