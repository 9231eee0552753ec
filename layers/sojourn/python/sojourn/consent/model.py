"""What a person allowed, folded from what they said. Pure.

A state holds the standing of each channel, purpose and topic; `*` stands for all topics. A standing keeps the latest
of each kind of word, and its status follows from those alone: so neither the order in which words arrive nor their
repetition matters, and the ledger folded again, in any order, is the state.

| word | said by | weighs |
|---|---|---|
| given | the person | until a later withdrawal |
| imported | a list that somebody brought | only while the person said nothing that settles it |
| requested | a sign-up that nobody confirmed | does not undo what was given; after a withdrawal it waits |
| doubted | a merge with somebody unconfirmed | like a withdrawal, but shown as pending |
| withdrawn | the person | until a later word of their own |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from sojourn.clock import iso

ALL = "*"


class Channel(StrEnum):
    """How a person is reached, or met: on the web they are only ever measured."""

    EMAIL = "email"
    SMS = "sms"
    WEB = "web"


MESSAGING = (Channel.EMAIL, Channel.SMS)  # by these, messages go


class Purpose(StrEnum):
    """Why a person is written to."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    TRACKING = "tracking"  # being measured: opens, clicks, visits; never a reason to write


class Measure(StrEnum):
    """What may be measured; the topics of tracking."""

    OPENS = "opens"
    CLICKS = "clicks"
    SITE = "site"


class Status(StrEnum):
    """What holds, the mildest first."""

    GIVEN = "given"
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


class Word(StrEnum):
    """A kind of word; see the table above."""

    GIVEN = "given"
    IMPORTED = "imported"
    REQUESTED = "requested"
    DOUBTED = "doubted"
    WITHDRAWN = "withdrawn"


class Refusal(StrEnum):
    """Why a person must not be written to."""

    NO_CONSENT = "no_consent"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"


