"""After a restore: whoever was erased since the moment that a table went back to is erased again.

The proofs beside the archive say who: contact ids, and keyed hashes of identities. Rows that name an erased contact are
found by its id; events, which name identities, by hashing each key. Run it before anybody uses the tables.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn.contacts.identities.store import release_identity
from sojourn.contacts.memory import identity_hash
from sojourn.contacts.memory.store import memory_key, remember_hash
from sojourn.events.removal import delete_rows, key_of
from sojourn.events.wire import chunks, wire
from sojourn.privacy import store
from sojourn.privacy.budget import Budget
from sojourn.privacy.erase import Eraser, run
from sojourn.privacy.model import Erasure, Status, Step

AS_LONG_AS_IT_TAKES = Budget(lambda: float("inf"))
STEPS = (Step.FIND, Step.LEAVE, Step.DELETE, Step.ARCHIVE, Step.PROVE)
ROWS_A_ROUND = 500


@dataclass(slots=True)
class Ledger:
    """Who was erased: contact ids, and the hash of each identity with the moment until when it is."""

    erasures: list[Erasure] = field(default_factory=list)
    contacts: set[str] = field(default_factory=set)
    until: dict[str, str] = field(default_factory=dict)

    def add(self, erasure: Erasure) -> None:
        """One more."""
        self.erasures.append(erasure)
        self.contacts |= set(erasure.collections)
        for digest in erasure.identities:
            self.until[digest] = max(erasure.asked_at, self.until.get(digest, ""))


def replay(*, eraser: Eraser) -> Counter[str]:
    """Erase again; the answer says what was there. A second run finds nothing."""
    ledger = Ledger()
    for proof in eraser.files.proofs():
        ledger.add(_kept(proof))
    found: Counter[str] = Counter(erasures=len(ledger.erasures))
    for erasure in ledger.erasures:
        for digest in erasure.identities:
            remember_hash(digest, at=erasure.asked_at, erasure=erasure.id)
        found["contacts"] += _erased_again(erasure, eraser)
    found["identities"] += sum(_released(ledger))
    found["events"] += _without_events(ledger)
    return found


def _kept(proof: Mapping[str, Any]) -> Erasure:
    """The row of a proof, written anew where the restored table has none."""
    data = {name: value for name, value in proof.items() if name != "erasure"}
    there = store.get_erasure(proof["erasure"])
    return there or store.put_erasure(Erasure.from_json(proof["erasure"], data, 0))


def _erased_again(erasure: Erasure, eraser: Eraser) -> bool:
    """Whether there was anybody."""
    if not any(store.is_alive(contact) for contact in (*erasure.collections, erasure.id)):
        return False
    store.put_erasure(replace(erasure, status=Status.RUNNING, step=Step.FIND, attempt=erasure.attempt + 1))
    for step in STEPS:
        while run(step, erasure.id, eraser=eraser, budget=AS_LONG_AS_IT_TAKES):
            pass
    return True


def _released(ledger: Ledger) -> Iterator[bool]:
    contacts = ledger.contacts
    for item in store.scan(wire().settings.identity_table, "pk, contact"):
        owner = item.get("contact", {}).get("S", "")
        if owner in contacts and not item["pk"]["S"].startswith("erased#"):
            yield release_identity(item["pk"]["S"], owner)


def _without_events(ledger: Ledger) -> int:
    table = wire().settings.events_table
    theirs = (
        key_of(item) for item in store.scan(table, "pk, sk, #at, received_at") if _is_over(item, ledger)
    )
    return sum(delete_rows(table, keys) for keys in chunks(theirs, ROWS_A_ROUND))


def _is_over(item: Mapping[str, Any], ledger: Ledger) -> bool:
    until = ledger.until.get(identity_hash(item["pk"]["S"], memory_key.made()), "")
    return bool(item["at"]["S"] <= until or item["received_at"]["S"] <= until)
