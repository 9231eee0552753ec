"""What the tests of privacy share: buckets and a key beside the world of tests/faults, and a person to forget."""

import json
from collections.abc import Iterator
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from infra.lint.stacks import ROOT
from sojourn.bootstrap import client, eraser
from sojourn.clock import iso
from sojourn.privacy.machines import MachineStarter
from sojourn.privacy.model import Erasure, Export
from sojourn.privacy.request import Desk, ask_erasure, ask_export
from tests.cloud import REGION, TABLES
from tests.faults.people import introduction
from tests.faults.world import ACCOUNT, LAMBDA, MINUTE, World, rows

ERASE, EXPORT = f"{ACCOUNT}:stateMachine:erase", f"{ACCOUNT}:stateMachine:export"
BUCKETS = ("files", "archive")
DAY = "2026-01-05"
WORDS = (
    "ann@example.org",
    "ann@old.example",
    "+12125550123",
    "12125550123",
    '"ann"',
    "u#ann",
    "visitor-7",
    "Lovelace",
)


def furnish(world: World) -> None:
    """Buckets, the key of keys, and the two machines; once for a world."""
    s3 = client("s3")
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=bucket)
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/people", TargetKeyId=key)
    for name, arn in (("erase_contact", ERASE), ("export_contact", EXPORT)):
        text = (ROOT / "statemachines" / f"{name}.asl.json").read_text()
        function = "".join(word.capitalize() for word in name.split("_"))
        text = text.replace(f"${{{function}FunctionArn}}", f"{LAMBDA}:{name}")
        world.walker.publish(arn, json.loads(text))


def tidy() -> None:
    """Empty the buckets, and forget who was forgotten."""
    config_rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["Config"].items
    for key in [key for key in config_rows if key.value in {"ERASURE", "EXPORT"}]:
        del config_rows[key]
    for bucket in BUCKETS:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys.clear()


def desk(world: World) -> Desk:
    """Where the world's people ask."""
    return Desk(
        clock=world.clock,
        starter=MachineStarter(lambda: client("stepfunctions")),
        erase_machine=ERASE,
        export_machine=EXPORT,
    )


def erase(world: World, named: str = "ann") -> Erasure:
    """Somebody asks at the API."""
    return ask_erasure(named, by="ops", desk=desk(world))


def export(world: World, contact: str) -> Export:
    """Somebody asks at the API."""
    return ask_export(contact, by="ops", desk=desk(world))


def lives(world: World) -> None:
    """Ann: an anonymous visit, an address given up, a journey, a rejected call, an account, lines in the archive."""
    now = iso(world.clock.calendar())
    visit = {"type": "page", "messageId": "v-1", "anonymousId": "visitor-7", "timestamp": now, "name": "Home"}
    world.collect(visit)
    before = iso(world.clock.calendar() - MINUTE)
    world.collect(
        introduction(world, "ann", email="ann@old.example", lastName="Lovelace") | {"timestamp": before}
    )
    world.pump()
    again = introduction(world, "ann", lastName="Lovelace") | {
        "anonymousId": "visitor-7",
        "messageId": "ann-1b",
    }
    world.collect(again)
    about = {"userId": "ann", "timestamp": now}
    world.collect(
        {"type": "group", "messageId": "g-1", "groupId": "acme", "traits": {"plan": "pro"}, **about},
        {"type": "track", "messageId": "ann-2", "event": "Signed Up", **about},
        {"type": "track", "messageId": "bad", "event": "", "traits": {"email": "ann@example.org"}, **about},
    )
    world.pump()


def archive_lines(world: World, contact: str, *, day: str = DAY) -> None:
    """What the archive holds of a contact by now, and of somebody else."""
    from sojourn.events.archive_line import event_line
    from sojourn.events.shown import SAFE
    from sojourn.events.store import history

    ring = eraser().ring
    keys, _ = ring.ensured([contact], day=day)
    events = list(history(["u#ann"]))
    lines = [
        event_line(each, contact=contact, key=keys[contact], hashed=ring.hashed, safe=SAFE) for each in events
    ]
    lines += [event_line(events[0], contact="", key=ring.nobodys, hashed=ring.hashed, safe=SAFE)]
    other = event_line(
        events[0], contact="b" * 20, key=b"k" * 32, hashed=lambda text: f"other-{len(text)}", safe=SAFE
    )
    body = "".join(f"{line.text()}\n" for line in (*lines, other)).encode()
    s3 = client("s3")
    s3.put_object(Bucket="archive", Key=f"archive/kind=event/dt={day}/1", Body=body)


def objects() -> dict[str, bytes]:
    """Everything in the buckets."""
    found = {}
    for bucket in BUCKETS:
        for key, stored in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys.items():
            found[f"{bucket}/{key}"] = stored.value
    return found


def places_of(*words: str) -> list[str]:
    """Where in all tables and objects one of the words stands."""
    return [place for place, text in _texts() if any(word.lower() in text for word in words)]


def _texts() -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for item in rows(table):
            yield f"{table} {_text(item)[:120]}", _text(item)
    for name, body in objects().items():
        yield name, body.decode("utf-8", "replace").lower()


def _text(item: Any) -> str:
    return (
        json.dumps({name: value.value for name, value in item.attrs.items()}, default=str)
        .lower()
        .replace("\\", "")
    )
