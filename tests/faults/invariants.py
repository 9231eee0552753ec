"""What must hold at the end of a story, whatever happened on its way."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.asl.execution import Status
from sojourn.insight.counting import Change, deltas, merged
from sojourn.insight.report import report
from sojourn.insight.store import figures_of
from tests.faults.world import World, rows

UNCERTAIN = {"TransactWriteItems", "SendEmail", "Publish"}  # the claim, the provider, the record


def violations(
    world: World, *, status: str, sent: set[str], reason: str = "", journey: str = "welcome"
) -> list[str]:
    """What is wrong with a world in which one contact went through one journey."""
    return [
        *_of_the_enrolment(status, reason),
        *_of_the_messages(world, sent),
        *providers(world),
        *left_over(world),
        *counters(journey),
        *_of_the_profile(),
    ]


def people(prefix: str) -> list[dict[str, str]]:
    """Rows of the People table, as texts."""
    return [row for row in map(_texts, rows("People")) if row["sk"].startswith(prefix)]


def _texts(item: Any) -> dict[str, str]:
    return {name: str(attribute.value) for name, attribute in item.attrs.items()}


def _of_the_enrolment(status: str, reason: str) -> Iterator[str]:
    found = [(row["status"], row.get("reason", "")) for row in people("ENROL#")]
    if found != [(status, reason)]:
        yield f"enrolments are {found}, not {status} {reason}"


def _of_the_messages(world: World, sent: set[str]) -> Iterator[str]:
    found = {row["step"]: row["state"] for row in people("MSG#")}
    if set(found) != sent:
        yield f"messages are {sorted(found)}"
    for step, state in found.items():
        if state != "sent" and not (state == "unknown" and _may_be_unknown(world)):
            yield f"{step} is {state}"


def _may_be_unknown(world: World) -> bool:
    """Law 4: only where a fault lay between the claim and the record of a send."""
    fault = world.network.fault
    hurt = world.network.calls[fault.call - 1] if fault else None
    return hurt is not None and hurt.function == "send_message" and hurt.operation in UNCERTAIN


def providers(world: World) -> Iterator[str]:
    """One intent is accepted once at most, and what is said of it agrees with what the provider has."""
    mails = Counter(mail.tags["message_id"] for mail in world.services.mails)
    texts = Counter((text.to, text.text) for text in world.services.texts)
    for accepted in (mails, texts):
        yield from (f"accepted {n} times: {what}" for what, n in accepted.items() if n > 1)
    for row in people("MSG#"):
        has = sum(texts.values()) if row["channel"] == "sms" else mails[_id_of(row)]
        if row["state"] != "unknown" and has != (row["state"] == "sent"):
            yield f"{row['step']} is {row['state']}, and the provider has {has}"
        if row["state"] == "unknown" and has and row["channel"] == "email" and world.deliveries:
            yield f"{row['step']} stays unknown although the provider spoke of it"


def _id_of(row: Mapping[str, str]) -> str:
    return f"{row['pk'].removeprefix('C#')}-{row['sk'].removeprefix('MSG#')}"


def left_over(world: World) -> Iterator[str]:
    """Nothing runs, waits, or is due for ever."""
    running = [run.name for run in world.walker.executions.values() if run.running]
    failed = [run.name for run in world.walker.executions.values() if run.status is Status.FAILED]
    waiting = [row["wait_step"] for row in people("ENROL#") if "wait_step" in row]
    listed = [("running", running), ("failed", failed), ("waiting", waiting), ("due", list(rows("Due")))]
    yield from (f"still {what}: {found}" for what, found in [*listed, ("dead", world.dead)] if found)


def counters(journey: str) -> Iterator[str]:
    """The figures are what a recount gives."""
    counted = report(figures_of(journey))
    images = [{name: {"S": text} for name, text in row.items()} for row in map(_texts, rows("People"))]
    changes = (deltas(Change.from_record({"dynamodb": {"NewImage": image}})) for image in images)
    recounted = report(merged(changes).items())
    if counted != recounted:
        yield f"counted {counted}, but there are {recounted}"
    messages = counted["messages"]
    parts = sum(messages[name] for name in ("sent", "failed", "unknown", "pending"))
    if messages["planned"] != parts + sum(messages["skipped"].values()):
        yield f"messages do not add up: {messages}"


def _of_the_profile() -> Iterator[str]:
    """Each event is folded once."""
    from sojourn.contacts.store import get_profile

    inserted = Counter(_texts(item)["event"] or _texts(item)["type"] for item in rows("Events"))
    (contact,) = {row["pk"].removeprefix("C#") for row in map(_texts, rows("People"))}
    folded = {name: seen["n"] for name, seen in get_profile(contact).events.items()}
    if folded != dict(inserted):
        yield f"folded {folded}, inserted {dict(inserted)}"
