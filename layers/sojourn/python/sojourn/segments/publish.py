"""Makes a draft the rule of a segment: a generation that waits, and a run that lets it take force. Repeatable.

Order: generation → pending → run → machine. The rule before stays in force until everybody was judged by the new one
(backfill.py); who publishes again meanwhile takes the pending one's place. What is published is not published twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sojourn import config
from sojourn.clock import Clock, iso
from sojourn.config import Row
from sojourn.contacts import registry
from sojourn.contacts.attributes import BUILT_IN
from sojourn.errors import Hopeless, NotFoundError, StaleWriteError, StoreBusyError
from sojourn.rules.check import Known, segments_of
from sojourn.rules.definition import from_definition, to_definition
from sojourn.rules.findings import Finding
from sojourn.rules.load import Examined, examine
from sojourn.rules.nodes import Rule
from sojourn.segments import store
from sojourn.segments.model import Why
from sojourn.segments.quantiles import quantiles_in
from sojourn.segments.runs.model import Purpose, Run, Status
from sojourn.segments.runs.store import begun, find_run, put_run
from sojourn.segments.store import SegmentDraft, Standing

TRIES = 10
HASHED = 8  # letters of a hash in the name of a run


class SegmentNamedError(Hopeless):
    """Others look at the segment: it cannot go before they do. `by` are their names."""

    def __init__(self, segment: str, by: Iterable[str]) -> None:
        self.by = tuple(sorted(by))
        super().__init__(f"{segment} is named by {', '.join(self.by)}")


class Machine(Protocol):
    """Whoever goes through all contacts: the state machine."""

    def start(self, run: Run) -> bool:
        """Do what is left of this run; False when this attempt was started before."""
        ...

    def is_running(self, run: Run) -> bool:
        """Whether this attempt runs still."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What publishing needs of the outside."""

    machine: Machine
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of it: the generation that waits, or is in force (0: its cut points are made first), and its run."""

    name: str
    generation: int
    run: Run | None
    changed: bool
    warnings: tuple[Finding, ...] = ()


def save(name: str, source: str, *, revision: int) -> tuple[SegmentDraft, Examined]:
    """Save a draft, sound or not, and say how it stands; StaleWriteError when somebody saved in between."""
    examined = examined_as(name, source)
    rule = examined.segment.rule if examined.segment and not examined.findings else None
    definition = to_definition(rule) if rule else {}
    draft = SegmentDraft(name=name, revision=revision, source=source, definition=definition)
    return store.save_draft(draft), examined


def examined_as(name: str, source: str) -> Examined:
    """What is wrong with a text, if it is to be the segment of this name."""
    file = f"{name}.segment.yaml"
    examined = examine(source, file=file, known=known_to(name))
    said = examined.segment.name if examined.segment else name
    if said == name:
        return examined
    finding = Finding(file, 1, "", f"the file is of the segment '{said}'", f"write `segment: {name}`")
    return replace(examined, findings=(*examined.findings, finding))


def known_to(name: str) -> Known:
    """What a rule is held against: the workspace's attributes, and the other segments, as published or as drafted."""
    types = {each.name: each.type.value for each in registry.read_all()}
    rules = {draft.name: from_definition(draft.definition) for draft in store.drafts() if draft.definition}
    index = store.live_index()
    rules |= {
        segment.name: segment.rule for group in (index.live, index.pending) for segment in group.values()
    }
    rules.pop(name, None)
    return Known(
        attributes={**{each: kind.value for each, kind in BUILT_IN.items()}, **types},
        deleted=registry.deleted(),
        segments=rules,
    )


def publish(name: str, *, desk: Desk) -> Published:
    """Publish a draft. NotFoundError without one, SegmentRefusedError with every error in it."""
    draft = store.get_draft(name)
    if draft is None:
        raise NotFoundError(f"there is no segment {name}; PUT /api/segments/{name} saves one")
    examined = examined_as(name, draft.source)
    return _published(name, draft.source, examined.rule, examined.warnings, desk)


def publish_rule(name: str, rule: Rule, *, desk: Desk) -> Published:
    """The same of a rule without a draft: a segment that belongs to something else, and that nobody edits."""
    return _published(name, "", rule, (), desk)


def _published(name: str, source: str, rule: Rule, warnings: tuple[Finding, ...], desk: Desk) -> Published:
    hashed = hash_of(rule)
    stand = store.live().get(name, Standing())
    if stand.hash == hashed and not stand.invalid and (stand.pending or stand.live):
        generation = stand.pending or stand.live or 0
        run = find_run(run_id(name, generation))
        if stand.pending:
            run = resume(run or _run_of(name, generation, desk), desk=desk)
        return Published(name=name, generation=generation, run=run, changed=False, warnings=warnings)
    generation, run = _begun(name, source, rule, hashed, stand, desk)
    return Published(name=name, generation=generation, run=run, changed=True, warnings=warnings)


def retire(name: str, *, named_by: Iterable[str] = (), desk: Desk) -> Run:
    """Take a segment out of force: everybody leaves it, and no journey hears of that as behaviour.

    SegmentNamedError while another segment looks at it, or a journey does (`named_by`).
    """
    stand = store.live().get(name, Standing())
    others = {segment for segment, rule in _rules().items() if segment != name and name in segments_of(rule)}
    if by := {*others, *named_by}:
        raise SegmentNamedError(name, by)
    last = stand.live or stand.pending or stand.previous
    if not last:
        raise NotFoundError(f"the segment {name} is not in force")
    at = iso(desk.clock.calendar())
    if stand.live or stand.pending:
        _change_live(name, lambda each: Standing(previous=each.live or each.pending or each.previous))
    run = Run.new(Purpose.RETIRE, f"{name}-{last}", at=at, segments={name: 0}, committed_at=at)
    return resume(begun(run), desk=desk)


