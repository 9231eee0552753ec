"""What a letter's signature covers is believed when the mailbox found it good, and DMARC is looked for up the tree."""

import pytest

from sojourn.account.dns import dmarc_of
from sojourn.account.letter import signed_headers

JUDGED = b"""Authentication-Results: mx.example.com;\r
 dkim=pass header.i=@example.org header.s=abc header.b=Xy;\r
 dkim=pass header.d=amazonses.com; spf=pass smtp.mailfrom=bounce.example.org\r
"""
SIGNATURE = b"""DKIM-Signature: v=1; a=rsa-sha256; s=abc; d=example.org;\r
 h=From:To:Subject:List-Unsubscribe:\r
 List-Unsubscribe-Post; bh=x; b=Xy\r
"""
LETTER = b"""From: hello@example.org\r
To: ada@example.com\r
Subject: Hello\r
List-Unsubscribe: <https://mail.example.org/u/x>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
\r
Hello.\r
"""
ALL = {"from", "to", "subject", "list-unsubscribe", "list-unsubscribe-post"}


def test_a_good_signature_tells_what_it_covers():
    assert set(signed_headers(JUDGED + SIGNATURE + LETTER)) == ALL


def test_one_header_may_be_left_out():
    covered = signed_headers(JUDGED + SIGNATURE.replace(b":\r\n List-Unsubscribe-Post", b"") + LETTER)

    assert set(covered) == ALL - {"list-unsubscribe-post"}


def test_what_is_signed_and_not_there_is_not_covered():
    without = LETTER.replace(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b"")

    assert "list-unsubscribe-post" not in signed_headers(JUDGED + SIGNATURE + without)


@pytest.mark.parametrize(
    "letter",
    [
        SIGNATURE + LETTER,
        JUDGED.replace(b"i=@example.org", b"i=@example.com") + SIGNATURE + LETTER,
        JUDGED.replace(b"dkim=pass header.i", b"dkim=fail header.i") + SIGNATURE + LETTER,
        b"Authentication-Results: mx.example.com; dkim=none\r\n" + JUDGED + SIGNATURE + LETTER,
        JUDGED + LETTER,
        b"",
        b"\xff\xfe",
    ],
    ids=[
        "not judged",
        "another signer",
        "a bad one",
        "judged by the letter itself",
        "unsigned",
        "empty",
        "no letter",
    ],
)
def test_a_letter_without_a_good_signature_covers_nothing(letter):
    assert signed_headers(letter) == ()


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
