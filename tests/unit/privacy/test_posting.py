"""Lines reach Firehose in few records, and what was refused is sent again."""

import json

import pytest

from sojourn.errors import StoreBusyError
from sojourn.events.archive_line import message_line
from sojourn.privacy.posting import Post, packed
from tests.archive import KEY, RING, Hose, a_line
from tests.insight_rows import a_message, an_event

STREAMS = {"event": "Events-Archive", "message": "Messages-Archive"}


def lines(count: int):
    return [a_line(an_event(message_id=f"m{number}")) for number in range(count)]


def post(hose: Hose) -> Post:
    return Post(hose, STREAMS, sleep=lambda _: None)


def test_each_kind_goes_to_its_stream_in_one_record():
    hose = Hose()

    post(hose).send([*lines(3), message_line(a_message(), key=KEY, hashed=RING.hashed)])

    assert [stream for stream, _ in hose.given] == ["Events-Archive", "Messages-Archive"]
    assert len(hose.lines) == 4


def test_what_was_refused_is_sent_again():
    hose = Hose(refuses=[1, 1])

    post(hose).send(lines(2))

    assert len(hose.lines) == 2


def test_what_is_refused_for_long_brings_the_batch_again():
    with pytest.raises(StoreBusyError):
        post(Hose(refuses=[1] * 5)).send(lines(1))


def test_records_are_full_and_never_too_large():
    found = list(packed(lines(100), largest=4_000))

    assert all(len(record) <= 4_000 for record in found)
    assert min(len(record) for record in found[:-1]) > 3_000
    assert sum(record.count(b"\n") for record in found) == 100
    assert all(json.loads(line) for record in found for line in record.splitlines())
