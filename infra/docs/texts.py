"""Every text of the console in one catalogue to translate from: `python -m infra.docs.draw` writes locale/console.pot.

The console's own texts are taken out by Babel. What the engine says (refusals, findings, reasons) it says in English
only, so its sentences are read from its sources: `f"{name} is not live"` → `{name} is not live`, in the context
"engine". functions/api/console/engine_words.py knows such a sentence again on its way to the page.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from functions.api.console.presets_shipped import shipped

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "functions" / "api" / "console"
LIBRARY = ROOT / "layers" / "sojourn" / "python" / "sojourn"
LOCALE = CONSOLE / "locale"
TEMPLATE = LOCALE / "console.pot"
ENGINE = "engine"
HEADER = "# The texts of Sojourn's console. Drawn from the code: python -m infra.docs.draw"
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2)}
# What speaks to terminals, to logs, to other programs or to nobody.
SILENT = re.compile(
    r"/(cli|asl|feedback|tracking|delivery|telemetry|clients|bootstrap|direct|ledger|limits)(/|\.py)"
    r"|/(store|tables|row|schema|guessing|machine|stage|smoke|keywords)\.py|/account/setup/|/imports/allow"
)
WORDS = re.compile(r"[^\W\d_]{2,}[^\w{}]*\s[^\w]*\{?[^\W\d_]")
NO_PROSE = re.compile(
    r"^[\[{][^]}]*[:…][^]}]*[]}]+$|^(SET|ADD|SELECT|REMOVE|pk|sk|aws|make|sojourn|GET|POST|v=\w+) |[#:]\w+ <?=|<?= [#:]"
)


def catalogue() -> Catalog:
    """All texts, the same for the same code."""
    made = Catalog(domain="console", project="sojourn", version="1", header_comment=HEADER, fuzzy=False)
    for path, text, context in sorted(_texts(), key=lambda each: (str(each[2] or ""), each[0], str(each[1]))):
        made.add(text, locations=[(path, 0)], context=context)
    return made


def written(texts: Catalog) -> str:
    """The catalogue as a file; without the numbers of lines, which every change would move."""
    out = io.BytesIO()
    write_po(out, texts, width=110, include_lineno=False, sort_output=False)
    return re.sub(r'"(POT-Creation|PO-Revision)-Date:[^"]*"\n', "", out.getvalue().decode())


def translated(texts: Catalog, language: Path) -> Catalog:
    """A language's own catalogue with the texts as they are now: what is new waits for its translation, and what is
    gone is gone."""
    made = read_po(io.BytesIO(language.read_bytes()), locale=language.parent.parent.name)
    made.update(texts, no_fuzzy_matching=True)
    made.obsolete.clear()
    return made


def compiled(texts: Catalog) -> bytes:
    """As the console reads it."""
    out = io.BytesIO()
    write_mo(out, texts)
    return out.getvalue()


def languages(folder: Path = LOCALE) -> list[Path]:
    """The translations that are here."""
    return sorted(folder.glob("*/LC_MESSAGES/console.po"))


def draw() -> None:
    """All of it, from the code as it is."""
    write(LOCALE, catalogue())


def write(folder: Path, texts: Catalog) -> None:
    """The template of all catalogues, and each language's brought up to date."""
    folder.mkdir(exist_ok=True)
    (folder / TEMPLATE.name).write_text(written(texts), encoding="utf-8")
    for path in languages(folder):
        now = translated(texts, path)
        path.write_text(written(now), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(now))


def _texts() -> Iterator[tuple[str, Any, str | None]]:
    for path in sorted(CONSOLE.glob("*.py")):
        yield from _taken(path, "python", {})
    for path in sorted((CONSOLE / "templates").rglob("*.html")):
        yield from _taken(path, babel_extract, JINJA)
    for path in sorted([*(ROOT / "functions" / "api").glob("*.py"), *LIBRARY.rglob("*.py")]):
        name = str(path.relative_to(ROOT))
        if not SILENT.search(name):
            yield from ((name, text, ENGINE) for text in sentences(path.read_text(encoding="utf-8")))

    for preset in shipped().values():
        for text in filter(None, (preset.description, preset.kpi, preset.note)):
            yield f"statemachines/journeys/{preset.name}.journey.yaml", text, ENGINE


def _taken(path: Path, how: Any, options: dict[str, str]) -> Iterator[tuple[str, Any, None]]:
    with path.open("rb") as file:
        for _line, said, _notes, _context in extract(how, file, KEYWORDS, (), options):
            yield str(path.relative_to(CONSOLE)).removeprefix("templates/"), said, None


def sentences(source: str) -> Iterator[str]:
    """The texts of plain code that people may come to read, with the names of their values in braces."""
    tree = ast.parse(source)
    passed = {id(node) for node in _passed(tree)}
    for node in ast.walk(tree):
        text = "" if id(node) in passed else _sentence(node)
        if WORDS.search(text) and not NO_PROSE.search(text):
            yield text


def _passed(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, parts of other texts, and what goes to logs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("telemetry.", "re.")):
            yield from ast.walk(node)


def _sentence(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    taken: list[str] = []
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            taken.append(_name(part.value, taken))
            parts.append(f"{{{taken[-1]}}}")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
    return "".join(parts)


def _name(value: ast.expr, taken: list[str]) -> str:
    """What a translator reads in the braces: the last name that the expression is made of."""
    words = re.findall(r"[A-Za-z_]\w+", ast.unparse(value))
    plain = words[-1].strip("_").lower() if words else "value"
    return plain if plain not in taken else f"{plain}_{len(taken) + 1}"
