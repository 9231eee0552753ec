"""The house's rules for templates. Each takes the stack and yields a sentence for every place that breaks it.

AWS would deploy all of these without a word; each costs lost events, lost data or money later.
"""

from collections.abc import Callable, Iterator
from typing import Any

from infra.lint.stacks import Resource, Stack, references

Rule = Callable[[Stack], Iterator[str]]
VISIBILITY_PER_TIMEOUT = 6  # AWS's advice: a batch must not come back while it is still worked on


def every_edge_has_a_way_out(stack: Stack) -> Iterator[str]:
    """What cannot be delivered or handled goes to a queue instead of nowhere."""
    for edge in _edges(stack):
        if not _way_out(edge):
            yield f"{edge.address}: nothing catches what fails here; name a dead-letter queue or on-failure destination"


def every_way_out_has_an_alarm(stack: Stack) -> Iterator[str]:
    """A dead-letter queue that nobody watches is nowhere, too."""
    watched = {
        alarm.stack.origin(dimension["Value"])
        for alarm in stack.resources("AWS::CloudWatch::Alarm")
        if alarm.properties["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm.properties["Dimensions"]
    }
    for queue in sorted({_way_out(edge) for edge in _edges(stack)} - {"", *watched}):
        yield f"{queue}: no alarm rings when a message lies in it"


def every_alarm_tells_somebody(stack: Stack) -> Iterator[str]:
    """An alarm without an action is a colour on a page."""
    for alarm in stack.resources("AWS::CloudWatch::Alarm"):
        if not alarm.properties.get("AlarmActions") or not alarm.properties.get("AlarmDescription"):
            yield f"{alarm.address}: has no AlarmActions or no AlarmDescription"


def all_data_is_kept(stack: Stack) -> Iterator[str]:
    """A table outlives its stack and its own replacement, and can be restored."""
    for table in stack.resources("AWS::DynamoDB::Table"):
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if table.body.get(policy) != "Retain":
                yield f"{table.address}: {policy} is not Retain"
        if not table.properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield f"{table.address}: has no point-in-time recovery"
        if table.properties.get("BillingMode") != "PAY_PER_REQUEST":
            yield f"{table.address}: is not on demand"


def every_key_is_kept(stack: Stack) -> Iterator[str]:
    """Without its key, data that is kept cannot be read."""
    for kind in (
        "AWS::KMS::Key",
        "AWS::SecretsManager::Secret",
        "AWS::S3::Bucket",
        "AWS::Cognito::UserPool",
    ):
        for keeper in stack.resources(kind):
            if (
                keeper.body.get("DeletionPolicy") != "Retain"
                or keeper.body.get("UpdateReplacePolicy") != "Retain"
            ):
                yield f"{keeper.address}: is not retained"


def logs_end(stack: Stack) -> Iterator[str]:
    """Each function writes to a log group of its own that forgets after a while."""
    for group in stack.resources("AWS::Logs::LogGroup"):
        if not group.properties.get("RetentionInDays"):
            yield f"{group.address}: keeps logs for ever"
    for function in stack.resources("AWS::Lambda::Function"):
        group_name = stack.origin(function.properties.get("LoggingConfig", {}).get("LogGroup"))
        if group_name != function.address.removesuffix("Function") + "Log":
            yield f"{function.address}: does not log to {function.logical_id.removesuffix('Function')}Log"


def each_function_has_its_own_role(stack: Stack) -> Iterator[str]:
    """No function may do what another needs, and nothing by a policy that AWS may widen."""
    for function in stack.resources("AWS::Lambda::Function"):
        role = function.stack.origin(function.properties["Role"])
        if role != function.address.removesuffix("Function") + "Role":
            yield f"{function.address}: runs as {role or 'a role from elsewhere'}"
    for role_resource in stack.resources("AWS::IAM::Role"):
        if any(":policy/" in text for text in _texts(role_resource.properties.get("ManagedPolicyArns", []))):
            yield f"{role_resource.address}: takes a policy that AWS manages; write the statements it needs"


def queues_outlast_their_functions(stack: Stack) -> Iterator[str]:
    """A message must not come back while a function still works on it."""
    queues = {queue.address: queue for queue in stack.resources("AWS::SQS::Queue")}
    functions = {function.address: function for function in stack.resources("AWS::Lambda::Function")}
    for mapping in stack.resources("AWS::Lambda::EventSourceMapping"):
        queue = queues.get(stack.origin(mapping.properties["EventSourceArn"]))
        if queue is None:
            continue
        timeout = functions[stack.origin(mapping.properties["FunctionName"])].properties["Timeout"]
        visibility = _number(queue, queue.properties.get("VisibilityTimeout", 30))
        if visibility < VISIBILITY_PER_TIMEOUT * timeout:
            yield f"{queue.address}: VisibilityTimeout {visibility} is under {VISIBILITY_PER_TIMEOUT} × {timeout} s"
        if "ReportBatchItemFailures" not in mapping.properties.get("FunctionResponseTypes", []):
            yield f"{mapping.address}: one bad message would repeat its whole batch"


def only_named_sources_may_send(stack: Stack) -> Iterator[str]:
    """A topic or queue that a service may write to says whose service: others have topics, too."""
    for kind in ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"):
        for policy in stack.resources(kind):
            for statement in policy.properties["PolicyDocument"]["Statement"]:
                if "source" not in str(statement.get("Condition", "")).lower():
                    yield f"{policy.address}: a statement has no condition on the source"


def nothing_lies_idle(stack: Stack) -> Iterator[str]:
    """A parameter that nothing reads is a promise that nothing keeps."""
    for one in (stack, *stack.children.values()):
        used = references(
            {part: one.template.get(part, {}) for part in ("Resources", "Conditions", "Outputs")}
        )
        for name in sorted(set(one.template.get("Parameters", {})) - used):
            yield f"{one.path.name}: parameter {name} is used nowhere"


RULES: tuple[Rule, ...] = (
    every_edge_has_a_way_out,
    every_way_out_has_an_alarm,
    every_alarm_tells_somebody,
    all_data_is_kept,
    every_key_is_kept,
    logs_end,
    each_function_has_its_own_role,
    queues_outlast_their_functions,
    only_named_sources_may_send,
    nothing_lies_idle,
)


def _edges(stack: Stack) -> Iterator[Resource]:
    """Everything that hands on work and does not wait for the outcome."""
    for kind in ("AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule", "AWS::Events::Rule"):
        yield from stack.resources(kind)
    for subscription in stack.resources("AWS::SNS::Subscription"):
        if subscription.properties["Protocol"] != "email":  # a person is no edge
            yield subscription
    scheduled = {
        stack.origin(edge.properties["Target"]["Arn"]) for edge in stack.resources("AWS::Scheduler::Schedule")
    }
    yield from (f for f in stack.resources("AWS::Lambda::Function") if f.address in scheduled)


def _way_out(edge: Resource) -> str:
    """Address of the queue that catches what fails on an edge; "" for none."""
    kind, properties, origin = edge.body["Type"], edge.properties, edge.stack.origin
    if kind == "AWS::Lambda::Function":
        return _on_failure(edge)
    if kind == "AWS::Scheduler::Schedule":
        return origin(properties["Target"].get("DeadLetterConfig", {}).get("Arn"))
    if kind == "AWS::SNS::Subscription":
        return origin(properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
    if destination := properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"):
        return origin(destination)
    return _redrive(edge)


def _on_failure(function: Resource) -> str:
    for config in function.stack.resources("AWS::Lambda::EventInvokeConfig"):
        if config.stack.origin(config.properties["FunctionName"]) == function.address:
            return config.stack.origin(config.properties["DestinationConfig"]["OnFailure"]["Destination"])
    return ""


def _redrive(mapping: Resource) -> str:
    """A mapping on a queue leaves failures to the queue's own redrive policy."""
    source = mapping.stack.origin(mapping.properties["EventSourceArn"])
    for queue in mapping.stack.resources("AWS::SQS::Queue"):
        if queue.address == source:
            return queue.stack.origin(queue.properties.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
    return ""


def _number(resource: Resource, value: Any) -> int:
    """A number that may come by a parameter from the parent stack."""
    return int(resource.stack.arguments[value["Ref"]] if isinstance(value, dict) else value)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _texts(value)
