"""Files as people send them: read as they are meant, or refused with the line at fault."""

import gzip
import io
import tracemalloc
from itertools import repeat
from typing import Any

import pytest

from sojourn.imports.dialect import Dialect, sniff
from sojourn.imports.examine import examine
from sojourn.imports.files import LARGEST, Facts, unpacked
from sojourn.imports.pieces import cut
from sojourn.imports.reading import Record, is_damaged, open_lines, read_headers, read_records
from sojourn.imports.refusals import ImportRefusedError

PLAIN = Dialect("csv", "utf-8")


def read(raw: bytes, **told: str) -> tuple[tuple[str, ...], list[Record]]:
    dialect = sniff(raw, **told)
    lines = open_lines(io.BytesIO(raw[dialect.start :]), dialect, offset=dialect.start)
    return read_headers(lines, dialect), list(read_records(lines, dialect))


def cells(raw: bytes, **told: str) -> list[list[str]]:
    return [record.cells for record in read(raw, **told)[1]]


@pytest.mark.parametrize(
    "raw",
    [
        b"email,name\nada@example.org,Ada\n",
        b"email,name\r\nada@example.org,Ada\r\n",
        b"email,name\rada@example.org,Ada\r",
        b"email;name\nada@example.org;Ada",
        b"email\tname\nada@example.org\tAda\n",
        b"email|name\nada@example.org|Ada\n",
        b'"email","name"\n"ada@example.org","Ada"\n',
        b"\xef\xbb\xbfemail,name\nada@example.org,Ada\n",
        "\ufeffemail,name\nada@example.org,Ada\n".encode("utf-16-le"),
        "\ufeffemail,name\nada@example.org,Ada\n".encode("utf-16-be"),
        "email,name\nada@example.org,Ada\n".encode("utf-16-le"),
        b"email,name\n\n,\nada@example.org,Ada\n,,\n\n",
    ],
)
def test_the_same_table_however_it_is_written(raw):
    headers, records = read(raw)

    assert headers == ("email", "name")
    assert [record.cells for record in records] == [["ada@example.org", "Ada"]]


def test_letters_of_the_west_are_read_as_such():
    assert cells("name,city\nJosé,Zürich\n".encode("cp1252")) == [["José", "Zürich"]]
    assert cells("name,city\nJosé,Zürich\n".encode()) == [["José", "Zürich"]]


def test_quotes_hold_separators_ends_of_lines_and_quotes():
    _, records = read(b'a,b\n"1,\n2","say ""hi"""\n3,5" disk\n')

    assert [record.cells for record in records] == [["1,\n2", 'say "hi"'], ["3", '5" disk']]
    assert [(record.row, record.line) for record in records] == [(1, 2), (2, 4)]


def test_a_quote_that_never_closes_costs_one_row():
    rows = "".join(f"row{number},x\n" for number in range(20_000))
    records = read(f'a,b\n"open,x\n{rows}'.encode())[1]

    assert records[0].fault is not None
    assert (records[0].line, records[0].fault.code) == (2, "malformed_row")
    assert [record.cells[0] for record in records[1:]] == [f"row{number}" for number in range(20_000)]
    assert records[-1].line == 20_002


def test_three_hundred_columns():
    names = [f"c{number}" for number in range(300)]
    headers, records = read((",".join(names) + "\n" + ",".join(["x"] * 300) + "\n").encode())

    assert len(headers) == len(records[0].cells) == 300


def test_a_table_without_rows_is_empty_and_a_file_without_columns_is_refused():
    assert cells(b"email,name\n") == []
    for raw in (b"", b"\xef\xbb\xbf", b"\n\n"):
        with pytest.raises(ImportRefusedError) as refused:
            read(raw)
        assert refused.value.code == "empty_file"


def test_columns_without_a_name_have_a_number_and_too_many_are_refused():
    assert read(b"email,,x\n1,2,3\n")[0] == ("email", "column 2", "x")
    with pytest.raises(ImportRefusedError) as refused:
        read((",".join(["c"] * 1_001) + "\n").encode())
    assert refused.value.code == "too_many_columns"


