"""The console's rooms, by the word after `/console/`: what is imported when somebody first asks there."""

from collections.abc import Mapping

from chalice.app import Blueprint

from sojourn.http.rooms import Room

PART = 2
Blueprints = tuple[Blueprint, ...]


def _home() -> Blueprints:
    from functions.api.console.home import home

    return (home,)


def _account() -> Blueprints:
    from functions.api.console.authenticator import authenticator
    from functions.api.console.passwords import passwords

    return (authenticator, passwords)


def _contacts() -> Blueprints:
    from functions.api.console.contacts import contacts
    from functions.api.console.contacts_changes import contact_changes
    from functions.api.console.contacts_merge import contacts_merge
    from functions.api.console.contacts_table import contacts_table

    return (contacts, contact_changes, contacts_merge, contacts_table)


def _first_run() -> Blueprints:
    from functions.api.console.first_run import first_run

    return (first_run,)


def _imports() -> Blueprints:
    from functions.api.console.imports_progress import imports_progress

    return (imports_progress,)


def _journeys() -> Blueprints:
    from functions.api.console.designer import designer
    from functions.api.console.journeys import journeys
    from functions.api.console.journeys_doing import doing
    from functions.api.console.journeys_people import people
    from functions.api.console.journeys_versions import versions
    from functions.api.console.messages import messages
    from functions.api.console.moving import moving
    from functions.api.console.publishing import publishing
    from functions.api.console.rehearse import rehearsing

    return (designer, journeys, doing, people, versions, messages, moving, publishing, rehearsing)


def _login() -> Blueprints:
    from functions.api.console.login import login
    from functions.api.console.passwords import passwords

    return (login, passwords)


def _logout() -> Blueprints:
    from functions.api.console.login import login

    return (login,)


def _messages() -> Blueprints:
    from functions.api.console.messages import messages

    return (messages,)


def _new_import() -> Blueprints:
    from functions.api.console.imports import imports

    return (imports,)


def _new_journey() -> Blueprints:
    from functions.api.console.designer import designer

    return (designer,)


def _new_segment() -> Blueprints:
    from functions.api.console.segments_edit import segments_edit

    return (segments_edit,)


def _new_template() -> Blueprints:
    from functions.api.console.letters_edit import letters_edit

    return (letters_edit,)


def _palette() -> Blueprints:
    from functions.api.console.palette import palette

    return (palette,)


def _people() -> Blueprints:
    from functions.api.console.contacts_bulk import contacts_bulk
    from functions.api.console.contacts_export import contacts_export
    from functions.api.console.contacts_filter import contacts_filter
    from functions.api.console.contacts_table import contacts_table

    return (contacts_bulk, contacts_export, contacts_filter, contacts_table)


def _presets() -> Blueprints:
    from functions.api.console.presets import presets

    return (presets,)


def _rehearse() -> Blueprints:
    from functions.api.console.rehearse import rehearsing

    return (rehearsing,)


def _runs() -> Blueprints:
    from functions.api.console.runs import runs

    return (runs,)


def _segments() -> Blueprints:
    from functions.api.console.segments import segments
    from functions.api.console.segments_edit import segments_edit

    return (segments, segments_edit)


def _settings() -> Blueprints:
    from functions.api.console.settings import settings
    from functions.api.console.settings_health import settings_health
    from functions.api.console.settings_hooks import settings_hooks
    from functions.api.console.settings_keys import settings_keys
    from functions.api.console.settings_rules import settings_rules
    from functions.api.console.settings_team import settings_team
    from functions.api.console.settings_workspace import settings_workspace

    return (
        settings,
        settings_health,
        settings_hooks,
        settings_keys,
        settings_rules,
        settings_team,
        settings_workspace,
    )


def _static() -> Blueprints:
    from functions.api.console.assets import assets

    return (assets,)


def _templates() -> Blueprints:
    from functions.api.console.letters import letters
    from functions.api.console.letters_edit import letters_edit
    from functions.api.console.letters_versions import letters_versions

    return (letters, letters_edit, letters_versions)


def _waiting() -> Blueprints:
    from functions.api.console.home_waiting import home_waiting

    return (home_waiting,)


ROOMS: Mapping[str, Room] = {
    "": _home,
    "account": _account,
    "contacts": _contacts,
    "first-run": _first_run,
    "imports": _imports,
    "journeys": _journeys,
    "login": _login,
    "logout": _logout,
    "messages": _messages,
    "new-import": _new_import,
    "new-journey": _new_journey,
    "new-segment": _new_segment,
    "new-template": _new_template,
    "palette": _palette,
    "people": _people,
    "presets": _presets,
    "rehearse": _rehearse,
    "runs": _runs,
    "segments": _segments,
    "settings": _settings,
    "static": _static,
    "templates": _templates,
    "waiting": _waiting,
    "welcome": _first_run,
}
