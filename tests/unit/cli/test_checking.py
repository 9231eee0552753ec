"""`sojourn check` reads a folder as `plan` and `apply` do: journeys, and the segments and templates beside them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.main import main

JOURNEY = """\
journey: hello
purpose: service
entry: {event: Signed Up}
steps:
  - send: Say hello
    template: hello
"""
TEMPLATE = "template: hello\nchannel: sms\npurpose: service\ntext: |\n  Hello,\n  %s\n"
SEGMENT = "segment: active\nrule: [{event: Order Completed}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A journey, its template beside it, and a segment in a folder of its own."""
    (tmp_path / "hello.journey.yaml").write_text(
        JOURNEY.replace("template: hello", "template: hello\n    channel: sms")
    )
    (tmp_path / "hello.template.yaml").write_text(TEMPLATE % "it is us")
    (tmp_path / "people").mkdir()
    (tmp_path / "people/active.segment.yaml").write_text(SEGMENT)
    return tmp_path


def checked(*words: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, words)])


def test_a_folder_without_errors_is_sound(folder: Path):
    result = checked(folder)

    assert (result.exit_code, result.output) == (0, "Sound. Publish one: sojourn publish FILE\n")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "hello.journey.yaml",
            "template: hello",
            "template: helo",
            "6: Say hello: there is no template 'helo'",
        ),
        ("hello.template.yaml", "it is us", "{{ us", "6: text: "),
        ("hello.template.yaml", "channel: sms", "channel: fax", "2: channel: "),
        ("hello.template.yaml", "text: |", "text: [", "7: file: no readable YAML"),
        ("people/active.segment.yaml", "rule:", "rul:", "2: unknown key `rul`"),
        ("people/active.segment.yaml", "segment:", "\0", "1: a control character"),
    ],
)
def test_every_error_is_told_with_its_file_and_line(
    folder: Path, file: str, old: str, new: str, expected: str
):
    path = folder / file
    path.write_text(path.read_text().replace(old, new))

    result = checked(folder)

    assert result.exit_code == 1
    assert f"{path}:{expected}" in result.output


def test_mjml_is_checked_at_its_lines_without_any_cloud(folder: Path):
    mail = """\
template: look
channel: email
purpose: service
subject: Look
mjml: |
  <mjml>
    <mj-body>
      <mj-section>
        <mj-text>x</mj-text>
      </mj-section>
    </mj-body>
  </mjml>
text: Look
"""
    (folder / "look.template.yaml").write_text(mail)

    result = checked(folder)

    assert result.exit_code == 1
    assert f"{folder}/look.template.yaml:9: mjml: <mj-text> in <mj-section> — it belongs in" in result.output


def test_the_project_of_a_folder_is_checked_too(folder: Path):
    """What `plan` would refuse is not sound."""
    (folder / "project.yaml").write_text("from-name: Us\nhourz: 3\n")

    assert f"{folder}/project.yaml:2: hourz: nobody knows this key" in checked(folder).output
    (said,) = json.loads(checked(folder, "--json").output)["findings"]
    assert (said["line"], said["problem"]) == (2, "nobody knows this key")


def test_a_file_is_checked_as_what_its_name_says(folder: Path):
    assert checked(folder / "people/active.segment.yaml", folder / "hello.template.yaml").output == "Sound.\n"
    assert checked(folder / "hello.journey.yaml").exit_code == 0


def test_errors_and_warnings_as_json(folder: Path):
    path = folder / "hello.journey.yaml"
    path.write_text(path.read_text().replace("service", "marketing").replace("steps:", "stps:"))

    result = checked(folder, "--json")

    said = json.loads(result.output)
    assert result.exit_code == 1
    assert {(each["line"], each["problem"]) for each in said["findings"]} == {
        (1, "`steps` is missing"),
        (4, "unknown key `stps`"),
    }
    assert all(each["file"] == str(path) and each["remedy"] for each in said["warnings"])


def test_an_empty_folder_says_what_is_wanted(tmp_path: Path):
    assert (checked(tmp_path).exit_code, "name a journey file" in checked(tmp_path).output) == (1, True)
