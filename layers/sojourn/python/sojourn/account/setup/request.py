"""The request for production access, as AWS likes to read it: what is sent, to whom, and how they leave."""

TEXT = """\
We send marketing and service e-mail to our own customers from {sender} with Sojourn, which runs in this account.
Recipients: people who signed up on {website} or bought from us, each with a record of when, where and by which words
they agreed; new addresses confirm by double opt-in. Bought or scraped lists are not used.
Unsubscribing: every marketing mail carries List-Unsubscribe and List-Unsubscribe-Post (RFC 8058) and a visible link;
both take effect at once and are checked again in the transaction that claims each message.
Bounces and complaints: a configuration set reports them to SNS and SQS; hard bounces and complaints suppress the
address at once, soft bounces after three.
We expect about {per_day} mails a day at first."""


def draft(*, sender: str, website: str, per_day: int) -> str:
    """The text, below the 5,000 characters that SES takes."""
    return TEXT.format(sender=sender, website=website, per_day=f"{per_day:,}")
