"""Keys of people: 32 bytes each, in the row C#<contact> / KEY, without which their lines in the archive do not open.

KMS wraps one secret of the workspace (Config row KEY / people), asked for once per container. That secret wraps each
person's key, so no call to KMS is paid by the event. To shred a person's key is to delete its row (decision 13).

ring = KeyRing(secret=…)
ring.ensured(contacts, day=…)     made where there is none, unless the person is gone
ring.of(contact)                  to open a line; None: shredded
"""

import base64
import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sojourn import config
from sojourn.contacts.store import people_key
from sojourn.errors import StaleWriteError, StoreBusyError
from sojourn.events.sealing import NONCE, SealBrokenError
from sojourn.events.wire import chunks, wire
from sojourn.privacy.rows import Row, rows

KIND, ID = "KEY", "people"
SK = "KEY"
KEY_BYTES, HASH_BYTES = 32, 16
CONTEXT = {"purpose": "sojourn-people"}
INSERT = "INSERT INTO \"{table}\" VALUE {{'pk':?,'sk':?,'kind':?,'wrapped':?,'since':?}}"
KEYS_A_WRITE = 25
ALREADY_THERE = "DuplicateItem"
REMEMBERED = 4_096


@dataclass(slots=True)
class KeyRing:
    """What wraps and opens the keys of people, and hashes what must not be read."""

    secret: Callable[[], bytes]
    _parts: dict[str, bytes] = field(default_factory=dict)
    _known: dict[str, bytes | None] = field(default_factory=dict)

    @property
    def nobodys(self) -> bytes:
        """The key of lines that belong to nobody yet."""
        return self._part("nobody")

    def hashed(self, text: str) -> str:
        """The same for the same text in this workspace, and telling nothing of it."""
        digest = hmac.digest(self._part("hash"), text.encode("utf-8", "replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:HASH_BYTES]).decode().rstrip("=")

    def of(self, contact: str) -> bytes | None:
        """The key of a contact, for who reads many lines: remembered. None when it was shredded."""
        if not contact:
            return self.nobodys
        if contact not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[contact] = self.existing([contact]).get(contact)
        return self._known[contact]

    def existing(self, contacts: Iterable[str], *, strong: bool = True) -> dict[str, bytes]:
        """The keys that there are, as they stand now."""
        rows = _read(dict.fromkeys(contacts, SK), strong=strong)
        return {contact: self.unwrapped(contact, row["wrapped"]["S"]) for contact, row in rows.items()}

    def ensured(self, contacts: Iterable[str], *, day: str) -> tuple[dict[str, bytes], set[str]]:
        """The keys, made where there were none; and the contacts that have no profile yet, or are gone."""
        wanted = set(contacts)
        found = self.existing(wanted, strong=False)  # a key that is not seen yet cannot be made again
        living = _living(wanted - found.keys())
        made = {contact: secrets.token_bytes(KEY_BYTES) for contact in sorted(living)}
        late = _insert([(contact, self.wrapped(contact, key)) for contact, key in made.items()], day)
        theirs = self.existing(late) if late else {}
        return {**found, **made, **theirs}, wanted - found.keys() - living

    def wrapped(self, contact: str, key: bytes) -> str:
        """A key as it stands in its row; in another contact's row it would not open."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._part("wrap")).encrypt(nonce, key, contact.encode())
        return base64.b64encode(nonce + sealed).decode()

    def unwrapped(self, contact: str, text: str) -> bytes:
        """The key again."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        raw = base64.b64decode(text)
        try:
            return AESGCM(self._part("wrap")).decrypt(raw[:NONCE], raw[NONCE:], contact.encode())
        except InvalidTag as error:
            raise SealBrokenError(contact) from error

    def _part(self, purpose: str) -> bytes:
        """A key of its own for each purpose."""
        if purpose not in self._parts:
            self._parts[purpose] = hmac.digest(self.secret(), purpose.encode(), hashlib.sha256)
        return self._parts[purpose]


def key_ring(kms: Any, key_arn: str) -> KeyRing:
    """The workspace's ring; KMS is asked when it is first used."""
    return KeyRing(functools.cache(lambda: workspace_secret(kms, key_arn)))


def workspace_secret(kms: Any, key_arn: str) -> bytes:
    """The secret of the Config row, unwrapped by KMS; made now if there is none, and whoever made it first wins."""
    row = config.get(KIND, ID)
    if row is None:
        made = kms.generate_data_key(KeyId=key_arn, KeySpec="AES_256", EncryptionContext=CONTEXT)
        wrapped = base64.b64encode(made["CiphertextBlob"]).decode()
        try:
            config.put_next(config.Row(KIND, ID, 0, {"wrapped": wrapped}))
        except StaleWriteError:
            return workspace_secret(kms, key_arn)
        return bytes(made["Plaintext"])
    blob = base64.b64decode(row.data["wrapped"])
    return bytes(kms.decrypt(CiphertextBlob=blob, KeyId=key_arn, EncryptionContext=CONTEXT)["Plaintext"])


def _living(contacts: Iterable[str]) -> set[str]:
    """Those that have a profile, and one that nobody has asked to erase."""
    rows = _read(dict.fromkeys(contacts, "PROFILE"), "pk, erased_at")
    return {contact for contact, row in rows.items() if "erased_at" not in row}


def _read(wanted: dict[str, str], attributes: str = "pk, wrapped", *, strong: bool = True) -> dict[str, Row]:
    """One row of each contact, where there is one."""
    keys: Iterator[Row] = (
        {"pk": {"S": people_key(contact)}, "sk": {"S": sk}} for contact, sk in sorted(wanted.items())
    )
    found = rows(wire().settings.people_table, keys, attributes, strong=strong)
    return {row["pk"]["S"].removeprefix(people_key("")): row for row in found}


def _insert(wrapped_keys: list[tuple[str, str]], day: str) -> set[str]:
    """Write keys that are not there yet; the contacts where somebody else was first."""
    statement = INSERT.format(table=wire().settings.people_table)
    late: set[str] = set()
    for chunk in chunks(wrapped_keys, KEYS_A_WRITE):
        statements = [
            {
                "Statement": statement,
                "Parameters": [{"S": text} for text in (people_key(contact), SK, "key", wrapped, day)],
            }
            for contact, wrapped in chunk
        ]
        answers = wire().call("batch_execute_statement", Statements=statements)["Responses"]
        for (contact, _), answer in zip(chunk, answers, strict=True):
            code = answer.get("Error", {}).get("Code")
            if code == ALREADY_THERE:
                late.add(contact)
            elif code is not None:
                raise StoreBusyError(f"batch_execute_statement: {code}")
    return late
