"""What an operator looks at names only what there is: metrics that are counted, logged fields, places of a page."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.lint.stacks import ROOT, Resource, Stack, source_of, strings
from sojourn.telemetry import Metric

CODE = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers/sojourn/python/sojourn").rglob("*.py")]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
OURS = "Sojourn"
OF_SERVICE = {"service": "sojourn"}
PARTED = {
    Metric.EVENTS_NOT_NEWS,
    Metric.ENTRIES_REFUSED,
}  # each reason is a metric of its own: see telemetry.count_by
# AWS's own, with the dimensions under which they are kept; none: they are the account's.
AWS: dict[str, dict[str, set[str]]] = {
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible": {"QueueName"},
        "ApproximateAgeOfOldestMessage": {"QueueName"},
    },
    "AWS/Lambda": {
        "IteratorAge": {"FunctionName"},
        "Invocations": {"FunctionName"},
        "Duration": {"FunctionName"},
        "Throttles": set(),
    },
    "AWS/ApiGateway": {"5XXError": {"ApiName", "Stage"}},
    "AWS/States": {
        "ExecutionsFailed": {"StateMachineArn"},
        "ThrottledEvents": {"ServiceMetric"},
        "OpenExecutionCount": set(),
    },
    "AWS/SES": {"Reputation.BounceRate": set(), "Reputation.ComplaintRate": set()},
    "AWS/SNS": {"SMSMonthToDateSpentUSD": set()},
}
FREE_METRICS = 50  # of a dashboard that an account has for nothing
# What Powertools, Lambda and Logs Insights themselves write on a line.
OF_THE_PLATFORM = {"@timestamp", "@log", "@message", "message", "level", "errorType", "xray_trace_id"}
WORDS_OF_INSIGHTS = {
    "fields", "filter", "sort", "limit", "stats", "like", "or", "in", "asc", "desc", "by", "as",
    "count", "latest", "ispresent", "lines", "last",
}  # fmt: skip


def alarms(stack: Stack) -> list[Resource]:
    return list(stack.resources("AWS::CloudWatch::Alarm"))


def shown(stack: Stack) -> list[tuple[str, str, dict[str, str]]]:
    """Namespace, name and dimensions of every metric on the dashboard."""
    return [
        (line[0], line[1], dict(zip(line[2::2], line[3::2], strict=True)))
        for line in (
            [part for part in each if isinstance(part, str)]
            for widget in widgets(stack)
            for each in widget.get("metrics", [])
        )
        if line
    ]


def widgets(stack: Stack) -> list[dict[str, Any]]:
    (board,) = stack.resources("AWS::CloudWatch::Dashboard")
    body = board.properties["DashboardBody"]["Fn::Sub"]
    return [widget["properties"] for widget in json.loads(re.sub(r"\$\{([\w:]+)\}", r"\1", body))["widgets"]]


def watched(stack: Stack) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (
            alarm.properties["Namespace"],
            alarm.properties["MetricName"],
            {each["Name"]: str(each["Value"]) for each in alarm.properties.get("Dimensions", [])},
        )
        for alarm in alarms(stack)
    ]


def counted() -> set[str]:
    """The metrics that code really counts: their names stand in it, outside the list of names."""
    named = {
        name
        for path in CODE
        if path.name != "telemetry.py"
        for name in re.findall(r"Metric\.([A-Z_]+)", path.read_text())
    }
    return {Metric[name].value for name in named}


def test_every_metric_that_has_a_name_is_counted_somewhere():
    assert {metric.value for metric in Metric} == counted()


def test_dashboard_and_alarms_show_what_is_counted_and_under_its_dimensions(stack: Stack):
    for namespace, name, dimensions in [*shown(stack), *watched(stack)]:
        if namespace == OURS:
            assert name in counted() - {each.value for each in PARTED}
            assert dimensions == OF_SERVICE, name
        else:
            assert set(dimensions) == AWS[namespace][name], name


def test_the_dashboard_shows_what_the_house_is_asked_for_first(stack: Stack):
    names = {name for _, name, _ in shown(stack)}
    messages = {metric.value for metric in Metric if metric.name.startswith("MESSAGES_")}

    assert (
        messages | {"OpenExecutionCount", "EventsAccepted", "IteratorAge", "SMSMonthToDateSpentUSD"} <= names
    )
    assert any("Cost of the day" in widget.get("title", "") for widget in widgets(stack))
    assert len(shown(stack)) <= FREE_METRICS


def test_every_queue_that_has_an_alarm_is_on_the_dashboard(stack: Stack):
    queues = {d["QueueName"] for namespace, _, d in watched(stack) if namespace == "AWS/SQS"}

    assert {re.findall(r"\w+", each)[-1] for each in queues} == {
        d["QueueName"] for namespace, _, d in shown(stack) if namespace == "AWS/SQS"
    }


def test_a_mail_on_the_dashboard_costs_what_the_page_of_costs_says(stack: Stack):
    page = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    total = re.search(r"\| \*\*total\*\* \| \| \*\*([\d.,]+)\*\*", page)
    mails = re.search(r"\| SES \| ([\d.]+) M mails", page)
    (price,) = re.findall(r"sent \* ([\d.]+)", json.dumps(widgets(stack)))

    assert total is not None
    assert mails is not None
    assert float(price) == pytest.approx(float(total[1].replace(",", "")) / (float(mails[1]) * 1e6), rel=0.05)


def anchors(page: str) -> set[str]:
    """As a page on GitHub names its headings."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alarm_ends_with_the_place_in_the_book_that_tells_what_to_do(stack: Stack):
    for alarm in alarms(stack):
        led = re.search(r"\. docs/operations\.md#([\w-]+)$", alarm.properties["AlarmDescription"])
        assert led, alarm.address
        assert led[1] in anchors(PAGE), alarm.address
        assert len(alarm.properties["AlarmDescription"]) <= 1024


