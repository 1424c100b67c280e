"""What is kept between runs, what is judged, and the table that comes of it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.listening import command
from scripts.listening.command import Progress, write_page
from scripts.listening.ledger import Ledger
from voicecoach.routine.library import find_language, list_built_in

if TYPE_CHECKING:
    from pathlib import Path

np = pytest.importorskip("numpy")

from scripts.listening.assess import Assessment  # noqa: E402
from scripts.listening.phrases import ALONE_FROM, Phrase, Reading, choose_routines, list_phrases  # noqa: E402
from scripts.listening.sound import Ends  # noqa: E402
from scripts.listening.verdict import Verdict, judge, write_table  # noqa: E402


def assessment(  # noqa: PLR0913 - what a phrase has
    words: str,
    *heard: str,
    errors: tuple[int, ...] = (0,),
    score: float = 4.6,
    missed: tuple[tuple[str, str], ...] = (),
    level: float = -18.0,
    ends: Ends | None = None,
    routine: str = "one",
) -> Assessment:
    return Assessment(
        Phrase(words, words, (routine,)),
        len(words.split()) / 2,
        len(words.split()),
        heard or (words,),
        errors,
        missed,
        sum(word in {"left", "right"} for word in words.lower().split()),
        score,
        level,
        ends or Ends(),
    )


def verdict(*phrases: Assessment) -> Verdict:
    order = tuple(each.phrase.said for each in phrases)
    return judge(Reading("a voice", "1", tuple(each.phrase for each in phrases), {"one": order}), phrases)


GOOD = (
    assessment("Fold from the waist and let go"),
    assessment("Up"),
    assessment("Your left leg stays long"),
    assessment("Right", routine=ALONE_FROM),
)


def test_a_good_voice_has_no_faults() -> None:
    found = verdict(*GOOD)
    assert not found.unmet
    assert not found.faults
    assert {row.what: row.found for row in found.rows}["words a minute, phrases of four words and more"].startswith(
        "120"
    )


@pytest.mark.parametrize(
    ("bad", "unmet", "fault"),
    [
        (
            assessment("Let the neck stay long", "Let the deck stay long", errors=(1,)),
            ["word errors, phrases of four words and more"],
            "words: 'Let the neck stay long', heard as 'Let the deck stay long'",
        ),
        (assessment("Hold", "Howard", "Old", errors=(1, 1)), [], "words: 'Hold', heard as 'Howard' / 'Old'"),
        (
            assessment("Left", missed=(("left", "lift"),), routine=ALONE_FROM),
            ["left and right heard, alone"],
            "sides: 'Left': 'left' heard as 'lift'",
        ),
        (assessment("In", score=3.9), ["naturalness, lowest", "phrases under 4.0"], "naturalness: 'In': 3.90"),
        (
            assessment("In", ends=Ends(3, (0.0021,), ("end",))),
            ["clipped, clicking, cut at an end"],
            "sound: 'In': 3 samples clipped; clicks at 0.002 s; cut at its end",
        ),
        (assessment("In", level=-20.5), ["neighbours more than 1 LU apart"], "level: 'Right', then 'In': -2.5 LU"),
    ],
)
def test_a_fault_is_named_with_its_phrase(bad: Assessment, unmet: list[str], fault: str) -> None:
    found = verdict(*GOOD, bad)
    assert [row.what for row in found.unmet] == unmet
    assert found.faults == (fault,)


def test_a_short_phrase_is_understood_if_most_listenings_are_right() -> None:
    assert assessment("Up", "And up", "Up", "Up", "Up", errors=(1, 0, 0, 0)).is_understood
    assert not assessment("Up", "And up", "Up", "Yep", "Yep", errors=(1, 0, 1, 1)).is_understood


def test_a_language_without_a_recogniser_has_the_other_figures() -> None:
    quiet = Assessment(Phrase("Ein", "Ein", ("one",)), 0.5, 1, (), (), (), 0, 4.5, -18.0, Ends())
    rows = {row.what: row.found for row in verdict(quiet).rows}
    assert rows["words understood"] == "no recogniser for this language"
    assert rows["naturalness, mean"] == "4.50"


def test_the_table_has_a_column_for_each_voice_and_marks_what_falls_short() -> None:
    table = write_table([verdict(*GOOD), verdict(assessment("Up", score=2.0))])
    assert "| naturalness, lowest | 4.0 at least | 4.60 | 2.00 (no) |" in table.splitlines()
    assert {line.count("|") for line in table.splitlines()} == {5}
    assert json.dumps(verdict(*GOOD).as_json())


def test_what_was_measured_is_kept_even_if_the_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "build" / "kept.jsonl"
    first = Ledger(path)
    assert (first.find("a", lambda: ["é"]), first.find("b", lambda: 2.5), first.measured) == (["é"], 2.5, 2)
    path.write_bytes(path.read_bytes()[:-6] + b"\xff\n3\n[1]\nnull\n")
    second = Ledger(path)
    assert (second.find("a", list), second.find("b", lambda: 7), second.measured) == (["é"], 7, 1)
    assert Ledger(path).find("b", lambda: 9) == 7


def test_all_wordings_of_the_built_in_routines_in_a_language_are_listened_to() -> None:
    routines = choose_routines([], "en")
    assert [each.name for each in routines] == [name for name in list_built_in() if not find_language(name)]
    some = {"alternate-nostril-breathing", "box-breathing", "leg-stretch", "sitting-leg-stretch"}
    english = list_phrases([each for each in routines if each.name in some], "en")
    said = [phrase.said for phrase in english]
    assert len(said) == len(set(said)) > 100
    assert {"Hold", "Breathe in, and sit tall", "Left", "Right"} <= set(said)
    fold = next(phrase for phrase in english if phrase.words == "Breathe in, and sit tall")
    assert {"leg-stretch", "sitting-leg-stretch"} <= set(fold.routines)
    assert any(phrase.said != phrase.words for phrase in english)
    assert "sitting-leg-stretch.de" in [each.name for each in choose_routines([], "de")]


def test_the_table_goes_between_its_marks_in_the_documentation() -> None:
    page = command.PAGE.read_text(encoding="utf-8")
    assert write_page(page, "| new |\n") != page
    assert write_page(write_page(page, "| new |\n"), "| newer |\n").count("| newer |") == 1


def test_progress_without_a_terminal_is_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    for done in range(1, 1001):
        progress("listening", done, 1000)
    progress.end()
    assert capsys.readouterr().err.splitlines() == ["listening: 1 of 1000", "listening: 1000 of 1000"]


def test_progress_on_a_terminal_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = Progress()
    progress("listening", 1, 2)
    progress("listening", 2, 2)
    progress.end()
    assert capsys.readouterr().err == "\rlistening: 1 of 2\rlistening: 2 of 2\n"


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 130, "stopped; what was measured is kept"),
        (ModuleNotFoundError("No module named 'x'"), 1, "scripts/listen, which installs"),
        (OSError(28, "No space left on device"), 1, "No space left"),
    ],
)
def test_an_error_is_a_line_and_not_a_traceback(
    error: BaseException, status: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> list[Verdict]:
        raise error

    monkeypatch.setattr(command, "listen", fail)
    assert command.main([]) == status
    shown = capsys.readouterr()
    assert message in shown.err
    assert "Traceback" not in shown.err
    assert not shown.out


def test_an_unknown_routine_is_an_error() -> None:
    assert command.main(["--routine", "no-such-routine"]) == command.WRONG


def test_what_falls_short_is_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, everything = tmp_path / "t.md", tmp_path / "t.json"
    monkeypatch.setattr(command, "listen", lambda *_: [verdict(*GOOD)])
    assert command.main(["-o", str(table), "-o", str(everything)]) == 0
    assert table.read_text() in capsys.readouterr().out
    assert len(json.loads(everything.read_text())[0]["phrases"]) == len(GOOD)
    monkeypatch.setattr(command, "listen", lambda *_: [verdict(assessment("In", score=1.2))])
    assert command.main([]) == 1
    assert "a voice: naturalness: 'In': 1.20" in capsys.readouterr().out
