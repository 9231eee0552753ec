"""Logs and metrics: one constant sentence a call with ids as fields; never an address, a token or a payload."""

import functools
import os
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

P = ParamSpec("P")
T = TypeVar("T")


class Metric(StrEnum):
    """The names under which CloudWatch counts."""

    EVENTS_ACCEPTED = "EventsAccepted"
    EVENTS_REJECTED = "EventsRejected"
    EVENTS_DUPLICATE = "EventsDuplicate"
    RECORDS_POISONED = "RecordsPoisoned"
    MESSAGES_SENT = "MessagesSent"
    MESSAGES_SKIPPED = "MessagesSkipped"
    MESSAGES_FAILED = "MessagesFailed"
    MESSAGES_UNKNOWN = "MessagesUnknown"
    MESSAGES_HELD = "MessagesHeld"
    FEEDBACK_IGNORED = "FeedbackIgnored"
    REPAIRS = "Repairs"
    CONTACTS_ERASED = "ContactsErased"
    EVENTS_OF_ERASED = "EventsOfErased"
    EVENTS_NOT_NEWS = "EventsNotNews"
    ENTRIES_REFUSED = "EntriesRefused"
    JOURNEYS_PAUSED = "JourneysPaused"
    MARKETING_PAUSED = "MarketingPaused"
    CALLS_FAILED = "CallsFailed"


_gathered: dict[str, dict[str, list[str]]] = {}  # what this invocation says at its end


@functools.cache
def logger() -> Logger:
    """The container's logger, made on first use."""
    # The place in the code would always be `note` below, and be paid for with every line.
    return Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "sojourn"), location=None)


@functools.cache
def metrics() -> Metrics:
    """The container's metrics, made on first use."""
    return Metrics(
        namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Sojourn"),
        service=os.environ.get("POWERTOOLS_SERVICE_NAME", "sojourn"),
    )


def correlation_of(event: str) -> str:
    """What the lines of collect, react and send_message about one event have in common: a digest of its key."""
    # Nothing carries it: who knows the event, or the run that it began, can say it.
    return sha256(event.encode()).hexdigest()[:16]


def note(sentence: str, **fields: Any) -> None:
    """Log one constant sentence with its fields."""
    logger().info(sentence, extra=fields)


def gather(sentence: str, **fields: str) -> None:
    """The same, where an invocation says it of many: one line when it ends, each field's words one behind the other."""
    said = _gathered.setdefault(sentence, {})
    for name, value in fields.items():
        said.setdefault(name, []).append(value)


def _say_gathered() -> None:
    while _gathered:
        sentence, fields = _gathered.popitem()
        note(sentence, **{name: " ".join(values) for name, values in fields.items()})


def detail(sentence: str, **fields: Any) -> None:
    """Log what the rows tell as well: for whoever looks for a fault, and sets LogLevel to DEBUG."""
    logger().debug(sentence, extra=fields)


def warn(sentence: str, **fields: Any) -> None:
    """Log what an operator should look at."""
    logger().warning(sentence, extra=fields)


def count(metric: Metric, amount: float = 1) -> None:
    """Add to a metric; it leaves with the invocation (see `measured`)."""
    metrics().add_metric(name=metric.value, unit=MetricUnit.Count, value=amount)


def tell(metric: Metric, sentence: str, **fields: Any) -> None:
    """Count one, and say what: the sentence rides in the metrics' own line, of which an invocation writes one."""
    count(metric)
    for name, value in {"message": sentence, **fields, "xray_trace_id": _trace()}.items():
        if value != "":
            metrics().add_metadata(name, value)


def _trace() -> str:
    """The trace of this invocation, where it is one of those that are kept; the logger's own lines bear it anyway."""
    header = os.environ.get("_X_AMZN_TRACE_ID", "")
    return header.partition(";")[0].removeprefix("Root=") if "Sampled=1" in header else ""


def count_by(metric: Metric, reason: str, amount: float = 1) -> None:
    """Add to a metric that tells reasons apart; it leaves at once, in a line of its own."""
    own = {"service": os.environ.get("POWERTOOLS_SERVICE_NAME", "sojourn"), "reason": reason}
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Sojourn")
    with single_metric(
        name=metric.value, unit=MetricUnit.Count, value=amount, namespace=namespace, default_dimensions=own
    ):
        pass


def count_at_once(metric: Metric) -> None:
    """Add to a metric that wakes somebody: it leaves before anything else is done, in a line of its own."""
    own = {"service": os.environ.get("POWERTOOLS_SERVICE_NAME", "sojourn")}
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Sojourn")
    with single_metric(
        name=metric.value, unit=MetricUnit.Count, value=1, namespace=namespace, default_dimensions=own
    ):
        pass


def measured(handler: Callable[P, T]) -> Callable[P, T]:
    """Flush what was counted and gathered when the handler returns or raises: one EMF line at most."""

    @functools.wraps(handler)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return handler(*args, **kwargs)
        finally:
            _say_gathered()
            if metrics().metric_set:
                metrics().flush_metrics()

    return run
