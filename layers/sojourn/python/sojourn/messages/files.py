"""Template files: `<name>.template.yaml`, and the layouts beside them that letters share.

layout: letter      the html is put where letter.layout.html says [[ content ]], the mjml where letter.layout.mjml does
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sojourn.messages.faults import Fault, TemplateRefusedError

SUFFIX = ".template.yaml"
CONTENT = "[[ content ]]"


def template_files(folder: Path) -> Iterator[Path]:
    """The template files of a folder, in order."""
    yield from sorted(folder.glob(f"*{SUFFIX}"))


def read_template(path: Path) -> dict[str, Any]:
    """The definition in a file, complete: what `check` and `save` take."""
    try:
        definition = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise _refused(path, mark.line + 1 if mark else 1, "no readable YAML", "mend the file") from error
    if not isinstance(definition, dict):
        raise _refused(path, 1, "no template", "write template:, channel: and text:")
    layout = definition.pop("layout", None)
    return definition if layout is None else _in_layout(definition, path, str(layout))


def _in_layout(definition: dict[str, Any], path: Path, layout: str) -> dict[str, Any]:
    body = "mjml" if "mjml" in definition else "html"
    file = path.parent / f"{layout}.layout.{body}"
    if not layout.isidentifier() or not file.is_file():
        raise _refused(path, 1, f"there is no layout {layout}", f"put {file.name} beside the template")
    before, found, after = file.read_text(encoding="utf-8").partition(CONTENT)
    if not found:
        raise _refused(file, 1, "the layout has no place for content", f"write {CONTENT} where it belongs")
    return {**definition, body: before + str(definition.get(body, "")).strip() + after}


def _refused(path: Path, line: int, problem: str, remedy: str) -> TemplateRefusedError:
    return TemplateRefusedError(path.name, [Fault("file", line, problem, remedy)])
