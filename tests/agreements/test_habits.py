"""Habits of the house that a reader can count on everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from tests.agreements.code import LIBRARY, ROOT, against, imports_of, modules, nodes_of, tree_of

LONGEST = 300  # lines of a module; a test or a table of cases may be longer
STORES = {"tables.py", "config.py", "transactions.py", "store.py"}
PRODUCT = modules(LIBRARY, ROOT / "functions")
EVERYTHING = [*PRODUCT, *modules(ROOT / "infra"), *modules(ROOT / "bench")]
TESTS = modules(ROOT / "tests")


def too_long(path: Path) -> Iterator[str]:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LONGEST:
        yield f"{lines} lines"


def test_a_module_can_be_read_in_one_sitting():
    assert not against(too_long, EVERYTHING)


def knows_rows(path: Path) -> set[str]:
    return {name for name in imports_of(path) if name.split(".")[0] == "pynamodb"}


def test_rows_stay_in_stores():
    assert not against(knows_rows, [path for path in modules(LIBRARY) if path.name not in STORES])


def caught_blindly(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.ExceptHandler):
            caught = (
                {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {""}
            )
            if caught & {"", "Exception", "BaseException"}:
                yield f"line {node.lineno}"


def test_no_error_is_caught_blindly():
    assert not against(caught_blindly, PRODUCT)


def without_a_word(path: Path) -> Iterator[str]:
    tree = tree_of(path)
    if not ast.get_docstring(tree) and path.name != "__init__.py":
        yield "the module"
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and is_public(node)]
    parts = [*tree.body, *(part for each in classes for part in each.body)]
    yield from (node.name for node in parts if is_public(node) and not ast.get_docstring(node))


def test_what_others_may_call_says_what_it_promises():
    assert not against(without_a_word, PRODUCT)


def is_public(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.ClassDef]:
    """A function or class for others; PynamoDB's Meta is its own word."""
    return (
        isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and node.name != "Meta"
    )


def test_names_say_what_a_module_is_for():
    vague = {"utils", "helpers", "common", "base", "manager", "service", "misc"}

    assert not against(lambda path: {path.stem, *path.relative_to(ROOT).parts} & vague, PRODUCT)


def calls_in(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in nodes_of(path) if isinstance(node, ast.Call)}


def test_only_the_clock_knows_what_time_it_is():
    times = {"datetime.now", "datetime.utcnow", "time.time"}
    allowed = {LIBRARY / "clock.py", LIBRARY / "telemetry.py"}  # log lines bear the wall's time

    assert not against(lambda path: calls_in(path) & times, [path for path in PRODUCT if path not in allowed])


def sleeps_prints_or_patches(path: Path) -> set[str]:
    forbidden = {"time.sleep", "print", "mock.patch", "patch", "monkeypatch.setattr"}
    mocks = {name for name in imports_of(path) if name.startswith(("unittest.mock", "mock."))}
    return calls_in(path) & forbidden | mocks


def test_tests_do_not_sleep_print_or_patch():
    assert not against(sleeps_prints_or_patches, TESTS)
