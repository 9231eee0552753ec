"""Lines of somebody leave the archive, byte for byte, however often and wherever the work is taken up again."""

import gzip
from collections.abc import Iterator
from datetime import date

import pytest

from sojourn.events.archive import Archive, read
from sojourn.events.archive_line import message_line
from sojourn.privacy.compact import Page, compact, holding
from tests.archive import BUCKET, KEY, RING, a_line, an_archive, put
from tests.insight_rows import ADA, a_message, an_event

EVE = "eeeeeeeeeeeeeeeeeeee"


@pytest.fixture
def archive() -> Iterator[Archive]:
    with an_archive() as found:
        yield found


def line(number: int, contact: str = ADA):
    return a_line(an_event(f"u#{contact}", message_id=f"m{number}"), contact=contact)


def test_the_lines_are_gone_and_the_others_stay(archive):
    name = put(archive, "2026-11-20", [line(1), line(2, EVE), line(3)])
    put(archive, "2026-11-21", [message_line(a_message(), key=KEY, hashed=RING.hashed)], kind="message")
    assert len(list(holding(archive, [ADA]))) == 2

    page = compact(archive, contacts=[ADA])

    assert page == Page(cursor="", looked_at=2, rewritten=1, deleted=1, lines=3)
    assert [each.said["message_id"] for each in read(archive)] == ["m2"]
    assert list(holding(archive, [ADA])) == []
    assert list(holding(archive, [EVE])) == [name]


def test_a_second_time_finds_nothing_to_do(archive):
    put(archive, "2026-11-20", [line(1), line(2, EVE)])
    compact(archive, contacts=[ADA])

    assert compact(archive, contacts=[ADA]) == Page(cursor="", looked_at=1)


@pytest.mark.parametrize("name", ["1.gz", "1"])
def test_an_object_stays_as_it_was_packed(archive, name):
    key = put(archive, "2026-11-20", [line(1), line(2, EVE)], name=name)

    compact(archive, contacts=[ADA])

    raw = archive.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert (gzip.decompress(raw) if name.endswith(".gz") else raw) == line_bytes(archive, key)
    assert raw.startswith(b"\x1f\x8b") == name.endswith(".gz")


def line_bytes(archive: Archive, key: str) -> bytes:
    return b"".join(each + b"\n" for each in archive.lines(key))


def test_page_by_page_comes_to_the_same(archive):
    for day in range(10, 15):
        put(archive, f"2026-11-{day}", [line(day), line(day + 20, EVE)])
    put(archive, "2026-11-10", [message_line(a_message(), key=KEY, hashed=RING.hashed)], kind="message")
    pages = [compact(archive, contacts=[ADA], most=2)]

    while pages[-1].cursor:
        pages.append(compact(archive, contacts=[ADA], most=2, cursor=pages[-1].cursor))

    assert [page.looked_at for page in pages] == [2, 2, 2]
    assert sum(page.lines for page in pages) == 6
    assert list(holding(archive, [ADA])) == []


def test_who_died_between_two_objects_goes_on_from_the_last_cursor(archive):
    put(archive, "2026-11-10", [line(1)])
    put(archive, "2026-11-11", [line(2)])
    first = compact(archive, contacts=[ADA], most=1)

    compact(archive, contacts=[ADA], most=1, cursor=first.cursor)  # its answer was lost
    again = compact(archive, contacts=[ADA], most=1, cursor=first.cursor)

    assert (again.cursor, list(read(archive))) == ("", [])


def test_lines_that_belong_to_nobody_go_by_the_hash_of_their_identity(archive):
    put(archive, "2026-11-20", [a_line(an_event("u#ada"), contact=""), a_line(an_event("u#eve"), contact="")])

    compact(archive, contacts=[ADA], identities=[RING.hashed("u#ada")])

    assert [each.identity for each in read(archive)] == [RING.hashed("u#eve")]


def test_days_before_somebody_came_are_not_looked_at(archive):
    put(archive, "2026-11-20", [line(1, EVE)])
    put(archive, "2026-11-21", [line(2)])

    assert compact(archive, contacts=[ADA], since=date(2026, 11, 21)).looked_at == 1


def test_without_anybody_nothing_is_read(archive):
    put(archive, "2026-11-20", [line(1)])

    assert compact(archive, contacts=[]) == Page(cursor="")


def test_versions_that_somebody_switched_on_keep_nothing_behind(archive):
    archive.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    put(archive, "2026-11-20", [line(1), line(2, EVE)])
    put(archive, "2026-11-21", [line(3)])

    compact(archive, contacts=[ADA])

    left = archive.s3.list_object_versions(Bucket=BUCKET)
    bodies = [
        archive.s3.get_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        for each in left["Versions"]
    ]
    assert len(bodies) == 1
    assert ADA.encode() not in gzip.decompress(bodies[0])
    assert "DeleteMarkers" not in left
