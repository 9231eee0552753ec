"""Where MiniStack 1.5.33 updates a stack in another way than CloudFormation does, and how each is put right.

Runs inside MiniStack's own environment, as quirks.py does.
"""

from __future__ import annotations

import threading
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import apigateway_v1, cloudformation
from ministack.services.cloudformation import provisioners

PARTS_OF_AN_API = ("_resources", "_authorizers_v1", "_models", "_gateway_responses")


def install() -> None:
    """All of them."""
    nested_stacks_update()
    apis_keep_their_address()
    workers_finish_first()


def nested_stacks_update() -> None:
    """What a nested stack's resources are called outlives an update that leaves them as they are.

    MiniStack hands that on within a stack, and not within a stack of a stack: `!GetAtt EventsTable.Arn` finds nothing
    there, and the update fails together with its roll-back.
    """
    update = provisioners._update_resource

    def update_knowing(
        kind: str, physical_id: str, before: Any, after: Any, stack: str, logical_id: str
    ) -> Any:
        return update(kind, physical_id, before, after, stack, logical_id, attributes_of(stack, logical_id))

    provisioners._update_resource = update_knowing  # only nested stacks call it here; others have it by name


def attributes_of(stack: str, logical_id: str) -> dict[str, Any]:
    """What the resource of a stack answers to GetAtt."""
    known = cloudformation._stacks.get(stack, {}).get("_resources", {}).get(logical_id, {})
    return dict(known.get("Attributes", {}))


def apis_keep_their_address() -> None:
    """Another body changes an API in place, whose id is a part of its address.

    MiniStack makes another API and deletes the first: whoever knocks meets nobody. AWS overwrites it, and serves what
    was deployed until the stage is given what is new.
    """
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    update, create = handlers["update"], handlers["create"]

    def update_in_place(
        physical_id: str, before: Any, after: Any, stack: str, logical_id: str | None = None
    ) -> Any:
        if before.get("Body") != after.get("Body"):
            fresh, _ = create(logical_id or physical_id, after, stack)
            for part in PARTS_OF_AN_API:
                store = getattr(apigateway_v1, part)
                store[physical_id] = store[fresh]
            apigateway_v1._delete_rest_api(fresh)
        return update(physical_id, {**before, "Body": after.get("Body")}, after, stack, logical_id)

    handlers["update"] = update_in_place


def workers_finish_first() -> None:
    """A function that is given other code or settings ends what it is doing with those that it began with.

    MiniStack kills the worker in the middle, which may have claimed a message and not sent it.
    """
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    update, kill, this = handlers["update"], lambda_runtime.kill_workers, threading.local()

    def update_gently(*what: Any) -> Any:
        this.updates = True
        try:
            return update(*what)
        finally:
            this.updates = False

    def kill_when_idle(workers: Any) -> None:
        busy = [each for each in workers if each and each.in_use and getattr(this, "updates", False)]
        kill([each for each in workers if each not in busy])
        for each in busy:
            threading.Thread(target=kill_idle, args=[each], daemon=True).start()

    def kill_idle(worker: Any) -> None:
        with worker._lock:  # held for as long as an invocation
            kill([worker])

    handlers["update"], lambda_runtime.kill_workers = update_gently, kill_when_idle
