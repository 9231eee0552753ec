"""docs/operations.md on a contact: each table, key, attribute, query and name that it tells is one of the stack's."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from infra.docs import dashboard, machine
from infra.lint.stacks import ROOT, source_of
from sojourn.contacts.addresses import email_key
from sojourn.journeys.names import EnrolmentId, execution_name, machine_name
from sojourn.journeys.refusals.store import PREFIX as REFUSED
from sojourn.journeys.refusals.store import RefusalRow
from sojourn.journeys.row.store import EnrolmentRow, key_of
from sojourn.messages.store import MessageRow
from sojourn.tables import IdentityRow
from tests.journeys import an_enrolment

WHOLE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PAGE = WHOLE[WHOLE.index("## Where is contact X") : WHOLE.index("Every resource has the tag")]
WORDS = set(re.findall(r"`([^`\n]+)`", PAGE))
OUTPUTS = source_of(ROOT / "template.yaml")["Outputs"]
RESOURCES = source_of(ROOT / "infra" / "observability.yaml")["Resources"]
QUERIES = {
    each["Properties"]["Name"]["Fn::Sub"]: each["Properties"]
    for each in RESOURCES.values()
    if each["Type"] == "AWS::Logs::QueryDefinition"
}
RUN = EnrolmentId("42", "welcome", 1)


@pytest.mark.parametrize("table", ["IdentityTable", "PeopleTable"])
def test_the_tables_are_outputs_of_the_stack(table: str):
    assert table in WORDS
    assert table in OUTPUTS


def test_the_keys_are_those_that_the_rows_have():
    assert key_of(str(RUN)) == ("C#42", "ENROL#welcome#1")
    assert email_key("Ann@Shop.example") == "e#ann@shop.example"
    assert {
        "C#<contact>",
        "ENROL#",
        "MSG#",
        REFUSED,
        "ENROL#<journey>#<entry>",
        "e#<e-mail>",
        "pk",
        "sk",
    } <= WORDS


@pytest.mark.parametrize(
    ("row", "attributes"),
    [
        (IdentityRow, {"contact"}),
        (EnrolmentRow, {"status", "at", "until", "leg", "reason", "version"}),
        (MessageRow, {"step", "state", "reason"}),
        (RefusalRow, {"reason"}),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_the_attributes_are_those_of_the_rows(row: type[IdentityRow], attributes: set[str]):
    assert attributes <= WORDS
    assert attributes <= {each.attr_name for each in row.get_attributes().values()}


def test_an_execution_is_found_by_the_name_that_the_page_spells():
    digest = sha256(b"42").hexdigest()[:16]

    assert execution_name(RUN, version=3, leg=2) == f"welcome-v3-{digest}-1-2"
    assert {"<journey>-v<version>-<digest>-<entry>-<leg>", "printf %s <contact> | sha256sum"} <= WORDS
    assert machine_name("<stack>", "<journey>") in WORDS


def test_an_execution_leads_back_to_the_person():
    run = an_enrolment()

    assert {"enrolment", "<contact>.<journey>.<entry>"} <= WORDS
    assert run.input["enrolment"] == f"{run.contact}.{run.journey}.{run.entry}"


@pytest.mark.parametrize(
    "query", ["where is contact X", "why no mail", "errors of the hour", "one event's way"]
)
def test_the_queries_are_saved_under_these_names(query: str):
    assert f"*{query}*" in " ".join(PAGE.split())
    assert f"sojourn/${{StackName}}/{query}" in QUERIES


def test_no_saved_query_is_left_untold():
    told = " ".join(WHOLE.split())

    assert [name for name in QUERIES if name.rpartition("/")[2] not in told] == []


@pytest.mark.parametrize("sentence", ["events collected", "run begins", "message settled"])
def test_the_sentences_are_logged_and_looked_for(sentence: str):
    code = [
        path.read_text() for room in ("functions", "layers/sojourn") for path in (ROOT / room).rglob("*.py")
    ]

    assert f"*{sentence}*" in " ".join(PAGE.split())
    assert any(f'"{sentence}"' in text for text in code)


@pytest.mark.parametrize("drawn", [dashboard, machine], ids=["dashboard", "machine"])
def test_each_picture_is_up_to_date_small_and_says_that_it_is_drawn(drawn: object):
    path: Path = drawn.PICTURE  # type: ignore[attr-defined]
    text = path.read_text(encoding="utf-8")

    assert text == drawn.picture(), "run: .venv/bin/python -m infra.docs.draw"  # type: ignore[attr-defined]
    assert "not a screenshot" in text
    assert "prefers-color-scheme:dark" in text
    assert len(text) < 16_000
    assert f"]({path.name})" in PAGE


def test_the_picture_of_the_dashboard_has_each_widget_by_its_title():
    text = dashboard.PICTURE.read_text(encoding="utf-8")

    for widget in dashboard.widgets_of():
        title = widget["properties"].get("title", "sojourn")
        assert all(f">{part}<" in text for part in dashboard.in_lines(title))
        for metric in dashboard.metrics_of(widget):
            assert f"– {metric}<" in text


def test_the_picture_of_the_journey_has_its_words_and_marks_where_she_waits():
    text = machine.PICTURE.read_text(encoding="utf-8")
    compiled = machine.compiled()
    way = machine.way_of(compiled)

    assert all(f">{name}<" in text for name in compiled["States"])
    assert "waitForTaskToken" in compiled["States"][way[-1]]["Resource"]
    assert text.count('class="now"') == 1
    assert text.count('class="done"') == len(way) - 1
    assert text.count('class="gone"') == len(way) - 1
