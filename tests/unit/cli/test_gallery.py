"""A preset becomes files of one's own: sound ones, with letters of their own, and nothing is written over."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.folder.things import of_folder
from sojourn.cli.gallery import presets
from sojourn.cli.main import main
from sojourn.journeys.files import check_files
from sojourn.journeys.folder import known_beside


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["journey", *words])


def begin(folder: Path, name: str, preset: str) -> Result:
    return run("new", name, "--from", preset, "--folder", str(folder))


def test_every_preset_is_listed_with_what_it_does():
    shown = run("presets", "--json").output

    assert all(each.name in shown and each.description in shown for each in presets().values())
    assert "win-back" in run("presets").output


@pytest.mark.parametrize("preset", sorted(presets()))
def test_what_is_begun_is_sound_and_its_own(preset: str, tmp_path: Path):
    first, second = (begin(tmp_path, name, preset) for name in ("hello", "once-more"))

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    said: list[str] = []
    assert check_files([tmp_path], known=known_beside([tmp_path]), strict=True, write=said.append) == 0, said
    things = of_folder(tmp_path)
    steps = str(things["journey", "hello"].said["steps"])
    assert steps != str(things["journey", "once-more"].said["steps"])
    assert {f"'{name}'" in steps for kind, name in things if kind == "template" and name[:5] == "hello"} == {
        True
    }


def test_under_its_own_name_it_is_what_ships(tmp_path: Path):
    begin(tmp_path, "welcome", "welcome")

    assert of_folder(tmp_path)["journey", "welcome"].said == presets()["welcome"].to_definition()


def test_its_segments_and_layouts_come_along_and_stay_as_they_are(tmp_path: Path):
    begin(tmp_path, "come-back", "win-back")
    layout = tmp_path / "templates" / "letter.layout.html"
    layout.write_text(layout.read_text().replace("Fieldnotes", "Ours"))

    again = begin(tmp_path, "come-again", "win-back")

    assert f"kept  {layout}" in again.output
    assert "Ours" in layout.read_text()
    assert {path.name for path in (tmp_path / "segments").iterdir()} == {
        "lapsed.segment.yaml",
        "silent.segment.yaml",
    }


def test_nothing_is_written_over(tmp_path: Path):
    begin(tmp_path, "hello", "welcome")
    file = tmp_path / "hello.journey.yaml"
    file.write_text("mine")

    again = begin(tmp_path, "hello", "birthday")

    assert again.exit_code == 1
    assert f"{file}, " in again.output
    assert "there already, and stays as it is" in again.output
    assert file.read_text() == "mine"
    assert not list(tmp_path.rglob("*birthday*"))


@pytest.mark.parametrize(
    ("name", "preset", "problem"),
    [
        ("Hello World", "welcome", "is no name"),
        ("hello", "wellcome", "there are best-customer, birthday"),
        ("h" * 40, "welcome", "take a shorter name"),
    ],
)
def test_what_is_not_there_is_named(name: str, preset: str, problem: str, tmp_path: Path):
    refused = begin(tmp_path, name, preset)

    assert refused.exit_code == 2
    assert problem in refused.output
    assert not list(tmp_path.iterdir())
