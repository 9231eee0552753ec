"""The eight tables as PynamoDB sees them; `bind` names them once per container, so nothing is read at import.

A row class belongs to its concept's store.py and derives from one of the bases here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import DiscriminatorAttribute, JSONAttribute, ListAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from sojourn.clients import named
from sojourn.errors import StoreBusyError
from sojourn.settings import Settings

CONDITION_FAILED = "ConditionalCheckFailedException"
RETRIES = 7  # PynamoDB counts retries after the first try; a busy table costs patience, never a message


class OpenIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB's metaclass is untyped
    """Active enrolments by the moment when they should move on: what reconcile looks through."""

    class Meta:
        index_name = "Open"
        projection = KeysOnlyProjection()

    open = UnicodeAttribute(hash_key=True)
    until = UnicodeAttribute(range_key=True)


class PeopleRow(Model):
    """Any row of one person; `kind` tells which."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()


class OpenRow(Model):
    """A row of the index Open. Apart from PeopleRow, which would filter by `kind`: a keys-only index has none."""

    class Meta:
        table_name = "unbound"
        region: str | None = None
        max_retry_attempts = RETRIES

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    open_index = OpenIndex()


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


def bind(settings: Settings, *, region: str) -> None:
    """Give every table its name, and all of them one client; repeated calls begin anew, so tests may bind again."""
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
