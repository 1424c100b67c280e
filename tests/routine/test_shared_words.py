"""Files of words that routines share: who wins, what is refused, and that problems name the file and the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes import measure, perform
from voicecoach.core.notation import read_breath
from voicecoach.errors import RoutineError
from voicecoach.routine.lint import lint_routine
from voicecoach.routine.loader import load_routine, parse_routine
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.routine.loader import LoadedRoutine

YOGA = """pronounce:
  Tadasana: tah-DAH-sah-nah
  Asana: AH-sah-nah
words: {change: To the other side., halfway: Half.}
sides:
  left: {leg: left leg, arm: left arm}
  right: {leg: right leg, arm: right arm}
"""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "yoga.yaml").write_text(YOGA, encoding="utf-8")


def load(tmp_path: Path, head: str, steps: str = "[say: Tadasana.]") -> LoadedRoutine:
    (tmp_path / "a.yaml").write_text(f"title: x\n{head}\nsteps: {steps}\n", encoding="utf-8")
    return load_routine("a.yaml")


def refuse(tmp_path: Path, head: str) -> list[str]:
    with pytest.raises(RoutineError) as caught:
        load(tmp_path, head)
    return list(map(str, caught.value.problems))


def test_the_words_of_a_file_are_used(tmp_path: Path) -> None:
    routine = load(tmp_path, "use: yoga.yaml", "[each side: {between: [change: 3s], steps: [say: 'Tadasana, {leg}.']}]")
    cues = perform(build(routine, Choices()), measure, read_breath("4-6")).cues
    assert [cue.text for cue in cues[1:4]] == ["Tadasana, left leg.", "To the other side.", "Tadasana, right leg."]
    assert cues[1].spoken == "tah-DAH-sah-nah, left leg."


def test_the_entries_of_the_routine_win_and_then_those_of_the_first_file(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("pronounce: {asana: second, new: third}\nwords: {last: The last.}\n")
    routine = load(
        tmp_path,
        "use: [yoga.yaml, own.yaml]\npronounce: {tadasana: first}\nwords: {halfway: Middle.}\n"
        "sides: {left: {leg: left shin}, right: {leg: right shin}}",
    )
    assert routine.model.pronounce == {"tadasana": "first", "Asana": "AH-sah-nah", "new": "third"}
    assert routine.model.words == {"halfway": "Middle.", "change": "To the other side.", "last": "The last."}
    assert routine.model.sides
    assert routine.model.sides.left == {"leg": "left shin", "arm": "left arm"}


def test_the_same_file_serves_several_routines_and_stays_as_it_is(tmp_path: Path) -> None:
    first = load(tmp_path, "use: yoga.yaml\npronounce: {Tree: tree}")
    second = load(tmp_path, "use: yoga.yaml")
    assert [*second.model.pronounce] == ["Tadasana", "Asana"]
    assert "Tree" in first.model.pronounce


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: y\nsteps: [say: hi]\n", "yoga.yaml:1:1: a file of words has only pronounce, words and sides"),
        ("words: {chagne: Now.}\n", "yoga.yaml:1:9: the program has no words called 'chagne'"),
        ("pronounce:\n  Asana: 3\n  Tree:\n", "yoga.yaml:3:3: "),
        (
            "sides:\n  left: {leg: left leg}\n  right: {arm: right arm}\n",
            "yoga.yaml:2:10: 'leg' is given for left only",
        ),
        ("sides: left\n", "yoga.yaml:1:8: "),
        ("words: {change: 'Now {x}.'}\n", "yoga.yaml:1:17: {x} has no value here"),
        ("[1, 2]\n", "yoga.yaml:1:1: this is not a file of words"),
        ("pronounce: [\n", "yoga.yaml:"),
        ("", "yoga.yaml:1:1: the file is empty"),
    ],
)
def test_problems_name_the_file_and_the_line(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "yoga.yaml").write_text(text, encoding="utf-8")
    assert refuse(tmp_path, "use: yoga.yaml")[0].startswith(told)


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ("yogi.yaml", "a.yaml:2:6: no file 'yogi.yaml' is beside this routine; did you mean 'yoga.yaml'?"),
        ("../yoga.yaml", "a.yaml:2:6: '../yoga.yaml' is outside this routine's folder"),
        ("/etc/passwd", "a.yaml:2:6: '/etc/passwd' is outside this routine's folder"),
        ("box-breathing", "a.yaml:2:6: no file 'box-breathing' is beside this routine; name a .yaml file"),
        ("{a: b}", "a.yaml:2:6: "),
        ("[yoga.yaml, no.yaml]", "a.yaml:2:18: no file 'no.yaml' is beside this routine"),
        ("[" + "yoga.yaml, " * 21 + "]", "a.yaml:2:227: more than 20 files of words are used"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_at_its_name(use: str, told: str, tmp_path: Path) -> None:
    assert refuse(tmp_path, f"use: {use}")[0].startswith(told)


def test_a_routine_without_a_folder_finds_no_file() -> None:
    with pytest.raises(RoutineError, match=r"no file 'yoga.yaml' is beside this routine"):
        parse_routine("title: x\nuse: yoga.yaml\nsteps: [say: hi]\n", "mine")


def test_entries_that_one_routine_does_not_say_are_no_warning(tmp_path: Path) -> None:
    routine = load(tmp_path, "use: yoga.yaml\npronounce: {Vrksasana: VRUK}")
    assert routine.tree
    told = [each.what for each in lint_routine(routine.model, routine.tree)]
    assert told == ["'Vrksasana' is never said, so its pronunciation has no effect"]


def test_a_wrong_sound_in_a_shared_file_is_told_there(tmp_path: Path) -> None:
    (tmp_path / "yoga.yaml").write_text("pronounce:\n  Asana: /a?b/\n", encoding="utf-8")
    routine = load(tmp_path, "use: yoga.yaml")
    assert routine.tree
    (found,) = lint_routine(routine.model, routine.tree)
    assert str(found.where).startswith("yoga.yaml:2:")


def test_an_included_routine_uses_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("title: y\nuse: yoga.yaml\nsteps: [say: Asana.]\n", encoding="utf-8")
    routine = load(tmp_path, "", "[{say: Asana.}, {include: b.yaml}]")
    cues = perform(build(routine, Choices()), measure, read_breath("4-6")).cues
    assert [cue.spoken for cue in cues if cue.text == "Asana."] == ["", "AH-sah-nah."]


def test_a_file_of_words_by_itself_is_no_routine() -> None:
    with pytest.raises(RoutineError, match=r"yoga\.yaml:1:1: this is a file of words, and not a routine; check the"):
        load_routine("yoga.yaml")
