"""What SES and End User Messaging publish, in their shapes."""

from __future__ import annotations

import uuid
from email.utils import parseaddr
from typing import Any

from infra.local.postoffice.mail import Mail

ACCOUNT, REGION = "000000000000", "us-east-1"
STATUS_OF = {
    ("Permanent", "General"): ("5.1.1", "smtp; 550 5.1.1 user unknown"),
    ("Permanent", "NoEmail"): ("5.1.1", "smtp; 550 5.1.1 user unknown"),
    ("Transient", "General"): ("4.4.7", "smtp; 450 4.4.7 try again later"),
    ("Transient", "MailboxFull"): ("5.2.2", "smtp; 552 5.2.2 mailbox full"),
}


def send(mail: Mail, at: str) -> dict[str, Any]:
    """SES accepted it."""
    return _event("Send", mail, {})


def delivery(mail: Mail, at: str) -> dict[str, Any]:
    """The recipient's server accepted it."""
    return _event(
        "Delivery",
        mail,
        {
            "timestamp": at,
            "processingTimeMillis": 546,
            "recipients": mail.recipients,
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a8-70.smtp-out.amazonses.com",
        },
    )


def bounce(mail: Mail, at: str, *, kind: str = "Permanent", subtype: str = "General") -> dict[str, Any]:
    """The recipient's server refused it, for good or for now."""
    status, diagnosis = STATUS_OF.get((kind, subtype), ("5.0.0", "smtp; 550 refused"))
    refused = {"action": "failed", "status": status, "diagnosticCode": diagnosis}
    return _event(
        "Bounce",
        mail,
        {
            "feedbackId": _feedback_id(),
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [{"emailAddress": address, **refused} for address in mail.recipients],
            "timestamp": at,
            "reportingMTA": "dsn; a8-70.smtp-out.amazonses.com",
        },
    )


def complaint(mail: Mail, at: str) -> dict[str, Any]:
    """The recipient called it spam."""
    return _event(
        "Complaint",
        mail,
        {
            "feedbackId": _feedback_id(),
            "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": address} for address in mail.recipients],
            "timestamp": at,
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": at,
        },
    )


def inbound_sms(sender: str, text: str, *, to: str, reply_to: str) -> dict[str, Any]:
    """A two-way SMS, as End User Messaging hands it to SNS."""
    return {
        "originationNumber": sender,
        "destinationNumber": to,
        "messageKeyword": "KEYWORD_" + ACCOUNT,
        "messageBody": text,
        "inboundMessageId": str(uuid.uuid4()),
        "previousPublishedMessageId": reply_to,
    }


def _event(kind: str, mail: Mail, detail: dict[str, Any]) -> dict[str, Any]:
    return {"eventType": kind, "mail": _mail(mail), kind.lower(): detail}


def _mail(mail: Mail) -> dict[str, Any]:
    _, address = parseaddr(mail.sender)
    domain = address.rpartition("@")[2]
    return {
        "timestamp": mail.sent_at,
        "source": address,
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}",
        "sendingAccountId": ACCOUNT,
        "messageId": mail.id,
        "destination": mail.recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in mail.headers.items()],
        "commonHeaders": {
            "from": [mail.sender],
            "to": mail.recipients,
            "messageId": mail.id,
            "subject": mail.subject,
        },
        "tags": {
            "ses:configuration-set": [mail.configuration_set],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [domain],
            "ses:caller-identity": ["sojourn"],
            **{name: [value] for name, value in mail.tags.items()},
        },
    }


def _feedback_id() -> str:
    return f"0100{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000"
