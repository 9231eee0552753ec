"""Lint the templates: `python -m infra.lint.check`. Says each finding on a line and ends with 1 when there is one."""

import sys
from collections.abc import Iterator

from infra.lint import cloudformation
from infra.lint.rules import RULES
from infra.lint.stacks import load, sources
from infra.lint.wildcards import unexplained_wildcards


def findings() -> Iterator[str]:
    """All findings, the house's rules first."""
    stack = load()
    for rule in RULES:
        yield from rule(stack)
    for path in sources():
        yield from unexplained_wildcards(path)
    yield from cloudformation.findings()


def main() -> int:
    """Print what was found."""
    found = list(findings())
    for finding in found:
        print(finding)
    print(f"templates: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
