"""The file of cut times: written for people, and read again after they corrected it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voicecoach.app.recording.cuts_file import read_cuts, save_cuts, write_cuts
from voicecoach.app.recording.cutting import Cut
from voicecoach.app.recording.sentences import Sentence
from voicecoach.errors import ChoiceError
from voicecoach.views.prompts import Prompt

if TYPE_CHECKING:
    from pathlib import Path

SENTENCES = tuple(
    Sentence(number, Prompt(words, words))
    for number, words in enumerate(("Breathe in", "And out, slowly", "Rest"), start=1)
)
CUTS = (
    Cut(0.5, 1.75),
    Cut(2.0, 4.25, 0.4, ("another cut is nearly as likely",)),
    Cut(sure=0.0, doubts=("it was not found",)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "take.cuts.txt"
    save_cuts(found, write_cuts(tmp_path / "take.wav", zip(SENTENCES, CUTS, strict=True)))
    return found


def test_what_is_written_is_read_again(path: Path) -> None:
    found = read_cuts(path, SENTENCES)
    assert {number: (cut.start, cut.end) for number, cut in found.items()} == {1: (0.5, 1.75), 2: (2.0, 4.25)}
    assert all(cut.is_sure for cut in found.values()), "a person looked at it"


def test_doubts_are_written_for_people(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert "#   listen to it: another cut is nearly as likely" in lines
    assert any(line.startswith("# not found: START END") and line.endswith("Rest") for line in lines)


def test_a_corrected_file_is_not_overwritten(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert save_cuts(path, text.replace("0.50", "0.55")) is True
    path.write_text(text.replace("0.50", "0.45"), encoding="utf-8")
    assert save_cuts(path, text) is False
    assert "0.45" in path.read_text(encoding="utf-8")
    path.write_text("my shopping list", encoding="utf-8")
    assert save_cuts(path, text) is False


def test_times_can_be_minutes_and_words_can_be_left_out(path: Path) -> None:
    path.write_text("\ufeff# mine\n1:02.5 1:04 3\r\n 0:01:05 66.5 1 breathe in!\n", encoding="utf-8")
    found = read_cuts(path, SENTENCES)
    assert {number: (cut.start, cut.end) for number, cut in found.items()} == {3: (62.5, 64.0), 1: (65.0, 66.5)}


def test_words_count_more_than_numbers_that_moved(path: Path) -> None:
    path.write_text("1 2 9 Rest\n", encoding="utf-8")
    assert list(read_cuts(path, SENTENCES)) == [3]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there are no cut times in it"),
        ("1 2\n", ":1: '1 2' is not a cut"),
        ("# x\nfoo\n", ":2: 'foo' is not a cut"),
        ("2 1 1\n", ":1: the end, 1, is not after the start, 2"),
        ("1 99999 1\n", "is not after"),
        ("1 2 4\n", ":1: there is no sentence 4"),
        ("1 2 1 Hello\n", ":1: no sentence has the words 'Hello'"),
        ("1 2 1\n3 4 1\n", ":2: sentence 1 occurs twice"),
    ],
)
def test_mistakes_are_reported_with_their_line(path: Path, text: str, told: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ChoiceError) as caught:
        read_cuts(path, SENTENCES)
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2


def test_a_file_that_can_not_be_read_is_reported(path: Path) -> None:
    path.write_bytes(b"\xff\xfe1 2 3")
    with pytest.raises(ChoiceError, match="not UTF-8"):
        read_cuts(path, SENTENCES)
    for other in (path.parent, path.with_name("none.txt")):
        with pytest.raises(ChoiceError, match="can't be read"):
            read_cuts(other, SENTENCES)
