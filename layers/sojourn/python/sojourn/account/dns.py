"""What the domain name system says of a sender's domain."""

from collections.abc import Callable, Iterable

Texts = Callable[[str], Iterable[str]]


def texts(name: str) -> list[str]:
    """The TXT records of a name; no such name and no answer are the same to whoever asks."""
    import dns.exception
    import dns.resolver

    try:
        found = dns.resolver.resolve(name, "TXT")
    except (dns.exception.DNSException, OSError):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found]


def answers(name: str, kind: str) -> list[str]:
    """The values of a name's records of a kind; an MX with its preference before it."""
    import dns.exception
    import dns.resolver

    if kind == "TXT":
        return texts(name)
    try:
        return [record.to_text() for record in dns.resolver.resolve(name, kind)]
    except (dns.exception.DNSException, OSError):
        return []


def dmarc_of(domain: str, ask: Texts = texts) -> str | None:
    """The record that holds for a domain: its own, else the nearest above (the tree walk of DMARCbis)."""
    labels = domain.split(".")
    for n in range(max(1, len(labels) - 1)):
        for record in ask(f"_dmarc.{'.'.join(labels[n:])}"):
            if record.replace(" ", "").startswith("v=DMARC1"):
                return record
    return None
