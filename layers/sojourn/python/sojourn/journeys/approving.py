"""A second person's word: a revision of a draft is agreed to by others than the one who saved it, before it goes live.

Config row `APPROVAL` / `<name>#<00001>`: who agreed to this revision, when, and to what content. A word counts for that
revision alone, and for the templates as they were then; whoever saved the revision has none. In force is the stricter
number of the draft and of what is live: a draft cannot lower it by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.config import Row, get, put_next
from sojourn.errors import Hopeless, StaleWriteError, StoreBusyError
from sojourn.journeys.content import content_hash, templates_now
from sojourn.journeys.drafts import Draft
from sojourn.journeys.live import State, live
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Version, get_version

KIND = "APPROVAL"
TRIES = 5


class OwnRevisionError(Hopeless):
    """Whoever saved a revision is not a second person to it."""


class ApprovalsMissingError(Hopeless):
    """Too few have agreed; `approvals` says how many are missing."""

    def __init__(self, approvals: "Approvals") -> None:
        super().__init__(f"{approvals.missing} more must agree")
        self.approvals = approvals


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's word on one revision."""

    by: str
    at: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """How a revision stands. `lapsed` are words on templates that were saved anew since."""

    revision: int
    saved_by: str
    needed: int
    given: tuple[Approval, ...] = ()
    lapsed: tuple[Approval, ...] = ()
    is_live: bool = False

    @property
    def missing(self) -> int:
        """How many more must agree; nobody to what is live already."""
        return 0 if self.is_live else max(0, self.needed - len(self.given))

    @property
    def cannot(self) -> frozenset[str]:
        """Whose word would add nothing."""
        return frozenset({self.saved_by, *(each.by for each in self.given)})

    def to_json(self) -> dict[str, Any]:
        """As the API shows it, and as a version remembers it."""
        return {
            "needed": self.needed,
            "missing": self.missing,
            "given": [{"by": each.by, "at": each.at} for each in self.given],
            "lapsed": [{"by": each.by, "at": each.at} for each in self.lapsed],
        }


def needed_by(draft: Mapping[str, Any], live: Mapping[str, Any]) -> int:
    """How many must agree, by the definitions of a draft and of what is live: a draft cannot lower it by itself."""
    return max(int(each.get("approvals", 0)) for each in (draft, live))


def approval_id(draft: Draft) -> str:
    """Where the words on a revision stand."""
    return f"{draft.name}#{draft.revision:05d}"


def approvals_of(draft: Draft, journey: Journey | None = None, content: str = "") -> Approvals:
    """How the latest revision of a draft stands; its model and content are made anew where nobody brings them."""
    wanted, stands = journey or Journey.from_definition(draft.definition), live().get(draft.name)
    there = get_version(draft.name, stands.version) if stands else None
    needed = needed_by(draft.definition, there.definition if there else {})
    row = get(KIND, approval_id(draft))
    if not needed and row is None:
        return Approvals(revision=draft.revision, saved_by=draft.saved_by, needed=0)
    content = content or content_hash(wanted, templates_now(wanted))
    words = [Approval(**each) for each in row.data["given"]] if row else []
    return Approvals(
        revision=draft.revision,
        saved_by=draft.saved_by,
        needed=needed,
        given=tuple(each for each in words if each.content == content),
        lapsed=tuple(each for each in words if each.content != content),
        is_live=stands is not None and stands.state is not State.STOPPED and _is(there, content),
    )


def approve(draft: Draft, *, by: str, at: str) -> bool:
    """Agree to this revision as it is now; False when this person did already. OwnRevisionError for its author."""
    if by == draft.saved_by:
        raise OwnRevisionError(draft.name)
    journey = Journey.from_definition(draft.definition)
    word = Approval(by, at, content_hash(journey, templates_now(journey)))
    for _ in range(TRIES):
        row = get(KIND, approval_id(draft)) or Row(KIND, approval_id(draft), 0, {"given": []})
        if any(_is_same(each, word) for each in row.data["given"]):
            return False
        try:
            put_next(Row(KIND, row.id, row.revision, _with(row.data, word)))
            return True
        except StaleWriteError:
            continue  # somebody else agreed in the same moment
    raise StoreBusyError("approvals")


def _with(data: Mapping[str, Any], word: Approval) -> dict[str, Any]:
    """One word a person: the latest, since templates may have changed after the one before."""
    others = [each for each in data["given"] if each["by"] != word.by]
    return {"given": [*others, {"by": word.by, "at": word.at, "content": word.content}]}


def _is_same(said: Mapping[str, Any], word: Approval) -> bool:
    return (said["by"], said["content"]) == (word.by, word.content)


def _is(version: Version | None, content: str) -> bool:
    return version is not None and version.content_hash == content
