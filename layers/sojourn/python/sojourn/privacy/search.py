"""What an export must look for, since no index leads to it: in the archive, and among records that were turned away.

look(job_id, exporter=exporter, budget=budget)      True: there is more to look at, call again

Both have no index of people, for it would cost each event more than a search costs each export (see compact); a large
one takes longer to search than one function may run. What is found is put aside, where the file takes it from.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

from sojourn.events.archive import is_marked, marks
from sojourn.events.archive_line import KINDS
from sojourn.events.insertion import kept_for
from sojourn.events.wire import wire
from sojourn.privacy import store
from sojourn.privacy.budget import Budget
from sojourn.privacy.export import Exporter
from sojourn.privacy.identities import needles, partitions_of
from sojourn.privacy.model import Export, Status

A_DAY = timedelta(days=1)
EARLIER = timedelta(days=7)  # than a person's key: lines of before anybody knew whose they were
REJECTED = "rejected:"  # begins a cursor among the records, and their keys follow
AT_ONCE = 1_000  # records a page


def look(id: str, *, exporter: Exporter, budget: Budget) -> bool:  # noqa: A002  the row's own word
    """Look on where the last call left off; may be repeated."""
    export = store.get_export(id)
    stand = store.survivor_of(export.contact) if export else None
    if export is None or export.status is Status.DONE or stand is None or stand.erasure:
        return False
    search = Search(stand, exporter, budget, export.cursor)
    is_record = export.cursor.startswith(REJECTED)
    found = search.records() if is_record else search.lines()
    first = next(found, None)
    if first is not None:
        folder = export.turned_away if is_record else export.archived
        exporter.files.write(f"{folder}{export.pieces:05d}", chain([first], found))
    _kept(export, search.cursor if search.is_more or is_record else REJECTED, first is not None)
    return search.is_more or not is_record


def _kept(export: Export, cursor: str, is_found: bool) -> None:
    store.put_export(replace(export, cursor=cursor, pieces=export.pieces + is_found))


@dataclass(slots=True)
class Search:
    """One call's part of the search, and how far it came."""

    stand: store.Stand
    exporter: Exporter
    budget: Budget
    cursor: str
    is_more: bool = False

    def lines(self) -> Iterator[str]:
        """Lines of the archive, sealed as they lie; for what the table still holds nobody looks there."""
        since = store.keys_since(self.stand.collections)
        if not since:
            return
        first = date.fromisoformat(since) - EARLIER
        until = (self.exporter.clock.wall() - kept_for() + A_DAY).date()
        hashed = [self.exporter.ring.hashed(each) for each in partitions_of(self.stand.identities)]
        wanted, archive = marks(self.stand.collections, hashed), self.exporter.archive
        for kind in KINDS:
            for name in archive.objects(kind, since=first, until=until, after=self.cursor):
                yield from (f"{raw.decode()}\n" for raw in archive.lines(name) if is_marked(raw, wanted))
                self.cursor = name
                if self.budget.is_spent:
                    self.is_more = True
                    return

    def records(self) -> Iterator[str]:
        """Records that came under the person's own ids. One that only says their address is somebody else's."""
        wanted = needles(partitions_of(self.stand.identities))
        query: dict[str, Any] = {"TableName": wire().settings.rejected_events_table, "Limit": AT_ONCE}
        while True:
            if keys := self.cursor.removeprefix(REJECTED):
                query["ExclusiveStartKey"] = json.loads(keys)
            page = wire().call("scan", **query)
            for item in page["Items"]:
                record = item.get("record", {}).get("S", "").lower()
                if any(needle in record for needle in wanted):
                    yield json.dumps(item) + "\n"
            if "LastEvaluatedKey" not in page:
                return
            self.cursor = REJECTED + json.dumps(page["LastEvaluatedKey"])
            if self.budget.is_spent:
                self.is_more = True
                return
