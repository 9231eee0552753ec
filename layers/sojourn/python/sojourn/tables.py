"""The eight tables as PynamoDB sees them; `bind` names them once per container, so nothing is read at import.

A row class belongs to its concept's store.py and derives from one of the bases here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import (
    DiscriminatorAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from sojourn.clients import named
from sojourn.errors import StoreBusyError
from sojourn.settings import Settings

CONDITION_FAILED = "ConditionalCheckFailedException"
RETRIES = 7  # PynamoDB counts retries after the first try; a busy table costs patience, never a message


class OpenIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB's metaclass is untyped
    """Active enrolments by the moment when they should move on: what reconcile looks through, and where all stand."""

    class Meta:
        index_name = "Open"
        projection = IncludeProjection(["at", "version"])

    open = UnicodeAttribute(hash_key=True)
    until = UnicodeAttribute(range_key=True)


class MembersIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # as above
    """Who is in a segment, by when they came: `<segment>#<shard>`."""

    class Meta:
        index_name = "Segment"
        projection = KeysOnlyProjection()

    segment = UnicodeAttribute(hash_key=True)
    since = UnicodeAttribute(range_key=True)


class PeopleRow(Model):
    """Any row of one person; `kind` tells which."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()

    @classmethod
    def from_raw_data(cls, data: dict[str, dict[str, Any]]) -> Self:
        """The row, of the class that its `kind` names.

        Made of what is there: PynamoDB looks for all that might be, at thrice the cost, and every message pays for it.
        """
        model = _model_of(data.get("kind"))
        if model is None or not issubclass(model, cls):
            return super().from_raw_data(data)  # which says what is wrong
        row, attributes, ours = model.__new__(model), model.get_attributes(), model._dynamo_to_python_attr
        row.attribute_values = {
            name: attributes[name].deserialize(attributes[name].get_value(value))
            for told, value in data.items()
            if (name := ours(told)) in attributes and "NULL" not in value
        }
        return row


def _model_of(kind: dict[str, str] | None) -> type[PeopleRow] | None:
    classes: dict[str, type[PeopleRow]] = PeopleRow.kind._discriminator_map
    return classes.get(kind["S"]) if kind else None


class OpenRow(Model):
    """A row of the index Open, or Segment. Apart from PeopleRow, which would filter by `kind`: these have none."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    since = UnicodeAttribute(null=True)  # of a member
    at = UnicodeAttribute(null=True)  # of a run
    until = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    open_index = OpenIndex()
    members_index = MembersIndex()


class IdentityRow(Model):
    """An identity and the contact it belongs to."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    contact = UnicodeAttribute()
    trust = UnicodeAttribute(null=True)  # of the call that named it first


class SuppressionRow(Model):
    """An address (hashed) that must not be written to."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    reason = UnicodeAttribute(null=True)
    source = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    soft = JSONAttribute(null=True)
    asked = JSONAttribute(null=True)  # the day's service mails: [message, when]
    history: ListAttribute[UnicodeAttribute] = ListAttribute(of=UnicodeAttribute, null=True)


class DueRow(Model):
    """Something to do at a moment of the calendar."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    task = JSONAttribute()


class ConfigRow(Model):
    """A journey version, a template, a key, a setting: small, and mostly immutable."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    revision = UnicodeAttribute(null=True)
    data = JSONAttribute()


class CounterRow(Model):
    """Figures of a thing on a day; the metrics are free attributes, added to by `UpdateItem`."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


TABLES: dict[type[Model], str] = {
    PeopleRow: "people_table",
    OpenRow: "people_table",
    IdentityRow: "identity_table",
    SuppressionRow: "suppression_table",
    DueRow: "due_table",
    ConfigRow: "config_table",
    CounterRow: "counters_table",
}


class Bound:
    """What was bound last."""

    restored_suffix = ""


def restored_suffix() -> str:
    """What follows the names of tables that were restored and switched over to; empty for those that the stack made."""
    return Bound.restored_suffix


def bind(settings: Settings, *, region: str) -> None:
    """Give every table its name, and all of them one client; repeated calls begin anew, so tests may bind again."""
    Bound.restored_suffix = settings.restored_suffix
    shared: Connection | None = None
    for model, field in TABLES.items():
        model.Meta.table_name = getattr(settings, field)
        model.Meta.region = region
        model._connection = None
        table = model._get_connection()
        if shared is None:
            shared = table.connection
            named(shared.session)
        shared._tables.update(table.connection._tables)
        table.connection = shared  # PynamoDB would make a session and a client for each model


def connection() -> Connection:
    """The connection that transactions go through (TransactWrite wants one, and a model has no public way to it)."""
    return PeopleRow._get_connection().connection


def condition_failed(error: PynamoDBException) -> bool:
    """Whether a write was refused because its condition does not hold, and not for anything that passes.

    Not by `error.cause_response_code`, which itself fails where the connection broke: there is no response then.
    """
    cause = error.cause
    return isinstance(cause, ClientError) and cause.response.get("Error", {}).get("Code") == CONDITION_FAILED


@contextmanager
def store_errors_translated() -> Iterator[None]:
    """A table that is busy, or out of reach, is an error that Step Functions and streams retry."""
    try:
        yield
    except (PynamoDBException, ClientError, BotoCoreError) as error:
        raise StoreBusyError(type(error).__name__) from error
