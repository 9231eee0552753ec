"""Deleting or replacing the stack takes no data and no key with it; whatever may go says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.lint.stacks import Resource, Stack

KEPT = {"Retain", "RetainExceptOnCreate"}
HOLD_DATA_OR_KEYS = {
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolGroup",
    "AWS::SecretsManager::Secret",
    "AWS::SSM::Parameter",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::EFS::FileSystem",
    "AWS::OpenSearchService::Domain",
    "AWS::Backup::BackupVault",
    "AWS::Kinesis::Stream",
}
MAY_GO = {
    "AWS::Logs::LogGroup": "ids only, 30 days; the rows tell what happened",
    "AWS::SQS::Queue": "work in flight, 14 days at most",
    "AWS::KinesisFirehose::DeliveryStream": "15 minutes of lines on their way; they stand in the tables, too",
    "AWS::Glue::Database": "describes the archive, and holds nothing of it",
    "AWS::Glue::Table": "describes the archive, and holds nothing of it",
    "AWS::Cognito::UserPoolClient": "an id and no secret; people stand in the pool",
    "AWS::SES::ConfigurationSet": "settings, made anew by the next deploy",
    "AWS::SNS::Topic": "passes on and keeps nothing",
    "AWS::StepFunctions::StateMachine": "a definition; those of journeys are no part of the stack, and stay",
}
WITHOUT_STATE = (
    "AWS::Lambda::",
    "AWS::IAM::",
    "AWS::ApiGateway::",
    "AWS::CloudFormation::",
    "AWS::CloudWatch::",
    "AWS::Scheduler::",
    "AWS::Budgets::",
    "AWS::XRay::",
    "AWS::ServiceCatalogAppRegistry::",
    "AWS::Logs::QueryDefinition",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSetEventDestination",
)


def everything(stack: Stack) -> Iterator[Resource]:
    for name, body in stack.template["Resources"].items():
        yield Resource(stack.address + name, stack, body)
    for child in stack.children.values():
        yield from everything(child)


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_what_holds_data_or_keys_outlives_the_stack_and_its_own_replacement(stack: Stack, policy: str):
    holding = [each for each in everything(stack) if each.body["Type"] in HOLD_DATA_OR_KEYS]

    assert [each.address for each in holding if each.body.get(policy) not in KEPT] == []
    assert len(holding) >= 16  # eight tables, two buckets, a key, the people who sign in and their four roles


def test_every_kind_of_resource_was_thought_of(stack: Stack):
    kinds = {each.body["Type"] for each in everything(stack)}

    unknown = {kind for kind in kinds - HOLD_DATA_OR_KEYS - set(MAY_GO) if not kind.startswith(WITHOUT_STATE)}

    assert unknown == set(), "does it hold data? then HOLD_DATA_OR_KEYS; else MAY_GO, with the reason"


def test_no_reason_is_left_over(stack: Stack):
    assert set(MAY_GO) <= {each.body["Type"] for each in everything(stack)}


def test_an_index_is_what_it_was_under_its_name(stack: Stack):
    # DynamoDB cannot change an index in place: another shape takes another name, and two deploys (decision 27).
    indexes = {
        index["IndexName"]: ([key["AttributeName"] for key in index["KeySchema"]], index["Projection"])
        for table in stack.resources("AWS::DynamoDB::Table")
        for index in table.properties.get("GlobalSecondaryIndexes", [])
    }

    assert indexes == {
        "Open": (["open", "until"], {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["at", "version"]}),
        "Segment": (["segment", "since"], {"ProjectionType": "KEYS_ONLY"}),
    }


def test_a_table_keeps_its_keys(stack: Stack):
    # Another key is another table, empty, beside the one that is kept.
    keys = {
        table.logical_id: len(table.properties["KeySchema"])
        for table in stack.resources("AWS::DynamoDB::Table")
    }

    assert keys == {
        "EventsTable": 2, "PeopleTable": 2, "IdentityTable": 1, "SuppressionTable": 1, "DueTable": 2, "ConfigTable": 2,
        "RejectedEventsTable": 2, "CountersTable": 2,
    }  # fmt: skip
