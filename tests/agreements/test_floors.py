"""The library stands in floors, and an import only ever points down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.agreements.code import LIBRARY, ROOT, against, imports_of, modules

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


def packages_used_by(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)}


LIBRARY_MODULES = [path for path in modules(LIBRARY) if concept_of(path) not in {"__init__", WIRING}]


def test_every_concept_has_its_floor():
    assert {concept_of(path) for path in LIBRARY_MODULES} <= set(FLOOR_OF)


def upwards(path: Path) -> Iterator[str]:
    mine = concept_of(path)
    for each in concepts_used_by(path) - {WIRING}:
        if FLOOR_OF[each] >= FLOOR_OF[mine] and each not in LANDINGS.get(mine, set()):
            yield f"{mine} stands on floor {FLOOR_OF[mine]}, {each} on {FLOOR_OF[each]}"


def test_an_import_points_down():
    assert not against(upwards, LIBRARY_MODULES)


def test_only_functions_and_the_command_line_are_wired():
    below = [path for path in LIBRARY_MODULES if concept_of(path) != "cli"]

    assert not against(lambda path: concepts_used_by(path) & {WIRING}, below)


def test_the_library_knows_nothing_of_what_stands_on_it():
    above = {"functions", "infra", "tests", "bench"}

    assert not against(lambda path: packages_used_by(path) & above, modules(LIBRARY))


def beyond_itself(path: Path) -> set[str]:
    folder = path.relative_to(ROOT / "functions").parts[0]
    others = {name.split(".")[1] for name in imports_of(path) if name.startswith("functions.")}
    return others - {folder} | packages_used_by(path) & {"infra", "tests", "bench"}


def test_a_function_knows_the_library_and_itself():
    assert not against(beyond_itself, modules(ROOT / "functions"))


def of_the_outside(path: Path) -> set[str]:
    wiring = {"clients", "tables", "config", "settings", "telemetry", "http"}
    return packages_used_by(path) & OUTSIDE_OF_MODELS | concepts_used_by(path) & wiring


def test_models_know_nothing_of_the_outside():
    assert not against(of_the_outside, sorted(LIBRARY.glob("*/model.py")))


def test_a_rule_that_is_broken_names_the_file_and_the_fault():
    here = Path(__file__)

    assert against(packages_used_by, [here]) == {
        "tests/agreements/test_floors.py": ["__future__", "collections", "pathlib", "tests"]
    }
