"""Where setting up stands: each step is done, waits for somebody, or is yours to do next. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sojourn.account.model import DEFAULT_HOST, Account
from sojourn.account.setup.records import Record


class Standing(StrEnum):
    """How far a step is."""

    DONE = "done"
    WAITING = "waiting"
    TODO = "to do"


@dataclass(frozen=True, slots=True)
class Step:
    """A step, who is to act when it is not done, and the command that comes next."""

    name: str
    standing: Standing
    says: str
    whom: str = ""
    command: str = ""


def steps(account: Account, wanted: Iterable[Record]) -> list[Step]:
    """All of them, in their order; nothing here remembers: each is read from the account."""
    return [
        _identity(account),
        _dns(account, list(wanted)),
        _plan(account),
        _production(account),
        _texts(account),
        _alarms(account),
        _host(account),
        _admin(account),
        _keys(account),
    ]


def _setup(account: Account, option: str = "") -> str:
    return f"sojourn setup --stack {account.stack}{option and f' {option}'}"


def _identity(account: Account) -> Step:
    found = account.mail.domain
    if found is None:
        return Step("identity", Standing.TODO, f"SES does not know {account.domain}", "you", _setup(account))
    if not found.mail_from:
        return Step("identity", Standing.TODO, f"{found.name} has no MAIL FROM", "you", _setup(account))
    if found.is_verified and found.dkim == "SUCCESS" and found.mail_from_status == "SUCCESS":
        return Step("identity", Standing.DONE, f"{found.name} signs, and bounces go to {found.mail_from}")
    says = f"{found.name}: DKIM {found.dkim}, MAIL FROM {found.mail_from_status or 'PENDING'}"
    return Step(
        "identity", Standing.WAITING, says, "DNS, then SES (up to 72 hours)", _setup(account, "--watch")
    )


def _dns(account: Account, wanted: list[Record]) -> Step:
    missing = [each for each in wanted if not each.is_there]
    if account.mail.domain is None:
        return Step(
            "dns", Standing.TODO, "the records are known once SES knows the domain", "you", _setup(account)
        )
    if not missing:
        return Step("dns", Standing.DONE, f"all {len(wanted)} records are there")
    says = f"{len(missing)} of {len(wanted)} records are missing"
    return Step("dns", Standing.TODO, says, "whoever keeps your DNS", _setup(account, "--route53"))


def _plan(account: Account) -> Step:
    name = account.mail.plan or "NONE"
    if name == "NONE":
        return Step("plan", Standing.DONE, "à la carte: $0.10 for a thousand mails")
    says = f"{name}; à la carte costs $0.10 for a thousand mails and is all that Sojourn needs"
    return Step("plan", Standing.TODO, says, "you, if you like", _setup(account, "--plan none"))


def _production(account: Account) -> Step:
    if account.mail.is_in_production:
        return Step("production", Standing.DONE, f"{account.mail.per_day:,.0f} mails a day to anybody")
    if account.mail.review == "PENDING":
        return Step(
            "production", Standing.WAITING, "the request is with AWS; answer their mail", "AWS (about a day)"
        )
    says = "in SES's sandbox: verified addresses only, 200 mails a day"
    if account.mail.review == "DENIED":
        says = "AWS refused: reply in the support case"
    option = "--ask-production --website https://…"
    return Step("production", Standing.TODO, says, "you", _setup(account, option))


def _texts(account: Account) -> Step:
    if account.texts.is_in_sandbox:
        says = "in SNS's sandbox: verified phones only (not needed for mail)"
        return Step("sms", Standing.TODO, says, "you, in AWS End User Messaging")
    return Step("sms", Standing.DONE, f"up to ${account.texts.limit_usd:,.2f} a month")


def _alarms(account: Account) -> Step:
    if any(each.is_confirmed for each in account.listeners):
        return Step("alarms", Standing.DONE, "somebody is told")
    if account.listeners:
        endpoint = account.listeners[0].endpoint
        return Step("alarms", Standing.WAITING, f"{endpoint} has a mail from AWS to confirm", endpoint)
    return Step("alarms", Standing.TODO, "nobody is told when an alarm rings", "you", "make deploy GUIDED=1")


def _host(account: Account) -> Step:
    if DEFAULT_HOST not in account.public_url:
        return Step("host", Standing.DONE, account.public_url)
    says = "links live on API Gateway's own host"
    return Step("host", Standing.TODO, says, "you", _setup(account, "--host mail.your.domain"))


def _admin(account: Account) -> Step:
    if account.has_admin:
        return Step("admin", Standing.DONE, "somebody may sign in and do everything")
    command = f"sojourn user invite you@{account.domain} --role admin --stack {account.stack}"
    return Step("admin", Standing.TODO, "nobody may sign in yet", "you", command)


def _keys(account: Account) -> Step:
    write = sorted(each.name for each in account.keys if each.kind == "write")
    if write:
        return Step("keys", Standing.DONE, f"write keys: {', '.join(write)}")
    return Step("keys", Standing.TODO, "no program may send events yet", "you", _setup(account, "--keys"))
