"""What `check` and `segment check` found, a line each."""

import json

import click

from sojourn.rules.findings import Finding


def say(findings: list[Finding], warnings: list[Finding], as_json: bool) -> None:
    """Errors first; as JSON they are told even when there are none."""
    if as_json:
        said = {
            "findings": [finding.to_json() for finding in findings],
            "warnings": [warning.to_json() for warning in warnings],
        }
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
        return
    for finding in findings:
        click.echo(str(finding))
    for warning in warnings:
        click.echo(f"warning: {warning}")
