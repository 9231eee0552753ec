"""`sojourn keys`: make and revoke keys in a stack's Config table. A key is shown once; only its hash is kept."""

import base64
import functools
import os
import secrets
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from sojourn import config
from sojourn.http.keys import KIND, RESERVED_NAME, key_row_id
from sojourn.settings import Settings
from sojourn.tables import bind

LINK = "link"


def _needs_stack(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --stack; its tables are bound before the command runs."""

    @click.option("--stack", required=True, help="The stack's name, as `sam deploy` knows it.")
    @functools.wraps(command)
    def run(stack: str, **arguments: Any) -> Any:
        _bind(stack)
        return command(**arguments)

    return run


@click.group("keys")
def keys_group() -> None:
    """Keys of a stack: write keys for clients, API keys for people and programs, and the key that signs links."""


@keys_group.command("new")
@click.argument("kind", type=click.Choice(["write", "api"]))
@click.option("--name", required=True, help="Whose it is; a write key's name is the source of its events.")
@_needs_stack
def new_key(kind: str, name: str) -> None:
    """Make a key and print it, this once."""
    if "#" in name or not name.strip() or name == RESERVED_NAME:
        raise click.ClickException(f"a name has no # in it and is not {RESERVED_NAME}: choose another")
    key = secrets.token_urlsafe(32)
    config.put(KIND, key_row_id(kind, key), {"name": name, "active": True})
    click.echo(key)


@keys_group.command("revoke")
@click.argument("kind", type=click.Choice(["write", "api"]))
@click.argument("key")
@_needs_stack
def revoke_key(kind: str, key: str) -> None:
    """Close a key; it works for a minute more at most."""
    row = config.get(KIND, key_row_id(kind, key))
    if row is None:
        raise click.ClickException(f"this stack has no such {kind} key: check --stack and the key")
    config.put(KIND, row.id, {**row.data, "active": False})
    click.echo(f"revoked: {row.data.get('name')}")


@keys_group.command("rotate-link")
@_needs_stack
def rotate_link() -> None:
    """Sign new links with a new key; what older keys signed is still read."""
    row = config.get(KIND, LINK)
    known = dict(row.data["keys"]) if row else {}
    kid = f"k{len(known) + 1}"
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    config.put(KIND, LINK, {"active": kid, "keys": {**known, kid: secret}})
    click.echo(f"links are signed with {kid} from now on")


def _bind(stack: str) -> None:
    """Name the tables that the stack's outputs name."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = boto3.client("cloudformation")
        outputs = client.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    except (BotoCoreError, ClientError) as error:
        way = "sign in to AWS and set AWS_REGION; `sam list stack-outputs` shows what is there"
        raise click.ClickException(
            f"the stack {stack} cannot be read ({type(error).__name__}): {way}"
        ) from None
    named = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    known = {field.name: named.get(field.name.title().replace("_", ""), "") for field in fields(Settings)}
    if not known["config_table"]:
        raise click.ClickException(f"the stack {stack} is not Sojourn's: it has no output ConfigTable")
    bind(Settings(**known), region=client.meta.region_name or os.environ["AWS_REGION"])
