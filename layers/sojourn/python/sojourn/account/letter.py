"""What the DKIM signatures of a letter cover that arrived (RFC 6376, 3.5: `h`). Pure.

Whether a signature is good, the mailbox has judged already: its words stand above the letter (Authentication-Results,
RFC 8601). Only the topmost is believed; whatever lies below may have come with the letter.
"""

import re
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser

GOOD = re.compile(r"\bdkim\s*=\s*pass\b([^;]*)", re.IGNORECASE)
SIGNER = re.compile(r"\bheader\.[di]\s*=\s*@?([^\s;@]+)", re.IGNORECASE)


def signed_headers(letter: bytes) -> tuple[str, ...]:
    """Names, in lower case, that a signature covers which the mailbox found good; empty when none is."""
    found = BytesParser(policy=policy.compat32).parsebytes(letter, headersonly=True)
    judged = found.get_all("Authentication-Results", [])
    signers = set(_signers(str(judged[0]))) if judged else set()
    covered: set[str] = set()
    for signature in map(str, found.get_all("DKIM-Signature", [])):
        tags = _tags(signature)
        if tags.get("d", "").lower() in signers:
            covered.update(name.strip().lower() for name in tags.get("h", "").split(":"))
    return tuple(sorted(covered & {name.lower() for name in found}))


def _signers(judged: str) -> Iterator[str]:
    """Domains whose signature passed."""
    for passed in GOOD.finditer(judged):
        for signer in SIGNER.finditer(passed[1]):
            yield signer[1].rpartition("@")[2].lower()


def _tags(signature: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in "".join(signature.splitlines()).split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}
