"""Where people are reached, in the one form under which they are stored. Pure; the two libraries load on use.

email("Ada@BÜCHER.example")         Ada@xn--bcher-kva.example   SES takes ASCII only; before the @ it is kept as written
email_key("Ada@example.org")        e#ada@example.org           no two people differ by capitals alone
phone("(202) 555-0123", "US")       Phone("+12025550123", "US")
refusal("+19005551234")             NumberFault.PREMIUM         kept, but never texted
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

LONGEST_ADDRESS = 254
SIMULATOR = "@simulator.amazonses.com"
COUNTRY = re.compile(r"[A-Z]{2}")
NOWHERE = "001"  # of numbers that belong to no country: satellites, international services
# Until 2019 Mexico dialled mobiles with a 1 behind the 52 (044 and 045 at home): both forms are one phone.
OLD_MEXICAN = re.compile(r"\+52(?:1|044|045)([0-9]{10})")
# Addresses of a function, not a person (RFC 2142, and what shops add): worth a warning before marketing goes there.
ROLES = frozenset(
    [
        "abuse",
        "admin",
        "administrator",
        "billing",
        "compliance",
        "contact",
        "devnull",
        "dns",
        "ftp",
        "help",
        "hostmaster",
        "info",
        "inoc",
        "ispfeedback",
        "ispsupport",
        "jobs",
        "list",
        "list-request",
        "mail",
        "mailer-daemon",
        "marketing",
        "media",
        "news",
        "no-reply",
        "noc",
        "noreply",
        "office",
        "orders",
        "postmaster",
        "press",
        "privacy",
        "registrar",
        "root",
        "sales",
        "security",
        "shop",
        "spam",
        "support",
        "sysadmin",
        "team",
        "tech",
        "undisclosed-recipients",
        "unsubscribe",
        "usenet",
        "uucp",
        "webmaster",
        "www",
    ]
)
# The large services of addresses that live for minutes. Lists of thousands exist, and are stale within a month.
DISPOSABLE = frozenset(
    [
        "10minutemail.com",
        "dispostable.com",
        "discard.email",
        "fakeinbox.com",
        "getnada.com",
        "grr.la",
        "guerrillamail.com",
        "guerrillamail.net",
        "inboxkitten.com",
        "maildrop.cc",
        "mailinator.com",
        "mailnesia.com",
        "mintemail.com",
        "mohmal.com",
        "moakt.com",
        "mytemp.email",
        "sharklasers.com",
        "spamgourmet.com",
        "temp-mail.org",
        "tempmail.com",
        "tempr.email",
        "throwawaymail.com",
        "trashmail.com",
        "yopmail.com",
        "yopmail.fr",
    ]
)


class AddressFlag(StrEnum):
    """What is odd about an address that is right in form."""

    ROLE = "role_address"
    DISPOSABLE = "disposable_address"


class NumberFault(StrEnum):
    """Why no text goes to a number."""

    INVALID = "invalid_number"  # no such number is given out
    PREMIUM = "premium_number"  # answering costs the caller, or the ring of it pays a swindler
    NOT_MOBILE = "not_mobile"  # a landline, a freephone, a pager


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164, and the country that it belongs to (ISO 3166; 001 for none)."""

    e164: str
    country: str


def email(text: str) -> str | None:
    """The form in which it is stored; None when no mail could be addressed so."""
    from email_validator import EmailNotValidError, validate_email

    if len(text) > LONGEST_ADDRESS:
        return None
    try:
        found = validate_email(text.strip(" "), check_deliverability=False, strict=True, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return found.ascii_email


def email_key(address: str) -> str:
    """The identity of an address: capitals do not make another person."""
    return f"e#{address.strip().casefold()}"


def phone_key(e164: str) -> str:
    """The identity of a number."""
    return f"p#{e164}"


def flags(address: str) -> list[AddressFlag]:
    """What to warn of; nothing is refused for it."""
    before, _, domain = address.casefold().rpartition("@")
    found = [AddressFlag.ROLE] if before.partition("+")[0] in ROLES else []
    return [*found, AddressFlag.DISPOSABLE] if domain in DISPOSABLE else found


def country(text: object) -> str:
    """A country's ISO code in capitals; empty when it is none."""
    code = text.strip().upper() if isinstance(text, str) else ""
    return code if COUNTRY.fullmatch(code) else ""


def phone(text: str, home: str = "") -> Phone | None:
    """The number; one without + is read as people of the country `home` dial it. None when none could be so long."""
    from phonenumbers import is_possible_number

    number = _parsed(text, home)
    if number is None or number.extension or not is_possible_number(number):
        return None
    return Phone(_e164(number), _country_of(number))


@lru_cache(
    maxsize=1_024
)  # a number is asked about at each of its messages; a tenth of a millisecond each time
def refusal(e164: str) -> NumberFault | None:
    """Why nothing may be texted to a number; None when it may be a mobile phone."""
    from phonenumbers import PhoneNumberType as Kind
    from phonenumbers import is_valid_number, number_type

    number = _parsed(e164, "")
    if number is None or not is_valid_number(number):
        return NumberFault.INVALID
    kind = number_type(number)
    if kind in (Kind.PREMIUM_RATE, Kind.SHARED_COST):
        return NumberFault.PREMIUM
    mobile = (Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.VOIP, Kind.PERSONAL_NUMBER)
    return None if kind in mobile else NumberFault.NOT_MOBILE


def _parsed(text: str, home: str) -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, parse

    try:
        number = parse(text, home or None)
    except NumberParseException:
        return None
    old = OLD_MEXICAN.fullmatch(_e164(number))
    return parse(f"+52{old[1]}") if old else number


def _e164(number: "PhoneNumber") -> str:
    from phonenumbers import PhoneNumberFormat, format_number

    return format_number(number, PhoneNumberFormat.E164)


def _country_of(number: "PhoneNumber") -> str:
    """By the number; a new range that the tables do not know yet belongs to the main country of its prefix."""
    from phonenumbers import region_code_for_country_code, region_code_for_number

    return region_code_for_number(number) or region_code_for_country_code(number.country_code or 0) or NOWHERE


def is_simulated(address: str) -> bool:
    """Whether SES's own simulator answers there: for tests, labels and all."""
    return address.lower().endswith(SIMULATOR)


def address_hash(channel: str, address: str) -> str:
    """The key under which an address is known; outlives the contact and does not tell the address."""
    return hashlib.sha256(f"{channel}:{_canonical(channel, address)}".encode()).hexdigest()


def _canonical(channel: str, address: str) -> str:
    if channel == "email":
        return address.strip().lower()
    return "+" + "".join(character for character in address if character.isascii() and character.isdigit())
