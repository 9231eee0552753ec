"""Any edit of any text that ships, for hypothesis."""

import json
import re
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

from hypothesis import strategies as st

from functions.api.console.texts import Path, read

SHIPPED = sorted(File("statemachines").glob("*/*.yaml"))
HOSTILE = [
    *(
        "a: b",
        "#no",
        " lead",
        "12:30",
        "yes",
        "null",
        "~",
        "1",
        "0x10",
        "true",
        "",
        'q"u',
        "it's",
        "- x",
        "? x",
    ),
    *(
        "{a}",
        "[",
        "a, b",
        "a #b",
        "a:",
        "\t",
        "%d",
        "@x",
        "|",
        ">",
        "!t",
        "&a",
        "*a",
        "---",
        "...",
        "é😀",
        "\u202eabc",
    ),
    *("one\ntwo\n", "l1\n\n  l2", "a\r\nb", "\u2028", "\x85", "\ufeffx", "\x00", "word " * 60),
]
words = st.sampled_from(HOSTILE) | st.text(max_size=8).filter(
    lambda said: not re.search("[\ud800-\udfff]", said)
)
singles = words | st.integers(-(10**18), 10**18) | st.floats(-1e9, 1e9) | st.booleans() | st.none()
keys = (
    st.sampled_from(["new", "wait for", "a: b", "é", "true", "1", "# x", "", "?", "-", "then", "\u2028"])
    | words
)
values = st.recursive(
    singles,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(keys, each, max_size=3),
    max_leaves=6,
) | st.sampled_from(
    [
        {"send": "Hello", "template": "hello"},
        {"branch": "Which?", "if": {"attribute": "plan", "is": "pro"}, "then": [{"exit": "Done"}]},
    ]
)


def bare(text: str) -> str:
    """As it ships."""
    return text


def windows(text: str) -> str:
    """With the line ends of Windows."""
    return text.replace("\n", "\r\n")


def marked(text: str) -> str:
    """With a byte order mark."""
    return "\ufeff" + text


def unended(text: str) -> str:
    """Without a last line end."""
    return text.rstrip("\n")


def indentless(text: str) -> str:
    """With lists at the margin of their keys, as far as they are lists of the document's keys."""
    return re.sub(r"(?m)^  (?=[ \-#])", "", text)


def as_json(text: str) -> str:
    """As JSON in lines."""
    return json.dumps(read(text), indent=2)


def as_json_line(text: str) -> str:
    """As JSON in one line."""
    return json.dumps(read(text))


def remarked(text: str) -> str:
    """With a remark above and behind every line that is not one."""
    said = []
    for number, line in enumerate(text.split("\n")):
        if not line.strip() or line.lstrip().startswith("#"):
            said.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip()))
        said += [f"{indent}# above {number}", line if " # " in line else f"{line}  # behind {number}"]
    return "\n".join(said)


DRESSES = [bare, windows, marked, unended, indentless, as_json, as_json_line, remarked]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A shipped text in one dress or another."""
    return draw(st.sampled_from(DRESSES))(draw(st.sampled_from(SHIPPED)).read_text(encoding="utf-8"))


def paths(said: Any, path: Path = ()) -> Iterator[Path]:
    """The ways to everything that a text says."""
    yield path
    for key, each in (
        said.items() if isinstance(said, dict) else enumerate(said if isinstance(said, list) else [])
    ):
        yield from paths(each, (*path, key))


def at(said: Any, path: Path) -> Any:
    """What stands at the end of the way."""
    for key in path:
        said = said[key]
    return said
