"""`sojourn init`: a folder of one's own: project.yaml, journeys/, and their templates. No cloud is asked."""

from pathlib import Path

import click

PROJECT = "project.yaml"
FOLDERS = ("journeys", "journeys/templates")
TEXT = """\
# What holds for the whole workspace. `sojourn plan {folder}` shows what differs, `sojourn apply {folder}` makes it so.
# What a line does not say stays as it is.

# Who writes. These three are parameters of the stack: `make deploy GUIDED=1` sets them, `plan` tells when they differ.
sender: {sender}
from-name: {from_name}
postal-address: {postal_address}   # the law wants it in every marketing mail

# Where the company is: how numbers without + are read, and the hours of people whose zone nobody knows.
# country: US
# timezone: America/New_York

# What people can subscribe to, one by one, and what else may be sent. A journey with another word is refused.
topics: [onboarding, newsletter, offers, all, birthday, cart, club, refills, reviews, shops]
purposes: [marketing, transactional, service]

# Hours of the local day for marketing. Texts have 09:00-20:00 unless you say otherwise.
# hours: {{sms: 09:00-20:00, email: 07:00-22:00}}

# How much marketing one person gets, over all journeys.
# caps:
#   - {{at most: 3, per: 1 week}}
#   - {{at most: 1, per: 1 day, channel: sms}}

# What `sojourn journey new --folder {folder}/journeys` writes into the letters that it copies.
brand: {{name: {name}, site: "https://shop.example", color: "#8f3a1e"}}
"""


@click.command(
    "init", epilog="Example: sojourn init my-shop --sender hello@shop.example --from-name 'My shop'"
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--sender", default="hello@example.com", show_default=True, help="The address that writes.")
@click.option("--from-name", default="My shop", show_default=True, help="The name beside it.")
@click.option("--postal-address", default="1 Example Street, Example Town", show_default=True)
def init_command(folder: Path, sender: str, from_name: str, postal_address: str) -> None:
    """Begin a FOLDER of your own: project.yaml and a place for journeys and templates. Writes over nothing."""
    from sojourn.cli.folder.project import quoted

    file = folder / PROJECT
    if file.exists():
        raise click.ClickException(f"{file} is there already: edit it, then `sojourn plan {folder}`")
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    said = {"sender": sender, "from_name": from_name, "postal_address": postal_address, "name": from_name}
    file.write_text(
        TEXT.format(folder=folder, **{name: quoted(value) for name, value in said.items()}), encoding="utf-8"
    )
    click.echo(f"wrote {file}")
    click.echo(f"Next: sojourn journey new my-welcome --from welcome --folder {folder / 'journeys'}")