def queries(stack: Stack) -> dict[str, Any]:
    return {each.logical_id: each.properties for each in stack.resources("AWS::Logs::QueryDefinition")}


def test_saved_queries_look_into_logs_that_there_are(stack: Stack):
    groups = {
        name["LogGroupName"]["Fn::Sub"]
        for name in (g.properties for g in stack.resources("AWS::Logs::LogGroup"))
    }
    asked = {
        name: {
            each["Fn::Sub"].replace("${StackName}", "${AWS::StackName}") for each in query["LogGroupNames"]
        }
        for name, query in queries(stack).items()
    }

    assert set().union(*asked.values()) <= groups
    assert asked["ErrorsOfTheHourQuery"] == groups


def logged() -> set[str]:
    """Names of fields in calls of telemetry, and in the dicts that functions hand to them."""
    return {
        name
        for path in CODE
        if "telemetry." in path.read_text()
        for name in _fields(ast.parse(path.read_text()))
    }


def _fields(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("telemetry."):
            yield from (each.arg for each in node.keywords if each.arg)
        elif isinstance(node, ast.Dict):
            yield from (
                key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
            )


def test_saved_queries_ask_for_fields_and_sentences_that_are_logged(stack: Stack):
    code = "\n".join(path.read_text() for path in CODE)

    for query in queries(stack).values():
        text = query["QueryString"]
        asked = set(re.findall(r"@?[a-zA-Z]\w*", re.sub(r'"[^"]*"', "", text))) - WORDS_OF_INSIGHTS
        assert asked <= logged() | OF_THE_PLATFORM
        for sentence in re.findall(r'"([a-z]+ [a-z ]+)"', text):
            assert f'"{sentence}"' in code


def test_what_the_local_cloud_does_not_know_is_left_out_there(stack: Stack):
    for kind in ("AWS::Logs::QueryDefinition", "AWS::ServiceCatalogAppRegistry::Application"):
        assert {each.body.get("Condition") for each in stack.resources(kind)} == {"OnAws"}


def test_every_resource_gets_the_tag_of_the_application():
    config = (ROOT / "samconfig.toml").read_text(encoding="utf-8")

    assert 'tags = "application=sojourn"' in config


def test_nothing_else_in_the_template_speaks_of_the_book_by_another_name():
    text = "\n".join(strings(source_of(ROOT / "infra" / "observability.yaml")))

    assert set(re.findall(r"docs/(\w+)\.md", text)) == {"operations"}
