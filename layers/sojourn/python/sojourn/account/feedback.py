"""The way back of what SES reports: configuration set → topic → queue → record_feedback."""

from typing import Any

from sojourn.account.read import Clients, Reader, Stack

QUEUE, DEAD = "FeedbackQueue", "FeedbackDeadLetters"


def way_back(clients: Clients, stack: Stack) -> dict[str, Any]:
    """What `smoke.Chain` knows of it: reports, subscribed, waiting, dead."""
    reader = Reader(clients, stack)
    topic = stack.outputs.get("EmailEventsTopicArn", "")
    queues = dict(reader.resources().get("AWS::SQS::Queue", []))
    return {
        "reports": topic in reader.mail().reports_to,
        "subscribed": _feeds(clients, topic, queues[QUEUE]),
        "waiting": reader.waiting(queues[QUEUE]),
        "dead": reader.waiting(queues[DEAD]),
    }


def _feeds(clients: Clients, topic: str, url: str) -> bool:
    name = url.rsplit("/", 1)[-1]
    found = clients("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return any(each["Protocol"] == "sqs" and each["Endpoint"].endswith(f":{name}") for each in found)
