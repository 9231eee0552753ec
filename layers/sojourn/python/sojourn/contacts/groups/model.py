"""An account and what its members come to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sojourn.contacts.facts import value
from sojourn.contacts.model import Profile

SUMMED = ("orders", "products", "revenue", "refunded", "value")


@dataclass(frozen=True, slots=True)
class Group:
    """What `group` calls told of an account; `revision` 0 means that nothing was written yet."""

    id: str
    revision: int = 0
    traits: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)  # trait → when and by which event

    def told(self, traits: Mapping[str, Any], at: str, key: str) -> "Group":
        """With what one call says; of each trait the latest word holds, null takes it away."""
        word = f"{at}#{key}"
        news = {name: said for name, said in traits.items() if self.said.get(name, "") < word}
        kept = {name: said for name, said in {**self.traits, **news}.items() if said is not None}
        return replace(self, traits=kept, said={**self.said, **dict.fromkeys(news, word)})


def rolled_up(members: Iterable[Profile]) -> dict[str, Any]:
    """{members, last_seen, events: {name: n}, value: {currency: sums}}; people who are one count once."""
    people = {profile.contact: profile for profile in members if profile.revision}
    events: dict[str, int] = {}
    money: dict[str, dict[str, float]] = {}
    last = ""
    for profile in people.values():
        for name, seen in profile.events.items():
            events[name] = events.get(name, 0) + seen["n"]
            last = max(last, seen["last"])
        for currency, sums in value.totals(profile.facts.get("value")).items():
            known = money.setdefault(currency, dict.fromkeys(SUMMED, 0))
            for figure in SUMMED:
                known[figure] = round(known[figure] + sums[figure], 4)
    return {"members": len(people), "last_seen": last or None, "events": events, "value": money}
