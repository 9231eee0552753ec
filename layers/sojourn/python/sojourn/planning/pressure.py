"""How many messages in each second, in memory that the calendar bounds and not their number."""

from dataclasses import dataclass, field

DAY = 86_400
FULL = 255  # what a byte holds; of a second with more the rest stands apart


@dataclass(slots=True)
class Seconds:
    """A byte for each second of each day on which something went out."""

    days: dict[int, bytearray] = field(default_factory=dict)
    more: dict[int, int] = field(default_factory=dict)

    def add(self, moment: int, count: int = 1) -> None:
        """So many in this second since 1970."""
        day, second = divmod(moment, DAY)
        kept = self.days.get(day)
        if kept is None:
            kept = self.days[day] = bytearray(DAY)
        whole = kept[second] + count
        kept[second] = min(whole, FULL)
        if whole > FULL:
            self.more[moment] = self.more.get(moment, 0) + whole - FULL

    def most(self) -> tuple[int, int]:
        """The fullest second, the first of them, and how many; (0, 0) when there were none."""
        if self.more:
            moment = min(self.more, key=lambda each: (-self.more[each], each))
            return moment, self.more[moment] + FULL
        found = [(-max(kept), day) for day, kept in self.days.items()]
        if not found:
            return 0, 0
        most, day = min(found)
        return day * DAY + self.days[day].index(-most), -most

    def most_in(self, length: int) -> int:
        """The most in any stretch of so many whole seconds that begins at a multiple of it: 60 for minutes."""
        found: dict[int, int] = {}
        for day, kept in self.days.items():
            for first in range(0, DAY, length):
                if any(part := kept[first : first + length]):
                    found[day * DAY + first] = sum(part)
        for moment, count in self.more.items():
            found[moment - moment % length] = found.get(moment - moment % length, 0) + count
        return max(found.values(), default=0)
