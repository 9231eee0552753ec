"""Mail by SES v2 SendEmail with Simple headers, which SES never folds (one-click unsubscribe breaks when folded)."""

from typing import Any

from sojourn.delivery.model import Email
from sojourn.delivery.providers import understood


class SesSender:
    """An EmailSender. The client makes one attempt only."""

    def __init__(self, client: Any, *, sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set

    def send(self, email: Email) -> str:
        """Hand over one mail; the answer is SES's message id."""
        with understood(self._sender):
            answer = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [email.to]},
                Content={"Simple": _content(email)},
                EmailTags=[{"Name": name, "Value": value} for name, value in email.tags.items()],
                ConfigurationSetName=self._configuration_set,
            )
        return str(answer["MessageId"])


def _content(email: Email) -> dict[str, Any]:
    return {
        "Subject": _part(email.subject),
        "Body": {"Text": _part(email.text), "Html": _part(email.html)},
        "Headers": [{"Name": name, "Value": value} for name, value in email.headers.items()],
    }


def _part(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
