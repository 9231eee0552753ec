"""Rows of runs: what is to be done (Config `SEGMENT_RUN`), and how far each page has come (Counters).

A page is one segment of a parallel scan of the People table. Its row keeps the place that it has reached with the
figures up to there, so a call that dies is done again from its beginning and counted once.
"""

import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn import config
from sojourn.config import Row
from sojourn.contacts.model import Profile
from sojourn.contacts.store import ProfileRow
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.events.wire import wire
from sojourn.segments.runs.model import Progress, Run, Stage

KIND = "SEGMENT_RUN"
CONTACTS_A_CALL, ROWS_A_CALL, ROWS_A_SCAN = 500, 10_000, 1_000
EXAMPLES = 20
TRIES = 5
CONDITION_FAILED = "ConditionalCheckFailedException"

Place = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a page stands; `call` counts the calls that were made for it."""

    call: int = 0
    place: Place | None = None
    is_done: bool = False
    examples: int = 0


@dataclass(slots=True)
class Found:
    """People, and the ids of those whom contacts that are no more became."""

    people: list[Profile] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)
    rows: int = 0  # that were looked at


@dataclass(slots=True)
class Tally:
    """What one call came to."""

    figures: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)  # what was measured

    def add(self, figure: str, segment: str = "", amount: int = 1) -> None:
        """Count."""
        name = f"{segment}.{figure}" if segment else figure
        self.figures[name] = self.figures.get(name, 0) + int(amount)


def find_run(id: str) -> Run | None:  # noqa: A002  the row's own word
    """Read strongly."""
    row = config.get(KIND, id)
    return Run.from_json(row.id, row.data, row.revision) if row else None


def get_run(id: str) -> Run:  # noqa: A002
    """Read strongly; NotFoundError when there is none."""
    if found := find_run(id):
        return found
    raise NotFoundError(f"run {id}")


def runs(prefix: str = "") -> Iterator[Run]:
    """Those whose ids begin so, by id."""
    for row in config.query(KIND, prefix):
        yield Run.from_json(row.id, row.data, row.revision)


def put_run(run: Run) -> Run:
    """Write the next revision; StaleWriteError when somebody else did."""
    return replace(run, revision=config.put_next(Row(KIND, run.id, run.revision, run.as_json())))


def begun(run: Run) -> Run:
    """The run as it stands in the table: this one, if nobody asked for the same before."""
    try:
        return put_run(run)
    except StaleWriteError:
        return get_run(run.id)


def change_run(id: str, **changes: Any) -> Run:  # noqa: A002
    """Write these fields onto whatever stands there."""
    for _ in range(TRIES):
        try:
            return put_run(replace(get_run(id), **changes))
        except StaleWriteError:
            continue
    raise StoreBusyError(f"run {id}")


def rows_counted() -> int:
    """About how many rows there are of people; DynamoDB counts every few hours."""
    table = wire().call("describe_table", TableName=wire().settings.people_table)["Table"]
    return int(table.get("ItemCount", 0))


def people_from(page: int, of: int, place: Place | None) -> tuple[Found, Place | None]:
    """Some people of a page and where to go on, strongly read; None at its end."""
    found = Found()
    while True:
        answer = wire().call("scan", **_scan(page, of, place))
        for item in answer["Items"]:
            if "merged_into" in item:
                found.survivors.append(item["merged_into"]["S"])
            elif "erased_at" not in item:
                found.people.append(ProfileRow.from_raw_data(dict(item)).to_profile())
        found.rows += answer["ScannedCount"]
        place = answer.get("LastEvaluatedKey")
        if place is None or len(found.people) >= CONTACTS_A_CALL or found.rows >= ROWS_A_CALL:
            return found, place


def reached(run: Run, page: int) -> Reached:
    """Where this page of the run's stage stands, strongly read."""
    place = {"TableName": wire().settings.counters_table, "Key": _key(run, run.stage, page)}
    item = wire().call("get_item", **place, ConsistentRead=True).get("Item")
    if item is None:
        return Reached()
    examples = len(item.get("examples", {}).get("SS", ()))
    return Reached(int(item["call"]["N"]), json.loads(item["place"]["S"]), item["done"]["BOOL"], examples)


