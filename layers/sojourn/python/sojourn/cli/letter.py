"""What the DKIM signatures of a letter cover that arrived (RFC 6376, 3.5: `h`)."""

from collections.abc import Callable
from email import policy
from email.parser import BytesParser

Ask = Callable[..., bytes | None]


def signed_headers(letter: bytes, ask: Ask | None = None) -> tuple[str, ...]:
    """Names, in lower case, that a signature covers which is good; empty when none is.

    `ask(name, timeout)` answers a TXT record of a key, and is DNS unless stated.
    """
    import dkim  # type: ignore[import-untyped]  # it brings none

    asked = {} if ask is None else {"dnsfunc": ask}
    found = BytesParser(policy=policy.compat32).parsebytes(letter, headersonly=True)
    covered: set[str] = set()
    for number, signature in enumerate(found.get_all("DKIM-Signature", [])):
        try:
            is_good = dkim.DKIM(letter).verify(idx=number, **asked)
        except dkim.DKIMException:
            continue
        if is_good:
            covered.update(_covered(str(signature)))
    return tuple(sorted(covered & {name.lower() for name in found}))


def _covered(signature: str) -> set[str]:
    tags = dict(tag.strip().partition("=")[::2] for tag in signature.split(";") if "=" in tag)
    return {name.strip().lower() for name in tags.get("h", "").split(":")}
