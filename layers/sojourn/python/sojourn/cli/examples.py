"""One example for each command, shown below its options; a command that brings its own keeps it."""

from collections.abc import Iterator

import click

EXAMPLES = """\
apply my-shop --yes
archive verify ada@shop.example --stack sojourn
asl --check
attributes delete shoe_size
attributes list
attributes set points number
backtest my-shop/journeys/my-welcome.journey.yaml --against live --events calls.jsonl
check my-shop
compile my-shop/journeys/my-welcome.journey.yaml
contact erase ann --yes --wait
contact explain ann my-welcome
contact export ann
contact show ann
diff my-shop
explain ann my-welcome
export contacts -o everybody.csv
hooks list --stack sojourn
hooks new our-shop --provider shopify --stack sojourn
hooks revoke our-shop --stack sojourn
import contacts my.csv --dry-run
import events orders.csv --event "Order Completed"
import list
import resume 230073bc5e4ea48a7186a928
import show 230073bc5e4ea48a7186a928
journey approve my-welcome
journey continue my-welcome "Ask for feedback"
journey enrol my-welcome ann --property coupon=SPRING
journey list
journey new my-welcome --from welcome
journey pause my-welcome
journey presets
journey resume my-welcome
journey show my-welcome
journey stop my-welcome
keys list --stack sojourn
keys new api --name ann --role editor --stack sojourn
keys revoke api sj_… --stack sojourn
keys rotate-calls --stack sojourn
keys rotate-identify --stack sojourn
keys rotate-link --stack sojourn
keys user-hash ann --stack sojourn
plan my-shop
privacy replay --stack sojourn
publish my-shop/journeys/my-welcome.journey.yaml
pull my-shop
rehearse my-shop/journeys/my-welcome.journey.yaml --days 30
report my-welcome
segment check my-shop
segment explain big-spenders ann
segment list
segment members big-spenders
segment preview my-shop/journeys/segments/big-spenders.segment.yaml
segment publish big-spenders
segment retire big-spenders
segment run 01JD3Z
segment show big-spenders
segment verify big-spenders
segment watch big-spenders
suppress email ada@shop.example --note "asked on the telephone"
task list --assign sales
task settle 01JD3Z done --by Grace
unsuppress email ada@shop.example
workspace set --country US --timezone America/New_York --cap "3 per 1 week"
workspace show"""


def give_examples(command: click.Command, path: tuple[str, ...]) -> None:
    """Below the options of a command that has none yet; or of each that a group holds, as far as it is loaded."""
    if isinstance(command, click.Group):
        if isinstance(command.commands, dict):
            for name, each in command.commands.items():
                give_examples(each, (*path, name))
    elif not command.epilog and "Example" not in (command.help or ""):
        words = " ".join(path)
        found = next((line for line in EXAMPLES.splitlines() if f"{line} ".startswith(f"{words} ")), "")
        command.epilog = f"Example: sojourn {found}" if found else None


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command that does something, with the words that lead to it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name), command
