"""SMS by SNS Publish to a phone number."""

from typing import Any

from sojourn.delivery.model import Sms
from sojourn.delivery.providers import understood


class SnsSender:
    """An SmsSender. The client makes one attempt only."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, sms: Sms) -> str:
        """Hand over one text; the answer is SNS's message id."""
        promotional = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Promotional"}}
        with understood():
            answer = self._client.publish(PhoneNumber=sms.to, Message=sms.text, MessageAttributes=promotional)
        return str(answer["MessageId"])
