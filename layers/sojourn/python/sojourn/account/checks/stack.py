"""The stack and what surrounds it: Region, host of links, texts, alarms, dead letters, keys."""

from datetime import timedelta

from sojourn.account.model import BIG_THREE, DEFAULT_HOST, Account, Finding, Level

OLD = timedelta(days=365)
FIRST_LIMIT = 1.0  # US dollars a month, what a new account may spend on texts


def access(account: Account) -> Finding:
    """What could not be read cannot be vouched for."""
    if not account.unread:
        return Finding("access", Level.OK, "Everything that is looked at could be read.")
    return Finding(
        "access",
        Level.BLOCKER,
        f"Not read: {'; '.join(account.unread)}.",
        "Sign in as somebody with ReadOnlyAccess; what follows guesses where it could not look.",
        "aws sts get-caller-identity",
    )


def region(account: Account) -> Finding:
    """Step Functions' quotas for StartExecution and state transitions, both soft (AWS, Service quotas)."""
    if account.region in BIG_THREE:
        says = f"{account.region} starts 300 runs a second (1,300 at once) and moves 5,000 steps a second."
        return Finding("region", Level.OK, says)
    return Finding(
        "region",
        Level.NOTE,
        f"{account.region} starts 150 runs a second (800 at once) and moves 800 steps a second: enough for most.",
        "For campaigns to millions ask for more, or choose us-east-1, us-west-2 or eu-west-1.",
        "aws service-quotas list-service-quotas --service-code states",
    )


def host(account: Account) -> Finding:
    """Links live as long as the mails, so on a host of the sender's own."""
    if DEFAULT_HOST not in account.public_url:
        return Finding("public_host", Level.OK, f"Links live at {account.public_url}.")
    return Finding(
        "public_host",
        Level.BLOCKER,
        "Links in mails would live on API Gateway's own host: they die with the stack, and filters distrust it.",
        "Give the stack a host of your own (parameter PublicHost) before the first campaign.",
        "make deploy GUIDED=1",
    )


def admin(account: Account) -> Finding:
    """Somebody must be able to invite, to go live, and to answer a request for a file."""
    if account.has_admin:
        return Finding("admin", Level.OK, "An admin may sign in.")
    return Finding(
        "admin",
        Level.WARNING,
        "No admin may sign in: nobody can go live, answer for personal data, or invite others but by the stack's IAM.",
        "Invite one by the caller's own IAM; they get a mail with a first password.",
        f"sojourn user invite you@example.org --role admin --stack {account.stack}",
    )


def texts(account: Account) -> Finding:
    """SNS's sandbox and the monthly limit."""
    if account.texts.is_in_sandbox:
        return Finding(
            "sms_sandbox",
            Level.WARNING,
            f"SMS is in its sandbox in {account.region}: only verified phones get texts.",
            "Ask to leave it in AWS End User Messaging; mails are not concerned.",
            "aws sns get-sms-sandbox-account-status",
        )
    if account.texts.limit_usd <= FIRST_LIMIT:
        return Finding(
            "sms_limit",
            Level.WARNING,
            f"Texts stop at ${account.texts.limit_usd:.2f} a month, about a hundred.",
            "Ask for a higher spend limit in AWS End User Messaging.",
            "aws sns get-sms-attributes --attributes MonthlySpendLimit",
        )
    return Finding("sms", Level.OK, f"Texts may cost ${account.texts.limit_usd:,.2f} a month.")


def listeners(account: Account) -> Finding:
    """Somebody must hear the alarms."""
    if any(each.is_confirmed for each in account.listeners):
        return Finding("alarms_heard", Level.OK, "Somebody is told when an alarm rings.")
    waiting = [each.endpoint for each in account.listeners]
    return Finding(
        "alarms_heard",
        Level.BLOCKER,
        "Nobody is told when an alarm rings" + (f": {waiting[0]} has not confirmed." if waiting else "."),
        "Click the link in AWS's mail; without one, deploy with OpsEmail.",
        "make deploy GUIDED=1",
    )


def alarms(account: Account) -> Finding:
    """Those that ring."""
    ringing = [each for each in account.alarms if each.state == "ALARM"]
    if not ringing:
        return Finding("alarms", Level.OK, f"None of {len(account.alarms)} alarms rings.")
    first = ringing[0]
    return Finding(
        "alarms",
        Level.WARNING,
        f"{len(ringing)} of {len(account.alarms)} alarms ring; {first.name}: {first.says}".rstrip(),
        "Each says in its description what to do.",
        "aws cloudwatch describe-alarms --state-value ALARM",
    )


def dead_letters(account: Account) -> Finding:
    """What fell out waits for a person."""
    full = [each for each in account.dead_letters if each.waiting]
    if not full:
        return Finding(
            "dead_letters", Level.OK, f"All {len(account.dead_letters)} queues of failures are empty."
        )
    worst = max(full, key=lambda each: each.waiting)
    return Finding(
        "dead_letters",
        Level.BLOCKER,
        f"{sum(each.waiting for each in full)} failures wait in {len(full)} queues; most in {worst.name}.",
        "Look inside, mend the cause, then send them back: docs/operations.md.",
        f"aws sqs get-queue-url --queue-name {worst.name}",
    )


def keys(account: Account) -> Finding:
    """A key that opens the API should not live for ever; keys of pages are public anyway."""
    old = [each for each in account.keys if each.made_at and account.now - each.made_at > OLD]
    if not old:
        return Finding("keys", Level.OK, f"No key is older than a year ({len(account.keys)} keys).")
    eldest = min(old, key=lambda each: each.made_at or account.now)
    return Finding(
        "keys",
        Level.WARNING,
        f"{len(old)} keys are older than a year; the {eldest.kind} key {eldest.name} is the eldest.",
        "Make a new one, put it to use, then revoke the old.",
        f"sojourn keys new {eldest.kind} --name {eldest.name} --stack {account.stack}",
    )
