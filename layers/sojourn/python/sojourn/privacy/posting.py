"""Lines on their way to Firehose: many in one record, for each record is charged as 5 KB at least."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.errors import StoreBusyError
from sojourn.events.archive_line import Line
from sojourn.events.wire import FIRST_PAUSE, ROUNDS, chunks

LARGEST_RECORD = 900_000  # bytes; Firehose takes 1,000 KiB
RECORDS_A_CALL = 4  # of that size: a call may have 4 MiB


@dataclass(frozen=True, slots=True)
class Post:
    """Firehose's client and the stream of each kind of line."""

    client: Any
    streams: Mapping[str, str]
    sleep: Callable[[float], None] = time.sleep

    def send(self, lines: Iterable[Line]) -> None:
        """Hand all lines over; StoreBusyError when one was not taken. Lines that come again are the reader's to see."""
        by_kind: dict[str, list[Line]] = {}
        for line in lines:
            by_kind.setdefault(line.kind, []).append(line)
        for kind, its in sorted(by_kind.items()):
            for records in chunks(packed(its), RECORDS_A_CALL):
                self._put(self.streams[kind], [{"Data": record} for record in records])

    def _put(self, stream: str, waiting: list[dict[str, bytes]]) -> None:
        for round_number in range(ROUNDS):
            if round_number:
                self.sleep(FIRST_PAUSE * 2**round_number * (0.5 + random.SystemRandom().random() / 2))
            answer = self.client.put_record_batch(DeliveryStreamName=stream, Records=waiting)
            told = zip(waiting, answer["RequestResponses"], strict=True)
            waiting = [record for record, each in told if each.get("ErrorCode")]
            if not waiting:
                return
        raise StoreBusyError(f"put_record_batch: {len(waiting)} records not taken")


def packed(lines: Iterable[Line], largest: int = LARGEST_RECORD) -> Iterator[bytes]:
    """The lines, as many in a record as go in."""
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        raw = line.text().encode() + b"\n"
        if waiting and size + len(raw) > largest:
            yield b"".join(waiting)
            waiting, size = [], 0
        waiting.append(raw)
        size += len(raw)
    if waiting:
        yield b"".join(waiting)
