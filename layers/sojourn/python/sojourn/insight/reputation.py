"""What the breaker counts: mails by the ten minutes in which they were sent, and of them those that bounced for good or
were called spam. Counted with the report's figures, in their transaction, so each once (docs/decisions/0028).

    reputation#email  2026-01-05T15:0#-#-  {mails: 340, bounces: 12, bounces@2026-01-05T13:4: 1, ttl: …}

A batch writes one row, that of its latest mail: what it knows of earlier ten minutes rides along, under their name.
What happened stays counted when a person is forgotten. SES's simulator says nothing of an account's reputation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sojourn.clock import iso
from sojourn.errors import PoisonRecordError
from sojourn.insight.counting import REPUTATION, Change, CounterKey, Deltas, merged
from sojourn.insight.store import figures_of
from sojourn.messages.model import BOUNCE, COMPLAINT, SIMULATED

BUCKET = len("2026-01-05T15:0")  # ten minutes: a day is at most 144 rows, and one read
NAME, EMAIL, SENT = "email", "email", "sent"
COUNTED_AS = {BOUNCE: "bounces", COMPLAINT: "complaints"}
FIGURES = {"mails", *COUNTED_AS.values()}
AT = "@"  # between a figure and the ten minutes that it is of, in a later one's row


def reputation_deltas(change: Change) -> Deltas:
    """What one change of a message adds; nothing of one that is removed."""
    if change.new is None or not change.new.get("sk", "").startswith("MSG#"):
        return {}
    before = _figures(change.old) if change.old else {}
    return merged([_figures(change.new), {key: _negative(known) for key, known in before.items()}])


def reputation_of(records: Iterable[Mapping[str, Any]]) -> Deltas:
    """What a batch adds; whoever counts changes keeps what cannot be read."""
    return merged(reputation_deltas(change) for change in _changes(records))


def got_worse(moved: Deltas) -> bool:
    """Whether anything came back: only then is there something to judge."""
    return any(figures[name] > 0 for figures in moved.values() for name in COUNTED_AS.values())


def on_one_row(moved: Deltas) -> Deltas:
    """The same in one row of the breaker, so that a batch pays for one."""
    ours = [key for key in moved if key.kind == REPUTATION]
    if len(ours) < 2:
        return moved
    latest = max(ours, key=lambda key: key.day)
    figures = Counter({_of(name, key, latest): n for key in ours for name, n in moved[key].items()})
    return {**{key: moved[key] for key in moved if key.kind != REPUTATION}, latest: figures}


def counted_after(moment: datetime | str) -> Counter[str]:
    """Everything of the mails sent since; of the ten minutes that were running then, nothing."""
    text = moment if isinstance(moment, str) else iso(moment)
    sums = Counter[str]()
    begins = text[:BUCKET]
    # No row has what is later than its name.
    for key, figures in figures_of(NAME, REPUTATION, after=f"{begins}~"):
        for told, number in figures.items():
            name, _, earlier = told.partition(AT)
            if name in FIGURES and (earlier or key.day) > begins:
                sums[name] += number
    return sums


def _of(name: str, key: CounterKey, latest: CounterKey) -> str:
    return name if key == latest else f"{name}{AT}{key.day}"


def _changes(records: Iterable[Mapping[str, Any]]) -> Iterable[Change]:
    for record in records:
        try:
            yield Change.from_record(record)
        except PoisonRecordError:
            continue


def _figures(row: Mapping[str, str]) -> Deltas:
    """What a message counts for as it stands: a mail that went."""
    sent_at = row.get("sent_at", "")
    is_mail = row.get("state") == SENT and row.get("channel") == EMAIL
    if not is_mail or not sent_at or row.get("against") == SIMULATED:
        return {}
    figures = Counter({"mails": 1})
    if figure := COUNTED_AS.get(row.get("against", "")):
        figures[figure] = 1
    return {CounterKey(NAME, sent_at[:BUCKET], kind=REPUTATION): figures}


def _negative(figures: Counter[str]) -> Counter[str]:
    return Counter({name: -number for name, number in figures.items()})
