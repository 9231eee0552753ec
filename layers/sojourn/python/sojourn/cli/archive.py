"""`sojourn archive verify`: a search for bytes over the archive bucket, for whoever must not take our word for it."""

import click

from sojourn.cli.privacy import outputs_of
from sojourn.cli.progress import progress


@click.group("archive")
def archive_group() -> None:
    """What lies in the archive."""


@archive_group.command("verify")
@click.argument("words", nargs=-1, required=True)
@click.option("--stack", help="The stack's name, as `sam deploy` knows it.")
@click.option("--bucket", help="A bucket by its name, as of a copy, instead of the stack's.")
def verify_command(words: tuple[str, ...], stack: str | None, bucket: str | None) -> None:
    """Search every object for WORDS: the id of an erased contact, an address, a name. Ends with 1 where one is found.

    The proof of a contact's own erasure bears its id, and is left out.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    from sojourn.events.archive import Archive
    from sojourn.privacy.compact import holding
    from sojourn.privacy.files import PROOFS

    if not (stack or bucket):
        raise click.UsageError("name --stack or --bucket")
    name_of_bucket = bucket or outputs_of(stack or "").get("ArchiveBucket", "")
    own = {f"{PROOFS}{word}.json" for word in words}
    try:
        with progress("searching the archive"):
            held = holding(Archive(boto3.client("s3"), name_of_bucket), words)
            found = [name for name in held if name not in own]
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"the bucket cannot be read ({type(error).__name__})") from None
    for name in found:
        click.echo(name)
    if found:
        raise click.ClickException(f"{len(found)} objects hold one of these words")
    click.echo("No object holds any of these words.")
