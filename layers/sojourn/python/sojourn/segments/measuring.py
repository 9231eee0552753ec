"""New cut points of quantiles: what everybody bought is measured page by page, then cut.

One value of each measure stands in the Counters table for every customer, without a name, until the table is made. The
values of one measure are sorted at a time: 40 MB for a million customers.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sojourn import config
from sojourn.clock import Clock, iso
from sojourn.config import Row
from sojourn.contacts.workspace import workspace
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.rules.definition import from_definition
from sojourn.rules.nodes import Rule
from sojourn.segments import store
from sojourn.segments.model import Segment, Why
from sojourn.segments.publish import claim_generation, hash_of, put_pending
from sojourn.segments.quantiles import FACT_OF, Cuts, measure, quantiles_in, table_of
from sojourn.segments.runs.model import Run
from sojourn.segments.runs.store import Found, Tally, drop_values, values_of
from sojourn.segments.view import view_of

TRIES = 1_000  # tables that there may be


def measure_people(found: Found, clock: Clock) -> Tally:
    """The values of those who bought."""
    tally = Tally(values={name: [] for name in FACT_OF})
    for profile in found.people:
        facts = view_of(profile, clock.calendar(), workspace=workspace()).facts
        values = {name: measure(facts, name) for name in FACT_OF}
        tally.add("measured")
        tally.add("customers", amount=values["frequency"] is not None)
        for name, value in values.items():
            if value is not None:
                tally.values[name].append(value)
    return tally


def cut(run: Run, clock: Clock) -> dict[str, int]:
    """Make the table, and of each rule that names quantiles a generation to be judged by it: these are pending then."""
    index = store.live_index()
    waiting = {name: from_definition(said["definition"]) for name, said in run.waiting.items()}
    wanted = _wanted([*index.live.values(), *index.pending.values()], waiting.values())
    number, _ = _table(run, wanted, clock)
    due = {name: dict(said) for name, said in run.waiting.items()}
    if not run.waiting:
        named = [name for name, segment in index.live.items() if quantiles_in(segment.rule)]
        due = {name: _again(index.live[name]) for name in named}
    found = {name: _pending(name, said, number, clock) for name, said in sorted(due.items())}
    drop_values(run)
    return {name: generation for name, generation in found.items() if generation}


def _wanted(segments: Iterable[Segment], rules: Iterable[Rule]) -> set[str]:
    named = [segment.rule for segment in segments]
    return {name for rule in [*named, *rules] for name in quantiles_in(rule)}


def _table(run: Run, wanted: Iterable[str], clock: Clock) -> tuple[int, Cuts]:
    """The table of this run, made now if it is not there; tables have numbers, and whoever comes first has one."""
    cuts: Cuts | None = None
    newest, _ = store.newest_cuts()
    for number in range(max(1, newest), newest + TRIES):
        row = config.get(store.CUTS, f"{number:05d}")
        if row is None:
            cuts = cuts or _cuts(run, set(wanted))
            try:
                said = {"cuts": dict(cuts), "made_at": iso(clock.calendar()), "run": run.id}
                config.put_next(Row(store.CUTS, f"{number:05d}", 0, said))
            except StaleWriteError:
                row = config.get(store.CUTS, f"{number:05d}")
            else:
                return number, cuts
        if row and row.data.get("run") == run.id:
            return number, row.data["cuts"]
    raise StoreBusyError("cuts")


def _cuts(run: Run, wanted: set[str]) -> Cuts:
    """One measure after the other, so that the values of one are in memory."""
    cuts: dict[str, list[float]] = {}
    for name in FACT_OF:
        named = {each for each in wanted if each.startswith(f"{name}/")}
        if named:
            cuts |= table_of({name: values_of(run, name)}, named)
    return cuts


def _again(segment: Segment) -> dict[str, Any]:
    there = store.get_generation(segment.name, segment.generation)
    said = {"source": there.source, "definition": there.definition, "why": Why.QUANTILES.value}
    return {**said, "hash": hash_of(segment.rule)}


def _pending(name: str, said: Mapping[str, Any], cuts: int, clock: Clock) -> int:
    """The generation that is pending now; 0 when something newer was published, or is pending."""
    stand = store.live().get(name, store.Standing())
    if stand.hash != said["hash"] or stand.invalid:
        return 0
    for number in filter(None, (stand.pending, stand.live)):
        if store.get_generation(name, number).cuts == cuts:
            return number  # an earlier try came this far
    if stand.pending:
        return 0
    why = Why.QUANTILES if said["why"] == Why.QUANTILES else Why.RULE_EDIT if stand.live else Why.NEW
    generation = claim_generation(
        name,
        source=said["source"],
        definition=said["definition"],
        why=why,
        cuts=cuts,
        published_at=iso(clock.calendar()),
    )
    put_pending(name, generation, hashed=said["hash"])
    return generation
