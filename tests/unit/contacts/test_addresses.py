"""Addresses of people, in the one form under which they are stored."""

import pytest

from sojourn.contacts.addresses import (
    LONGEST_ADDRESS,
    NumberFault,
    Phone,
    country,
    email,
    email_key,
    flags,
    phone,
    phone_key,
    refusal,
)

RLO, ZWJ, BOM = "\u202e", "\u200d", "\ufeff"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("ada@example.org", "ada@example.org"),
        (
            "Ada.Lovelace@EXAMPLE.Org",
            "Ada.Lovelace@example.org",
        ),  # before the @ a server may tell capitals apart
        (" ada@example.org ", "ada@example.org"),  # what a form's field brings along
        ("ada+news@example.org", "ada+news@example.org"),
        ("o'hara@example.org", "o'hara@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.jp", "ada@xn--r8jz45g.jp"),
        ("ada@faß.de", "ada@xn--fa-hia.de"),  # IDNA 2008: not fass.de
        ("ada@ｅxample.org", "ada@example.org"),  # full width
        ("ada@почта.рф", "ada@xn--80a1acny.xn--p1ai"),
    ],
)
def test_an_address_has_one_form(written: str, stored: str):
    assert email(written) == stored
    assert email(stored) == stored


@pytest.mark.parametrize(
    "hostile",
    [
        "", "@", "ada", "ada@", "@example.org", "ada@example", "ada@@example.org", "a@b@example.org",
        "ada@example.org\n", "ada@example.org\r\nBcc: eve@example.org", "ada\t@example.org", "ada @example.org",
        "ada@exa mple.org", "a\0da@example.org", f"ada{RLO}@example.org", f"ada@ex{ZWJ}ample.org",
        f"{BOM}ada@example.org",
        '"ada lovelace"@example.org', '"\r\n"@example.org', "Ada <ada@example.org>", "<ada@example.org>",
        "ada(comment)@example.org", "ada@example.org,eve@example.org", "ada@example.org;eve@example.org",
        ".ada@example.org", "ada.@example.org", "a..b@example.org", "ada@.example.org", "ada@example..org",
        "ada@example.org.", "ada@-example.org", "ada@example-.org", "ada@ex_ample.org", "ada@[127.0.0.1]",
        "ada@1.2.3.4",
        "ada@localhost", "ada@printer.local", "ada@x.test", "ada@x.invalid", "ada@x.onion",
        "é@example.org", "ädä@example.org", "ada@" + "b" * 64 + ".org", "x" * 65 + "@example.org",
        "a@" + "b." * 130 + "org", "a" * 100_000 + "@example.org", "mailto:ada@example.org",
        "ada@example.org?subject=x",
        "\ud800@example.org", "ada@\ud800.org", "ada@xn--a.org", "ada@xn--.org", "ada@☃️.example",
    ],
)  # fmt: skip
def test_what_would_go_astray_is_no_address(hostile: str):
    assert email(hostile) is None


def test_an_address_may_be_as_long_as_smtp_takes():
    longest = "a" * 60 + "@" + ".".join(["b" * 62] * 3) + ".org"

    assert len(longest) <= LONGEST_ADDRESS
    assert email(longest) == longest
    assert email(longest.replace("@", "@" + "c" * 10 + ".")) is None


def test_capitals_do_not_make_another_person():
    assert email_key("Ada@Example.org") == email_key("ada@example.org") == "e#ada@example.org"
    assert phone_key("+12025550123") == "p#+12025550123"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ada@example.org", []),
        ("postmaster@example.org", ["role_address"]),
        ("Abuse@example.org", ["role_address"]),
        ("info+shop@example.org", ["role_address"]),
        ("information@example.org", []),
        ("ada@mailinator.com", ["disposable_address"]),
        ("admin@YOPMAIL.com", ["role_address", "disposable_address"]),
        ("ada@notmailinator.com", []),
    ],
)
def test_addresses_of_functions_and_of_minutes_are_told(address: str, expected: list[str]):
    """C9."""
    assert flags(address) == expected