def count_call(
    run: Run, page: int, before: Reached, place: Place | None, tally: Tally, *, rows: int = 0
) -> None:
    """Go on to this place with these figures; nothing when another call for the page did."""
    from botocore.exceptions import BotoCoreError, ClientError

    names = {"#call": "call", "#place": "place", "#done": "done"}
    values: dict[str, Any] = {
        ":call": {"N": str(before.call + 1)},
        ":before": {"N": str(before.call)},
        ":place": {"S": json.dumps(place)},
        ":done": {"BOOL": place is None},
    }
    adds = ["#rows :rows"]
    names["#rows"], values[":rows"] = "rows", {"N": str(rows)}
    for number, (figure, amount) in enumerate(tally.figures.items()):
        names[f"#f{number}"], values[f":f{number}"] = f"figure.{figure}", {"N": str(amount)}
        adds.append(f"#f{number} :f{number}")
    if tally.examples and before.examples < EXAMPLES:  # a row holds 400 KB
        values[":examples"] = {"SS": tally.examples[:EXAMPLES]}
        adds.append("examples :examples")
    change = f"SET #call = :call, #place = :place, #done = :done ADD {', '.join(adds)}"
    try:
        wire().client.update_item(
            TableName=wire().settings.counters_table,
            Key=_key(run, run.stage, page),
            UpdateExpression=change,
            ConditionExpression="attribute_not_exists(#call) OR #call = :before",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != CONDITION_FAILED:
            raise StoreBusyError("update_item") from error
    except BotoCoreError as error:
        raise StoreBusyError("update_item") from error


def progress_of(run: Run, stage: Stage | None = None) -> Progress:
    """How far a stage has come (the one that it is in), strongly read."""
    wanted = stage or run.stage
    figures: dict[str, int] = {}
    examples: list[str] = []
    done, rows = set(), 0
    for item in _query(_name(run), f"{wanted}#"):
        rows += int(item.get("rows", {"N": "0"})["N"])
        if item["done"]["BOOL"]:
            done.add(int(item["sk"]["S"].rpartition("#")[2]))
        examples += item.get("examples", {}).get("SS", [])
        for name, value in item.items():
            if name.startswith("figure."):
                figure = name.removeprefix("figure.")
                figures[figure] = figures.get(figure, 0) + int(value["N"])
    shown = tuple(sorted(examples)[:EXAMPLES])
    pages = frozenset(done)
    return Progress(stage=wanted, pages=run.pages, done=pages, figures=figures, examples=shown, rows=rows)


def keep_values(run: Run, page: int, call: int, values: Mapping[str, list[float]]) -> None:
    """Keep what was measured in one call until all is measured: numbers without names."""
    packed = {name: {"B": array("d", numbers).tobytes()} for name, numbers in values.items() if numbers}
    key = {"pk": {"S": f"{_name(run)}#values"}, "sk": {"S": f"{page:04d}#{call:06d}"}}
    if packed:
        wire().call("put_item", TableName=wire().settings.counters_table, Item=key | packed)


def values_of(run: Run, measure: str) -> list[float]:
    """What was measured of everybody, sorted: 32 MB for a million customers."""
    values = array("d")
    for item in _query(f"{_name(run)}#values"):
        if measure in item:
            values.frombytes(bytes(item[measure]["B"]))
    return sorted(values)


def drop_values(run: Run) -> None:
    """What was measured is not kept."""
    for item in _query(f"{_name(run)}#values"):
        key = {name: item[name] for name in ("pk", "sk")}
        wire().call("delete_item", TableName=wire().settings.counters_table, Key=key)


def _scan(page: int, of: int, place: Place | None) -> dict[str, Any]:
    scan: dict[str, Any] = {
        "TableName": wire().settings.people_table,
        "Segment": page,
        "TotalSegments": of,
        # Strongly: whoever judges here must see what was written by those who did not know the rule yet.
        "ConsistentRead": True,
        "FilterExpression": "sk = :profile",
        "ExpressionAttributeValues": {":profile": {"S": "PROFILE"}},
        "Limit": ROWS_A_SCAN,
    }
    return scan | ({"ExclusiveStartKey": place} if place else {})


def _query(pk: str, prefix: str = "") -> Iterator[Mapping[str, Any]]:
    condition, values = "pk = :pk", {":pk": {"S": pk}}
    if prefix:
        condition += " AND begins_with(sk, :prefix)"
        values[":prefix"] = {"S": prefix}
    query: dict[str, Any] = {
        "TableName": wire().settings.counters_table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "ConsistentRead": True,
    }
    while True:
        page = wire().call("query", **query)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _key(run: Run, stage: Stage, page: int) -> dict[str, Any]:
    return {"pk": {"S": _name(run)}, "sk": {"S": f"{stage}#{page:04d}"}}


def _name(run: Run) -> str:
    return f"segments#{run.id}"
