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
from sojourn.calling.signing import ID as CALLS
from sojourn.calling.signing import PREFIX as SIGNING_PREFIX
from sojourn.events.proofs import user_hash
from sojourn.http.cors import allowed_origin
from sojourn.http.identify import ID as IDENTIFY
from sojourn.http.keys import BROWSER, KIND, RESERVED_NAME, SERVER, WRITE, is_key_name, key_row_id
from sojourn.settings import Settings
from sojourn.tables import bind

LINK = "link"


def needs_stack(command: Callable[..., Any]) -> Callable[..., Any]:
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
@click.option(
    "--browser", is_flag=True, help="A write key for pages: anybody may read it, so it is believed little."
)
@click.option(
    "--origin", multiple=True, help="A site whose pages may use it, like https://shop.example; may repeat."
)
@needs_stack
def new_key(kind: str, name: str, browser: bool = False, origin: tuple[str, ...] = ()) -> None:
    """Make a key and print it, this once."""
    if not is_key_name(name):
        raise click.ClickException(f"a name has no # or : in it and is not {RESERVED_NAME}: choose another")
    row: dict[str, Any] = {"name": name, "active": True}
    if kind == WRITE:
        row["kind"] = BROWSER if browser else SERVER
        _refuse_shared_name(name, row["kind"])
    elif browser:
        raise click.ClickException(
            "what stands on a page may not read: --browser goes with `keys new write` only"
        )
    if origin:
        row["origins"] = _origins(origin, browser=browser)
    key = secrets.token_urlsafe(32)
    config.put(KIND, key_row_id(kind, key), row)
    click.echo(key)


@keys_group.command("revoke")
@click.argument("kind", type=click.Choice(["write", "api"]))
@click.argument("key")
@needs_stack
def revoke_key(kind: str, key: str) -> None:
    """Close a key; it works for a minute more at most."""
    row = config.get(KIND, key_row_id(kind, key))
    if row is None:
        raise click.ClickException(f"this stack has no such {kind} key: check --stack and the key")
    config.put(KIND, row.id, {**row.data, "active": False})
    click.echo(f"revoked: {row.data.get('name')}")


@keys_group.command("rotate-link")
@needs_stack
def rotate_link() -> None:
    """Sign new links with a new key; what older keys signed is still read."""
    row = config.get(KIND, LINK)
    known = dict(row.data["keys"]) if row else {}
    kid = f"k{len(known) + 1}"
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    config.put(KIND, LINK, {"active": kid, "keys": {**known, kid: secret}})
    click.echo(f"links are signed with {kid} from now on")


@keys_group.command("rotate-identify")
@click.option("--only", is_flag=True, help="Forget the older secrets: what they proved is proof no more.")
@needs_stack
def rotate_identify(only: bool = False) -> None:
    """Make a secret for users' hashes and print it, this once; hashes of older secrets stay good."""
    row = config.get(KIND, IDENTIFY)
    known = dict(row.data["keys"]) if row else {}
    kid = f"i{max([0, *(int(each[1:]) for each in known)]) + 1}"
    secret = secrets.token_urlsafe(32)
    config.put(KIND, IDENTIFY, {"active": kid, "keys": {**({} if only else known), kid: secret}})
    click.echo(secret)


@keys_group.command("rotate-calls")
@click.option("--only", is_flag=True, help="Sign with the new secret alone, from the next call on.")
@needs_stack
def rotate_calls(only: bool = False) -> None:
    """Make a secret that calls are signed with and print it, this once; the one before goes on signing beside it."""
    row = config.get(KIND, CALLS)
    known = dict(row.data["keys"]) if row else {}
    kid = f"c{max([0, *(int(each[1:]) for each in known)]) + 1}"
    secret = SIGNING_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    config.put(KIND, CALLS, {"active": kid, "keys": {**({} if only else known), kid: secret}})
    click.echo(secret)


@keys_group.command("user-hash")
@click.argument("user_id")
@needs_stack
def show_user_hash(user_id: str) -> None:
    """Print the userHash of a user, as your server should make it: to try a page by hand."""
    row = config.get(KIND, IDENTIFY)
    if row is None:
        raise click.ClickException(
            "this stack has no secret for users' hashes yet: `sojourn keys rotate-identify`"
        )
    click.echo(user_hash(row.data["keys"][row.data["active"]], user_id))


def _refuse_shared_name(name: str, kind: str) -> None:
    """Under one name the first event with a messageId wins: a page could take a server's place."""
    for row in config.query(KIND, f"{WRITE}#"):
        if row.data.get("name") == name and row.data.get("kind", SERVER) != kind:
            raise click.ClickException(f"{name} is the name of a key of the other kind: choose another")


def _origins(stated: tuple[str, ...], *, browser: bool) -> list[str]:
    if not browser:
        raise click.ClickException("only pages have an origin: --origin goes with --browser")
    for origin in stated:
        if allowed_origin(origin) is None:
            raise click.ClickException(
                f"{origin} is no origin: write it like https://shop.example, without a path"
            )
    return sorted({origin.lower() for origin in stated})


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