NEEDS_NO_CONSENT = frozenset({Purpose.TRANSACTIONAL, Purpose.SERVICE})
SETTLING = (Word.GIVEN, Word.DOUBTED, Word.WITHDRAWN)  # the stricter last: it wins at one instant
STATUS_OF_WORD = {
    Word.GIVEN: Status.GIVEN,
    Word.IMPORTED: Status.GIVEN,
    Word.REQUESTED: Status.PENDING,
    Word.DOUBTED: Status.PENDING,
    Word.WITHDRAWN: Status.WITHDRAWN,
}
REFUSAL_OF = {
    Status.GIVEN: None,
    Status.PENDING: Refusal.UNCONFIRMED,
    Status.WITHDRAWN: Refusal.UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChange:
    """One thing that a person said, with its evidence. `topic` None means all topics."""

    channel: Channel
    purpose: Purpose
    topic: str | None
    status: Status
    at: datetime
    source: str
    wording: str | None = None
    event_key: str = ""
    how: str = ""
    wording_version: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    is_imported: bool = False
    is_merged: bool = False  # not said, but what follows from two contacts becoming one

    @property
    def slot(self) -> str:
        """The place in the state that this change is about."""
        return slot_of(self.channel, self.purpose, self.topic)

    @property
    def word(self) -> Word:
        """The kind of word it is."""
        if self.status is Status.GIVEN:
            return Word.IMPORTED if self.is_imported else Word.GIVEN
        if self.status is Status.PENDING:
            return Word.DOUBTED if self.is_merged else Word.REQUESTED
        return Word.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds in one slot; `at` is canonical text, which sorts in the order of time."""

    status: Status
    at: str
    by: str
    words: Mapping[Word, tuple[str, str]] = field(default_factory=dict)  # the latest (at, by) of each

    @classmethod
    def of(cls, change: ConsentChange) -> Self:
        """As the change alone would have it."""
        return cls.said(change.word, iso(change.at), change.source)

    @classmethod
    def said(cls, word: Word, at: str, by: str) -> Self:
        """As this one word would have it."""
        return cls._from({word: (at, by)})

    @property
    def word(self) -> Word:
        """The word that decides."""
        return _deciding(self._all())

    def after(self, change: ConsentChange) -> Self:
        """What holds once this was said too."""
        words, said = dict(self._all()), (iso(change.at), change.source)
        words[change.word] = max(words.get(change.word, said), said)
        return self._from(words)

    def as_json(self) -> dict[str, object]:
        """As it is kept."""
        kept: dict[str, object] = {**self.told()}
        if self.words:
            kept["words"] = {word.value: list(said) for word, said in sorted(self.words.items())}
        return kept

    def without(self, word: Word) -> Self | None:
        """What held without words of this kind; None when there were no others."""
        words = {known: said for known, said in self._all().items() if known is not word}
        return self._from(words) if words else None

    def told(self) -> dict[str, str]:
        """As operators see it."""
        return {"status": self.status.value, "at": self.at, "by": self.by}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> Self:
        """From what `as_json` gave."""
        said = kept.get("words") or {}
        assert isinstance(said, Mapping)
        words = {Word(word): (str(at), str(by)) for word, (at, by) in said.items()}
        return cls(Status(str(kept["status"])), str(kept["at"]), str(kept["by"]), words)

    def _all(self) -> Mapping[Word, tuple[str, str]]:
        return self.words or {WORD_OF_STATUS[self.status]: (self.at, self.by)}

    @classmethod
    def _from(cls, words: Mapping[Word, tuple[str, str]]) -> Self:
        """The words are kept only where they are more than the status tells."""
        word = _deciding(words)
        status = STATUS_OF_WORD[word]
        is_plain = len(words) == 1 and WORD_OF_STATUS[status] is word
        return cls(status, *words[word], {} if is_plain else dict(words))


WORD_OF_STATUS = {
    Status.GIVEN: Word.GIVEN,
    Status.PENDING: Word.REQUESTED,
    Status.WITHDRAWN: Word.WITHDRAWN,
}


def _deciding(words: Mapping[Word, tuple[str, str]]) -> Word:
    settling = [word for word in SETTLING if word in words]
    if not settling:
        return Word.IMPORTED if Word.IMPORTED in words else Word.REQUESTED
    settled = max(settling, key=lambda word: (words[word][0], SETTLING.index(word)))
    asked_again = Word.REQUESTED in words and words[Word.REQUESTED][0] > words[settled][0]
    return Word.REQUESTED if asked_again and settled is not Word.GIVEN else settled


@dataclass(frozen=True, slots=True)
class Consent:
    """All that a contact allowed; `revision` 0 means that nothing was written yet."""

    contact: str
    revision: int = 0
    state: Mapping[str, Standing] = field(default_factory=dict)

    def status(self, channel: str, purpose: str, topic: str | None) -> Status | None:
        """What holds for a topic, or for all of them; None when nobody said anything of it."""
        standing = effective(self.state, channel, purpose, topic)
        return standing.status if standing else None

    def refusal(self, channel: str, purpose: str, topic: str | None) -> Refusal | None:
        """Why this contact may not be written to, or None when they may."""
        if purpose in NEEDS_NO_CONSENT:
            return None
        status = self.status(channel, purpose, topic)
        return REFUSAL_OF[status] if status else Refusal.NO_CONSENT

    def pending(self, channel: str) -> list[str | None]:
        """The topics of marketing that wait to be confirmed; None is all of them."""
        slots = (parts_of(slot) for slot, said in self.state.items() if said.status is Status.PENDING)
        return [topic for by, purpose, topic in slots if (by, purpose) == (channel, Purpose.MARKETING)]

    def may_measure(self, channel: str, measure: str | None = None, *, unasked: bool = True) -> bool:
        """Whether this may be measured; `unasked` is the workspace's answer for who never said a word of it."""
        status = self.status(channel, Purpose.TRACKING, measure)
        return unasked if status is None else status is Status.GIVEN


def effective(
    state: Mapping[str, Standing], channel: str, purpose: str, topic: str | None
) -> Standing | None:
    """The standing that decides for a topic: its own, unless all topics were withdrawn since."""
    for_all = state.get(slot_of(channel, purpose, None))
    for_topic = state.get(slot_of(channel, purpose, topic)) if topic else None
    if for_all is None or for_topic is None:
        return for_topic or for_all
    if for_all.status is not Status.WITHDRAWN or for_topic.status is Status.WITHDRAWN:
        return for_topic
    # A list that somebody brought gives nothing back that the person took.
    said_since = for_topic.at > for_all.at and for_topic.word is not Word.IMPORTED
    return for_topic if said_since else for_all


def apply(consent: Consent, change: ConsentChange) -> Consent:
    """The consent after one more change; of the same revision, which only a write raises."""
    known = consent.state.get(change.slot)
    standing = known.after(change) if known else Standing.of(change)
    if standing == known:
        return consent
    return replace(consent, state={**consent.state, change.slot: standing})


def slot_of(channel: str, purpose: str, topic: str | None) -> str:
    """The place of a topic, or of all of them, in a state."""
    return f"{channel}|{purpose}|{topic or ALL}"


def parts_of(slot: str) -> tuple[str, str, str | None]:
    """Channel, purpose and topic of a slot."""
    channel, purpose, topic = slot.split("|", 2)
    return channel, purpose, None if topic == ALL else topic
