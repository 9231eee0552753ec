"""docs/templates.md: its template is sound, and it lists what templates may say."""

import re

import yaml

from sojourn.messages.allowlist import FILTERS
from sojourn.messages.check import check
from sojourn.messages.elements import DEFAULTS, NOT_TAKEN, PARENTS, TAKE_BLOCKS
from tests.agreements.code import ROOT

PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
SHORT = {"d", "e"}  # other names of `default` and `escape`


def test_its_template_can_be_saved():
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

    assert check(yaml.safe_load(example)) == []


def test_every_filter_is_named():
    (told,) = re.findall(r"Filters: (.*?)\. Nothing else", PAGE, re.DOTALL)

    assert set(re.findall(r"`(\w+)`", told)) == FILTERS - SHORT


def test_every_element_is_told_with_the_place_where_it_stands():
    rows = [line.split("|")[1:3] for line in PAGE.splitlines() if line.startswith("| `")]
    told = {
        name: set(re.findall(r"`([\w-]+)`", places))
        for names, places in rows
        for name in re.findall(r"`([\w-]+)`", names)
    }

    assert told == {name: places or {DEFAULTS} for name, places in PARENTS.items() if name != "mjml"}
    assert all(f"`{name}`" in PAGE.partition("**Not taken**")[2] for name in NOT_TAKEN)
    (blocks,) = re.findall(r"round whole elements in (.*?):", PAGE, re.DOTALL)
    assert set(re.findall(r"`([\w-]+)`", blocks)) == TAKE_BLOCKS
