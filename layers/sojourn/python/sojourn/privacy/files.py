"""Files of privacy in S3: exports for people, and the proofs of erasures, which outlive a restored table.

files.write("exports/…", chunks)      in parts, so that memory stays flat whatever the size
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sojourn.errors import StoreBusyError
from sojourn.events.archive import unpacked

PART = 8 * 1024 * 1024  # of an upload; S3 takes parts from 5 MB and ten thousand of them
KEYS_A_CALL = 1_000
LINK_SECONDS = 900
PROOFS = "erasures/"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Files:
    """A client and the two buckets: one for files that come and go, one for what is kept."""

    client: Any
    files_bucket: str
    archive_bucket: str

    def write(self, key: str, texts: Iterable[str]) -> int:
        """One object of many texts; the answer is its size. A failed upload leaves nothing."""
        parts = parts_of(texts)
        first = next(parts, b"")
        second = next(parts, None)
        if second is None:
            self._call("put_object", Key=key, Body=first, ContentType=JSON)
            return len(first)
        return self._write_parts(key, _chained(first, second, parts))

    def link(self, key: str, name: str) -> str:
        """An address at which the object can be fetched for a quarter of an hour."""
        wanted = {
            "Bucket": self.files_bucket,
            "Key": key,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
        }
        return str(self.client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_SECONDS))

    def lines(self, prefix: str) -> Iterator[bytes]:
        """The lines of every object whose key begins so, object after object."""
        for key in self._keys(self.files_bucket, prefix, KEYS_A_CALL):
            yield from unpacked(self._call("get_object", Key=key)["Body"])

    def delete_below(self, prefix: str) -> int:
        """Delete every object whose key begins so."""
        deleted = 0
        while keys := self._keys(self.files_bucket, prefix, KEYS_A_CALL):
            self._call("delete_objects", Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
            deleted += len(keys)
        return deleted

    def keep_proof(self, name: str, proof: Mapping[str, Any]) -> None:
        """Write a proof beside the archive."""
        body = json.dumps(proof, sort_keys=True).encode()
        self._call("put_object", self.archive_bucket, Key=f"{PROOFS}{name}.json", Body=body, ContentType=JSON)

    def proofs(self) -> Iterator[dict[str, Any]]:
        """Every proof that was ever kept."""
        more: dict[str, Any] = {}
        while True:
            page = self._call("list_objects_v2", self.archive_bucket, Prefix=PROOFS, **more)
            for listed in page.get("Contents", []):
                yield json.loads(
                    self._call("get_object", self.archive_bucket, Key=listed["Key"])["Body"].read()
                )
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _keys(self, bucket: str, prefix: str, most: int) -> list[str]:
        page = self._call("list_objects_v2", bucket, Prefix=prefix, MaxKeys=most)
        return [listed["Key"] for listed in page.get("Contents", [])]

    def _write_parts(self, key: str, parts: Iterable[bytes]) -> int:
        upload = self._call("create_multipart_upload", Key=key, ContentType=JSON)["UploadId"]
        done: list[dict[str, Any]] = []
        size = 0
        try:
            for number, part in enumerate(parts, start=1):
                answer = self._call("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=part)
                done.append({"PartNumber": number, "ETag": answer["ETag"]})
                size += len(part)
            self._call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": done})
        except StoreBusyError:
            self._call("abort_multipart_upload", Key=key, UploadId=upload)
            raise
        return size

    def _call(self, operation: str, bucket: str = "", **arguments: Any) -> Any:
        try:
            return getattr(self.client, operation)(Bucket=bucket or self.files_bucket, **arguments)
        except (ClientError, BotoCoreError) as error:
            raise StoreBusyError(f"{operation}: {type(error).__name__}") from error


def parts_of(texts: Iterable[str]) -> Iterator[bytes]:
    """The texts as bytes, in parts of at least this size but for the last."""
    waiting: list[bytes] = []
    size = 0
    for text in texts:
        raw = text.encode(errors="backslashreplace")
        waiting.append(raw)
        size += len(raw)
        if size >= PART:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _chained(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest
