"""At most so many messages in a while: what was sent and what is reserved, and the first moment that has room. Pure.

A moment has room under a cap when no window that contains it would hold more than the cap allows. Rolling windows are
half-open and told in milliseconds: with a cap of one in 24 hours the second message may go 24 hours after the first, to
the millisecond, and not before. Calendar windows are the contact's local days, or weeks from Monday, however long.

What is held is reserved like what was sent, with two differences. A message of a higher priority may take the place of
one that is held; that one finds no room when its hold ends, and is held again. And a reservation whose moment is an
hour past counts no more: its message never claimed it, and must find room anew if it ever does.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sojourn.consent.model import NEEDS_NO_CONSENT
from sojourn.delivery.hours import day_start
from sojourn.delivery.model import Cap
from sojourn.messages.model import Message

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)
DAY, WEEK = 86_400, 604_800  # seconds
STALE = 3_600_000  # milliseconds after its moment at which a reservation that nobody claimed counts no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One message against the caps: when it was sent, or (`held`) is to be sent. `at` is milliseconds since 1970."""

    digest: str
    at: int
    kept: int  # seconds for which some cap counts it
    channel: str
    topic: str = ""
    journey: str = ""
    priority: int = 0
    held: bool = False
    exempt: bool = False  # transactional or service mail, which only some caps count


