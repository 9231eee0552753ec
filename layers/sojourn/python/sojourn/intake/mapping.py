"""From a delivery to Segment's calls, by the tables in mappings/. Pure but for reading those once.

    provider     the table's name
    topic        where the delivery says what it is about: {header: …} or {path: …}
    delivery     where its id stands, which makes a second delivery the same events
    person       ids, traits and consent, where the topic does not say otherwise
    topics       name → {event, when?, id?, at, properties, person?}, or a list of these; `*` is any other

A person goes by the hook's name and the shop's number of the customer, as anonymousId: so that the same e-mail address
joins them to whom the site knows by its own user id. A guest goes by the hash of the address.
"""

import functools
import hashlib
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.intake.paths import taken, taken_all

PROVIDERS = ("shopify", "woocommerce", "stripe", "standard")
ANY = "*"
CONSENT_EVENTS = {"given": "Consent Given", "withdrawn": "Consent Withdrawn"}
LONGEST = 200

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in, its signature found good."""

    hook: str
    provider: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def topic(self) -> str:
        """What it is about, in the provider's words."""
        return _told(table(self.provider)["topic"], self)

    @property
    def id(self) -> str:
        """What names it, however often it is delivered."""
        return _told(table(self.provider)["delivery"], self)


@functools.cache
def table(provider: str) -> Mapping[str, Any]:
    """A provider's table."""
    import yaml

    text = importlib.resources.files(__package__).joinpath("mappings", f"{provider}.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def is_known(delivery: Delivery) -> bool:
    """Whether the table says anything of this topic."""
    topics = table(delivery.provider)["topics"]
    return delivery.topic in topics or ANY in topics


def items_of(delivery: Delivery) -> list[Item]:
    """The calls that a delivery comes to: none when its topic is unknown, not ripe, or about nobody."""
    known = table(delivery.provider)
    topic = _topic(known["topics"], delivery)
    if topic is None:
        return []
    person = topic.get("person", known["person"])
    ids = _ids(person, delivery)
    if not ids:
        return []
    at = taken({"path": topic["at"], "as": "time"}, delivery.body) if "at" in topic else None
    named = taken(topic["id"], delivery.body) if "id" in topic else None
    base = f"{topic_name(topic)}:{named}" if named is not None else delivery.id
    shared = {**ids, **({"timestamp": at} if at else {})}
    told = [
        {**item, **shared, "messageId": f"{base}:{item['type']}"[:LONGEST]}
        for item in (_identify(person, delivery), _track(topic, delivery))
        if item
    ]
    return [*told, *_consents(person, delivery, ids)]


def _topic(topics: Mapping[str, Any], delivery: Delivery) -> Mapping[str, Any] | None:
    """What the table says of the topic: of several sayings the first that is ripe."""
    said = topics.get(delivery.topic, topics.get(ANY)) or []
    sayings: list[Mapping[str, Any]] = said if isinstance(said, list) else [said]
    return next((saying for saying in sayings if _is_ripe(saying, delivery.body)), None)


def topic_name(topic: Mapping[str, Any]) -> str:
    """What a saying makes of a delivery: with the shop's own id it names the event."""
    event = topic.get("event")
    return str(event.get("value", "")) if isinstance(event, dict) else ""


def _is_ripe(topic: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    conditions: Mapping[str, list[Any]] = topic.get("when", {})
    return all(taken(path, body) in wanted for path, wanted in conditions.items())


def _ids(person: Mapping[str, Any], delivery: Delivery) -> Item:
    user = taken({"path": person.get("user", []), "as": "text"}, delivery.body)
    if user:
        return {"userId": user}
    number = taken({"path": person.get("number", []), "as": "text"}, delivery.body)
    if number:
        return {"anonymousId": f"{delivery.hook}:{number}"}
    email = taken({"path": person.get("email", []), "as": "text"}, delivery.body)
    if not email:
        return {}
    digest = hashlib.sha256(email.casefold().encode("utf-8", "replace")).hexdigest()
    return {"anonymousId": f"{delivery.hook}:{digest[:32]}"}


def _identify(person: Mapping[str, Any], delivery: Delivery) -> Item | None:
    traits = taken_all(person.get("traits", {}), delivery.body)
    email = taken({"path": person.get("email", []), "as": "text"}, delivery.body)
    if email:
        traits["email"] = email
    return {"type": "identify", "traits": traits} if traits else None


def _consents(person: Mapping[str, Any], delivery: Delivery, ids: Item) -> list[Item]:
    """What the person allowed in the shop, at the time when they said it there: the shop repeats it with every change
    of the customer, and must not undo what the person told us since. Without a time it is left out.
    """
    stated = [taken_all(each, delivery.body) for each in person.get("consent", [])]
    return [
        {
            **ids,
            "type": "track",
            "event": CONSENT_EVENTS[each["status"]],
            "timestamp": each["at"],
            "messageId": f"consent:{each['channel']}:{each['status']}:{each['at']}"[:LONGEST],
            "properties": {"channel": each["channel"], "purpose": each["purpose"], "source": delivery.hook},
        }
        for each in stated
        if "status" in each and "at" in each
    ]


def _track(topic: Mapping[str, Any], delivery: Delivery) -> Item | None:
    event = taken(topic["event"], delivery.body) if "event" in topic else None
    if not isinstance(event, str):
        return None
    currency = str(taken(topic.get("currency", "currency"), delivery.body) or "").upper()
    properties = topic.get("properties", {})
    if isinstance(properties, str):
        found = taken(properties, delivery.body)
        found = found if isinstance(found, dict) else {}
    else:
        found = taken_all(properties, delivery.body, currency=currency)
    if currency and "currency" not in found:
        found["currency"] = currency
    return {"type": "track", "event": event, "properties": found}


def _told(where: Mapping[str, str], delivery: Delivery) -> str:
    if "header" in where:
        return delivery.headers.get(where["header"], "")[:LONGEST]
    return taken({"path": where["path"], "as": "text"}, delivery.body) or ""
