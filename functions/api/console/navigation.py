"""The words on the left, in their order."""

from functions.api.console.words import _


def navigation() -> list[tuple[str, str]]:
    """Path and word of each room."""
    return [
        ("/console", _("Home")),
        ("/console/journeys", _("Journeys")),
        ("/console/contacts", _("Contacts")),
        ("/console/segments", _("Segments")),
        ("/console/templates", _("Templates")),
        ("/console/settings", _("Settings")),
    ]
