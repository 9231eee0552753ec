"""The library stands in floors, and an import only ever points down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agreements.code import LIBRARY, ROOT, imports_of, modules, short

FLOORS = (
    {
        "clock",
        "errors",
        "settings",
        "telemetry",
        "http",
        "experiments",
        "clients",
        "config",
        "tables",
        "transactions",
        "direct",
    },
    {"contacts", "messages", "rules", "asl", "audit"},
    {"events", "consent", "limits", "due", "calling"},
    {"segments", "tracking", "insight", "feedback", "intake"},
    {"delivery"},
    {"journeys", "campaigns", "imports"},
    {"planning", "privacy", "account"},
    {"cli"},
)
FLOOR_OF = {concept: number for number, concepts in enumerate(FLOORS, start=1) for concept in concepts}
WIRING = "bootstrap"  # may know everything; nothing in the library but the command line may know it
# Two floors have steps of their own: these know those.
LANDINGS = {
    "consent": {"events"},  # what people allow is said by events
    "contacts": {"rules"},  # a profile keeps the traces that rules look at, and joins them as rules do
    "http": {"config", "tables", "errors", "telemetry", "clock"},
    "config": {"tables", "errors", "settings", "clock", "transactions"},
    "tables": {"clients", "settings", "errors", "transactions"},
    "transactions": {"tables", "clients", "errors"},
    "clients": {"errors", "settings", "clock", "direct"},
    "clock": {"errors"},
    "settings": {"errors"},
    "telemetry": {"errors", "clock"},
}
OUTSIDE_OF_MODELS = {
    "boto3", "botocore", "pynamodb", "chalice", "aws_lambda_powertools", "os", "random", "secrets", "time", "requests",
}  # fmt: skip


def concept_of(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def concepts_used_by(path: Path) -> set[str]:
    names = [name.split(".") for name in imports_of(path)]
    return {name[1] for name in names if name[0] == "sojourn" and len(name) > 1} - {concept_of(path)}


LIBRARY_MODULES = [path for path in modules(LIBRARY) if concept_of(path) not in {"__init__", WIRING}]


def test_every_concept_has_its_floor():
    assert {concept_of(path) for path in LIBRARY_MODULES} <= set(FLOOR_OF)


@pytest.mark.parametrize("path", LIBRARY_MODULES, ids=short)
def test_an_import_points_down(path: Path):
    mine = concept_of(path)
    above = {
        each
        for each in concepts_used_by(path) - {WIRING}
        if FLOOR_OF[each] >= FLOOR_OF[mine] and each not in LANDINGS.get(mine, set())
    }
    assert not above, f"{mine} stands on floor {FLOOR_OF[mine]}"


@pytest.mark.parametrize("path", LIBRARY_MODULES, ids=short)
def test_only_functions_and_the_command_line_are_wired(path: Path):
    assert WIRING not in concepts_used_by(path) or concept_of(path) == "cli"


@pytest.mark.parametrize("path", modules(LIBRARY), ids=short)
def test_the_library_knows_nothing_of_what_stands_on_it(path: Path):
    assert not {name.split(".")[0] for name in imports_of(path)} & {"functions", "infra", "tests", "bench"}


@pytest.mark.parametrize("path", modules(ROOT / "functions"), ids=short)
def test_a_function_knows_the_library_and_itself(path: Path):
    folder = path.parent.name
    others = {name.split(".")[1] for name in imports_of(path) if name.startswith("functions.")}
    assert others <= {folder}
    assert not {name.split(".")[0] for name in imports_of(path)} & {"infra", "tests", "bench"}


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*/model.py")), ids=short)
def test_models_know_nothing_of_the_outside(path: Path):
    assert not {name.split(".")[0] for name in imports_of(path)} & OUTSIDE_OF_MODELS
    assert not concepts_used_by(path) & {"clients", "tables", "config", "settings", "telemetry", "http"}
