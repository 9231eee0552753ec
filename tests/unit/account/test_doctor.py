"""Each check with a good account and a bad one; every finding that is not good says what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sojourn.account.checks.sender import policy_of
from sojourn.account.doctor import CHECKS, examine, is_well
from sojourn.account.model import Account, Alarm, Finding, Identity, Key, Level, Listener, Mail, Queue, Texts

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:events"
DOMAIN = Identity(
    name="example.org",
    is_verified=True,
    dkim="SUCCESS",
    signs=True,
    mail_from="mail.example.org",
    mail_from_status="SUCCESS",
)
MAIL = Mail(
    plan="NONE",
    is_in_production=True,
    may_send=True,
    enforcement="HEALTHY",
    review="GRANTED",
    per_day=50_000,
    per_second=14,
    sent_in_a_day=1_000,
    identities=(DOMAIN,),
    reports_to=(TOPIC,),
)
GOOD = Account(
    stack="sojourn",
    region="eu-west-1",
    sender="hello@example.org",
    public_url="https://mail.example.org",
    mail=MAIL,
    texts=Texts(is_in_sandbox=False, limit_usd=50),
    now=NOW,
    topic=TOPIC,
    dead_letters=(Queue("sojourn-ReactFailures", 0),),
    alarms=(Alarm("sojourn-Behind", "OK"),),
    listeners=(Listener("ops@example.org", is_confirmed=True),),
    keys=(Key("api", "ops", NOW - timedelta(days=30)), Key("write", "shop", None)),
    has_admin=True,
    dmarc="v=DMARC1; p=none; rua=mailto:dmarc@example.org",
    signed=("from", "list-unsubscribe", "list-unsubscribe-post", "subject"),
)


def mail(**changes: Any) -> Account:
    return replace(GOOD, mail=replace(MAIL, **changes))


def domain(**changes: Any) -> Account:
    return mail(identities=(replace(DOMAIN, **changes),))


BAD = {
    "no access": (
        replace(GOOD, unread=("SES (GetAccount: AccessDeniedException)",)),
        "access",
        Level.BLOCKER,
    ),
    "another Region": (replace(GOOD, region="eu-north-1"), "region", Level.NOTE),
    "the dear plan": (mail(plan="PRO"), "ses_plan", Level.NOTE),
    "the plan of who never chose": (mail(plan="ESSENTIALS"), "ses_plan", Level.NOTE),
    "no identity": (mail(identities=()), "identity", Level.BLOCKER),
    "an identity that waits": (domain(is_verified=False), "identity", Level.BLOCKER),
    "an address alone": (
        mail(identities=(Identity(name="hello@example.org", is_verified=True),)),
        "identity",
        Level.WARNING,
    ),
    "DKIM that waits": (domain(dkim="PENDING"), "dkim", Level.BLOCKER),
    "DKIM switched off": (domain(signs=False), "dkim", Level.BLOCKER),
    "no MAIL FROM": (domain(mail_from="", mail_from_status=""), "mail_from", Level.WARNING),
    "MAIL FROM without its records": (domain(mail_from_status="PENDING"), "mail_from", Level.WARNING),
    "no DMARC": (replace(GOOD, dmarc=None), "dmarc", Level.BLOCKER),
    "DMARC without a policy": (replace(GOOD, dmarc="v=DMARC1; rua=mailto:a@b.c"), "dmarc", Level.BLOCKER),
    "a signature that leaves one header out": (
        replace(GOOD, signed=("from", "list-unsubscribe")),
        "one_click",
        Level.BLOCKER,
    ),
    "no letter": (replace(GOOD, signed=None), "one_click", Level.NOTE),
    "the sandbox": (mail(is_in_production=False, review=""), "ses_sandbox", Level.BLOCKER),
    "the sandbox, asked to leave": (
        mail(is_in_production=False, review="PENDING"),
        "ses_sandbox",
        Level.BLOCKER,
    ),
    "shut down": (mail(enforcement="SHUTDOWN"), "ses_standing", Level.BLOCKER),
    "paused": (mail(may_send=False), "ses_standing", Level.BLOCKER),
    "watched": (mail(enforcement="PROBATION"), "ses_standing", Level.WARNING),
    "a day nearly full": (mail(sent_in_a_day=41_000), "ses_quota", Level.WARNING),
    "a full day": (mail(sent_in_a_day=50_000), "ses_quota", Level.BLOCKER),
    "nobody hears of bounces": (mail(reports_to=()), "ses_reports", Level.BLOCKER),
    "no topic at all": (replace(GOOD, topic=""), "ses_reports", Level.BLOCKER),
    "marketing that is paused": (
        replace(GOOD, paused_for="bounces", paused_since="2026-11-22T09:00:00.000Z"),
        "reputation",
        Level.BLOCKER,
    ),
    "the made-up host": (
        replace(GOOD, public_url="https://abc.execute-api.eu-west-1.amazonaws.com/live"),
        "public_host",
        Level.BLOCKER,
    ),
    "nobody who may do everything": (replace(GOOD, has_admin=False), "admin", Level.WARNING),
    "texts in the sandbox": (
        replace(GOOD, texts=Texts(is_in_sandbox=True, limit_usd=1)),
        "sms_sandbox",
        Level.WARNING,
    ),
    "texts for a dollar": (
        replace(GOOD, texts=Texts(is_in_sandbox=False, limit_usd=1)),
        "sms_limit",
        Level.WARNING,
    ),
    "nobody hears alarms": (replace(GOOD, listeners=()), "alarms_heard", Level.BLOCKER),
    "not confirmed": (
        replace(GOOD, listeners=(Listener("ops@example.org", is_confirmed=False),)),
        "alarms_heard",
        Level.BLOCKER,
    ),
    "an alarm rings": (replace(GOOD, alarms=(Alarm("sojourn-Behind", "ALARM"),)), "alarms", Level.WARNING),
    "something fell out": (
        replace(GOOD, dead_letters=(Queue("sojourn-ReactFailures", 3),)),
        "dead_letters",
        Level.BLOCKER,
    ),
    "an old key": (
        replace(GOOD, keys=(Key("api", "ops", NOW - timedelta(days=366)),)),
        "keys",
        Level.WARNING,
    ),
}


def finding(account: Account, code: str) -> Finding:
    (found,) = [each for each in examine(account) if each.code == code]
    return found


def test_a_good_account_has_nothing_to_mend():
    findings = examine(GOOD)

    assert {each.level for each in findings} == {Level.OK}
    assert len(findings) == len(CHECKS)
    assert is_well(findings)


@pytest.mark.parametrize(("account", "code", "level"), BAD.values(), ids=BAD)
def test_a_bad_account_is_told_what_is_wrong_and_what_to_do(account, code, level):
    found = finding(account, code)

    assert found.level is level
    assert found.says
    assert found.remedy
    assert found.command
    assert level is not Level.BLOCKER or not is_well(examine(account))


def test_each_check_has_a_bad_account():
    seen = {check for account, code, _ in BAD.values() for check in CHECKS if check(account).code == code}

    assert seen == set(CHECKS)


def test_the_money_of_a_plan_is_said():
    assert "saves $60 a million" in finding(mail(plan="ESSENTIALS"), "ses_plan").remedy


def test_a_quota_without_end_is_never_full():
    assert finding(mail(per_day=-1, sent_in_a_day=10**9), "ses_quota").level is Level.OK


def test_a_domain_above_the_senders_counts():
    below = replace(GOOD, sender="hello@news.example.org")

    assert finding(below, "identity").level is Level.OK


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=DMARC1; p=none", "none"),
        ("v=DMARC1;p=Quarantine;pct=20", "quarantine"),
        ("v = DMARC1 ; p = reject", "reject"),
        ("p=none; v=DMARC1", ""),
        ("v=DMARC2; p=none", ""),
        ("v=DMARC1; p=nothing", ""),
        ("v=DMARC1; sp=none", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_dmarc_record_is_read_as_the_rfc_says(record, policy):
    assert policy_of(record) == policy
