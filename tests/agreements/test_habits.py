"""Habits of the house that a reader can count on everywhere."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.agreements.code import LIBRARY, ROOT, imports_of, modules, short, tree_of

LONGEST = 300  # lines of a module; a test or a table of cases may be longer
STORES = {"tables.py", "config.py", "transactions.py", "store.py"}
PRODUCT = modules(LIBRARY, ROOT / "functions")
EVERYTHING = [*PRODUCT, *modules(ROOT / "infra"), *modules(ROOT / "bench")]
TESTS = modules(ROOT / "tests")


@pytest.mark.parametrize("path", EVERYTHING, ids=short)
def test_a_module_can_be_read_in_one_sitting(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", modules(LIBRARY), ids=short)
def test_rows_stay_in_stores(path: Path):
    knows_rows = any(name.split(".")[0] == "pynamodb" for name in imports_of(path))
    assert not knows_rows or path.name in STORES


@pytest.mark.parametrize("path", PRODUCT, ids=short)
def test_no_error_is_caught_blindly(path: Path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: bare except"
            caught = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
            assert not caught & {"Exception", "BaseException"}, f"line {node.lineno}"


@pytest.mark.parametrize("path", PRODUCT, ids=short)
def test_what_others_may_call_says_what_it_promises(path: Path):
    tree = tree_of(path)
    assert ast.get_docstring(tree) or path.name == "__init__.py"
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and is_public(node)]
    parts = [*tree.body, *(part for each in classes for part in each.body)]
    assert not [node.name for node in parts if is_public(node) and not ast.get_docstring(node)]


def is_public(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.ClassDef]:
    """A function or class for others; PynamoDB's Meta is its own word."""
    return (
        isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and node.name != "Meta"
    )


@pytest.mark.parametrize("path", PRODUCT, ids=short)
def test_names_say_what_a_module_is_for(path: Path):
    vague = {"utils", "helpers", "common", "base", "manager", "service", "misc"}
    assert not {path.stem, *path.relative_to(ROOT).parts} & vague


@pytest.mark.parametrize("path", modules(LIBRARY, ROOT / "functions"), ids=short)
def test_only_the_clock_knows_what_time_it_is(path: Path):
    asked = [
        ast.unparse(node)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"datetime.now", "datetime.utcnow", "time.time"}
    ]
    assert not asked or path in {
        LIBRARY / "clock.py",
        LIBRARY / "telemetry.py",
    }  # log lines bear the wall's time


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_tests_do_not_sleep_print_or_patch(path: Path):
    forbidden = {"time.sleep", "print", "mock.patch", "patch", "monkeypatch.setattr"}
    called = {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}
    assert not called & forbidden
    assert not {name for name in imports_of(path) if name.startswith(("unittest.mock", "mock."))}
