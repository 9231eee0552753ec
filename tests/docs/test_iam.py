"""docs/iam.md lists what the template grants."""

from infra.docs.permissions import PAGE, page


def test_the_table_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")

    assert text == page(text), "run: .venv/bin/python -m infra.docs.draw"
