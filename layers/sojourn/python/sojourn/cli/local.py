"""`sojourn local`: the doors of the local cloud, as a shell takes them."""

import json
import shlex

import click

from sojourn.cli.api import LOCAL

WORDS = {
    "COLLECT_URL": "collect_url",
    "WRITE_KEY": "write_key",
    "SOJOURN_API_URL": "api_url",
    "SOJOURN_API_KEY": "api_key",
    "POST_OFFICE_URL": "post_office_url",
}


@click.command("local", epilog='Example: eval "$(sojourn local)" && curl "$POST_OFFICE_URL/messages"')
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def local_command(as_json: bool) -> None:
    """Print the addresses and keys of the local cloud of this folder."""
    try:
        known = json.loads(LOCAL.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise click.ClickException("no local cloud runs here: `make up` starts one") from None
    found = {word: known[name] for word, name in WORDS.items()}
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for word, value in found.items():
        click.echo(f"export {word}={shlex.quote(value)}")
