"""`sojourn keys`: make and revoke keys in a stack's Config table. A key is shown once; only its hash is kept."""

import functools
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import click

from sojourn import config
from sojourn.audit.model import Change
from sojourn.audit.store import record
from sojourn.cli.options import show
from sojourn.cli.tables import table
from sojourn.clock import iso, machine_clock
from sojourn.errors import StaleWriteError
from sojourn.events.proofs import user_hash
from sojourn.http import making
from sojourn.http.identify import ID as IDENTIFY
from sojourn.http.keys import KIND, WRITE, key_row_id
from sojourn.http.making import ROLES
from sojourn.settings import Settings
from sojourn.tables import bind

SERVER_NAME, BROWSER_NAME = "server", "website"  # of the first keys


def needs_stack(command: Callable[..., Any], *, named: bool = False) -> Callable[..., Any]:
    """Adds --stack; its tables are bound before the command runs, which gets the name when it asks for it."""

    @click.option("--stack", required=True, help="The stack's name, as `sam deploy` knows it.")
    @functools.wraps(command)
    def run(stack: str, **arguments: Any) -> Any:
        _bind(stack)
        return command(**arguments, **({"stack": stack} if named else {}))

    return run


def knows_stack(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command that wants the stack's name as `stack`."""
    return needs_stack(command, named=True)


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
@click.option(
    "--role",
    type=click.Choice(ROLES),
    help="What an API key may do: look, write, make live, or everything; admin unless said.",
)
@needs_stack
def new_key(
    kind: str, name: str, browser: bool = False, origin: tuple[str, ...] = (), role: str | None = None
) -> None:
    """Make a key and print it, this once."""
    now = machine_clock().wall()
    with refusals_told():
        made = making.make(kind=kind, name=name, role=role or "", is_browser=browser, origins=origin, now=now)
    told = {part: made.row[part] for part in ("kind", "role", "origins") if part in made.row}
    _log("keys new", kind, name, after=told)
    click.echo(made.secret)


@contextmanager
def refusals_told() -> Iterator[None]:
    """What cannot be, in one line."""
    try:
        yield
    except making.KeyRefusedError as error:
        raise click.ClickException(str(error)) from None
    except StaleWriteError:
        way = "repeat the command only if you want one more"
        raise click.ClickException(
            f"somebody rotated it in this moment, and theirs is in force: {way}"
        ) from None


def make_write_key(name: str, *, browser: bool) -> str | None:
    """A new write key, or None when one of this name is in use."""
    for row in config.query(KIND, f"{WRITE}#"):
        if row.data.get("name") == name and row.data.get("active"):
            return None
    made = making.make(kind=WRITE, name=name, is_browser=browser, now=machine_clock().wall())
    return made.secret


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
    _log("keys revoke", kind, str(row.data.get("name")), before={"active": True}, after={"active": False})
    click.echo(f"revoked: {row.data.get('name')}")


@keys_group.command("rotate-link")
@needs_stack
def rotate_link() -> None:
    """Sign new links with a new key; what older keys signed is still read."""
    with refusals_told():
        kid, _ = making.turn(making.LINK)
    _log("keys rotate-link", "link", kid)
    click.echo(f"links are signed with {kid} from now on")


@keys_group.command("rotate-identify")
@click.option("--only", is_flag=True, help="Forget the older secrets: what they proved is proof no more.")
@needs_stack
def rotate_identify(only: bool = False) -> None:
    """Make a secret for users' hashes and print it, this once; hashes of older secrets stay good."""
    with refusals_told():
        kid, secret = making.turn(making.IDENTIFY, only=only)
    _log("keys rotate-identify", "identify", kid, after={"only": only})
    click.echo(secret)


@keys_group.command("rotate-calls")
@click.option("--only", is_flag=True, help="Sign with the new secret alone, from the next call on.")
@needs_stack
def rotate_calls(only: bool = False) -> None:
    """Make a secret that calls are signed with and print it, this once; the one before goes on signing beside it."""
    with refusals_told():
        kid, secret = making.turn(making.CALLS, only=only)
    _log("keys rotate-calls", "calls", kid, after={"only": only})
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


@keys_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@needs_stack
def list_keys(as_json: bool) -> None:
    """Name, role and age of each key; never the key itself."""
    rows = [
        {
            "kind": key["kind"],
            "name": key["name"],
            "role": key["role"],
            "state": key["state"],
            "made": (key["made_at"] or "")[:10],
            "last used": key["last_used"],
        }
        for key in making.everyone()
    ]
    columns = ["kind", "name", "role", "state", "made", "last used"]
    show(rows, as_json, lambda told: [table("Keys", columns, (each.values() for each in told))])


def _log(did: str, kind: str, name: str, *, before: Any = None, after: Any = None) -> None:
    """Keys are made beside the API, so here is the line that it would write. Who: the login of this machine."""
    at = iso(machine_clock().wall())
    who = f"cli:{getpass.getuser()}"
    record(
        Change(
            at=at, who=who, role="aws", did=did, on={"kind": kind, "name": name}, before=before, after=after
        )
    )


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
    bind(Settings(**known), region=client.meta.region_name)