@dataclass(frozen=True, slots=True)
class Ledger:
    """All units of one contact; `revision` 0: nothing is written yet."""

    contact: str
    revision: int = 0
    units: Sequence[Unit] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one message asks of the caps that apply to it: a constraint of the scheduler."""

    caps: Sequence[Cap]
    ledger: Ledger
    message: Message
    priority: int
    zone: ZoneInfo
    now: datetime

    def opens(self, at: datetime) -> datetime | None:
        """The first moment from `at` on that has room under every cap that holds; None when there is none ever."""
        moment = in_ms(at)
        while True:
            latest = moment
            for cap in self._holding():
                opened = self._first(cap, latest)
                if opened is None:
                    return None
                latest = opened
            if latest == moment:
                return at if latest == in_ms(at) else EPOCH + latest * MS
            moment = latest

    def refuses(self, at: datetime) -> bool:
        """Whether a cap that skips has no room at this moment."""
        return any(cap.skips for cap, _ in self.closed(at))

    def closed(self, at: datetime) -> list[tuple[Cap, int]]:
        """The caps that have no room at this moment, and how many messages they count then."""
        moment = in_ms(at)
        return [(cap, self.used(cap, at)) for cap in self.caps if self._first(cap, moment) != moment]

    def used(self, cap: Cap, at: datetime) -> int:
        """How many messages a cap counts in the local day or week of a moment, or in the fullest window round it."""
        moment, times = in_ms(at), [unit.at for unit in self._counted(cap)]
        if not cap.is_calendar:
            return _fullest(times, moment, cap.seconds * 1000)
        is_week = cap.seconds >= WEEK
        today = _day_of(moment, self.zone, is_week=is_week)
        return sum(_day_of(time, self.zone, is_week=is_week) == today for time in times)

    def taken(self, at: datetime, *, held: bool) -> Ledger:
        """The ledger with this message at this moment, wherever it stood before; and without what counts no more."""
        mine = Unit(
            digest=self.message.digest,
            at=in_ms(at),
            kept=max((cap.seconds for cap in self.caps), default=0)
            + DAY,  # a local week may be an hour longer
            channel=self.message.channel,
            topic=self.message.topic,
            journey=self.message.journey,
            priority=self.priority,
            held=held,
            exempt=is_exempt(self.message),
        )
        certain = [unit for unit in self._others() if not self._yields(unit)]
        yielding = sorted((unit for unit in self._others() if self._yields(unit)), key=_who_stays)
        kept = [mine, *certain]
        for unit in yielding:
            kept += [unit] if self._still_fits(unit, kept) else []
        return replace(self.ledger, units=tuple(sorted(kept, key=lambda unit: (unit.at, unit.digest))))

    def _holding(self) -> Iterator[Cap]:
        return (cap for cap in self.caps if not cap.skips)

    def _still_fits(self, unit: Unit, kept: Collection[Unit]) -> bool:
        """Whether a held message keeps its place beside those that go before it."""
        return all(
            first_room(cap, [other.at for other in kept if counts(cap, other)], unit.at, self.zone, cap.most)
            == unit.at
            for cap in self.caps
            if counts(cap, unit)
        )

    def _first(self, cap: Cap, at: int) -> int | None:
        keeps = cap.keep if self.priority < cap.keep_for else 0
        return first_room(cap, [unit.at for unit in self._counted(cap)], at, self.zone, cap.most - keeps)

    def _counted(self, cap: Cap) -> Iterator[Unit]:
        return (unit for unit in self._others() if counts(cap, unit) and not self._yields(unit))

    def _others(self) -> Iterator[Unit]:
        now = in_ms(self.now)
        for unit in self.ledger.units:
            is_over = unit.at + (STALE if unit.held else unit.kept * 1000) < now
            if unit.digest != self.message.digest and not is_over:
                yield unit

    def _yields(self, unit: Unit) -> bool:
        return unit.held and unit.priority < self.priority


def applying(caps: Iterable[Cap], message: Message) -> tuple[Cap, ...]:
    """The caps that this message must have room under."""
    probe = Unit(
        digest="",
        at=0,
        kept=0,
        channel=message.channel,
        topic=message.topic,
        journey=message.journey,
        exempt=is_exempt(message),
    )
    return tuple(cap for cap in caps if counts(cap, probe))


def counts(cap: Cap, unit: Unit) -> bool:
    """Whether a cap counts this message."""
    return (
        cap.channel in {"", unit.channel}
        and cap.topic in {"", unit.topic}
        and cap.journey in {"", unit.journey}
        and (cap.counts_all or not unit.exempt)
    )


def is_exempt(message: Message) -> bool:
    """Transactional and service mail: what the person asked for."""
    return message.purpose in NEEDS_NO_CONSENT


def first_room(cap: Cap, times: Iterable[int], at: int, zone: ZoneInfo, most: int) -> int | None:
    """The first millisecond from `at` on at which one more is not too many; None where `most` is nothing."""
    if most < 1:
        return None
    if cap.is_calendar:
        return _first_of_day(list(times), at, zone, most, is_week=cap.seconds >= WEEK)
    return first_rolling(sorted(times), at, most, cap.seconds * 1000)


def first_rolling(times: Sequence[int], at: int, most: int, width: int) -> int:
    """The same for a window of `width` that rolls. `times` are sorted."""
    while not _fits(times, at, most, width):
        # Room comes only when a window that is full ends: `width` after its first.
        at = next(time + width for time in times if time + width > at)
    return at


def in_ms(at: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (at - EPOCH) // MS


def _fits(times: Sequence[int], at: int, most: int, width: int) -> bool:
    first, last = bisect_left(times, at - width + 1), bisect_left(times, at + width)
    near = list(times[first:last])
    if len(near) < most:
        return True
    insort(near, at)
    return all(end - begin >= width for begin, end in zip(near, near[most:], strict=False))


def _fullest(times: Iterable[int], at: int, width: int) -> int:
    near = [time for time in times if abs(time - at) < width]
    begins = [at, *(time for time in near if time < at)]
    return max(sum(begin <= time < begin + width for time in near) for begin in begins)


def _first_of_day(times: Sequence[int], at: int, zone: ZoneInfo, most: int, *, is_week: bool) -> int:
    days = [_day_of(time, zone, is_week=is_week) for time in times]
    today = _day_of(at, zone, is_week=is_week)
    step = timedelta(days=7 if is_week else 1)
    day = next(day for day in (today + step * ahead for ahead in count()) if days.count(day) < most)
    return at if day == today else max(at, in_ms(day_start(zone, day)))


def _day_of(at: int, zone: ZoneInfo, *, is_week: bool) -> date:
    day = (EPOCH + at * MS).astimezone(zone).date()
    return day - timedelta(days=day.weekday()) if is_week else day


def _who_stays(unit: Unit) -> tuple[int, int, str]:
    return -unit.priority, unit.at, unit.digest
