"""How a file is written, guessed from its first bytes: format, encoding, separator. Pure."""

import codecs
import csv
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sojourn.imports.refusals import ImportRefusedError

HEAD = 256 * 1024  # bytes that the guess is made from
CSV, JSONL = "csv", "jsonl"
SEPARATORS = ",;\t|"
LINES_JUDGED = 20
GZIP_MAGIC = b"\x1f\x8b"
# What people upload instead; the remedy is the same for nearly all of them.
FOREIGN = {
    b"PK\x03\x04": "a ZIP archive, or a workbook of Excel: save the sheet as CSV UTF-8, or unpack the archive",
    b"PK\x05\x06": "an empty ZIP archive: unpack it and send what was in it",
    b"\xd0\xcf\x11\xe0": "a workbook of old Excel: save the sheet as CSV UTF-8",
    b"%PDF": "a PDF: export the table as CSV",
    b"BZh": "a bzip2 archive: unpack it, or pack it with gzip",
    b"\xfd7zXZ": "an xz archive: unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "a zstd archive: unpack it, or pack it with gzip",
    b"7z\xbc\xaf": "a 7z archive: unpack it, or pack it with gzip",
    b"Rar!": "a RAR archive: unpack it, or pack it with gzip",
    b"PAR1": "a Parquet file: export it as CSV or JSON lines",
    b"\x89PNG": "a picture: choose the table itself",
    b"\xff\xd8\xff": "a picture: choose the table itself",
    b"GIF8": "a picture: choose the table itself",
}
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Every byte must be told from every other when it is written back, for a piece is found by its bytes.
ERRORS = {"utf-16-le": "replace", "utf-16-be": "replace"}
ALIASES = {"latin-1": "cp1252", "iso-8859-1": "cp1252", "utf-8-sig": "utf-8", "ascii": "utf-8"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Format, encoding and separator; `start` is where the text begins, after a byte order mark."""

    format: str
    encoding: str
    separator: str = ","
    start: int = 0
    is_gzip: bool = False

    @property
    def errors(self) -> str:
        """What stands for bytes that are no text in this encoding."""
        return ERRORS.get(self.encoding, "surrogateescape")

    def size_of(self, text: str) -> int:
        """How many bytes of the file a piece of its text was."""
        if text.isascii():
            return len(text) * (2 if self.encoding.startswith("utf-16") else 1)
        return len(text.encode(self.encoding, "surrogatepass" if self.errors == "replace" else self.errors))


def sniff(head: bytes, *, encoding: str = "", separator: str = "") -> Dialect:
    """The dialect of a file that begins so; what the caller knows better is taken from them."""
    if head.startswith(GZIP_MAGIC):
        inner = sniff(inflated_head(head), encoding=encoding, separator=separator)
        return replace(inner, is_gzip=True)
    refuse_foreign(head)
    name, start = _encoding(head, encoding)
    text = head[start:].decode(name, ERRORS.get(name, "surrogateescape"))
    if not text.strip("\r\n\t ;,|"):
        raise ImportRefusedError("empty_file", "the file is empty: its first row must name the columns")
    if text.lstrip().startswith("{"):
        return Dialect(JSONL, name, start=start)
    return Dialect(CSV, name, separator or _separator(text), start)


def refuse_foreign(head: bytes) -> None:
    """Archives, workbooks and their like are no text: nothing of them is opened."""
    for magic, remedy in FOREIGN.items():
        if head.startswith(magic):
            raise ImportRefusedError(
                "unsupported_file", f"this is {remedy}. CSV and JSON lines can be imported", status=415
            )


def inflated_head(head: bytes) -> bytes:
    """What the first bytes of a gzip file hold: no more than a head, however small they are packed."""
    try:
        return zlib.decompressobj(31).decompress(head, HEAD)
    except zlib.error:
        raise ImportRefusedError("malformed_gzip", "the gzip file is damaged: pack it again") from None


def _encoding(head: bytes, told: str) -> tuple[str, int]:
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    if told:
        return _known(told), 0
    if wide := _without_mark(head):
        return wide, 0
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a letter may be cut at the end
    except UnicodeDecodeError:
        return "cp1252", 0
    return "utf-8", 0


def _known(told: str) -> str:
    try:
        name = codecs.lookup(told).name
    except LookupError:
        name = ""
    name = ALIASES.get(name, name)
    if name not in {"utf-8", "utf-16-le", "utf-16-be", "cp1252"}:
        raise ImportRefusedError(
            "unsupported_encoding", "encodings are utf-8, utf-16-le, utf-16-be and latin-1", status=415
        )
    return name


def _without_mark(head: bytes) -> str:
    """UTF-16 of western text has a zero in every other byte."""
    sample = head[:2_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd * 4 > len(sample) and not even:
        return "utf-16-le"
    return "utf-16-be" if even * 4 > len(sample) and not odd else ""


def _separator(text: str) -> str:
    """The one that cuts the first rows into the same number of cells, the most where several do."""
    scores = {each: _score(text, each) for each in SEPARATORS}
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] > (0, 0) else ","


def _score(text: str, separator: str) -> tuple[int, int]:
    widths = [len(row) for row in _first_rows(text, separator) if row]
    if not widths or widths[0] < 2:
        return 0, 0
    return sum(width == widths[0] for width in widths), widths[0]


def _first_rows(text: str, separator: str) -> Iterator[list[str]]:
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines[:-1] if len(lines) > 1 else lines, delimiter=separator)
    try:
        for _, row in zip(range(LINES_JUDGED), reader, strict=False):
            yield row
    except csv.Error:
        return
