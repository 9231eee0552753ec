"""The cells of a row, sorted by what they become, each of its column's type. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sojourn.clock import iso
from sojourn.contacts import addresses
from sojourn.imports.mapping import Mapping as Columns
from sojourn.imports.mapping import Target
from sojourn.imports.model import Fault
from sojourn.imports.pinpoint import CHANNEL_OF, TRAIT_OF
from sojourn.imports.values import is_no_more, is_yes, moment, require_yes_or_no, typed

LONGEST_ID = 200


@dataclass(slots=True)
class Sorted:
    """The cells of a row by where they go, and the column that each came from."""

    ids: dict[str, str] = field(default_factory=dict)
    externals: list[dict[str, str]] = field(default_factory=list)
    traits: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)
    evidence_format: str = ""  # of its moment
    says: list[tuple[str, str, bool]] = field(default_factory=list)  # (channel, topic, given or withdrawn)
    event: str = ""
    timestamp: str = ""
    channel_type: str = ""  # of a Pinpoint endpoint
    is_opted_out: bool = False  # as Pinpoint says it
    columns: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def _put_id(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    found.ids[target.to] = str(typed(value, "text"))


def _put_external(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    found.externals.append({"type": target.name, "id": str(typed(value, "text"))[:LONGEST_ID]})


def _put_trait(found: Sorted, target: Target, value: Any, mapping: Columns) -> None:
    name = target.name
    if mapping.is_pinpoint and target.type != "list" and isinstance(value, list) and len(value) == 1:
        value = value[0]  # its attributes are lists, most of them of one
    value = typed(value, target.type, target.format)
    if name == "phone" and mapping.country and isinstance(value, str) and not value.startswith("+"):
        number = addresses.phone(value, mapping.country)
        value = number.e164 if number else value
    known = found.traits.get(name)
    found.traits[name] = [*known, *value] if isinstance(known, list) and isinstance(value, list) else value


def _put_property(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    found.properties[target.name] = typed(value, target.type, target.format)


def _put_evidence(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    found.evidence[target.name] = value
    if target.name == "at":
        found.evidence_format = target.format


def _put_consent(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    require_yes_or_no(value)
    if is_yes(value) or is_no_more(value):
        channel, _dot, topic = target.name.partition(".")
        found.says.append((channel, topic, is_yes(value)))


def _put_unsubscribed(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    if is_yes(value) or is_no_more(value):
        channel, _dot, topic = target.name.partition(".")
        found.says.append((channel, topic, False))


def _put_opt_out(found: Sorted, _: Target, value: Any, __: Columns) -> None:
    found.is_opted_out = str(value).strip().upper() == "ALL"


def _put_channel_type(found: Sorted, _: Target, value: Any, __: Columns) -> None:
    found.channel_type = str(value).strip().upper()


def _put_event(found: Sorted, _: Target, value: Any, __: Columns) -> None:
    found.event = str(value)


def _put_timestamp(found: Sorted, target: Target, value: Any, _: Columns) -> None:
    found.timestamp = iso(moment(value, target.format))


PUT: dict[str, Callable[[Sorted, Target, Any, Columns], None]] = {
    "userId": _put_id,
    "anonymousId": _put_id,
    "externalId": _put_external,
    "traits": _put_trait,
    "properties": _put_property,
    "evidence": _put_evidence,
    "consent": _put_consent,
    "unsubscribed": _put_unsubscribed,
    "optOut": _put_opt_out,
    "channelType": _put_channel_type,
    "event": _put_event,
    "timestamp": _put_timestamp,
}


def settle_endpoint(found: Sorted) -> None:
    """An endpoint's address is a mail's or a phone's, by its channel; what opted out is withdrawn on that channel."""
    address, channel = found.traits.pop("address", None), CHANNEL_OF.get(found.channel_type)
    if channel is None:
        return  # push, or a channel of the customer's own
    if address:
        found.traits.setdefault(TRAIT_OF[channel], address)
        found.columns[f"traits.{TRAIT_OF[channel]}"] = "Address"
    if found.is_opted_out:
        found.says.append((channel, "", False))
