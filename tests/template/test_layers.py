"""The layers hold what the functions import, of the Python that the template names, and no more."""

import ast
import re
import runpy
import subprocess
import sys
import sysconfig
from importlib.metadata import packages_distributions
from pathlib import Path

from infra.lint.stacks import ROOT

LAYER = ROOT / "layers" / "dependencies"
LIBRARY = ROOT / "layers" / "sojourn" / "python" / "sojourn"
WITH_THE_RUNTIME = {"boto3", "botocore"}
NOT_ON_LAMBDA = ("cli",)


def test_python_is_named_once():
    template = (ROOT / "template.yaml").read_text()

    assert re.findall(r"python3\.\d+", template) == [runtime()]


def test_whatever_else_names_a_python_names_that_one():
    version = runtime().removeprefix("python")

    assert f'requires-python = "=={version}.*"' in (ROOT / "pyproject.toml").read_text()
    for makefile in (LAYER / "Makefile", ROOT / "layers" / "sojourn" / "Makefile"):
        assert re.findall(r"python3\.\d+", makefile.read_text()) == [runtime()]
    assert f"{sys.version_info.major}.{sys.version_info.minor}" == version


def test_the_layer_is_built_from_the_lock():
    assert (LAYER / "requirements.txt").resolve() == ROOT / "requirements" / "layer.txt"


def test_a_module_for_the_stable_abi_lies_beside_that_of_the_other_processor(tmp_path):
    """`_rust.abi3.so` is called so on both: one would take the other's place, and its function fail at import."""
    tell_apart = runpy.run_path(str(LAYER / "build.py"))["tell_apart"]
    for processor in ("aarch64", "x86_64"):
        file = tmp_path / processor / "cryptography" / "_rust.abi3.so"
        file.parent.mkdir(parents=True)
        file.touch()
        tell_apart(tmp_path / processor, processor)

    names = [file.name for file in sorted(tmp_path.rglob("*.so"))]

    assert names == [f"_rust.cpython-311-{processor}-linux-gnu.so" for processor in ("aarch64", "x86_64")]
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    assert sys.platform != "linux" or f"_rust{suffix}" in names


def test_no_function_loads_what_the_layer_leaves_out():
    """In a process of its own, for other tests load more; `tests` and its like are left out of every package."""
    left_out = [
        pattern.replace("/", ".")
        for pattern in runpy.run_path(str(LAYER / "build.py"))["NEVER_IMPORTED"]
        if "*" not in pattern
    ]
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources()]
    ours = [each.removeprefix("layers.sojourn.python.").removesuffix(".__init__") for each in modules]
    late = {
        node.module
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
        if node.module.startswith(("aws_lambda_powertools", "chalice"))
    }
    names = [*ours, *sorted(late)]
    code = f"import importlib, sys\nfor each in {names}: importlib.import_module(each)\nprint(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert "aws_lambda_powertools.utilities.batch" in loaded
    assert not [name for name in loaded for each in left_out if f"{name}.".startswith(f"{each}.")]


def test_what_is_asked_for_is_locked_and_so_are_the_tools():
    asked = names((ROOT / "requirements" / "layer.in").read_text())

    assert asked <= locked("layer")
    assert not locked("layer") & WITH_THE_RUNTIME
    # The tools test the very versions that the layer holds.
    assert set(pins("layer").items()) <= set(pins("dev").items())


def test_functions_import_only_what_lambda_has():
    distributions = packages_distributions()
    has = locked("layer") | WITH_THE_RUNTIME | {"sojourn"}

    for path in sources():
        for module in third_party(path):
            assert has & {canonical(name) for name in distributions.get(module, [module])}, (
                f"{path}: {module}"
            )


def test_the_layer_holds_nothing_idle():
    asked = names((ROOT / "requirements" / "layer.in").read_text())
    distributions = packages_distributions()
    used = {
        canonical(name)
        for path in sources()
        for module in third_party(path)
        for name in distributions.get(module, [])
    }

    assert asked - used <= {"tzdata"}  # zoneinfo reads it; nobody imports it


def runtime() -> str:
    (named,) = re.findall(r"Runtime: (\S+)", (ROOT / "template.yaml").read_text())
    return str(named)


def sources() -> list[Path]:
    """Every file that may run on Lambda."""
    library = [
        path for path in LIBRARY.rglob("*.py") if path.relative_to(LIBRARY).parts[0] not in NOT_ON_LAMBDA
    ]
    return [*library, *(ROOT / "functions").rglob("*.py")]


def third_party(path: Path) -> set[str]:
    """Top-level modules that a file imports and Python does not bring."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"functions"}


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return {
        canonical(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)
    }


def locked(lock: str) -> set[str]:
    return set(pins(lock))


def names(text: str) -> set[str]:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return {canonical(re.split(r"[\[=<>~ ]", line)[0]) for line in lines if line and not line.startswith("-")}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
