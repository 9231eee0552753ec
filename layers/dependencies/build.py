"""Build the dependency layer: `python3.11 build.py <folder>`, called by the Makefile beside it.

One layer serves Lambda on arm64 and x86_64 and the machine that builds it, because a compiled module carries its
platform in its name (one for the stable ABI is given it): no switch to get wrong. Bytecode comes along, so that a cold
start compiles nothing; it is unchecked, for a layer's files never change and their times mean nothing there.
"""

import compileall
import platform
import py_compile
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.txt")
LAMBDA = ("manylinux2014_aarch64", "manylinux2014_x86_64")
# A test holds that no function loads any of it (tests/template/test_layers.py).
NEVER_IMPORTED = (
    *("bin", "share", "*-stubs", "**/*.pyi", "**/tests", "**/sboms", "pycparser"),
    *("chalice/cli", "chalice/deploy", "chalice/policies.json", "chalice/templates"),
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/auth_alpha",
    "aws_lambda_powertools/utilities/circuit_breaker",
    "aws_lambda_powertools/utilities/data_masking",
    "aws_lambda_powertools/utilities/feature_flags",
    "aws_lambda_powertools/utilities/idempotency",
    "aws_lambda_powertools/utilities/kafka",
    "aws_lambda_powertools/utilities/parameters",
    "aws_lambda_powertools/utilities/parser",
    "aws_lambda_powertools/utilities/streaming",
    "aws_lambda_powertools/utilities/validation",
)


def main(folder: Path) -> None:
    """Fill the folder with what the lock names, for every platform."""
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor() as pool:
        for installed in pool.map(lambda name: install(name, Path(scratch) / name), platforms()):
            shutil.copytree(installed, folder, dirs_exist_ok=True)
    trim(folder)
    compileall.compile_dir(folder, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def platforms() -> tuple[str, ...]:
    """Lambda's two, and this machine's where neither fits it."""
    return LAMBDA if platform.libc_ver()[0] == "glibc" else (*LAMBDA, "host")


def install(name: str, folder: Path) -> Path:
    """Unpack the locked wheels of one platform; the lock is whole, so nothing is left to resolve."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    exactly = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
    where = ["--target", str(folder)] if name == "host" else ["--target", str(folder), "--platform", name]
    subprocess.run([*pip, *exactly, *where], check=True)  # noqa: S603
    if name in LAMBDA:
        tell_apart(folder, name.removeprefix("manylinux2014_"))
    return folder


def tell_apart(folder: Path, processor: str) -> None:
    """Name each module for the stable ABI as one for this Python and processor: `.abi3.so` is the same on both."""
    python = f"cpython-{sys.version_info.major}{sys.version_info.minor}"
    for path in sorted(folder.rglob("*.abi3.so")):
        path.rename(path.with_name(path.name.replace(".abi3.", f".{python}-{processor}-linux-gnu.")))


def trim(folder: Path) -> None:
    """Remove what no function imports."""
    for pattern in NEVER_IMPORTED:
        for path in sorted(folder.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
