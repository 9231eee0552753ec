"""What a merge of two contacts does to their rows of consent, as parts of its transaction.

The survivor takes in whatever is stricter, with ledger rows that say so. The loser's row keeps what it said and names
the survivor; its revision grows, so that a message which was claimed by it must be decided anew (house law 5).
"""

import functools
from datetime import datetime

from sojourn.consent.merge import merge_changes
from sojourn.consent.model import Consent, apply
from sojourn.consent.store import MOST_AT_ONCE, ConsentRow, LedgerRow, absorb
from sojourn.transactions import ABSENT, Write, check, number, put, read

AS_READ = "#revision = :revision"


def union_writes(survivor: str, loser: str, at: datetime, event_key: str) -> list[Write]:
    """Both rows of consent as they must be once the two are one, on the condition that they still are as read."""
    mine, theirs = _both(survivor, loser)
    changes = merge_changes(mine, theirs.state, at, f"{event_key}|{loser}")
    if (
        len(changes) > MOST_AT_ONCE
    ):  # more than a transaction takes: the stricter part then comes a moment early
        absorb(survivor, loser, at, event_key)
        mine, changes = _both(survivor, loser)[0], []
    told = [put(LedgerRow.of(survivor, each).serialize(), ABSENT, {}) for each in changes]
    if not changes:
        return [_unchanged(mine), _grave(theirs, survivor)]
    return [_next(functools.reduce(apply, changes, mine)), _grave(theirs, survivor), *told]


def _both(survivor: str, loser: str) -> tuple[Consent, Consent]:
    rows = {row.pk: row for row in read([(f"C#{survivor}", "CONSENT"), (f"C#{loser}", "CONSENT")])}
    found = (rows.get(f"C#{contact}") for contact in (survivor, loser))
    mine, theirs = (row.to_consent() if isinstance(row, ConsentRow) else None for row in found)
    return mine or Consent(survivor), theirs or Consent(loser)


def _unchanged(consent: Consent) -> Write:
    key = (f"C#{consent.contact}", "CONSENT")
    if not consent.revision:
        return check(key, ABSENT, {})
    return check(key, AS_READ, {":revision": number(consent.revision)})


def _next(consent: Consent) -> Write:
    return _put(consent, _row(consent))


def _grave(consent: Consent, survivor: str) -> Write:
    row = _row(consent)
    row.merged_into = survivor
    return _put(consent, row)


def _row(consent: Consent) -> ConsentRow:
    return ConsentRow(
        f"C#{consent.contact}",
        "CONSENT",
        revision=consent.revision + 1,
        state={slot: standing.as_json() for slot, standing in consent.state.items()},
    )


def _put(consent: Consent, row: ConsentRow) -> Write:
    if not consent.revision:
        return put(row.serialize(), ABSENT, {})
    return put(row.serialize(), AS_READ, {":revision": number(consent.revision)})
