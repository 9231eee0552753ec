"""The one reader of the archive: streamed, by day, each line once."""

from collections.abc import Iterator
from datetime import date

import pytest

from sojourn.events.archive import Archive, opened, read
from sojourn.events.archive_line import message_line
from tests.archive import BUCKET, KEY, RING, a_line, an_archive, put
from tests.insight_rows import a_message, an_event

EVE = "eeeeeeeeeeeeeeeeeeee"


@pytest.fixture
def archive() -> Iterator[Archive]:
    with an_archive() as found:
        yield found


def lines(*ids: str, contact: str = "aaaaaaaaaaaaaaaaaaaa"):
    return [a_line(an_event(message_id=each), contact=contact) for each in ids]


def test_packed_and_plain_objects_read_alike(archive):
    put(archive, "2026-11-20", lines("m1", "m2"))
    put(archive, "2026-11-20", lines("m3"), name="2")

    assert [line.said["message_id"] for line in read(archive)] == ["m1", "m2", "m3"]


def test_a_line_is_read_once_however_often_it_lies_there(archive):
    put(archive, "2026-11-20", lines("m1", "m2", "m1"))
    put(archive, "2026-11-21", lines("m2", "m3"))

    assert [line.said["message_id"] for line in read(archive)] == ["m1", "m2", "m3"]


def test_a_message_is_read_in_every_state_that_it_had(archive):
    states = [a_message(), a_message(outcome="delivered"), a_message()]
    said = [message_line(each, key=KEY, hashed=RING.hashed) for each in states]
    put(archive, "2026-11-20", said, kind="message")

    assert [line.said.get("outcome") for line in read(archive, kinds=["message"])] == [None, "delivered"]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        pytest.param(None, None, ["m1", "m2", "m3"], id="all"),
        pytest.param(date(2026, 11, 21), None, ["m2", "m3"], id="from a day on"),
        pytest.param(None, date(2026, 11, 21), ["m1", "m2"], id="to a day"),
        pytest.param(date(2026, 11, 21), date(2026, 11, 21), ["m2"], id="one day"),
        pytest.param(date(2026, 12, 1), None, [], id="none"),
    ],
)
def test_days_are_chosen_by_their_names(archive, since, until, found):
    for day, each in (("2026-11-20", "m1"), ("2026-11-21", "m2"), ("2026-11-22", "m3")):
        put(archive, day, lines(each))

    assert [line.said["message_id"] for line in read(archive, since=since, until=until)] == found


def test_one_persons_lines_by_contact_or_by_identity(archive):
    put(archive, "2026-11-20", [*lines("m1"), *lines("m2", contact=EVE), *lines("m3", contact="")])

    assert [line.said["message_id"] for line in read(archive, contacts=[EVE])] == ["m2"]
    assert len(list(read(archive, identities=[RING.hashed("u#ada")]))) == 3
    assert list(read(archive, identities=[RING.hashed("u#eve")])) == []


def test_a_line_opens_with_its_key(archive):
    event = an_event(properties={"note": "free"})
    put(archive, "2026-11-20", [a_line(event)])

    (line,) = read(archive)

    assert opened(line, KEY) == event


def test_an_object_that_is_gone_has_no_lines(archive):
    gone = put(archive, "2026-11-20", lines("m1"))
    archive.s3.delete_object(Bucket=BUCKET, Key=gone)

    assert list(archive.lines(gone)) == []


def test_names_go_on_after_the_last_that_was_seen(archive):
    first = put(archive, "2026-11-20", lines("m1"))
    second = put(archive, "2026-11-21", lines("m2"))

    assert list(archive.objects("event", after=first)) == [second]
    assert list(archive.objects("event", since=date(2026, 11, 20), after=second)) == []
