"""The routine that `new` writes: it is played as it is, and nothing that is there is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.goldens import performed
from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError, OutputError, TargetError
from voicecoach.routine.authoring import create_template
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_a_routine_with_equal_sides_and_enough_stretch(tmp_path: Path) -> None:
    timeline = performed(str(create_template("mine", tmp_path)), Choices())
    left, right = (timeline.measure_stretch(side) for side in (Side.LEFT, Side.RIGHT))
    assert left == right >= 60


@pytest.mark.parametrize(
    ("name", "title"),
    [("my-stretch", "My stretch"), ("a_b.yaml", "A b"), ("Übung 2", "Übung 2"), ("null", "Null"), ("7", "7")],
)
def test_its_title_is_its_name(name: str, title: str, tmp_path: Path) -> None:
    path = create_template(name, tmp_path)
    assert path.parent == tmp_path
    assert load_routine(str(path)).model.title == title


def test_it_shows_every_main_key_and_names_itself_and_its_schema(tmp_path: Path) -> None:
    text = create_template("mine", tmp_path).read_text(encoding="utf-8")
    keys = ["title", "notice", "tips", "sides", "say", "first", "again", "breathe", "rest", "change", "hold", "closing"]
    assert not [key for key in keys if f"{key}:" not in text]
    assert text.startswith("# yaml-language-server: $schema=file:///")
    assert "voicecoach check mine.yaml" in text
    assert max(map(len, text.splitlines()[1:])) <= 120


@pytest.mark.parametrize("name", ["", ".yaml", "../x", "a/b", "a\\b", "-o", "a.de", "a\nb", "x" * 200, "a ", "~"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ChoiceError, match="can't be a routine's name"):
        create_template(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    with pytest.raises(TargetError, match="there is a file of this name"):
        create_template("mine", tmp_path)
    assert (tmp_path / "mine.yaml").read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the folder is gone; change into one that is there"):
        create_template("mine", tmp_path / "nowhere")
