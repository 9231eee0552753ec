"""The reader asks only what botocore's models know, and tells what it was refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from sojourn.account.doctor import examine
from sojourn.account.model import Identity, Level
from sojourn.account.read import Reader, Stack, find_stack

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:events"
ALARMS = "arn:aws:sns:eu-west-1:123456789012:alarms"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/sojourn-ReactFailures-A1"
STACK = Stack(
    "sojourn",
    "eu-west-1",
    {
        "EmailEventsTopicArn": TOPIC,
        "AlarmsTopicArn": ALARMS,
        "ConfigurationSet": "sojourn-set",
        "PublicUrl": "https://x",
        "UserPoolId": "eu-west-1_Pool",
    },
    {"Sender": "hello@news.example.org", "PublicUrl": ""},
)
Clients = Callable[[str], Any]


@pytest.fixture
def stubs() -> dict[str, Stubber]:
    session = botocore.session.get_session()
    names = ("cloudformation", "sesv2", "sns", "sqs", "cloudwatch", "cognito-idp")
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    made = {name: Stubber(session.create_client(name, region_name="eu-west-1", **keys)) for name in names}
    for stub in made.values():
        stub.activate()
    return made


def clients(stubs: dict[str, Stubber]) -> Clients:
    return lambda name: stubs[name].client


def answers(stubs: dict[str, Stubber]) -> None:
    """A whole account, service by service."""
    cloudformation, ses, sns = stubs["cloudformation"], stubs["sesv2"], stubs["sns"]
    cloudformation.add_response(
        "list_stack_resources",
        {
            "StackResourceSummaries": [
                resource("AWS::SQS::Queue", "ReactFailures", QUEUE),
                resource("AWS::SQS::Queue", "FeedbackQueue", "https://sqs/q"),
                resource("AWS::CloudFormation::Stack", "Observability", "arn:nested"),
            ]
        },
    )
    cloudformation.add_response(
        "list_stack_resources",
        {"StackResourceSummaries": [resource("AWS::CloudWatch::Alarm", "Behind", "sojourn-Behind")]},
        {"StackName": "arn:nested"},
    )
    ses.add_response(
        "get_account",
        {
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 7.0},
            "Details": {"ReviewDetails": {"Status": "GRANTED", "CaseId": "1"}},
            "PricingAttributes": {"CurrentPlan": "ESSENTIALS"},
        },
    )
    for _ in ("the address", "its domain"):
        ses.add_client_error("get_email_identity", "NotFoundException")
    ses.add_response(
        "get_email_identity",
        {
            "IdentityType": "DOMAIN",
            "VerifiedForSendingStatus": True,
            "DkimAttributes": {"Status": "SUCCESS", "SigningEnabled": True, "Tokens": ["a", "b", "c"]},
            "MailFromAttributes": {
                "MailFromDomain": "mail.example.org",
                "MailFromDomainStatus": "SUCCESS",
                "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
            },
        },
        {"EmailIdentity": "example.org"},
    )
    ses.add_response(
        "get_configuration_set_event_destinations",
        {
            "EventDestinations": [
                {
                    "Name": "sojourn",
                    "Enabled": True,
                    "MatchingEventTypes": ["DELIVERY", "BOUNCE", "COMPLAINT"],
                    "SnsDestination": {"TopicArn": TOPIC},
                },
                {"Name": "off", "Enabled": False, "MatchingEventTypes": ["BOUNCE", "COMPLAINT"]},
            ]
        },
        {"ConfigurationSetName": "sojourn-set"},
    )
    sns.add_response("get_sms_attributes", {"attributes": {"MonthlySpendLimit": "50"}})
    sns.add_response("get_sms_sandbox_account_status", {"IsInSandbox": False})
    stubs["sqs"].add_response("get_queue_attributes", {"Attributes": {"ApproximateNumberOfMessages": "2"}})
    stubs["cloudwatch"].add_response(
        "describe_alarms",
        {"MetricAlarms": [{"AlarmName": "sojourn-Behind", "StateValue": "OK", "AlarmDescription": "Late."}]},
        {"AlarmNames": ["sojourn-Behind"]},
    )
    sns.add_response(
        "list_subscriptions_by_topic",
        {
            "Subscriptions": [
                {"SubscriptionArn": f"{ALARMS}:1", "Endpoint": "ops@example.org", "Protocol": "email"},
                {"SubscriptionArn": "PendingConfirmation", "Endpoint": "b@example.org", "Protocol": "email"},
            ]
        },
        {"TopicArn": ALARMS},
    )
    stubs["cognito-idp"].add_response(
        "list_users_in_group",
        {"Users": [{"Username": "5f0c"}]},
        {"UserPoolId": "eu-west-1_Pool", "GroupName": "admin", "Limit": 60},
    )


def resource(kind: str, logical: str, physical: str) -> dict[str, Any]:
    return {
        "ResourceType": kind,
        "LogicalResourceId": logical,
        "PhysicalResourceId": physical,
        "LastUpdatedTimestamp": NOW,
        "ResourceStatus": "CREATE_COMPLETE",
    }


def test_an_account_is_read_whole(stubs):
    answers(stubs)

    account = Reader(clients(stubs), STACK).account(now=NOW, dmarc="v=DMARC1; p=none")

    assert account.mail.identities == (
        Identity(
            name="example.org",
            is_verified=True,
            dkim="SUCCESS",
            signs=True,
            tokens=("a", "b", "c"),
            mail_from="mail.example.org",
            mail_from_status="SUCCESS",
        ),
    )
    assert account.mail.reports_to == (TOPIC,)
    assert (account.mail.plan, account.mail.per_day, account.mail.review) == ("ESSENTIALS", 50_000, "GRANTED")
    assert [(queue.name, queue.waiting) for queue in account.dead_letters] == [
        ("sojourn-ReactFailures-A1", 2)
    ]
    assert [alarm.state for alarm in account.alarms] == ["OK"]
    assert [listener.is_confirmed for listener in account.listeners] == [True, False]
    assert account.texts.limit_usd == 50
    assert account.unread == ()
    for stub in stubs.values():
        stub.assert_no_pending_responses()


def test_who_may_not_look_is_told_so_and_guesses_nothing_good(stubs):
    for service, operation in (
        ("cloudformation", "list_stack_resources"),
        ("sesv2", "get_account"),
        ("sns", "get_sms_attributes"),
        ("sns", "list_subscriptions_by_topic"),
        ("cognito-idp", "list_users_in_group"),
    ):
        stubs[service].add_client_error(operation, "AccessDeniedException")

    account = Reader(clients(stubs), STACK).account(now=NOW)

    assert len(account.unread) == 5
    assert "SES (GetAccount: AccessDeniedException)" in account.unread
    findings = {each.code: each.level for each in examine(account)}
    assert findings["access"] == findings["ses_sandbox"] == findings["alarms_heard"] == Level.BLOCKER


def test_a_stack_is_found_by_its_name(stubs):
    stubs["cloudformation"].add_response(
        "describe_stacks",
        {
            "Stacks": [
                {
                    "StackName": "sojourn",
                    "CreationTime": NOW,
                    "StackStatus": "CREATE_COMPLETE",
                    "Outputs": [{"OutputKey": "PublicUrl", "OutputValue": "https://x"}],
                    "Parameters": [{"ParameterKey": "Sender", "ParameterValue": "a@example.org"}],
                }
            ]
        },
        {"StackName": "sojourn"},
    )

    stack = find_stack(clients(stubs), "sojourn", "eu-west-1")

    assert stack.sender == "a@example.org"
    assert stack.outputs == {"PublicUrl": "https://x"}
