"""`sojourn`: the commands and their groups."""

import click

from sojourn.cli.approving import approve_journey
from sojourn.cli.archive import archive_group
from sojourn.cli.ask import contact_group, journey_group, report_command
from sojourn.cli.attributes import attributes_group
from sojourn.cli.audit import audit_command
from sojourn.cli.backtesting import backtest_command
from sojourn.cli.checking import check_command
from sojourn.cli.completion import completion_command
from sojourn.cli.doctor import doctor_command
from sojourn.cli.examples import give_examples
from sojourn.cli.explaining import explain_command
from sojourn.cli.exports import export_group
from sojourn.cli.files import asl_command, compile_command
from sojourn.cli.folder.commands import apply_command, diff_command, plan_command, pull_command
from sojourn.cli.gallery import list_presets, new_journey
from sojourn.cli.hooks import hooks_group
from sojourn.cli.imports import import_group
from sojourn.cli.init import init_command
from sojourn.cli.keys import keys_group
from sojourn.cli.local import local_command
from sojourn.cli.privacy import erase_contact, export_contact, privacy_group
from sojourn.cli.publish import publish_command
from sojourn.cli.rehearsing import rehearse_command
from sojourn.cli.running import continue_journey, enrol_contact, pause_journey, resume_journey, stop_journey
from sojourn.cli.segments import segment_group
from sojourn.cli.sending import message_group, mode_command, release_journey
from sojourn.cli.setup import setup_command
from sojourn.cli.smoke import smoke_command
from sojourn.cli.suppressions import suppress_command, unsuppress_command
from sojourn.cli.tasks import task_group
from sojourn.cli.templates import template_group
from sojourn.cli.users import user_group
from sojourn.cli.workspace import workspace_group


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Journeys of messages, waits and branches in your own AWS account."""


for command in (
    init_command,
    local_command,
    completion_command,
    check_command,
    compile_command,
    asl_command,
    publish_command,
    rehearse_command,
    backtest_command,
    plan_command,
    apply_command,
    pull_command,
    diff_command,
    explain_command,
    report_command,
    contact_group,
    journey_group,
    segment_group,
    template_group,
    message_group,
    task_group,
    import_group,
    export_group,
    keys_group,
    user_group,
    attributes_group,
    workspace_group,
    hooks_group,
    suppress_command,
    unsuppress_command,
    privacy_group,
    archive_group,
    doctor_command,
    smoke_command,
    setup_command,
    audit_command,
):
    main.add_command(command)
for of_a_journey in (
    list_presets,
    new_journey,
    approve_journey,
    continue_journey,
    enrol_contact,
    pause_journey,
    resume_journey,
    release_journey,
    stop_journey,
):
    journey_group.add_command(of_a_journey)
workspace_group.add_command(mode_command)
for of_a_contact in (export_contact, erase_contact):
    contact_group.add_command(of_a_contact)
give_examples(main)
