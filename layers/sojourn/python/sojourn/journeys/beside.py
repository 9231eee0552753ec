"""What a journey of this stack is held against: its templates, and the other journeys that are live."""

from collections.abc import Iterator, Mapping

from sojourn.clock import is_on_loopback
from sojourn.journeys.checking.check import Known
from sojourn.journeys.live import State, live
from sojourn.journeys.versions import published
from sojourn.messages.library import latest_versions, source_of


def known_of_drafts() -> Known:
    """A draft may come before its templates, and before the journeys that it starts."""
    return Known(loopback=is_on_loopback())


def known_here(name: str) -> Known:
    """All of it, for the journey of this name."""
    others = {
        other: published(other, each.version)[0]
        for other, each in live().items()
        if other != name and each.state is not State.STOPPED
    }
    latest = latest_versions()
    channels = {template: channel for template, (_, channel) in latest.items()}
    bare = BareFields({template: number for template, (number, _) in latest.items()})
    return Known(templates=channels, bare=bare, journeys=others, loopback=is_on_loopback())


class BareFields(Mapping[str, tuple[str, ...]]):
    """What each template shows without a `default`: read when it is asked for, since a journey has few of them."""

    def __init__(self, versions: Mapping[str, int]) -> None:
        self.versions = versions

    def __getitem__(self, template: str) -> tuple[str, ...]:
        from sojourn.messages.bare import bare_fields  # the template engine loads where templates are judged

        return bare_fields(source_of(template, self.versions[template]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.versions)

    def __len__(self) -> int:
        return len(self.versions)
