"""How consent that a file brings can be proved: by columns, or by one statement for the whole file. Pure.

A statement is signed in that it names who declares it, and every consent carries its digest; the import keeps its text.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sojourn.imports.mapping import CHANNELS
from sojourn.imports.mapping import Mapping as Columns
from sojourn.imports.model import Fault, digest
from sojourn.imports.refusals import ImportRefusedError
from sojourn.imports.values import ValueRefusedError, moment

LONGEST_COPY = 300  # characters of a wording that each consent carries itself; a longer one by its digest
LONGEST = {"how": 50, "source": 200, "when": 100, "wording": 4_000, "declared_by": 200, "declared_at": 40}
COPIED = {"how": 50, "source": 200, "wording": 4_000, "wording_version": 50}  # from a row to its consent
NEEDED = ("how", "when", "wording", "declared_by")
REMEDY = (
    "a file that says who consented must show how: map one column to evidence.at and one to evidence.how or "
    "evidence.source, or give one statement {channels, how, when, wording, declared_by}; or map the column to ignore"
)
MISSING = (
    "a consent is proved by when and how it was given: fill both columns of this row "
    "(`evidence.at`, `evidence.source`)"
)
UNMAILABLE = (
    "imported, but not to be written to for marketing: import the same people again with a consent column and its "
    "evidence, or with a statement, or ask them by double opt-in"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody declares of everybody in the file who is not said to have refused."""

    channels: tuple[str, ...]
    how: str
    when: str
    wording: str
    declared_by: str
    declared_at: str = ""
    source: str = ""
    topics: tuple[str, ...] = ()

    @classmethod
    def read(cls, told: Any) -> Self:
        """From JSON; the first thing that is missing or wrong is named."""
        if not isinstance(told, Mapping):
            raise _refused("a statement is {channels, how, when, wording, declared_by, source?, topics?}")
        if unknown := sorted(set(told) - set(cls.__dataclass_fields__)):
            raise _refused(f"a statement has no field {str(unknown[0])[:80]!r}", str(unknown[0])[:80])
        channels, topics = _texts(told, "channels"), _texts(told, "topics")
        if not channels or not set(channels) <= set(CHANNELS):
            raise _refused("`channels` is a list of email and sms", "channels")
        words = {name: _word(told, name) for name in LONGEST}
        return cls(channels=channels, topics=topics, **words)

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the import."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """What names this very statement."""
        return digest(self.as_json())

    def consents(self, source: str) -> list[dict[str, Any]]:
        """One consent for each channel and topic, as an event carries it."""
        told = {
            "purpose": "marketing",
            "source": self.source or source,
            "how": self.how,
            "wording_version": f"sha256:{digest(self.wording)[:32]}",
            "evidence": {
                "statement": f"{self.digest[:32]}: declared by {self.declared_by}; {self.when}"[:300]
            },
        }
        if len(self.wording) <= LONGEST_COPY:
            told["wording"] = self.wording
        slots = [(channel, topic) for channel in self.channels for topic in self.topics or ("",)]
        return [
            told | {"channel": channel, **({"topic": topic} if topic else {})} for channel, topic in slots
        ]


def require_evidence(mapping: Columns, statement: Statement | None) -> None:
    """A file that claims consent proves it, or is not imported."""
    if mapping.claims_consent and not mapping.shows_evidence and statement is None:
        raise ImportRefusedError("consent_evidence_required", REMEDY)


def of_row(
    shown: Mapping[str, Any], line: int, columns: Mapping[str, str], form: str = ""
) -> tuple[dict[str, Any], Fault | None]:
    """A row's own evidence as a consent carries it; a fault when it proves nothing. `columns` names them for people."""
    told = {name: str(value).strip() for name, value in shown.items() if str(value).strip()}
    if "at" not in told or not told.keys() & {"how", "source", "form"}:
        where = columns.get("at", "") or next(iter(columns.values()), "")
        return {}, Fault(line, where, "consent_without_evidence", MISSING, is_fatal=False)
    try:
        at = moment(told["at"], form)
    except ValueRefusedError as error:
        return {}, Fault(line, columns.get("at", ""), "consent_without_evidence", str(error), is_fatal=False)
    evidence: dict[str, str] = {name: told[name][:300] for name in ("form", "page") if name in told}
    if prefix := _prefix(told.get("ip", "")):
        evidence["ip_prefix"] = prefix
    words = {name: told[name][:most] for name, most in COPIED.items() if name in told}
    return {**words, "evidence": evidence, "at": at}, None


def _prefix(ip: str) -> str:
    """The network of an address: nobody needs to know more."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    network = ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False)
    return str(network)


def _word(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value in (None, "") and name not in NEEDED:
        return ""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST[name]:
        raise _refused(f"`{name}` is a text of at most {LONGEST[name]} characters", name)
    return value.strip()


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = told.get(name) or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list | tuple) or not all(
        isinstance(each, str) and each.strip() for each in value
    ):
        raise _refused(f"`{name}` is a list of texts", name)
    return tuple(each.strip() for each in value)


def _refused(message: str, field: str = "") -> ImportRefusedError:
    return ImportRefusedError("invalid_consent_statement", message, field=field)
