"""`sojourn setup`: from a deployed stack to mail that may go to anybody. Repeat it; it knows how far it is."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import click

from sojourn.account.model import Account, Identity
from sojourn.account.read import Reader, Stack
from sojourn.account.setup.acts import PLANS, Acts, NoZoneError
from sojourn.account.setup.records import Record, looked_up, records
from sojourn.account.setup.request import draft
from sojourn.account.setup.steps import Standing, Step, steps
from sojourn.cli.keys import BROWSER_NAME, SERVER_NAME, knows_stack, make_write_key
from sojourn.cli.options import show
from sojourn.cli.progress import progress
from sojourn.cli.tables import table
from sojourn.clock import machine_clock

EVERY = 30.0  # seconds between two looks at DNS and SES
MARKS = {Standing.DONE: "✓", Standing.WAITING: "…", Standing.TODO: "○"}
EPILOG = """Examples: `sojourn setup --stack sojourn` shows how far you are and the DNS records to write;
`--route53 --watch` writes them and waits; `--ask-production --website https://shop.example` shows the request to AWS
and sends it once you agree."""


@click.command("setup", epilog=EPILOG)
@knows_stack
@click.option("--domain", help="The domain to sign for; else the sender's.")
@click.option("--route53", is_flag=True, help="Write the missing records into this account's Route 53.")
@click.option("--watch", is_flag=True, help="Wait until DNS and SES have everything (Ctrl-C is harmless).")
@click.option("--plan", type=click.Choice(PLANS), help="SES's price plan; `none` is à la carte.")
@click.option("--ask-production", is_flag=True, help="Ask AWS to let mail go to anybody; needs --website.")
@click.option("--website", help="Where people sign up, for the request.")
@click.option("--per-day", type=int, default=1_000, show_default=True, help="Mails a day, for the request.")
@click.option("--host", help="The host that links live on: asks for its certificate.")
@click.option(
    "--keys", is_flag=True, help="Make the first keys of a server and of a page, and show them once."
)
@click.option("--yes", is_flag=True, help="Do not ask before the request is sent.")
@click.option("--json", "as_json", is_flag=True, help="Print where it stands as JSON.")
def setup_command(stack: str, as_json: bool, **wanted: Any) -> None:
    """Set up SES, DNS and keys for a stack; each step says done, waiting for whom, or the next command."""
    from botocore.exceptions import BotoCoreError, ClientError

    from sojourn.account.read import find_stack
    from sojourn.bootstrap import client, region

    try:
        setup = Setup(find_stack(client, stack, region()), Acts(client), wanted["domain"] or "")
        setup.act(**wanted)
        found = setup.watch(quiet=as_json) if wanted["watch"] else setup.look()
    except NoZoneError as error:
        raise click.ClickException(
            f"Route 53 has no zone for {error}: write the records where your DNS is kept, without --route53"
        ) from None
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"AWS refused: {error}") from None
    told, wanted_records = found
    show(_json(told, wanted_records), as_json, lambda _: [*_lines(told), *_tables(wanted_records)])


@dataclass(slots=True)
class Setup:
    """One stack, and what is done for it."""

    stack: Stack
    acts: Acts
    domain: str = ""

    def __post_init__(self) -> None:
        self.domain = self.domain or self.stack.sender.rpartition("@")[2].lower()

    def act(
        self,
        *,
        domain: str | None,
        route53: bool,
        watch: bool,
        plan: str | None,
        ask_production: bool,
        website: str | None,
        per_day: int,
        host: str | None,
        keys: bool,
        yes: bool,
    ) -> None:
        """What was asked for; the identity always, for nothing goes on without it."""
        self.acts.identity(self.domain)
        if plan:
            self.acts.plan(plan)
        if host:
            self._host(host)
        if route53:
            _, wanted = self.look()
            written = self.acts.write_records(self.domain, [each for each in wanted if not each.is_there])
            click.echo(f"{written} records written into Route 53; DNS tells of them within minutes", err=True)
        if ask_production:
            self._ask_production(website, per_day, yes)
        if keys:
            _make_keys()

    def look(self) -> tuple[list[Step], list[Record]]:
        """Where it stands, and the records."""
        from sojourn.account.dns import answers, dmarc_of
        from sojourn.cli.doctor import keys_in_use

        reader = Reader(self.acts.clients, self.stack)
        account = reader.account(now=machine_clock().wall(), keys=tuple(keys_in_use()))
        account = replace(account, dmarc=dmarc_of(self.domain))
        identity = next((each for each in account.mail.identities if each.name == self.domain), None)
        wanted = looked_up(self._records(identity, account), answers) if identity else []
        return steps(account, wanted), wanted

    def watch(self, *, quiet: bool) -> tuple[list[Step], list[Record]]:
        """Look until nothing waits for DNS any more."""
        again = f"sojourn setup --stack {self.stack.name} --watch"
        what = "DNS records seen; SES looks for up to 72 hours"
        with progress(what, quiet=quiet, again=again) as move:
            while True:
                found, wanted = self.look()
                there = sum(each.is_there for each in wanted)
                done = {each.name for each in found if each.standing is Standing.DONE}
                if {"identity", "dns"} <= done:
                    return found, wanted
                move(there, total=len(wanted))
                time.sleep(EVERY)

    def _records(self, identity: Identity, account: Account) -> list[Record]:
        has_dmarc = account.dmarc is not None
        sender = self.stack.sender
        return records(identity, region=self.stack.region, reports_to=sender, has_dmarc=has_dmarc)

    def _host(self, host: str) -> None:
        arn, state, record = self.acts.certificate(host)
        if state == "ISSUED":
            click.echo(f"Next: make deploy with PublicHost={host} CertificateArn={arn}", err=True)
        elif record:
            click.echo(
                f"{host}: write {record.kind} {record.name} → {record.value}, then repeat this command",
                err=True,
            )
        else:
            click.echo(f"{host}: the certificate was asked for; repeat this command in a minute", err=True)

    def _ask_production(self, website: str | None, per_day: int, yes: bool) -> None:
        if not website:
            raise click.UsageError("--ask-production needs --website: AWS looks at where people sign up")
        text = draft(sender=self.stack.sender, website=website, per_day=per_day)
        click.echo(text, err=True)
        if not yes:
            click.confirm("Send this to AWS?", abort=True, err=True)
        self.acts.ask_production(website=website, text=text, contact=self.stack.sender)


def _make_keys() -> None:
    for name, is_browser in ((SERVER_NAME, False), (BROWSER_NAME, True)):
        key = make_write_key(name, browser=is_browser)
        click.echo(f"{name}: {key}   (shown this once)" if key else f"{name}: there already", err=True)


def _lines(told: Iterable[Step]) -> Iterator[str]:
    for step in told:
        whom = f" · waits for {step.whom}" if step.standing is Standing.WAITING else ""
        yield f"{MARKS[step.standing]} {step.name}: {step.says}{whom}"
        if step.command and step.standing is not Standing.DONE:
            yield f"    $ {step.command}"


def _tables(wanted: list[Record]) -> Iterator[Any]:
    if any(not each.is_there for each in wanted):
        rows = [
            ("✓" if each.is_there else "○", each.kind, each.name, each.value, each.why) for each in wanted
        ]
        yield table("DNS records", ["", "kind", "name", "value", "why"], rows)


def _json(told: list[Step], wanted: list[Record]) -> dict[str, Any]:
    from dataclasses import asdict

    return {"steps": [asdict(each) for each in told], "records": [asdict(each) for each in wanted]}
