"""Commands that are loaded when they are called for: `--help` and completion read the table, not the modules."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING

import click

from sojourn.cli.examples import give_examples

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command stands below `sojourn.cli`, as `module:object`, and the first sentence of its help."""

    at: str
    says: str

    def load(self) -> click.Command:
        """The command itself."""
        module, _, name = self.at.partition(":")
        found = getattr(import_module(f"sojourn.cli.{module}"), name)
        assert isinstance(found, click.Command)
        return found


class Commands(MutableMapping[str, click.Command]):
    """What a group holds: commands of the table, each loaded once it is looked at, and those added to it."""

    def __init__(self, lazy: Mapping[str, Lazy], path: tuple[str, ...] = ()) -> None:
        self._lazy, self._path = dict(lazy), path
        self._there: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._there:
            self[name] = self._lazy[name].load()
        return self._there[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        give_examples(command, (*self._path, name))
        self._there[name] = command

    def __delitem__(self, name: str) -> None:
        self._there.pop(name, None)
        self._lazy.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(chain(self._lazy, self._there)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._lazy or name in self._there  # without loading

    def told(self, name: str) -> click.Command:
        """Enough of a command for a line of help."""
        lazy = self._lazy.get(name)
        return click.Command(name, help=lazy.says) if lazy else self._there[name]


class LazyGroup(click.Group):
    """A group that tells of its commands without loading them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click's own, by the table."""
        told = self._told(ctx)
        limit = formatter.width - 6 - max(map(len, told))
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(limit)) for name, each in told.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """As click's own, by the table."""
        from click.shell_completion import CompletionItem

        names = {name: each for name, each in self._told(ctx).items() if name.startswith(incomplete)}
        found = [CompletionItem(name, help=each.get_short_help_str()) for name, each in names.items()]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def _told(self, ctx: click.Context) -> dict[str, click.Command]:
        commands = self.commands
        assert isinstance(commands, Commands)
        return {name: commands.told(name) for name in self.list_commands(ctx)}
