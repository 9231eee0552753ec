"""The second opinion finds what is wrong, and nothing else."""

import ast
import json
import sys
from pathlib import Path

import pytest

from infra.local.demo import export, figures
from infra.local.demo.reader.__main__ import main
from tests.infra_local.demo.rows import two_customers

READER = Path(__file__).parents[3] / "infra" / "local" / "demo" / "reader"
INPUT = """ customer_id  date number_of_cds  dollar_value
 00004 19970101  2   29.33
 00004 19970118  1   29.73
 00004 19970205  1   26.48
 00005 19970105  1   14.96
 00020 19970121  1   14.96
 00036 19970122  1   14.96
"""
MAIL = (
    b"To: {}@example.org\r\nSubject: Hi\r\nList-Unsubscribe: <http://127.0.0.1/u/x>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHi"
)


@pytest.fixture
def written(tmp_path: Path):
    stored = two_customers()
    mails = [(user, MAIL.replace(b"{}", user.encode())) for user in ("c00004", "c00020")]
    export.write(tmp_path / "demo", stored, mails=mails, texts=[])
    export.document(tmp_path / "demo.json", figures.of_tables(stored, accepted=5))
    (tmp_path / "input.txt").write_text(INPUT)
    return tmp_path


def read(folder: Path) -> int:
    places = {"--input": "input.txt", "--folder": "demo", "--figures": "demo.json"}
    return main([part for name, file in places.items() for part in (name, str(folder / file))])


def test_right_figures_agree(written, capsys):
    assert read(written) == 0
    assert "all agree" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path", ["events_accepted", "opens", "messages.by_channel.email.sent", "enrolments.completed"]
)
def test_a_wrong_figure_is_told(written, capsys, path):
    said = json.loads((written / "demo.json").read_text())
    *outer, last = path.split(".")
    inner = said
    for part in outer:
        inner = inner[part]
    inner[last] += 1
    (written / "demo.json").write_text(json.dumps(said))

    assert read(written) == 1
    assert path in capsys.readouterr().out


def test_a_lost_mail_is_told(written, capsys):
    (written / "demo" / "mail" / "c00020.eml").unlink()

    assert read(written) == 1
    assert "c00020@example.org: mails" in capsys.readouterr().out


def test_a_lost_order_is_told(written, capsys):
    events = written / "demo" / "events.ndjson"
    kept = [line for line in events.read_text().splitlines() if "Order Completed" not in line]
    events.write_text("\n".join(kept))

    assert read(written) == 1
    assert "c00004: orders" in capsys.readouterr().out


def test_the_reader_shares_no_code_and_needs_nothing_installed():
    for path in READER.glob("*.py"):
        names = {name for node in ast.walk(ast.parse(path.read_text())) for name in imports_of(node)}
        assert all(
            name.startswith("infra.local.demo.reader") or name.partition(".")[0] in sys.stdlib_module_names
            for name in names
        )


def imports_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_task_tokens_are_not_exported(written):
    assert "secret" not in (written / "demo" / "enrolments.ndjson").read_text()
