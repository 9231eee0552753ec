"""A template as a file that people read: a text of several lines stands as it is, line by line."""

from collections.abc import Mapping
from typing import Any

import yaml


class _Blocks(yaml.SafeDumper):
    """Quotes where it must: a line that ends with a space cannot stand in a block."""


def _text(dumper: _Blocks, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _text)


def in_blocks(said: Mapping[str, Any]) -> str:
    """The file of what is said."""
    return str(yaml.dump(dict(said), Dumper=_Blocks, sort_keys=False, allow_unicode=True, width=10_000))
