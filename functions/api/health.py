"""View of health: what the doctor finds as far as this function may look, and what SES lets the account send."""

from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Request

from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.account.checks import mail, reputation, sender, stack
from sojourn.account.model import Account, Finding
from sojourn.account.read import NO_MAIL, NO_TEXTS, identity_of, mail_of
from sojourn.bootstrap import region, settings
from sojourn.journeys.reputation import standing

health = Blueprint(__name__)
# The rest of the doctor's needs rights that no function has: `sojourn doctor` asks by the caller's own.
CHECKS = (
    sender.identity,
    sender.dkim,
    sender.mail_from,
    mail.sandbox,
    mail.standing,
    mail.quota,
    reputation.marketing,
    stack.host,
)


@route(health, "/api/health")
def show_health(request: Request) -> dict[str, Any]:
    """Findings in the order in which one mends them, the quota, and what could not be read."""
    account = _account()
    found = [stack.access(account)] if account.unread else [check(account) for check in CHECKS]
    return {
        "findings": [_told(each) for each in found],
        "sender": {
            "address": account.sender,
            "identities": [
                {
                    "name": each.name,
                    "verified": each.is_verified,
                    "dkim": each.dkim,
                    "signs": each.signs,
                    "mail_from": each.mail_from or None,
                    "mail_from_status": each.mail_from_status or None,
                }
                for each in account.mail.identities
            ],
        },
        "quota": {
            "mails_a_day": account.mail.per_day,
            "mails_a_second": account.mail.per_second,
            "sent_in_a_day": account.mail.sent_in_a_day,
            "in_production": account.mail.is_in_production,
        },
    }


def _account() -> Account:
    from botocore.exceptions import BotoCoreError, ClientError

    known, marketing = settings(), standing()
    account = Account(
        stack=known.stack_name,
        region=region(),
        sender=known.email_from,
        public_url=known.public_url,
        mail=NO_MAIL,
        texts=NO_TEXTS,
        now=world().clock.wall(),
        paused_for=marketing.cause if marketing.is_paused else "",
        paused_since=marketing.since if marketing.is_paused else "",
    )
    try:
        ses = world().mail()
        names = (account.sender, account.domain)
        found = tuple(each for each in (identity_of(ses, name) for name in names) if each)
        return replace(account, mail=mail_of(ses.get_account(), identities=found))
    except (ClientError, BotoCoreError) as error:
        telemetry.warn("SES is not read", error=type(error).__name__)
        return replace(account, unread=("SES",))


def _told(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "says": finding.says,
        "remedy": finding.remedy,
        "command": finding.command,
    }
