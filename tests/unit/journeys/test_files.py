"""Journey files on disk are checked as a folder."""

from pathlib import Path

import pytest

from sojourn.journeys.files import check_files, journey_files, load_file
from sojourn.journeys.folder import known_beside
from sojourn.journeys.load import JourneyRefusedError

GOOD = "journey: {}\npurpose: marketing\nentry: {{event: E}}\nsteps:\n  - {{send: A, template: t}}\n"


SHIPPED = Path(__file__).parents[3] / "statemachines/journeys"


def checked(folder: Path, **more: dict[str, str]) -> tuple[int, list[str]]:
    """The code, and the errors."""
    written: list[str] = []
    code = check_files([folder], write=written.append, templates=more.get("templates"))
    return code, [line.replace(f"{folder}/", "") for line in written if not line.startswith("warning: ")]


def test_the_shipped_folder_is_clean():
    written: list[str] = []

    assert check_files([SHIPPED], write=written.append, known=known_beside([SHIPPED])) == 0
    assert all(line.startswith("warning: ") for line in written)


def test_warnings_fail_the_strict_alone(tmp_path: Path):
    (tmp_path / "a.journey.yaml").write_text(GOOD.format("a"))
    written: list[str] = []

    assert check_files([tmp_path], write=written.append) == 0
    assert written[0].startswith(f"warning: {tmp_path}/a.journey.yaml:1: no goal")
    assert check_files([tmp_path], write=written.append, strict=True) == 1


def test_the_templates_beside_a_journey_are_known(tmp_path: Path):
    (tmp_path / "a.journey.yaml").write_text(GOOD.format("a"))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/t.template.yaml").write_text(
        "template: t\nchannel: sms\ntext: Hello {{ first_name }}, {{ plan | default('') }}\n"
    )
    (tmp_path / "templates/u.template.yaml").write_text("[")

    known = known_beside([tmp_path])

    assert known.templates == {"t": "sms", "u": ""}
    assert known.bare == {"t": ("first_name",), "u": ()}
    assert known_beside([tmp_path / "a.journey.yaml"]) == known
    assert known_beside([tmp_path / "templates"]) == known
    (tmp_path / "elsewhere").mkdir()
    assert known_beside([tmp_path / "elsewhere"]).templates is None


def test_journeys_of_a_folder_know_each_other(tmp_path: Path):
    start = "journey: {}\npurpose: marketing\nentry: {{api: true}}\nsteps:\n  - {{start: Go, journey: {}}}\n"
    (tmp_path / "a.journey.yaml").write_text(start.format("a", "b"))
    (tmp_path / "b.journey.yaml").write_text(start.format("b", "a"))

    code, lines = checked(tmp_path)

    assert code == 1
    assert ["without a wait: a → b → a" in line for line in lines] == [True, False]
    assert "without a wait: b → a → b" in lines[1]


def test_errors_are_written_one_a_line_and_the_code_says_so(tmp_path: Path):
    (tmp_path / "a.journey.yaml").write_text(GOOD.format("a").replace("template: t", ""))
    (tmp_path / "b.journey.json").write_text("{")

    code, lines = checked(tmp_path)

    assert code == 1
    assert lines[0] == "a.journey.yaml:5: A: `template` is missing — write `template: welcome`\n"
    assert lines[1].startswith("b.journey.json:1: not YAML: ")


def test_templates_are_checked_when_they_are_known(tmp_path: Path):
    (tmp_path / "a.journey.yaml").write_text(GOOD.format("a"))

    assert checked(tmp_path)[0] == 0
    assert checked(tmp_path, templates={"u": "email"})[0] == 1


def test_two_files_may_not_describe_one_journey(tmp_path: Path):
    (tmp_path / "a.journey.yaml").write_text(GOOD.format("same"))
    (tmp_path / "b.journey.yaml").write_text(GOOD.format("same"))

    _, lines = checked(tmp_path)

    assert ["the journey 'same' stands in" in line for line in lines] == [True]


def test_an_empty_folder_is_no_success(tmp_path: Path):
    assert checked(tmp_path) == (1, ["no *.journey.yaml found\n"])


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path):
    (tmp_path / "a.journey.yaml").write_bytes(b"journey: a\ntopic: \xff\n")
    (tmp_path / "b.journey.yaml").write_text(GOOD.format("b"), encoding="utf-16")

    _, lines = checked(tmp_path)

    assert lines[0] == "a.journey.yaml:2: the file is not UTF-8 text — save it as UTF-8\n"
    assert "not UTF-8" in lines[1]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(JourneyRefusedError, match="cannot be read"):
        load_file(tmp_path / "nobody.journey.yaml")


def test_a_mark_and_windows_lines_are_read(tmp_path: Path):
    path = tmp_path / "a.journey.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.format("a").replace("\n", "\r\n").encode())

    assert load_file(path).name == "a"
    assert list(journey_files([tmp_path, path])) == [path, path]
