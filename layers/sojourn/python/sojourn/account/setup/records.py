"""The DNS records of a sender's domain. Pure.

Easy DKIM: three CNAMEs; MAIL FROM: an MX and SPF (docs.aws.amazon.com/ses, "Authenticating email"); DMARC: RFC 7489.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sojourn.account.model import Identity

Look = Callable[[str, str], Iterable[str]]  # (name, kind) → values
BOUNCES = "bounce"  # MAIL FROM is this below the domain
TTL = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One record to write, and whether DNS has it already."""

    kind: str
    name: str
    value: str
    why: str
    is_there: bool = False


def records(identity: Identity, *, region: str, reports_to: str, has_dmarc: bool) -> list[Record]:
    """All that a domain needs, in the order in which they matter; a DMARC policy that is there is left alone."""
    domain = identity.name
    bounces = identity.mail_from or f"{BOUNCES}.{domain}"
    found = [
        Record(
            "CNAME", f"{token}._domainkey.{domain}", f"{token}.dkim.amazonses.com", "DKIM: mails are signed"
        )
        for token in identity.tokens
    ]
    found += [
        Record("MX", bounces, f"10 feedback-smtp.{region}.amazonses.com", "MAIL FROM: bounces come back"),
        Record("TXT", bounces, "v=spf1 include:amazonses.com ~all", "MAIL FROM: SPF aligns"),
    ]
    if not has_dmarc:
        policy = f"v=DMARC1; p=none; rua=mailto:{reports_to}"
        found.append(Record("TXT", f"_dmarc.{domain}", policy, "DMARC: Gmail and Yahoo ask for it"))
    return found


def looked_up(wanted: Iterable[Record], look: Look) -> list[Record]:
    """The same, each with whether DNS answers it."""
    return [
        replace(each, is_there=_plain(each.value) in map(_plain, look(each.name, each.kind)))
        for each in wanted
    ]


def _plain(value: str) -> str:
    """Names end with a dot or do not, texts are quoted or not, and case says nothing."""
    return " ".join(value.replace('"', "").lower().split()).rstrip(".")
