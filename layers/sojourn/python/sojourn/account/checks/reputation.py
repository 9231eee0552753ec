"""Whether marketing waits for a person, because too many mails bounced or were called spam."""

from sojourn.account.model import Account, Finding, Level


def marketing(account: Account) -> Finding:
    """The workspace's own breaker, which acts before SES does."""
    if not account.paused_for:
        return Finding("reputation", Level.OK, "Marketing is not paused for bounces or complaints.")
    return Finding(
        "reputation",
        Level.BLOCKER,
        f"Marketing is paused since {account.paused_since}: too many {account.paused_for}.",
        "Find what was written to cold or bought addresses, mend it, then let marketing go on.",
        "sojourn workspace resume",
    )