def resume(run: Run, *, desk: Desk) -> Run:
    """Run what is left of a run that failed or was killed; what is done stays done."""
    if run.is_over or (run.status is Status.RUNNING and desk.machine.is_running(run)):
        return run
    if run.status is Status.RUNNING and desk.machine.start(run):
        return run
    try:
        again = put_run(replace(run, status=Status.RUNNING, attempt=run.attempt + 1, reason="", ended_at=""))
    except StaleWriteError:
        return find_run(run.id) or run  # somebody did at this moment: theirs runs
    desk.machine.start(again)
    return again


def claim_generation(name: str, **said: Any) -> int:
    """The number of a new generation of this content; that of the last one, if it says so and was never in use."""
    data = {**said, "why": str(said["why"])}
    there, stand = store.generations(name), store.live().get(name, Standing())
    last = there[-1].number if there else 1
    for number in range(last, last + TRIES):
        row = config.get(store.KIND, f"{name}#{number:05d}")
        if row is None:
            try:
                config.put_next(Row(store.KIND, f"{name}#{number:05d}", 0, data))
            except StaleWriteError:
                row = config.get(store.KIND, f"{name}#{number:05d}")
            else:
                return number
        is_used = number in (stand.live, stand.pending, stand.previous)
        if row and not is_used and {**row.data, "published_at": data["published_at"]} == data:
            return number  # whoever wrote it died, or never had an answer
    raise StoreBusyError(f"segment {name}")


def put_pending(name: str, generation: int, *, hashed: str) -> None:
    """From now on people are judged by it too, and nothing is said of that."""
    _change_live(name, lambda stand: replace(stand, pending=generation, hash=hashed, invalid=()))


def commit(generations: Mapping[str, int]) -> dict[str, int]:
    """Those of the generations that are in force now: in one write, all that are pending still."""

    def changed(stands: dict[str, Standing]) -> Mapping[str, Standing]:
        for name, generation in generations.items():
            stand = stands.get(name, Standing())
            if stand.pending == generation and not stand.invalid:
                stands[name] = replace(stand, live=generation, pending=None, previous=stand.live)
        return stands

    stands = change_standing(changed)
    return {
        name: generation for name, generation in generations.items()
        if name in stands and stands[name].live == generation
    }  # fmt: skip


def run_id(name: str, generation: int) -> str:
    """The run that lets a generation take force."""
    return f"{Purpose.PUBLISH}-{name}-{generation}"


def newest_run(name: str, stand: Standing) -> Run | None:
    """The run that lets, or let, take force what was published last; one that makes cut points is named by hash."""
    there = stand.pending or stand.live or 0
    measured = (f"{run_id(name, number)}-{stand.hash[:HASHED]}" for number in (there, there - 1))
    first, second = measured
    return find_run(first) or (find_run(run_id(name, there)) if there else None) or find_run(second)


def _begun(name: str, source: str, rule: Rule, hashed: str, stand: Standing, desk: Desk) -> tuple[int, Run]:
    at, definition = iso(desk.clock.calendar()), to_definition(rule)
    wanted, (cuts, table) = quantiles_in(rule), store.newest_cuts()
    if wanted <= table.keys():
        generation = claim_generation(
            name,
            source=source,
            definition=definition,
            why=Why.RULE_EDIT if stand.live else Why.NEW,
            cuts=cuts if wanted else 0,
            published_at=at,
        )
        put_pending(name, generation, hashed=hashed)
        return generation, resume(_run_of(name, generation, desk), desk=desk)
    # Until its cut points are made nothing is judged by it; the hash says that it is the one to be.
    _change_live(name, lambda each: replace(each, pending=None, hash=hashed, invalid=()))
    said = {"source": source, "definition": definition, "why": Why.NEW.value, "hash": hashed}
    waiting = {name: said}
    known = len(store.generations(name))
    title = f"{name}-{known}-{hashed[:HASHED]}"
    run = Run.new(Purpose.PUBLISH, title, at=at, measures=True, waiting=waiting)
    return 0, resume(begun(run), desk=desk)


def _run_of(name: str, generation: int, desk: Desk) -> Run:
    at = iso(desk.clock.calendar())
    return begun(Run.new(Purpose.PUBLISH, f"{name}-{generation}", at=at, segments={name: generation}))


def _rules() -> dict[str, Rule]:
    index = store.live_index()
    return {segment.name: segment.rule for group in (index.live, index.pending) for segment in group.values()}


def hash_of(rule: Rule) -> str:
    """What tells two rules apart."""
    said = json.dumps(to_definition(rule), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _change_live(name: str, change: Callable[[Standing], Standing]) -> None:
    def changed(stands: dict[str, Standing]) -> Mapping[str, Standing]:
        stands[name] = change(stands.get(name, Standing()))
        return stands

    change_standing(changed)


def change_standing(change: Callable[[dict[str, Standing]], Mapping[str, Standing]]) -> dict[str, Standing]:
    """Write what `change` makes of what is in force, however often somebody else is quicker."""
    for _ in range(TRIES):
        try:
            return store.change_live(change)
        except StaleWriteError:
            continue
    raise StoreBusyError("live segments")
