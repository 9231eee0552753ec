"""cfn-lint over what CloudFormation will really see.

`sam validate --lint` reads the SAM file and so misses a cycle through an API that SAM makes (E3004). Here the template
is translated first. State machines of `statemachines/` are wrapped, for E3601 reads a Definition only.
"""

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml
from cfnlint.api import ManualArgs, lint_by_config  # type: ignore[import-untyped]

from infra.lint.stacks import ROOT, Node, source_of, sources, translate

REGION = "us-east-1"
# The nested templates lie on this disk until `sam package` puts them into a bucket.
PASSED_OVER = ["W3002"]


def findings(root: Path = ROOT) -> Iterator[str]:
    """Everything cfn-lint has to say about the templates and the machines."""
    templates = {path: source_of(path) for path in sources(root)}
    seen = {path: translate(each) if "Transform" in each else each for path, each in templates.items()}
    machines = sorted((root / "statemachines").glob("*.asl.*"))
    yield from lint(seen | {path: wrapped(yaml.safe_load(path.read_text())) for path in machines})


def lint(templates: Mapping[Path, Node]) -> Iterator[str]:
    """What cfn-lint says of them; each path is the file to blame, and where nested templates are looked for.

    All at once: its rules take half a second to load.
    """
    logging.getLogger("cfnlint").setLevel(logging.CRITICAL)
    with ExitStack() as files:
        paths = {files.enter_context(_beside(path, template)): path for path, template in templates.items()}
        asked = ManualArgs(templates=list(paths), regions=[REGION], ignore_checks=PASSED_OVER)
        for match in lint_by_config(asked):
            place = "/".join(str(part) for part in getattr(match, "path", None) or [])
            yield f"{paths[match.filename].name}: {match.rule.id} {match.message} ({place})"


@contextmanager
def _beside(path: Path, template: Node) -> Iterator[str]:
    """A file in the same folder, for as long as it is looked at."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=path.parent, prefix=".lint-") as file:
        json.dump(template, file, default=str)
        file.flush()
        yield file.name


def wrapped(machine: Node) -> Node:
    """A state machine as the one resource of a template."""
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/journey", "Definition": machine}
    return {"Resources": {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
