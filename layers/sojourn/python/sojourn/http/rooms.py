"""Parts of an app that load when somebody first asks for a path of theirs: a cold start pays for what is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chalice.app import Blueprint, Chalice

Room = Callable[[], tuple[Blueprint, ...]]


@dataclass(slots=True)
class Rooms:
    """The app's rooms by the one word of a path that tells them apart, which is its part number `part`."""

    app: Chalice
    rooms: Mapping[str, Room]
    part: int
    _open: set[Blueprint] = field(default_factory=set)

    def open(self, path: str) -> int:
        """Register what this path asks for; how many blueprints are open by now."""
        self._register(room_of(self.rooms, path, self.part))
        return len(self._open)

    def whole(self) -> Chalice:
        """The app with every route: for whoever looks at all of them."""
        for room in self.rooms.values():
            self._register(room())
        return self.app

    def _register(self, blueprints: tuple[Blueprint, ...]) -> None:
        for blueprint in blueprints:
            if blueprint not in self._open:
                self.app.register_blueprint(blueprint)
                self._open.add(blueprint)


def room_of(rooms: Mapping[str, Room], path: str, part: int) -> tuple[Blueprint, ...]:
    """What answers under this path, loaded."""
    parts = path.split("/", part + 1)
    room = rooms.get(parts[part]) if len(parts) > part else rooms.get("")
    return room() if room else ()
