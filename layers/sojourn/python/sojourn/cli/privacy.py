"""Commands about what people may ask for: `contact export`, `contact erase`, and `privacy replay` after a restore."""

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from sojourn.cli.api import SECONDS, Api
from sojourn.cli.options import asks_api, show
from sojourn.cli.progress import RUNNING, Place, Run, followed, progress
from sojourn.settings import PrivacySettings, Settings

CLEAN = {"settle", "archive", "prove"}  # from here on nothing is left in the tables
CHUNK = 1024 * 1024
OF_NO_CONCERN = {"max_event_age_hours": "24", "due_shards": "1"}


@click.command("export")
@click.argument("contact")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write; else <contact id>.json."
)
@asks_api
def export_contact(contact: str, output: Path | None, api: Api, as_json: bool) -> None:
    """Write everything that is known of a CONTACT, by id or userId, into one JSON file."""
    job = api.post("contacts", contact, "export")
    job = _followed(api, "exports", job, quiet=as_json, look=f"sojourn contact export {contact}")
    if not job["found"]:
        raise click.ClickException("the contact was erased meanwhile: there is nothing to export")
    path = output or Path(f"{job['contact']}.json")
    with progress(f"fetching {path}", quiet=as_json, again=f"sojourn contact export {contact}"):
        _download(job["download_url"], path)
    show({**job, "file": str(path)}, as_json, lambda told: [f"{told['file']}: {told['bytes']:,} bytes"])


@click.command("erase")
@click.argument("contact")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait", is_flag=True, help="Wait for the archive, too: about twenty minutes.")
@asks_api
def erase_contact(contact: str, yes: bool, wait: bool, api: Api, as_json: bool) -> None:
    """Forget a CONTACT, by id, userId or identity. Repeat the command to see how far it is; it goes on by itself."""
    if not yes:
        click.confirm(f"Forget {contact}? Nobody can bring it back.", abort=True, err=True)
    job = api.post("contacts", contact, "erase")
    ended = _followed(api, "erasures", job, quiet=as_json, look=f"sojourn contact erase {contact}", wait=wait)
    show(ended, as_json, _told)


def _followed(api: Api, kind: str, job: Run, *, look: str, quiet: bool, wait: bool = True) -> Run:
    """The job as it ended; who does not wait is content once the tables are clean."""

    def read() -> Run:
        return dict(api.get(kind, job["id"]))

    def goes_on(found: Run) -> bool:
        return found["status"] == RUNNING and (wait or found["step"] not in CLEAN)

    def place(found: Run) -> Place:
        return found.get("step", "gathering"), None, None

    return followed(job, read, place, look=look, quiet=quiet, goes_on=goes_on) or job


def _told(job: dict[str, Any]) -> list[str]:
    deleted = ", ".join(f"{n} {what}" for what, n in job["deleted"].items() if n) or "nothing"
    if job["status"] == "done" and not job["found"]:
        return [f"Nobody goes by that name; late events will be dropped. Proof: {job['status_url']}"]
    if job["status"] == "done":
        return [f"Erased: {deleted}. Proof: {job['status_url']}"]
    return [
        f"Deleted: {deleted}.",
        "What was in flight, and the archive, follow within half an hour; nobody need wait for it.",
        f"Proof: {job['status_url']}",
    ]


def _download(url: str, path: Path) -> None:
    import requests

    try:
        with requests.get(url, stream=True, timeout=SECONDS) as answer, path.open("wb") as file:
            answer.raise_for_status()
            for chunk in answer.iter_content(CHUNK):
                file.write(chunk)
    except requests.RequestException as error:
        raise click.ClickException(
            f"the file cannot be fetched ({type(error).__name__}): repeat the command"
        ) from None


@click.group("privacy")
def privacy_group() -> None:
    """What was forgotten stays forgotten."""


@privacy_group.command("replay")
@click.option("--stack", required=True, help="The stack's name, as `sam deploy` knows it.")
@click.option(
    "--table", "tables", multiple=True, help="NAME=TABLE, as events=Events-restored, instead of the stack's."
)
def replay_command(stack: str, tables: tuple[str, ...]) -> None:
    """After a restore: erase again whoever was erased before. Run it before anybody uses the tables."""
    os.environ.update(environment_of(outputs_of(stack), tables))
    from sojourn import bootstrap
    from sojourn.privacy.replay import replay

    with progress("erasing again", again=f"sojourn privacy replay --stack {stack}"):
        found = replay(eraser=bootstrap.eraser())
    for what, n in found.items():
        click.echo(f"{n:>8} {what}")


def environment_of(outputs: Mapping[str, str], tables: tuple[str, ...]) -> dict[str, str]:
    """What a function of the stack finds in its environment, as far as erasing goes; with other tables, if told."""
    names = [field.name for settings in (Settings, PrivacySettings) for field in fields(settings)]
    known = {name: outputs.get(name.title().replace("_", ""), "-") for name in names}
    known |= OF_NO_CONCERN
    for said in tables:
        name, _, table = said.partition("=")
        if f"{name}_table" not in known or not table:
            raise click.ClickException(
                f"{said}: write NAME=TABLE, with NAME people, identity, events or another"
            )
        known[f"{name}_table"] = table
    return {name.upper(): value for name, value in known.items()}


def outputs_of(stack: str) -> dict[str, str]:
    """What a stack says of itself."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        found = (
            boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        )
    except (BotoCoreError, ClientError) as error:
        way = "sign in to AWS and set AWS_REGION; `sam list stack-outputs` shows what is there"
        raise click.ClickException(
            f"the stack {stack} cannot be read ({type(error).__name__}): {way}"
        ) from None
    return {output["OutputKey"]: output["OutputValue"] for output in found}
