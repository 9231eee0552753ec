"""The shop in whose name the letters of the presets are written becomes one's own, as project.yaml says."""

from collections.abc import Mapping
from pathlib import Path

from sojourn.cli.folder.project import read_project


def brand_of(folder: Path) -> Mapping[str, str]:
    """What the folder's project.yaml says of the brand; {} where there is none."""
    project = read_project(folder)
    return {name: str(said) for name, said in (project.said.get("brand") or {}).items()} if project else {}
