"""A batch of the stream, taken apart by people: events that name an identity in common belong together. Pure."""

from collections.abc import Iterable, Mapping

from sojourn.contacts.store import Owner
from sojourn.events.stream import Sequenced
from sojourn.journeys.identify import identities_of

Groups = list[list[Sequenced]]


def by_person(arrivals: Iterable[Sequenced], owners: Mapping[str, Owner]) -> Groups:
    """Events of one contact, or of contacts that one of them names together, in the order in which they came."""
    arrived, ties = list(arrivals), _Ties()
    for arrival in arrived:
        for identity in identities_of(arrival.event):
            ties.tie(arrival.event.pk, identity)
            if identity in owners:
                ties.tie(identity, owners[identity].contact)
    groups: dict[str, list[Sequenced]] = {}
    for arrival in arrived:
        groups.setdefault(ties.end(arrival.event.pk), []).append(arrival)
    return list(groups.values())


class _Ties:
    """What belongs together: from each thing a tie leads on, and all that belongs together leads to one end."""

    def __init__(self) -> None:
        self._next: dict[str, str] = {}

    def end(self, thing: str) -> str:
        """Where the ties of a thing lead."""
        while thing in self._next:
            onward = self._next[thing]
            if onward in self._next:
                self._next[thing] = self._next[onward]  # the way is shorter next time
            thing = onward
        return thing

    def tie(self, one: str, other: str) -> None:
        """Let these two belong together."""
        first, second = self.end(one), self.end(other)
        if first != second:
            self._next[first] = second
