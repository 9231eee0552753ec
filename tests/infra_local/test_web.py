"""What browsers load from us is what the lock names, byte for byte, with its licence."""

import gzip
import json

import pytest

from infra.web import assets, console
from infra.web.node import ROOT

pytestmark = pytest.mark.skipif(not assets.is_ready(), reason="npm's registry was out of reach: make install")


def test_the_lock_names_packages_and_no_registry():
    lock = json.loads((ROOT / "infra" / "web" / "package-lock.json").read_text())

    packages = {path: said for path, said in lock["packages"].items() if path}
    assert packages
    assert all(said["integrity"].startswith("sha512-") for said in packages.values())
    assert not [path for path, said in packages.items() if "resolved" in said]


def test_what_is_served_is_the_package_s_own():
    shipped = assets.CLIENT / "dist" / "umd"
    served = sorted(path.name for path in assets.SERVED.glob("*.js.gz"))

    assert "standalone.js.gz" in served
    assert "LICENSE" in {path.name for path in assets.SERVED.iterdir()}
    for name in served:
        packed = (assets.SERVED / name).read_bytes()
        assert gzip.decompress(packed) == (shipped / name.removesuffix(".gz")).read_bytes()
    assert sum(path.stat().st_size for path in assets.SERVED.iterdir()) < 100_000


def test_every_part_that_the_client_may_load_is_served():
    parts = {path.name for path in (assets.CLIENT / "dist" / "umd").glob("*.bundle.*.js")}

    assert parts
    assert {f"{name}.gz" for name in parts} <= {path.name for path in assets.SERVED.iterdir()}


def test_the_console_s_lock_names_packages_and_no_registry():
    lock = json.loads((console.FRONT / "package-lock.json").read_text())

    packages = {path: said for path, said in lock["packages"].items() if path}
    assert packages
    assert all(said["integrity"].startswith("sha512-") for said in packages.values())
    assert not [path for path, said in packages.items() if "resolved" in said]


def test_what_the_console_loads_is_built_from_the_sources_as_they_are():
    assert console.is_ready(), "make install"
    assert "MIT" in (console.STATIC / "LICENSES.txt").read_text()
