"""`sojourn user`: who may sign in, under the caller's own IAM: there is no page on which the first one signs up."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from sojourn.account.people import ROLES, LastAdminError, NobodyError, People
from sojourn.audit.model import Change
from sojourn.audit.store import record
from sojourn.cli.keys import knows_stack
from sojourn.cli.options import show
from sojourn.cli.tables import table
from sojourn.clock import iso, machine_clock
from sojourn.http import sessions


@click.group("user")
def user_group() -> None:
    """People who may sign in to a stack, and their roles."""


@user_group.command(
    "invite", epilog="Example: sojourn user invite you@shop.example --role admin --stack sojourn"
)
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option("--again", is_flag=True, help="Mail a new password: the first one is good for seven days.")
@knows_stack
def invite_user(email: str, role: str, again: bool, stack: str) -> None:
    """Let somebody in: Cognito mails them a password for the first time. Repeat it if you were interrupted."""
    invite(people_of(stack), address(email), role, again=again)


@user_group.command("list", epilog="Example: sojourn user list --stack sojourn")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@knows_stack
def list_users(as_json: bool, stack: str) -> None:
    """Who may sign in, by address; `id` is what `sojourn audit` calls them."""
    with aws_errors_told():
        found = [{**asdict(each), "state": each.state} for each in people_of(stack).everybody()]
    columns = ["email", "role", "state", "id"]
    show(found, as_json, lambda told: [table("People", columns, ([p[c] for c in columns] for p in told))])


@user_group.command("role", epilog="Example: sojourn user role ada@shop.example approver --stack sojourn")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@knows_stack
def change_role(email: str, role: str, stack: str) -> None:
    """Give somebody another role: in the console they sign in anew; tokens elsewhere live for a quarter of an hour."""
    give(people_of(stack), address(email), role)


@user_group.command("remove", epilog="Example: sojourn user remove ada@shop.example --stack sojourn")
@click.argument("email")
@knows_stack
def remove_user(email: str, stack: str) -> None:
    """Let somebody in no more: out of the console at once; tokens elsewhere live for a quarter of an hour."""
    remove(people_of(stack), address(email))


def invite(people: People, email: str, role: str, *, again: bool = False) -> None:
    """Invite, log it, and say what became of it."""
    with aws_errors_told():
        is_new, before = people.invite(email, role, again=again)
        if is_new or again or before != role:
            _log("user invite", people.id_of(email), before={"role": before or None}, after={"role": role})
    if is_new or again:
        click.echo(f"{email} is invited as {role}: a mail with a password for the first time is on its way")
    else:
        click.echo(f"{email} is there already, now as {role}: no mail was sent (--again sends one)")


def give(people: People, email: str, role: str) -> None:
    """Change the role, log it, and say what became of it."""
    with aws_errors_told():
        before = people.give(email, role)
        if before != role:
            _log("user role", people.id_of(email), before={"role": before or None}, after={"role": role})
    click.echo(f"{email} is {role}" + ("" if before != role else " already"))


def remove(people: People, email: str) -> None:
    """Remove, log it, and say what became of it; who is not there is removed already."""
    with aws_errors_told():
        try:
            name = people.id_of(email)
        except NobodyError:
            click.echo(f"{email} is not there")
            return
        before = people.remove(email)
        _log("user remove", name, before={"role": before or None})
    click.echo(f"{email} may sign in no more")


def people_of(stack: str) -> People:
    """The pool that the stack's outputs name."""
    from sojourn.account.read import find_stack
    from sojourn.bootstrap import client, region

    with aws_errors_told():
        pool = find_stack(client, stack, region()).outputs.get("UserPoolId")
    if not pool:
        raise click.ClickException(f"the stack {stack} has no user pool yet: `make deploy` brings it")
    return People(client("cognito-idp"), pool)


def address(email: str) -> str:
    """As it is written in lower case, when it is an address."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise click.BadParameter(f"{error} Write it like you@shop.example.") from None


@contextmanager
def aws_errors_told() -> Iterator[None]:
    """What AWS refuses, in one line that says what to do."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except NobodyError as error:
        raise click.ClickException(f"nobody is {error}: `sojourn user invite` lets them in") from None
    except LastAdminError:
        raise click.ClickException("this is the only admin: invite or promote another first") from None
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"AWS refused: {error}") from None


def _log(did: str, name: str, *, before: Any = None, after: Any = None) -> None:
    """As `sojourn keys` does. By id: an address is personal data, and the log outlives its holder.

    Whoever had another role is put out of the console first: a session knows no role but its token's.
    """
    if before and any(before.values()):
        sessions.end_all(name, now=machine_clock().wall())
    at, who = iso(machine_clock().wall()), f"cli:{getpass.getuser()}"
    on = {"kind": "user", "name": name}
    record(Change(at=at, who=who, role="aws", did=did, on=on, before=before, after=after))
