"""The letters and texts that ship: whole without a name, with a way out and an address, short on the phone."""

import re
from typing import Any

import pytest

from sojourn.messages.check import save
from sojourn.messages.files import read_template, template_files
from sojourn.messages.render import Rendered, render
from tests.statemachines.presets.stage import ROOT

FILES = list(template_files(ROOT / "journeys" / "templates"))
NAMES = [path.name.partition(".")[0] for path in FILES]
OUT, ADDRESS = "https://mail.example.org/u/x", "Fieldnotes & Co., 12 Canal Street, New York, NY 10013"
DOORS = dict.fromkeys(
    ("preferences_url", "confirm_url", "export_url", "erase_url"), "https://mail.example.org/p/x"
)
LEFT_OVER = re.compile(r"\{\{|\{%|None|[ ,],|, (there|friend)\b[,.]|,\s*[.!?]|\(\s*\)")
A_PART = 160  # characters of plain letters


def rendered(source: dict[str, Any], **facts: str) -> Rendered:
    return render(save(source, version=0), facts, unsubscribe_url=OUT, doors=DOORS, postal_address=ADDRESS)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_nobody_s_name_leaves_no_gap(path: Any):
    message = rendered(read_template(path))
    shown = re.sub(r"<style.*?</style>|<[^>]+>", "", message.html, flags=re.DOTALL)

    for part in (message.subject, shown, message.text):
        assert not LEFT_OVER.findall(part.replace("&amp;", "&").replace("friend, ", ""))


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_says_who_writes_and_how_to_leave(path: Any):
    source = read_template(path)
    message = rendered(source, firstName="Maximiliane-Alexandra Theresia")

    if source["channel"] == "sms":
        assert message.text.startswith("Fieldnotes & Co: ")
        assert message.text.endswith("Reply STOP to opt out")
        assert len(message.text) <= A_PART
        return
    assert ADDRESS in message.text
    assert ADDRESS.replace("&", "&amp;") in message.html
    is_marketing = source.get("purpose", "marketing") == "marketing"
    assert {OUT in part for part in (message.text, message.html)} == {is_marketing}
    links = set(re.findall(r'href="(https://fieldnotes[^"]+/[^"]+)"', message.html))
    assert {link for link in links if link.replace("&amp;", "&") not in message.text} == set()
