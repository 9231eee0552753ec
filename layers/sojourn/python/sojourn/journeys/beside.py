"""What a journey of this stack is held against: its templates, and the other journeys that are live."""

from sojourn.clock import is_on_loopback
from sojourn.journeys.checking.check import Known
from sojourn.journeys.live import live
from sojourn.journeys.versions import published
from sojourn.messages.library import latest_versions


def known_of_drafts() -> Known:
    """A draft may come before its templates, and before the journeys that it starts."""
    return Known(loopback=is_on_loopback())


def known_here(name: str) -> Known:
    """All of it, for the journey of this name."""
    others = {other: published(other, each.version)[0] for other, each in live().items() if other != name}
    channels = {template: channel for template, (_, channel) in latest_versions().items()}
    return Known(templates=channels, journeys=others, loopback=is_on_loopback())
