"""The names of all time zones, spelled as the tz database spells them: a file system may not mind case. Pure."""

import functools
import importlib.resources


@functools.cache
def zone_names() -> frozenset[str]:
    """Every name, old ones too."""
    return frozenset(importlib.resources.files("tzdata").joinpath("zones").read_text().split())
