"""Task of the machine `import`: one step of one import.

plan     read the file through and cut it into pieces         {"step": "plan", "import": id}
piece    import the rows of one piece                         {"step": "piece", "import": id, "piece": {…}}
finish   gather the faults, say how it stands                 {"step": "finish", "import": id}
fail     write down what stopped it                           {"step": "fail", "import": id, "error": {…}}

Runs twice: events, figures and files come out the same. Dies midway: the machine retries the step; a piece begins anew,
and what it had written is there already. A row that cannot be imported is a line of the import's errors.csv.
"""

from collections.abc import Callable
from typing import Any

from sojourn import telemetry
from sojourn.bootstrap import clock, import_files, settings, store_errors_translated
from sojourn.imports import finish as ending
from sojourn.imports.model import Chunk
from sojourn.imports.plan import plan
from sojourn.imports.store import get_import
from sojourn.imports.work import work


@telemetry.measured
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Do the step that the machine names."""
    settings()  # which binds the tables
    with store_errors_translated():
        said = STEPS[event["step"]](event)
    telemetry.note("import went on", step=event["step"], import_id=event["import"])
    return said


def _plan(event: dict[str, Any]) -> dict[str, Any]:
    return plan(get_import(event["import"]), files=import_files())


def _piece(event: dict[str, Any]) -> dict[str, Any]:
    chunk = Chunk.from_json(event["piece"])
    work(get_import(event["import"]), chunk, files=import_files(), clock=clock())
    return {"piece": chunk.number}


def _finish(event: dict[str, Any]) -> dict[str, Any]:
    ended = ending.finish(get_import(event["import"]), files=import_files())
    return {"import": ended.id, "status": ended.status}


def _fail(event: dict[str, Any]) -> dict[str, Any]:
    error = event.get("error") or {}
    ended = ending.fail(
        get_import(event["import"]), error=str(error.get("Error")), cause=str(error.get("Cause"))
    )
    return {"import": ended.id, "status": ended.status}


STEPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "plan": _plan,
    "piece": _piece,
    "finish": _finish,
    "fail": _fail,
}
