"""`sojourn hooks`: doors for the webhooks of shops and payment services."""

import base64
import secrets

import click

from sojourn.cli.keys import needs_stack
from sojourn.cli.options import show
from sojourn.intake.hooks import Hook, get_hook, hooks, is_hook_name, put_hook
from sojourn.intake.mapping import PROVIDERS
from sojourn.intake.signatures import STANDARD_SECRET


@click.group("hooks")
def hooks_group() -> None:
    """Hooks of a stack: addresses that shops and payment services tell what happened."""


@hooks_group.command("new")
@click.argument("name")
@click.option("--provider", required=True, type=click.Choice(PROVIDERS))
@click.option(
    "--secret", help="The secret that the sender signs with. Left out: one is made and printed, this once."
)
@needs_stack
def new_hook(name: str, provider: str, secret: str | None) -> None:
    """Open a hook, or give an open one a further secret: both are good until you close it."""
    if not is_hook_name(name):
        raise click.ClickException("a name has small letters, digits and hyphens, and begins with a letter")
    there = get_hook(name)
    if there and there.provider != provider:
        raise click.ClickException(f"{name} belongs to {there.provider}: choose another name")
    key = secret or STANDARD_SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    put_hook(Hook(name, provider, (*(there.secrets if there else ())[-1:], key)))
    click.echo(f"POST <your public address>/hooks/{name}")
    if not secret:
        click.echo(key)


@hooks_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@needs_stack
def list_hooks(as_json: bool) -> None:
    """Every hook, open or closed; secrets are not shown."""
    found = [
        {"name": hook.name, "provider": hook.provider, "state": "open" if hook.is_active else "closed"}
        for hook in hooks()
    ]
    show(found, as_json, lambda told: ["  ".join(each.values()) for each in told])


@hooks_group.command("revoke")
@click.argument("name")
@needs_stack
def revoke_hook(name: str) -> None:
    """Close a hook and forget its secrets, at once."""
    there = get_hook(name)
    if there is None:
        raise click.ClickException(f"no open hook is called {name}: `sojourn hooks list` shows them")
    put_hook(Hook(there.name, there.provider, (), is_active=False))
    click.echo(f"closed: {name}")
