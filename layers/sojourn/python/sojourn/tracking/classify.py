"""Who opened or clicked: a human, a mailbox's proxy on a human's behalf, or a machine that looks at everything. Pure.

Nothing is thrown away on these grounds: every hit is recorded with its class and the reasons, and journeys choose.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

TOO_FAST_SECONDS = 5.0

# Proxies fetch pictures for a mailbox. Apple's fetches ahead of any reader, and names nothing but Mozilla/5.0.
PROXIES = {
    "GoogleImageProxy": "google_proxy",
    "YahooMailProxy": "yahoo_proxy",
}
APPLE = "Mozilla/5.0"
PREFETCH = {
    "sec-purpose": "prefetch",
    "purpose": "prefetch|preview",
    "x-moz": "prefetch",
    "x-purpose": "prefetch|preview",
}
# Not `Microsoft Office … Outlook`: that is a person at a desk.
SCANNERS = re.compile(
    r"bot\b|crawl|spider|scan|preview|monitor|headless|phantom|selenium|barracuda|mimecast|proofpoint|symantec|fireeye"
    r"|trend ?micro|forcepoint|safelinks|amazon cloudfront|apache-httpclient|curl/|wget|python|go-http|java/|okhttp"
    r"|libwww|node-fetch|axios|ruby",
    re.IGNORECASE,
)


class Visitor(StrEnum):
    """The class of a hit."""

    HUMAN = "human"
    PROXY = "proxy"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class and what speaks for it."""

    visitor: Visitor
    reasons: tuple[str, ...] = ()


def classify(headers: Mapping[str, str], *, picture: bool, since_sent: float | None) -> Verdict:
    """The class of a hit by its headers (lower-case names) and the calendar seconds since the message left."""
    agent = headers.get("user-agent", "").strip()
    if picture and (proxy := _proxy(agent)):
        return Verdict(Visitor.PROXY, (proxy,))
    reasons = tuple(_signs(headers, agent, since_sent))
    return Verdict(Visitor.MACHINE if reasons else Visitor.HUMAN, reasons)


def _proxy(agent: str) -> str:
    if agent == APPLE:
        return "apple_proxy"
    return next((name for mark, name in PROXIES.items() if mark in agent), "")


def _signs(headers: Mapping[str, str], agent: str, since_sent: float | None) -> Iterator[str]:
    if not agent:
        yield "no_user_agent"
    if agent == APPLE or SCANNERS.search(agent[:500]):
        yield "scanner"
    if any(re.search(words, headers.get(name, "").lower()) for name, words in PREFETCH.items()):
        yield "prefetch"
    if since_sent is not None and since_sent < TOO_FAST_SECONDS:
        yield "too_fast"
