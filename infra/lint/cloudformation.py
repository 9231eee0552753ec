"""cfn-lint over what CloudFormation will really see.

`sam validate --lint` reads the SAM file and so misses a cycle through an API that SAM makes (E3004). Here the template
is translated first. State machines of `statemachines/` are wrapped, for E3601 reads a Definition only.
"""

import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml
from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped]

from infra.lint.stacks import ROOT, Node, source_of, sources, translate

REGION = "us-east-1"
# The nested templates lie on this disk until `sam package` puts them into a bucket.
PASSED_OVER = ["W3002"]


def findings(root: Path = ROOT) -> Iterator[str]:
    """Everything cfn-lint has to say about the templates and the machines."""
    for path in sources(root):
        template = source_of(path)
        yield from lint(translate(template) if "Transform" in template else template, path)
    for path in sorted((root / "statemachines").glob("*.asl.*")):
        yield from lint(wrapped(yaml.safe_load(path.read_text())), path)


def lint(template: Node, path: Path) -> Iterator[str]:
    """What cfn-lint says of one template; `path` is the file to blame, and where nested templates are looked for."""
    logging.getLogger("cfnlint").setLevel(logging.CRITICAL)
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=path.parent, prefix=".lint-") as file:
        json.dump(template, file, default=str)
        file.flush()
        for match in lint_file(Path(file.name), ManualArgs(regions=[REGION], ignore_checks=PASSED_OVER)):
            place = "/".join(str(part) for part in getattr(match, "path", None) or [])
            yield f"{path.name}: {match.rule.id} {match.message} ({place})"


def wrapped(machine: Node) -> Node:
    """A state machine as the one resource of a template."""
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/journey", "Definition": machine}
    return {"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
