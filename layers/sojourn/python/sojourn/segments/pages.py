"""Contacts by the page, with as much of each as a rule looks at: what it does not is neither sent nor read.

A page is one part of a parallel scan of the People table, and lies in it by the hash of the contact.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sojourn.contacts.model import Profile
from sojourn.contacts.packing import unpacked, unpacked_marks
from sojourn.events.wire import wire
from sojourn.rules.compile import Compiled
from sojourn.rules.view import Needs

SHOWN = ("pk", "merged_into", "erased_at", "revision", "identities")
ATTRIBUTES = ("traits", "unproven", "is_known", "facts", "created_at")  # facts: which addresses are proved
EVENTS = ("events", "traces")
PROFILES = "#sk = :profile"
DOCUMENTS: Mapping[str, Callable[[Any], Any]] = {
    "traits": dict,
    "unproven": lambda kept: {name: (at, value) for name, (at, value) in kept.items()},
    "identities": tuple,
    "events": unpacked,
    "facts": dict,
    "merged": tuple,
    "traces": dict,
    "segments": unpacked_marks,
}


def fields_for(rule: Compiled) -> tuple[str, ...]:
    """What the rule looks at of a row, and what is shown of whoever it holds for."""
    looks = rule.references
    fields = [*SHOWN, *ATTRIBUTES]
    if looks.events or looks.every_event or rule.traces:
        fields += EVENTS
    if looks.segments:
        fields.append("segments")
    if Needs.MESSAGES in looks.needs:
        fields.append("merged")
    return tuple(fields)


def people_of(page: int, of: int, fields: tuple[str, ...]) -> Iterator[Profile]:
    """Everybody of a page, strongly read; who became another is there as the other, who is forgotten is not."""
    asked = _scan(page, of, fields)
    while True:
        answer = wire().call("scan", **asked)
        for item in answer["Items"]:
            if "merged_into" not in item and "erased_at" not in item:
                yield profile_of(item)
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def profile_of(item: Mapping[str, Any]) -> Profile:
    """The profile, with what was asked for; the rest of it is empty."""
    told = {name: made(json.loads(item[name]["S"])) for name, made in DOCUMENTS.items() if name in item}
    return Profile(
        contact=item["pk"]["S"].removeprefix("C#"),
        revision=int(item["revision"]["N"]),
        created_at=item["created_at"]["S"] if "created_at" in item else "",
        is_known="is_known" in item and item["is_known"]["BOOL"],
        **told,
    )


def _scan(page: int, of: int, fields: tuple[str, ...]) -> dict[str, Any]:
    names = {f"#{name}": name for name in fields}
    return {
        "TableName": wire().settings.people_table,
        "Segment": page,
        "TotalSegments": of,
        "ConsistentRead": True,
        "FilterExpression": PROFILES,
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": {**names, "#sk": "sk"},
        "ExpressionAttributeValues": {":profile": {"S": "PROFILE"}},
    }
