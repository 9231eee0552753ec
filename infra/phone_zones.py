"""Writes the table of time zones by phone prefix: `make zones`, after phonenumbers was renewed in requirements/dev.txt.

The layer holds phonenumberslite, which has no zones; the full package (ten times as large) is a tool's dependency. What
its table says is written down once, shorter: a prefix that says no more than a shorter one does is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

TABLE = Path(__file__).parents[1] / "layers/sojourn/python/sojourn/contacts/phone_zones.txt"
UNKNOWN = "Etc/Unknown"
Zones = tuple[str, ...]


def main() -> None:
    """Write the table."""
    TABLE.write_text(text_of(source()), encoding="utf-8")


def source() -> Mapping[str, Zones]:
    """Zones by prefix, as phonenumbers has them."""
    from phonenumbers.tzdata import TIMEZONE_DATA

    found: Mapping[str, Zones] = TIMEZONE_DATA
    return found


def text_of(table: Mapping[str, Zones]) -> str:
    """One line for each set of zones: the zones, a tab, the prefixes."""
    lines = defaultdict(list)
    for prefix in sorted(table):
        zones = tuple(zone for zone in table[prefix] if zone != UNKNOWN)
        if zones and zones != _of_shorter(prefix, table):
            lines[zones].append(prefix)
    return "".join(f"{' '.join(zones)}\t{' '.join(prefixes)}\n" for zones, prefixes in sorted(lines.items()))


def _of_shorter(prefix: str, table: Mapping[str, Zones]) -> Zones | None:
    shorter = (prefix[:length] for length in range(len(prefix) - 1, 0, -1))
    return next((table[each] for each in shorter if each in table), None)


if __name__ == "__main__":
    main()
