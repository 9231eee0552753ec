"""The sender's domain: identity, DKIM, MAIL FROM, DMARC, and what a received letter's signature covers.

What mailbox providers ask of bulk senders: DKIM and SPF aligned with From, DMARC of at least p=none, one-click
unsubscribe (RFC 8058) with both its headers signed.
"""

from sojourn.account.model import Account, Finding, Identity, Level

ONE_CLICK = ("list-unsubscribe", "list-unsubscribe-post")
POLICIES = ("none", "quarantine", "reject")
SETUP = "sojourn setup --stack {stack}"


def identity(account: Account) -> Finding:
    """SES must have verified the domain; an address alone is signed by nobody's own key."""
    verified = [each for each in account.mail.identities if each.is_verified]
    if any(each.is_domain for each in verified):
        return Finding("identity", Level.OK, f"SES has verified {_domain(account).name}.")
    if verified:
        return Finding(
            "identity",
            Level.WARNING,
            f"Only the address {account.sender} is verified, not its domain: no DKIM of your own.",
            "Verify the domain (three DNS records): Gmail and Yahoo distrust mail that it does not sign.",
            SETUP.format(stack=account.stack),
        )
    return Finding(
        "identity",
        Level.BLOCKER,
        f"SES has verified neither {account.sender} nor {account.domain}.",
        "Write the DNS records that setup shows, and wait until SES sees them.",
        SETUP.format(stack=account.stack),
    )


def dkim(account: Account) -> Finding:
    """Easy DKIM: three CNAME records."""
    found = account.mail.domain
    if found and found.dkim == "SUCCESS" and found.signs:
        return Finding("dkim", Level.OK, f"Mails are signed for {found.name}.")
    state = found.dkim if found else "NOT_STARTED"
    return Finding(
        "dkim",
        Level.BLOCKER,
        f"Mails are not signed for {account.domain} (DKIM: {state}).",
        "Write the three CNAME records that setup shows; SES looks for them for 72 hours.",
        SETUP.format(stack=account.stack),
    )


def mail_from(account: Account) -> Finding:
    """A MAIL FROM below the own domain makes SPF align with From."""
    found = account.mail.domain
    if found and found.mail_from and found.mail_from_status == "SUCCESS":
        return Finding("mail_from", Level.OK, f"Bounces go to {found.mail_from}: SPF aligns.")
    state = f"{found.mail_from} is {found.mail_from_status}" if found and found.mail_from else "there is none"
    return Finding(
        "mail_from",
        Level.WARNING,
        f"No MAIL FROM domain of your own ({state}): SPF passes for amazonses.com, not for you.",
        "Write the MX and the TXT record that setup shows.",
        SETUP.format(stack=account.stack),
    )


def dmarc(account: Account) -> Finding:
    """RFC 7489: a TXT record at _dmarc; Gmail, Yahoo and Microsoft ask bulk senders for one."""
    policy = policy_of(account.dmarc)
    if policy:
        return Finding("dmarc", Level.OK, f"DMARC of {account.domain} says p={policy}.")
    return Finding(
        "dmarc",
        Level.BLOCKER,
        f"_dmarc.{account.domain} has no DMARC policy: Gmail, Yahoo and Microsoft refuse bulk mail without one.",
        "Begin with p=none and an address for reports; setup shows the record.",
        f"dig +short TXT _dmarc.{account.domain}",
    )


def policy_of(record: str | None) -> str:
    """The `p` of a DMARC record, or nothing when it is none (RFC 7489, 6.3: v=DMARC1 comes first)."""
    if record is None:
        return ""
    first, *tags = (tag.strip() for tag in record.split(";"))
    if first.replace(" ", "") != "v=DMARC1":
        return ""
    stated = {name.strip(): value.strip().lower() for name, _, value in (tag.partition("=") for tag in tags)}
    return stated["p"] if stated.get("p") in POLICIES else ""


def one_click(account: Account) -> Finding:
    """RFC 8058, 4: a valid DKIM signature covers List-Unsubscribe and List-Unsubscribe-Post."""
    if account.signed is None:
        return Finding(
            "one_click",
            Level.NOTE,
            "Whether the signature covers the unsubscribe headers is seen only in a letter that arrived.",
            "Send yourself one, save it with its headers, and show it.",
            f"sojourn doctor --stack {account.stack} --letter letter.eml",
        )
    missing = [name for name in ONE_CLICK if name not in account.signed]
    if not missing:
        return Finding("one_click", Level.OK, "The letter's signature covers both unsubscribe headers.")
    return Finding(
        "one_click",
        Level.BLOCKER,
        f"The letter's DKIM signature does not cover {' and '.join(missing)}: no one-click unsubscribe at Gmail.",
        "Was it a marketing mail, saved with all its headers? Then sign with a key of your own (BYODKIM).",
        f"sojourn smoke --stack {account.stack}",
    )


def _domain(account: Account) -> Identity:
    found = account.mail.domain
    assert found is not None
    return found