@pytest.mark.parametrize(
    ("written", "home", "stored", "of"),
    [
        ("+12025550123", "", "+12025550123", "US"),
        ("(202) 555-0123", "US", "+12025550123", "US"),
        ("tel:+1-202-555-0123", "", "+12025550123", "US"),
        ("+1 416 555 0123", "", "+14165550123", "CA"),
        ("1-800-FLOWERS", "US", "+18003569377", "US"),
        ("06 12 34 56 78", "FR", "+33612345678", "FR"),
        ("+33 (0)6 12 34 56 78", "", "+33612345678", "FR"),
        ("0049 151 23456789", "DE", "+4915123456789", "DE"),
        ("+４９ １５１ ２３４５６７８９", "", "+4915123456789", "DE"),
        ("07700 900123", "GB", "+447700900123", "GB"),
        ("+39 06 1234 5678", "", "+390612345678", "IT"),  # Italy keeps its zero
        ("+81 90-1234-5678", "", "+819012345678", "JP"),
        ("098765 43210", "IN", "+919876543210", "IN"),
        ("0412 345 678", "AU", "+61412345678", "AU"),
        ("+55 (11) 91234-5678", "", "+5511912345678", "BR"),
        ("+54 9 11 2345 6789", "", "+5491123456789", "AR"),
        ("+27 82 123 4567", "", "+27821234567", "ZA"),
        ("8 926 123-45-67", "RU", "+79261234567", "RU"),
        ("+77011234567", "", "+77011234567", "KZ"),
        ("+52 1 55 1234 5678", "", "+525512345678", "MX"),
        ("+5215512345678", "", "+525512345678", "MX"),
        ("044 55 1234 5678", "MX", "+525512345678", "MX"),
        ("+525512345678", "", "+525512345678", "MX"),
        ("+870773111632", "", "+870773111632", "001"),
    ],
)
def test_a_number_has_one_form(written: str, home: str, stored: str, of: str):
    assert phone(written, home) == Phone(stored, of)
    assert phone(stored) == Phone(stored, of)


@pytest.mark.parametrize(
    ("written", "home"),
    [
        ("", ""), ("0612345678", ""), ("+", ""), ("+0123456789", ""), ("+1", ""), ("+1234567890123456", ""),
        ("911", "US"),
        ("+1911", ""), ("12", "FR"), ("+1 202 555 0123 ext. 5", ""), ("not a number", "US"), ("+12025550123;drop", ""),
        ("+999123456789", ""), ("\0+12025550123\0" * 50, ""), ("9" * 10_000, "US"), ("0612345678", "XX"),
        ("+1\u202e2025550123x", ""), ("\ud800", "US"),
    ],
)  # fmt: skip
def test_what_cannot_be_dialled_is_no_number(written: str, home: str):
    assert phone(written, home) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("+12025550123", None),
        ("+33612345678", None),
        ("+4915123456789", None),
        ("+919876543210", None),
        ("+525512345678", None),
        ("+19005551234", NumberFault.PREMIUM),
        ("+33899123456", NumberFault.PREMIUM),
        ("+448712345678", NumberFault.PREMIUM),
        ("+18003569377", NumberFault.NOT_MOBILE),
        ("+442079460958", NumberFault.NOT_MOBILE),
        ("+390612345678", NumberFault.NOT_MOBILE),
        ("+447700900123", NumberFault.INVALID),  # for films: possible, and nobody's
        ("+15550100", NumberFault.INVALID),
        ("911", NumberFault.INVALID),
        ("x", NumberFault.INVALID),
    ],
)
def test_some_numbers_are_kept_but_never_texted(number: str, fault: NumberFault | None):
    assert refusal(number) is fault


@pytest.mark.parametrize(
    ("said", "code"), [("us", "US"), (" FR ", "FR"), ("USA", ""), ("", ""), (None, ""), (7, ""), ("U1", "")]
)
def test_countries_go_by_their_code(said: object, code: str):
    assert country(said) == code
