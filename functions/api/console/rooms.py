"""The rooms of the console, each a blueprint; later ones (messages, campaigns, reports) get a line here and one in
`navigation`."""

from functions.api.console.assets import assets
from functions.api.console.authenticator import authenticator
from functions.api.console.contacts import contacts
from functions.api.console.contacts_bulk import contacts_bulk
from functions.api.console.contacts_changes import contact_changes
from functions.api.console.contacts_export import contacts_export
from functions.api.console.contacts_filter import contacts_filter
from functions.api.console.contacts_merge import contacts_merge
from functions.api.console.contacts_table import contacts_table
from functions.api.console.designer import designer
from functions.api.console.first_run import first_run
from functions.api.console.home import home
from functions.api.console.home_waiting import home_waiting
from functions.api.console.imports import imports
from functions.api.console.imports_progress import imports_progress
from functions.api.console.journeys import journeys
from functions.api.console.journeys_doing import doing
from functions.api.console.journeys_people import people
from functions.api.console.journeys_versions import versions
from functions.api.console.letters import letters
from functions.api.console.letters_edit import letters_edit
from functions.api.console.letters_versions import letters_versions
from functions.api.console.login import login
from functions.api.console.messages import messages
from functions.api.console.moving import moving
from functions.api.console.palette import palette
from functions.api.console.passwords import passwords
from functions.api.console.presets import presets
from functions.api.console.publishing import publishing
from functions.api.console.rehearse import rehearsing
from functions.api.console.runs import runs
from functions.api.console.segments import segments
from functions.api.console.segments_edit import segments_edit
from functions.api.console.settings import settings
from functions.api.console.settings_health import settings_health
from functions.api.console.settings_hooks import settings_hooks
from functions.api.console.settings_keys import settings_keys
from functions.api.console.settings_rules import settings_rules
from functions.api.console.settings_team import settings_team
from functions.api.console.settings_workspace import settings_workspace

ROOMS = (
    assets,
    home,
    home_waiting,
    messages,
    runs,
    login,
    passwords,
    authenticator,
    first_run,
    palette,
    contacts_table,
    contacts_filter,
    contacts_bulk,
    contacts_export,
    contacts,
    contact_changes,
    contacts_merge,
    imports,
    imports_progress,
    settings,
    settings_workspace,
    settings_rules,
    settings_health,
    settings_team,
    settings_keys,
    settings_hooks,
    designer,
    journeys,
    doing,
    people,
    versions,
    publishing,
    presets,
    rehearsing,
    moving,
    segments,
    segments_edit,
    letters,
    letters_edit,
    letters_versions,
)
