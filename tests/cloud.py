"""A cloud in memory for unit tests: moto's DynamoDB with the tables of the template, and settings that name them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws

from sojourn.contacts.attributes import use_registry
from sojourn.contacts.workspace import use_workspace
from sojourn.settings import Settings
from sojourn.tables import bind, connection

REGION = "us-east-1"
SETTINGS = Settings(
    events_table="Events",
    people_table="People",
    identity_table="Identity",
    suppression_table="Suppression",
    due_table="Due",
    config_table="Config",
    rejected_events_table="RejectedEvents",
    counters_table="Counters",
    stack_name="sojourn-test",
    email_from="hello@example.org",
    from_name="Fieldnotes",
    postal_address="1 Example Street, Exampleton",
    configuration_set="sojourn-test",
    public_url="https://mail.example.org",
    due_shards="2",
    events_kept_days="400",
    rejected_events_kept_days="30",
    restored_suffix="",
)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "FILES_BUCKET": "files",
    "ERASE_CONTACT_MACHINE_ARN": f"arn:aws:states:{REGION}:123456789012:stateMachine:sojourn-test-erase",
    "EXPORT_CONTACT_MACHINE_ARN": f"arn:aws:states:{REGION}:123456789012:stateMachine:sojourn-test-export",
    "IMPORT_MACHINE_ARN": f"arn:aws:states:{REGION}:123456789012:stateMachine:sojourn-test-import",
    "SEND_MESSAGE_FUNCTION": "send",
    "BACKFILL_MACHINE_ARN": f"arn:aws:states:{REGION}:123456789012:stateMachine:sojourn-test-backfill",
    "USER_POOL_ID": f"{REGION}_Pool12345",
    "USER_POOL_CLIENT_ID": "loginpage",
    "QUEUES": "",
    "MAX_EVENT_AGE_HOURS": "24",
    "POWERTOOLS_METRICS_NAMESPACE": "Sojourn",
    "POWERTOOLS_SERVICE_NAME": "sojourn",
    "POWERTOOLS_TRACE_DISABLED": "true",
    **{field: getattr(SETTINGS, field.lower()) for field in map(str.upper, SETTINGS.__dataclass_fields__)},
}
WITHOUT_RANGE = {"Identity", "Suppression"}
STREAMS = {"Events": "NEW_IMAGE", "People": "NEW_AND_OLD_IMAGES"}
TABLES = ("Events", "People", "Identity", "Suppression", "Due", "Config", "RejectedEvents", "Counters")


@contextmanager
def moto_cloud() -> Iterator[Settings]:
    """Every table of the stack, empty; the environment of a function."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    try:
        with mock_aws():
            bind(SETTINGS, region=REGION)
            client = connection().client  # to make one more takes longer than all the tables
            for name in TABLES:
                client.create_table(**_definition(name))
            yield SETTINGS
    finally:
        use_registry(None)  # what this cloud knew
        use_workspace(None)
        os.environ.clear()
        os.environ.update(before)


def _definition(name: str) -> dict[str, Any]:
    keys = [("pk", "HASH")] if name in WITHOUT_RANGE else [("pk", "HASH"), ("sk", "RANGE")]
    attributes = [key for key, _ in keys]
    table: dict[str, Any] = {
        "TableName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if name in STREAMS:
        table["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": STREAMS[name]}
    if name == "People":
        attributes += ["open", "until", "segment", "since"]
        table["GlobalSecondaryIndexes"] = [
            _index("Open", "open", "until", "at", "version"),
            _index("Segment", "segment", "since"),
        ]
    table["AttributeDefinitions"] = [{"AttributeName": each, "AttributeType": "S"} for each in attributes]
    return table


def _index(name: str, hash_key: str, range_key: str, *others: str) -> dict[str, Any]:
    keys = {hash_key: "HASH", range_key: "RANGE"}
    included = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(others)}
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
        "Projection": included if others else {"ProjectionType": "KEYS_ONLY"},
    }
