"""`sojourn`: the commands and their groups."""

import click

from sojourn.cli.ask import contact_group, explain_command, journey_group, report_command
from sojourn.cli.files import asl_command, check_command, compile_command
from sojourn.cli.keys import keys_group
from sojourn.cli.publish import publish_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Journeys of messages, waits and branches in your own AWS account."""


for command in (
    check_command,
    compile_command,
    asl_command,
    publish_command,
    explain_command,
    report_command,
    contact_group,
    journey_group,
    keys_group,
):
    main.add_command(command)
