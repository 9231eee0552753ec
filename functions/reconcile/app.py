"""Hourly: find runs that stand still, and mend them. Runs twice or dies midway: every repair is conditional."""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import engine, store_errors_translated
from sojourn.journeys.reconcile import reconcile
from sojourn.telemetry import Metric


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """{repair: how often}."""
    with store_errors_translated():
        repairs = reconcile(engine=engine())
    if mended := sum(count for kind, count in repairs.items() if kind != "healthy"):
        telemetry.count(Metric.REPAIRS, mended)
    telemetry.note("runs reconciled", repairs=dict(repairs))
    return dict(repairs)
