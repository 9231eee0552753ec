"""Reads an AWS account's facts, service by service. What may not be read is named, and the rest is told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from sojourn.account.model import Account, Alarm, Identity, Key, Listener, Mail, Queue, Texts
from sojourn.account.people import has_admin

Clients = Callable[[str], Any]
Resources = Mapping[str, list[tuple[str, str]]]  # type → (logical name, physical id)
Found = TypeVar("Found")
NO_SUCH = {"NotFoundException", "NotFound"}
FAILURES = ("Failures", "DeadLetters")  # how the template's names of such queues end
ALARMS_A_CALL = 100
NO_MAIL = Mail(plan="", is_in_production=False, may_send=False, enforcement="not read")
NO_TEXTS = Texts(is_in_sandbox=True, limit_usd=0)


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack's name, and what its outputs and parameters say."""

    name: str
    region: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.parameters.get("Sender", "")


def find_stack(clients: Clients, name: str, region: str) -> Stack:
    """The stack as CloudFormation describes it."""
    (found,) = clients("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return Stack(
        name,
        region,
        {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])},
    )


@dataclass(slots=True)
class Reader:
    """Asks the services, and remembers which of them would not answer."""

    clients: Clients
    stack: Stack
    unread: list[str] = field(default_factory=list)

    def account(self, *, now: datetime, keys: tuple[Key, ...] = (), dmarc: str | None = None) -> Account:
        """Everything that the checks look at."""
        nothing: Resources = {}
        resources = self.told("the stack's resources", self.resources, nothing)
        return Account(
            stack=self.stack.name,
            region=self.stack.region,
            sender=self.stack.sender,
            public_url=self.stack.outputs.get("LinksUrl", ""),
            topic=self.stack.outputs.get("EmailEventsTopicArn", ""),
            mail=self.told("SES", self.mail, NO_MAIL),
            texts=self.told("SNS's texts", self.texts, NO_TEXTS),
            dead_letters=self.told("queues", lambda: self.queues(resources), ()),
            alarms=self.told("alarms", lambda: self.alarms(resources), ()),
            listeners=self.told("who hears alarms", self.listeners, ()),
            keys=keys,
            has_admin=self.told("who may sign in", self.has_admin, False),
            dmarc=dmarc,
            now=now,
            unread=tuple(self.unread),
        )

    def told(self, what: str, ask: Callable[[], Found], otherwise: Found) -> Found:
        """The answer, or what stands for it where the caller's IAM or the service refuses."""
        try:
            return ask()
        except ClientError as error:
            self.unread.append(f"{what} ({error.operation_name}: {error.response['Error']['Code']})")
            return otherwise

    def mail(self) -> Mail:
        """SES, as far as it concerns the sender."""
        ses = self.clients("sesv2")
        return mail_of(
            ses.get_account(),
            identities=tuple(identities(ses, self.stack.sender)),
            reports_to=tuple(_topics(ses, self.stack.outputs.get("ConfigurationSet", ""))),
        )

    def texts(self) -> Texts:
        """SNS; a limit that nobody set is AWS's first."""
        sns = self.clients("sns")
        limit = sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"].get(
            "MonthlySpendLimit"
        )
        return Texts(
            is_in_sandbox=sns.get_sms_sandbox_account_status()["IsInSandbox"], limit_usd=float(limit or 1)
        )

    def resources(self) -> Resources:
        """Of the stack and those nested in it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for kind, logical, physical in _resources(self.clients("cloudformation"), self.stack.name):
            found.setdefault(kind, []).append((logical, physical))
        return found

    def queues(self, resources: Resources) -> tuple[Queue, ...]:
        """The queues of failures; SQS counts roughly."""
        failures = [
            url for logical, url in resources.get("AWS::SQS::Queue", []) if logical.endswith(FAILURES)
        ]
        return tuple(Queue(url.rsplit("/", 1)[-1], self.waiting(url)) for url in failures)

    def waiting(self, url: str) -> int:
        """Messages in a queue, about."""
        asked = ["ApproximateNumberOfMessages"]
        found = self.clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=asked)
        return int(found["Attributes"][asked[0]])

    def alarms(self, resources: Resources) -> tuple[Alarm, ...]:
        """The stack's alarms, a hundred a request."""
        names = [physical for _, physical in resources.get("AWS::CloudWatch::Alarm", [])]
        watch = self.clients("cloudwatch")
        return tuple(
            Alarm(alarm["AlarmName"], alarm["StateValue"], alarm.get("AlarmDescription", ""))
            for start in range(0, len(names), ALARMS_A_CALL)
            for alarm in watch.describe_alarms(AlarmNames=names[start : start + ALARMS_A_CALL])[
                "MetricAlarms"
            ]
        )

    def listeners(self) -> tuple[Listener, ...]:
        """Who is subscribed to the alarms' topic; until somebody confirms, the ARN is a word."""
        topic = self.stack.outputs.get("AlarmsTopicArn", "")
        found = self.clients("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        return tuple(Listener(each["Endpoint"], each["SubscriptionArn"].startswith("arn:")) for each in found)

    def has_admin(self) -> bool:
        """Whether somebody is in the pool's highest group; a stack from before people could sign in has no pool."""
        pool = self.stack.outputs.get("UserPoolId")
        return bool(pool) and has_admin(self.clients("cognito-idp"), str(pool))


def mail_of(account: Mapping[str, Any], **known: Any) -> Mail:
    """What SES's answer about the account says, and what is known besides."""
    quota = account.get("SendQuota", {})
    return Mail(
        plan=account.get("PricingAttributes", {}).get("CurrentPlan", ""),
        is_in_production=account.get("ProductionAccessEnabled", False),
        may_send=account.get("SendingEnabled", False),
        enforcement=account.get("EnforcementStatus", ""),
        review=account.get("Details", {}).get("ReviewDetails", {}).get("Status", ""),
        per_day=quota.get("Max24HourSend", 0),
        per_second=quota.get("MaxSendRate", 0),
        sent_in_a_day=quota.get("SentLast24Hours", 0),
        **known,
    )


def identities(ses: Any, sender: str) -> Iterator[Identity]:
    """Those that are there of: the address, its domain, and the domains above."""
    labels = sender.rpartition("@")[2].lower().split(".")
    domains = [".".join(labels[n:]) for n in range(len(labels) - 1)]
    for name in (sender, *domains):
        if found := identity_of(ses, name):
            yield found


def identity_of(ses: Any, name: str) -> Identity | None:
    """What SES says of an address or a domain; None where it knows none of this name."""
    try:
        found = ses.get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in NO_SUCH:
            raise
        return None
    signing, bounces = found.get("DkimAttributes", {}), found.get("MailFromAttributes", {})
    return Identity(
        name=name,
        is_verified=found.get("VerifiedForSendingStatus", False),
        dkim=signing.get("Status", "NOT_STARTED"),
        signs=signing.get("SigningEnabled", False),
        tokens=tuple(signing.get("Tokens", ())),
        mail_from=bounces.get("MailFromDomain", ""),
        mail_from_status=bounces.get("MailFromDomainStatus", ""),
    )


def _topics(ses: Any, configuration_set: str) -> Iterator[str]:
    """Those that hear of bounces and of complaints."""
    found = ses.get_configuration_set_event_destinations(ConfigurationSetName=configuration_set)
    for destination in found.get("EventDestinations", []):
        heard = {"BOUNCE", "COMPLAINT"} <= set(destination.get("MatchingEventTypes", []))
        if destination.get("Enabled") and heard and "SnsDestination" in destination:
            yield destination["SnsDestination"]["TopicArn"]


def _resources(cloudformation: Any, stack: str) -> Iterator[tuple[str, str, str]]:
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for found in page["StackResourceSummaries"]:
            physical = found.get("PhysicalResourceId", "")
            yield found["ResourceType"], found["LogicalResourceId"], physical
            if found["ResourceType"] == "AWS::CloudFormation::Stack" and physical:
                yield from _resources(cloudformation, physical)
