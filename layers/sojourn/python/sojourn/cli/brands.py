"""The shop in whose name the letters of the presets are written becomes one's own, as project.yaml says."""

import re
from collections.abc import Mapping
from pathlib import Path

from sojourn.cli.folder.project import read_project

THEIRS = {  # in this order: the longest first
    "name": ("Fieldnotes &amp; Co.", "Fieldnotes & Co.", "Fieldnotes"),
    "site": ("https://fieldnotes.example.com",),
    "color": ("#8f3a1e",),
}
# What is safe wherever it is put: YAML, HTML, a text. Another stays theirs, for the author to put in by hand.
PLAIN = {"name": r"[\w .,!'-]+", "site": r"https://[\w.-]+", "color": r"#[0-9a-fA-F]{6}"}


def brand_of(folder: Path) -> Mapping[str, str]:
    """What the folder's project.yaml says of the brand; {} where there is none."""
    project = read_project(folder)
    return {name: str(said) for name, said in (project.said.get("brand") or {}).items()} if project else {}


def branded(text: str, brand: Mapping[str, str]) -> str:
    """A letter with the name, site and colour of one's own."""
    for part, theirs in THEIRS.items():
        ours = brand.get(part, "")
        if re.fullmatch(PLAIN[part], ours):
            for each in theirs:
                text = text.replace(each, ours)
    return text
