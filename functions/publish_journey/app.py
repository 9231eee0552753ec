"""Publish a journey's draft. Called by the API and the command line; answers, never raises, what an author can mend.

Runs twice: the second finds the content live and changes nothing. Dies midway: see sojourn.journeys.publish.
"""

from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import press, store_errors_translated
from sojourn.errors import NotFoundError
from sojourn.journeys.approving import ApprovalsMissingError
from sojourn.journeys.load import JourneyRefusedError
from sojourn.journeys.publish import publish


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """{"journey": name} → {"name", "version", "version_arn", "changed", "warnings"}, or what keeps it from going live:
    {"errors": [...]}, {"not_found": "…"}, {"approvals": {...}}."""
    try:
        with store_errors_translated():
            done = publish(str(event["journey"]), press=press())
    except JourneyRefusedError as refused:
        return {"errors": [finding.to_json() for finding in refused.findings]}
    except ApprovalsMissingError as missing:
        return {"approvals": missing.approvals.to_json()}
    except NotFoundError as error:
        return {"not_found": str(error)}
    telemetry.note("journey published", journey=done.name, version=done.version, changed=done.changed)
    return {
        "name": done.name,
        "version": done.version,
        "version_arn": done.version_arn,
        "changed": done.changed,
        "warnings": [warning.to_json() for warning in done.warnings],
    }
