"""Everybody, by the page: what exports are made of. Who is erased meanwhile is not there any more."""

from collections.abc import Mapping
from typing import Any

from sojourn.consent.model import Consent
from sojourn.consent.store import ConsentRow
from sojourn.contacts.model import Profile
from sojourn.contacts.store import ProfileRow
from sojourn.events.wire import wire

PROFILE = "PROFILE"
GONE = ("merged_into", "erased_at")  # what is left of a contact that became another, or that is forgotten
ROWS_LOOKED_AT = 2_000  # in one call, so that a table of messages does not keep a caller waiting

Place = tuple[str, str]


def people_after(place: Place | None, limit: int) -> tuple[list[tuple[Profile, Consent]], Place | None]:
    """Up to `limit` people and where to go on; fewer, even none, while there is a place to go on from."""
    found: list[Mapping[str, Any]] = []
    looked_at = 0
    while True:
        page = wire().call("scan", **_scan(place))
        for item in page["Items"]:
            place = (item["pk"]["S"], item["sk"]["S"])
            if not any(name in item for name in GONE):
                found.append(item)
            if len(found) == limit:
                return _with_consent(found), place
        looked_at += page["ScannedCount"]
        last = page.get("LastEvaluatedKey")
        place = (last["pk"]["S"], last["sk"]["S"]) if last else None
        if place is None or looked_at >= ROWS_LOOKED_AT:
            return _with_consent(found), place


def _scan(place: Place | None) -> dict[str, Any]:
    scan: dict[str, Any] = {
        "TableName": wire().settings.people_table,
        "FilterExpression": "sk = :profile",
        "ExpressionAttributeValues": {":profile": {"S": PROFILE}},
        "Limit": 1_000,
    }
    return scan | ({"ExclusiveStartKey": {"pk": {"S": place[0]}, "sk": {"S": place[1]}}} if place else {})


def _with_consent(items: list[Mapping[str, Any]]) -> list[tuple[Profile, Consent]]:
    profiles = [ProfileRow.from_raw_data(dict(item)).to_profile() for item in items]
    keys = [(f"C#{profile.contact}", "CONSENT") for profile in profiles]
    consents = {row.pk: row.to_consent() for row in ConsentRow.batch_get(keys)}
    return [(each, consents.get(f"C#{each.contact}") or Consent(each.contact)) for each in profiles]
