"""SES: plan, sandbox, standing, quota, and whether what it reports comes back. Prices: aws.amazon.com/ses/pricing."""

from sojourn.account.model import Account, Finding, Level

PER_THOUSAND = {"NONE": 0.10, "ESSENTIALS": 0.16, "PRO": 0.22, "ENTERPRISE": 0.23}
A_MONTH = {"NONE": 0, "ESSENTIALS": 0, "PRO": 105, "ENTERPRISE": 500}
NEARLY = 0.8  # of a day's quota
REVIEWED = {
    "PENDING": "AWS is looking at the request; answer their mail, it takes about a day.",
    "DENIED": "AWS refused the request: reply in the support case with what they ask for.",
    "FAILED": "The request could not be taken: repeat it.",
}


def plan(account: Account) -> Finding:
    """What a mail costs. An account that never chose pays for Essentials."""
    name = account.mail.plan
    price, monthly = PER_THOUSAND.get(name, 0), A_MONTH.get(name, 0)
    says = f"SES's plan is {name}: ${price:.2f} for a thousand mails, ${monthly} a month."
    if name in ("NONE", ""):
        return Finding("ses_plan", Level.OK, says)
    saved = (price - PER_THOUSAND["NONE"]) * 1_000
    return Finding(
        "ses_plan",
        Level.NOTE,
        says,
        f"À la carte (NONE) saves ${saved:.0f} a million mails; Sojourn needs nothing of what the plan adds.",
        "aws sesv2 put-account-pricing-attributes --plan NONE",
    )


def sandbox(account: Account) -> Finding:
    """In the sandbox only verified addresses get mail."""
    if account.mail.is_in_production:
        return Finding("ses_sandbox", Level.OK, "SES lets this account write to anybody.")
    return Finding(
        "ses_sandbox",
        Level.BLOCKER,
        f"SES keeps this account in its sandbox in {account.region}: only verified addresses get mail.",
        REVIEWED.get(account.mail.review, "Ask for production access."),
        f"sojourn setup --stack {account.stack}",
    )


def standing(account: Account) -> Finding:
    """Whether AWS or a person stopped sending."""
    found = account.mail.enforcement
    if not account.mail.may_send or found == "SHUTDOWN":
        return Finding(
            "ses_standing",
            Level.BLOCKER,
            f"SES sends nothing for this account (standing: {found}).",
            "Read AWS's mail about it, mend the cause, then ask in the support case to be let send again.",
            "aws sesv2 get-account",
        )
    if found == "PROBATION":
        return Finding(
            "ses_standing",
            Level.WARNING,
            "AWS watches this account's bounces and complaints (PROBATION).",
            "Stop writing to old lists, and look at who complained.",
            "sojourn report",
        )
    return Finding("ses_standing", Level.OK, "SES finds this account's mail in order.")


def quota(account: Account) -> Finding:
    """How many mails are left of the day."""
    mail = account.mail
    says = f"{mail.sent_in_a_day:,.0f} of {mail.per_day:,.0f} mails in 24 hours, {mail.per_second:,.0f} a second."
    if mail.per_day < 0 or mail.sent_in_a_day < NEARLY * mail.per_day:  # −1 is no quota at all
        return Finding("ses_quota", Level.OK, says)
    full = mail.sent_in_a_day >= mail.per_day
    return Finding(
        "ses_quota",
        Level.BLOCKER if full else Level.WARNING,
        says,
        "Mails wait for the next day. Ask for more in Service Quotas (SES, sending quota).",
        "aws service-quotas list-service-quotas --service-code ses",
    )


def reports(account: Account) -> Finding:
    """Bounces and complaints must find their way back."""
    if account.topic and account.topic in account.mail.reports_to:
        return Finding(
            "ses_reports", Level.OK, "SES reports deliveries, bounces and complaints to the stack."
        )
    return Finding(
        "ses_reports",
        Level.BLOCKER,
        "The configuration set does not report to the stack's topic: bounces and complaints would be missed.",
        "Somebody changed it by hand: deploy again.",
        "make deploy",
    )
