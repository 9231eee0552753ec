"""Files of our own are kept by browsers for ever, and nothing else on the disk has an address."""

import gzip

import pytest

from functions.api.console.assets import FOLDER, asset_path, manifest
from tests.console import Browser

STYLES = 12 * 1024  # gzipped
SCRIPTS = 60 * 1024


def test_a_file_is_packed_kept_and_asked_for_once(stranger: Browser):
    path = asset_path("console.css")

    packed = stranger.get(path, **{"accept-encoding": "gzip, br"})
    assert packed.status == 200
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["X-Content-Type-Options"] == "nosniff"

    again = stranger.get(path, **{"if-none-match": packed.headers["ETag"]})
    assert (again.status, again.text) == (304, "")

    plain = stranger.get(path)
    assert "Content-Encoding" not in plain.headers
    assert plain.text.encode() == (FOLDER / path.rsplit("/", 1)[1]).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["console.css", "manifest.json", "LICENSES.txt", ".made-from", "..%2Fassets.py", "..", "console-0.css"],
)
def test_nothing_else_has_an_address(stranger: Browser, name: str):
    assert stranger.get(f"/console/static/{name}").status == 404


def test_a_file_that_nobody_built_is_told_with_the_remedy():
    with pytest.raises(LookupError, match="make install"):
        asset_path("nothing.js")


def test_ordinary_pages_load_little():
    sizes = {name: len(gzip.compress((FOLDER / built).read_bytes(), 9)) for name, built in manifest().items()}

    assert sizes["console.css"] <= STYLES
    assert sizes["console.js"] <= SCRIPTS
    assert set(sizes) == {"console.css", "console.js", "designer.css", "designer.js"}
