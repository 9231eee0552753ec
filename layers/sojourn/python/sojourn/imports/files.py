"""Where imported files lie: a bucket, or a folder on this machine. Both stream; neither holds a file in memory."""

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol

from sojourn.imports.refusals import ImportRefusedError

BLOCK = 1024 * 1024
PART = 16 * BLOCK
LARGEST = 2 * 1024**3  # bytes of a file, unpacked
URL_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file without reading it; a file that changes has another `etag`."""

    size: int
    etag: str


class Files(Protocol):
    """What an import needs of wherever its files lie."""

    def facts(self, key: str) -> Facts | None:
        """None when there is no such file."""
        ...

    def open(self, key: str, start: int = 0, end: int | None = None, *, etag: str = "") -> BinaryIO:
        """The bytes from `start` up to `end`, as they are asked for; refused if the file is not `etag` any more."""
        ...

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        """Write a file, piece by piece."""
        ...

    def delete(self, key: str) -> None:
        """Take a file away, if it is there."""
        ...


@dataclass(frozen=True, slots=True)
class Bucket:
    """Files of a bucket."""

    client: Any
    name: str

    def facts(self, key: str) -> Facts | None:
        """By HeadObject."""
        from botocore.exceptions import ClientError

        try:
            head = self.client.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            # Who may not list a bucket is told 403 for what is not there.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return None
            raise
        return Facts(int(head["ContentLength"]), str(head["ETag"]).strip('"'))

    def open(self, key: str, start: int = 0, end: int | None = None, *, etag: str = "") -> BinaryIO:
        """One GetObject of that range."""
        from botocore.exceptions import ClientError

        where = {"Bucket": self.name, "Key": key, "Range": f"bytes={start}-{'' if end is None else end - 1}"}
        where |= {"IfMatch": f'"{etag}"'} if etag else {}
        try:
            body = self.client.get_object(**where)["Body"]
        except ClientError as error:
            if etag and error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404, 412):
                raise changed() from error
            raise
        return io.BufferedReader(_Streamed(body), BLOCK)

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        """One PutObject, or a multipart upload when there is more than one part."""
        whole = _gathered(parts)
        first, second = next(whole, b""), next(whole, None)
        if second is None:
            self.client.put_object(Bucket=self.name, Key=key, Body=first)
            return
        where = {"Bucket": self.name, "Key": key}
        where["UploadId"] = self.client.create_multipart_upload(**where)["UploadId"]
        done = []
        for number, part in enumerate(_chained(first, second, whole), start=1):
            said = self.client.upload_part(**where, PartNumber=number, Body=part)
            done.append({"PartNumber": number, "ETag": said["ETag"]})
        self.client.complete_multipart_upload(**where, MultipartUpload={"Parts": done})

    def delete(self, key: str) -> None:
        """By DeleteObject, which does not ask whether it is there."""
        self.client.delete_object(Bucket=self.name, Key=key)

    def upload_url(self, key: str) -> str:
        """Where a file can be PUT for an hour, by whoever knows the address."""
        return self._signed("put_object", key)

    def upload_form(self, folder: str, back: str) -> dict[str, Any]:
        """What a page's form posts so that a file of any name lands in this folder; the browser then comes `back`."""
        fields = {"success_action_redirect": back}
        conditions = [fields, ["content-length-range", 1, LARGEST]]
        told: dict[str, Any] = self.client.generate_presigned_post(
            self.name, folder + "${filename}", fields, conditions, URL_SECONDS
        )
        return told

    def download_url(self, key: str) -> str:
        """Where a file can be fetched for an hour, by whoever knows the address."""
        return self._signed("get_object", key)

    def _signed(self, operation: str, key: str) -> str:
        where = {"Bucket": self.name, "Key": key}
        return str(self.client.generate_presigned_url(operation, Params=where, ExpiresIn=URL_SECONDS))


@dataclass(frozen=True, slots=True)
class Folder:
    """Files of a folder: for a dry run on the laptop, for tests and the bench."""

    path: Path

    def facts(self, key: str) -> Facts | None:
        """By the file's size and time."""
        file = self.path / key
        if not file.is_file():
            return None
        known = file.stat()
        return Facts(known.st_size, f"{known.st_size}-{known.st_mtime_ns}")

    def open(self, key: str, start: int = 0, end: int | None = None, *, etag: str = "") -> BinaryIO:
        """As a bucket does; nobody but its owner changes it."""
        file = (self.path / key).open("rb")
        file.seek(start)
        return file if end is None else io.BufferedReader(_Streamed(_Limited(file, end - start)), BLOCK)

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        """As a bucket does."""
        file = self.path / key
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            out.writelines(parts)

    def delete(self, key: str) -> None:
        """As a bucket does."""
        (self.path / key).unlink(missing_ok=True)


def unpacked(raw: BinaryIO, *, largest: int = LARGEST) -> Iterator[bytes]:
    """What a gzip file holds, a block at a time; refused where it is damaged, or larger than any file may be."""
    size = 0
    with gzip.GzipFile(fileobj=raw) as member:
        try:
            while plain := member.read(BLOCK):
                size += len(plain)
                if size > largest:
                    raise too_large()
                yield plain
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise ImportRefusedError("malformed_gzip", "the gzip file is damaged: pack it again") from None


def too_large() -> ImportRefusedError:
    """The refusal of a file that no import would end with."""
    return ImportRefusedError(
        "file_too_large", "a file may have 2 GiB, unpacked: cut it in two", status=413, limit=LARGEST
    )


def changed() -> ImportRefusedError:
    """The refusal of a file that is not the one that was looked at."""
    return ImportRefusedError(
        "file_changed", "the file was changed or taken away: ask for the import again", status=409
    )


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Parts of a size that a multipart upload takes."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)


def _chained(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest


class _Streamed(io.RawIOBase):
    """A body that comes over the wire, as Python's own readers want it."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Limited:
    """The next bytes of a file, and no more."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file, self._left = file, left

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data