@pytest.mark.parametrize(
    "head",
    [
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"%PDF-1.7",
        b"BZh9",
        b"\xfd7zXZ\x00",
        b"PAR1",
        b"\x89PNG\r\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
    ],
)
def test_what_is_no_text_is_never_opened(head):
    with pytest.raises(ImportRefusedError) as refused:
        sniff(head + b"anything,at all\n")
    assert (refused.value.status, refused.value.code) == (415, "unsupported_file")
    assert "CSV" in refused.value.message


class Nowhere:
    """A file that nobody may read: it is judged by its size."""

    def __init__(self, size: int) -> None:
        self.size = size

    def facts(self, key: str) -> Facts:
        """Larger than it should be."""
        return Facts(self.size, "e")


def test_a_file_beyond_two_gibibytes_is_refused_before_it_is_read():
    """C2."""
    with pytest.raises(ImportRefusedError) as refused:
        examine(Nowhere(LARGEST + 1), "imports/x.csv", {})  # type: ignore[arg-type]

    assert (refused.value.status, refused.value.extra["limit"]) == (413, 2 * 1024**3)


def test_a_packed_file_that_swells_is_refused_and_memory_stays_flat():
    """C3."""
    bomb = gzip.compress(bytes(64 * 1024**2))
    tracemalloc.start()

    with pytest.raises(ImportRefusedError) as refused:
        list(map(len, unpacked(io.BytesIO(bomb), largest=32 * 1024**2)))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.status == 413
    assert peak < 8_000_000


def test_a_nul_costs_its_row_and_names_line_and_column():
    """C1."""
    records = read(b"email,name\nada@example.org,A\0da\neve@example.org,Eve\n")[1]

    assert [(record.line, record.cells[1]) for record in records] == [(2, "A\0da"), (3, "Eve")]
    assert [is_damaged(record.cells[1]) for record in records] == [True, False]
    with pytest.raises(ImportRefusedError, match="name the columns"):
        read(b"email,na\0me\nada@example.org,Ada\n")


def test_json_lines_are_columns_with_points():
    raw = b'{"id":1,"traits":{"plan":"pro","tags":["a","b"]}}\n\n{"broken\n[1]\n{"n":NaN}\n'
    records = read(raw)[1]

    assert records[0].named == {"id": 1, "traits.plan": "pro", "traits.tags": ["a", "b"]}
    assert [(record.line, record.fault.code) for record in records if record.fault] == [
        (3, "malformed_json"),
        (4, "malformed_json"),
    ]
    assert records[-1].named == {"n": None}


def test_a_line_without_end_is_passed_over():
    records = read(b"a,b\n1,2\n" + b"x" * 3_000_000 + b"\n3,4\n")[1]

    assert [record.fault.code if record.fault else record.cells for record in records] == [
        ["1", "2"],
        "line_too_long",
        ["3", "4"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_pieces_read_apart_are_the_file_read_whole(encoding, end):
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    rows = [f'é{n},"two{end}lines, {n}"' if n % 7 else f'"broken {n},x' for n in range(1, 400)]
    raw = (mark + end.join(["name,text", *rows, ""])).encode(encoding)
    dialect = sniff(raw)
    whole = read(raw)[1]

    pieces = cut(io.BytesIO(raw), dialect, rows=30)

    apart: list[Any] = []
    for chunk in pieces.chunks:
        lines = open_lines(
            io.BytesIO(raw[chunk.start : chunk.end]), dialect, offset=chunk.start, line=chunk.line
        )
        apart += read_records(lines, dialect, row=chunk.row)
    assert pieces.rows == len(whole) == whole[-1].row
    assert len(pieces.chunks) > 10
    assert apart == whole


def test_memory_does_not_grow_with_the_file():
    block = b"".join(f"{n},ada{n}@example.org,Ada {n},Oslo\n".encode() for n in range(1_000))

    class Repeated(io.RawIOBase):
        """A file of 200,000 rows that lies nowhere."""

        def __init__(self) -> None:
            self._blocks = repeat(block, 200)
            self._left = b"id,email,name,city\n"

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            while len(self._left) < len(buffer) and (more := next(self._blocks, b"")):
                self._left += more
            taken, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
            buffer[: len(taken)] = taken
            return len(taken)

    tracemalloc.start()
    pieces = cut(io.BufferedReader(Repeated()), PLAIN)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert pieces.rows == 200_000
    assert peak < 4_000_000
