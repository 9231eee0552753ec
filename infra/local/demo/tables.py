"""Reads the stack's tables whole: what the demo's figures are made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

Row = dict[str, Any]
SOURCE_INTERNAL = "sojourn"
PAYLOAD_FIELDS = ("userId", "anonymousId", "properties", "traits", "context", "groupId", "previousId", "name")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables by the word in their logical id: `tables.scan("Events")`."""

    client: Any
    names: Mapping[str, str]

    @classmethod
    def find(cls, client: Any, stack: str) -> Self:
        """The stack's tables; CloudFormation names them `<stack>-…-EventsTable-<suffix>`."""
        pages = client.get_paginator("list_tables").paginate()
        mine = [name for page in pages for name in page["TableNames"] if name.startswith(stack)]
        words = {
            part.removesuffix("Table"): name
            for name in mine
            for part in name.split("-")
            if part.endswith("Table")
        }
        return cls(client, words)

    def scan(self, word: str, **arguments: Any) -> Iterator[Row]:
        """Every row; JSON stays text."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.names[word], **arguments)
        for page in pages:
            for item in page["Items"]:
                yield {name: _plain(value) for name, value in item.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    """A DynamoDB value as Python; our numbers are whole, or nearly."""
    ((kind, inner),) = value.items()
    if kind == "N":
        return int(inner) if inner.lstrip("-").isdigit() else float(inner)
    if kind == "M":
        return {name: _plain(each) for name, each in inner.items()}
    if kind == "L":
        return [_plain(each) for each in inner]
    return None if kind == "NULL" else inner


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that the tables hold at the end, sorted so that two runs compare."""

    events: list[Row]
    enrolments: list[Row]
    messages: list[Row]
    profiles: list[Row]
    counters: list[Row]

    @classmethod
    def read(cls, tables: Tables) -> Self:
        """One scan of each table that matters."""
        people = sorted(tables.scan("People"), key=lambda row: (row["pk"], row["sk"]))
        return cls(
            events=sorted(
                (event(row) for row in tables.scan("Events")), key=lambda row: (row["at"], row["sk"])
            ),
            enrolments=[enrolment(row) for row in people if row["sk"].startswith("ENROL#")],
            messages=[message(row) for row in people if row["sk"].startswith("MSG#")],
            profiles=[profile(row) for row in people if row["sk"] == "PROFILE"],
            counters=list(tables.scan("Counters")),
        )


def event(row: Row) -> Row:
    """An event in the words of Segment, beside its key."""
    payload = json.loads(row.get("payload") or "{}")
    known = {name: payload[name] for name in PAYLOAD_FIELDS if name in payload}
    return {
        "pk": row["pk"],
        "sk": row["sk"],
        "type": row["type"],
        "event": row.get("event", ""),
        "at": row["at"],
        "messageId": row["message_id"],
        "timestamp": payload.get("originalTimestamp") or row["at"],
        "receivedAt": row["received_at"],
        "source": row["source"],
        "internal": row["source"] == SOURCE_INTERNAL,
        **_identity(row["pk"]),
        **known,
    }


def _identity(pk: str) -> Row:
    kind, _, name = pk.partition("#")
    return {"userId" if kind == "u" else "anonymousId": name}


def enrolment(row: Row) -> Row:
    """An enrolment row, with its contact and journey; a task token is a credential and stays behind."""
    _, journey, entry = row["sk"].split("#")
    shown = {name: value for name, value in row.items() if name not in {"pk", "sk", "wait_token", "kind"}}
    return {"contact": row["pk"].removeprefix("C#"), "journey": journey, "entry": int(entry), **shown}


def message(row: Row) -> Row:
    """A message row under its id."""
    contact, digest = row["pk"].removeprefix("C#"), row["sk"].removeprefix("MSG#")
    return {
        "id": f"{contact}-{digest}",
        "contact": contact,
        **{k: v for k, v in row.items() if k not in {"pk", "sk", "kind"}},
    }


def profile(row: Row) -> Row:
    """A contact, with identities and traits as they are."""
    return {
        "contact": row["pk"].removeprefix("C#"),
        "identities": json.loads(row.get("identities") or "[]"),
        "traits": json.loads(row.get("traits") or "{}"),
    }
