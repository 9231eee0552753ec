"""`sojourn completion`: what a shell needs to complete the commands, by click's own."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", epilog='Example: eval "$(sojourn completion bash)"')
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion of a SHELL; put it where your shell looks, or `eval` it."""
    wanted = get_completion_class(shell)
    assert wanted is not None  # click has all three
    click.echo(wanted(context.find_root().command, {}, "sojourn", "_SOJOURN_COMPLETE").source())
