"""What stands beside journey files and is held against them: the templates of the folder."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from sojourn.journeys.checking.case import Known
from sojourn.messages.faults import TemplateRefusedError
from sojourn.messages.files import SUFFIX, read_template, template_files

FOLDER = "templates"


def known_beside(paths: Iterable[Path]) -> Known:
    """The templates that lie in a folder, or beside a file and in `templates/` there; nothing is known where none lie.

    A template that cannot be read is known by its file's name, and its own check says why.
    """
    found = sorted({template for path in paths for template in _templates_of(path)})
    if not found:
        return Known()
    channels: dict[str, str] = {}
    bare: dict[str, tuple[str, ...]] = {}
    for path in found:
        name, channel, fields = _told(path)
        channels[name], bare[name] = channel, fields
    return Known(templates=channels, bare=bare)


def _templates_of(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from path.rglob(f"*{SUFFIX}")
    else:
        yield from template_files(path.parent)
        yield from template_files(path.parent / FOLDER)


def _told(path: Path) -> tuple[str, str, tuple[str, ...]]:
    # Both load where templates are read.
    from jinja2 import TemplateSyntaxError

    from sojourn.messages.bare import bare_fields

    try:
        said = read_template(path)
        return str(said.get("template")), str(said.get("channel")), bare_fields(said)
    except (TemplateRefusedError, TemplateSyntaxError):
        return path.name.removesuffix(SUFFIX), "", ()
