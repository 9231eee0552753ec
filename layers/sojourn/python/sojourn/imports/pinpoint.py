"""Endpoints as Amazon Pinpoint exports and imports them: known columns, repeated ones are lists. Pure.

An endpoint is one address of a user: those of one `User.UserId` become one contact. `OptOut: ALL` is a withdrawal;
`NONE` only says that nobody opted out, which is no consent.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sojourn.imports.mapping import Mapping, read_mapping
from sojourn.imports.model import Kind

MARKS = {"ChannelType", "Address"}
CHANNEL_OF = {"EMAIL": "email", "SMS": "sms", "VOICE": "sms"}
TRAIT_OF = {"email": "email", "sms": "phone"}
FREE = (
    "Attributes.",
    "User.UserAttributes.",
)  # what the customer named; values are lists, most of them of one
COLUMNS: dict[str, Any] = {
    "Id": "externalId.pinpoint",
    "User.UserId": "userId",
    "ChannelType": "channelType",
    "Address": "traits.address",  # it becomes traits.email or traits.phone, by its channel
    "OptOut": "optOut",
    "Demographic.Timezone": "traits.timezone",
    "Demographic.Locale": "traits.language",
    "Location.Country": "traits.country",
    "Location.City": "traits.city",
    "Location.Region": "traits.region",
    "Location.PostalCode": "traits.postalCode",
    "Location.Latitude": {"to": "traits.latitude", "type": "number"},
    "Location.Longitude": {"to": "traits.longitude", "type": "number"},
    "Attributes.*": "traits.*",
    "User.UserAttributes.*": "traits.*",
    "Metrics.*": {"to": "traits.*", "type": "number"},
}


def is_pinpoint(columns: Collection[str]) -> bool:
    """Whether these are the columns of endpoints."""
    return set(columns) >= MARKS


def endpoint_mapping(columns: Sequence[str], lists: Collection[str] = ()) -> Mapping:
    """What the columns of endpoints become. Those in `lists`, and those that repeat, hold lists; others one value."""
    repeated = {name for name in columns if columns.count(name) > 1} | set(lists)
    told = {
        name: {"to": f"traits.{name.removeprefix(prefix)}", "type": "list"}
        for name in sorted(repeated)
        for prefix in FREE
        if name.startswith(prefix) and len(name) > len(prefix)
    }
    return read_mapping(Kind.CONTACTS, {"columns": {**told, **COLUMNS}, "pinpoint": True})
