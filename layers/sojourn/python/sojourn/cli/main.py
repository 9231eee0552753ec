"""`sojourn`: the root of all commands. What they need is loaded when one of them is called."""

import os

import click

from sojourn.cli.commands import COMMANDS
from sojourn.cli.lazy import Commands, LazyGroup


@click.group(
    cls=LazyGroup, commands=Commands(COMMANDS), context_settings={"help_option_names": ["-h", "--help"]}
)
def main() -> None:
    """Journeys of messages, waits and branches in your own AWS account."""
    if region := os.environ.get("AWS_REGION"):  # which the aws command knows, and boto3 does not
        os.environ.setdefault("AWS_DEFAULT_REGION", region)
