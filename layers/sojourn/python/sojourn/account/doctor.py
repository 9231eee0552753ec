"""All checks in the order in which a newcomer mends what they find."""

from sojourn.account.checks import mail, reputation, sender, stack
from sojourn.account.model import Account, Finding, Level

CHECKS = (
    stack.access,
    stack.region,
    mail.plan,
    sender.identity,
    sender.dkim,
    sender.mail_from,
    sender.dmarc,
    sender.one_click,
    mail.sandbox,
    mail.standing,
    mail.quota,
    mail.reports,
    reputation.marketing,
    stack.host,
    stack.admin,
    stack.texts,
    stack.listeners,
    stack.alarms,
    stack.dead_letters,
    stack.keys,
)


def examine(account: Account) -> list[Finding]:
    """One finding a check."""
    return [check(account) for check in CHECKS]


def is_well(findings: list[Finding]) -> bool:
    """Whether nothing keeps mail from going out as it should."""
    return all(finding.level is not Level.BLOCKER for finding in findings)
