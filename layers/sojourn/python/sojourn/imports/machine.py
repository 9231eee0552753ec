"""The state machine that runs imports, statemachines/import.asl.json."""

import json
from dataclasses import dataclass
from typing import Any

from sojourn.imports.model import Import

RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True)
class ImportMachine:
    """Starts executions, each named after its attempt, so that none runs twice."""

    client: Any
    arn: str

    def start(self, job: Import) -> None:
        """Run this attempt; a second start of the same is none."""
        try:
            self.client.start_execution(
                stateMachineArn=self.arn, name=_name(job), input=json.dumps({"import": job.id})
            )
        except self.client.exceptions.ExecutionAlreadyExists:
            return

    def is_running(self, job: Import) -> bool:
        """Whether this attempt runs still."""
        execution = f"{self.arn.replace(':stateMachine:', ':execution:')}:{_name(job)}"
        try:
            said = self.client.describe_execution(executionArn=execution)
        except self.client.exceptions.ExecutionDoesNotExist:
            return False
        return bool(said["status"] == RUNNING)


def _name(job: Import) -> str:
    return f"{job.id}-{job.attempt}"
