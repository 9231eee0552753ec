"""The state machine that goes through all contacts, statemachines/backfill.asl.json."""

import json
from dataclasses import dataclass
from typing import Any

from sojourn.segments.runs.model import Run

RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True)
class BackfillMachine:
    """Starts executions, each named after its attempt, so that none runs twice."""

    client: Any
    arn: str

    def start(self, run: Run) -> bool:
        """Do what is left of this run; False when this attempt was started before."""
        try:
            self.client.start_execution(
                stateMachineArn=self.arn, name=_name(run), input=json.dumps({"run": run.id})
            )
        except self.client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def is_running(self, run: Run) -> bool:
        """Whether this attempt runs still."""
        execution = f"{self.arn.replace(':stateMachine:', ':execution:')}:{_name(run)}"
        try:
            said = self.client.describe_execution(executionArn=execution)
        except self.client.exceptions.ExecutionDoesNotExist:
            return False
        return bool(said["status"] == RUNNING)


def _name(run: Run) -> str:
    return f"{run.id}-{run.attempt}"
