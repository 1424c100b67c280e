"""What `check` finds: at the routine's own breath, at others, and how it is told; the voice is a fake one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeVoice
from voicecoach.app import config, session, speaker
from voicecoach.app.cli import run
from voicecoach.app.request import Request
from voicecoach.app.review import Review, find_check_command, review
from voicecoach.app.speaker import Speaker
from voicecoach.core.notation import read_pace, read_paces
from voicecoach.core.score import Side
from voicecoach.core.timeline import format_time
from voicecoach.errors import ChoiceError, VoiceError
from voicecoach.script.choices import Choices, Guidance
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeVoice:
    """A folder of one's own, and a voice that needs no system."""
    fake = FakeVoice()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(CachedVoice(fake, tmp_path / "cache"), "fake"))
    return fake


def reviewed(text: str, folder: Path, breaths: str = "") -> Review:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    asked = read_paces(breaths) if breaths else ()
    return review(Request("a.yaml"), asked, folder, lambda *_: None)


def routine(step: str, head: str = "") -> str:
    return f"title: Sit\n{head}steps:\n  - {step}\n"


FIFTY = "x" * 50
"""Takes the fake voice 3.5 s, which is 3.504 s in frames."""


def test_a_good_routine_has_no_problems(tmp_path: Path) -> None:
    assert reviewed(routine("{breathe: 2, in: In, out: Out}"), tmp_path) == Review()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (f"{{breathe: 1, in: {FIFTY}}}", "needs 3.51 s and the inhale of 3 s has 2.70 s for it"),
        ("{hold: 5s, at: {9s: Late}}", "'Late' is said at 9 s, and the hold lasts 5 s; name a moment within it"),
        ("{hold: 5s, at: {9s: {sound: chime-end}}}", "'chime-end' is heard at 9 s, and the hold lasts 5 s"),
        ("repeat: {rounds: '{n}', steps: [say: hi]}", "from 1 to"),
        ("rest: 13h", "this lasts more than 12 hours"),
    ],
)
def test_what_plan_refuses_is_reported_with_its_place(step: str, told: str, tmp_path: Path) -> None:
    head = "breath: 3-6\nparameters: {n: 0}\n"
    lines = list(reviewed(routine(step, head), tmp_path).lines())
    assert all(line.startswith("a.yaml:") for line in lines)
    assert any(told in line for line in lines)
    assert run(["plan", "a.yaml"]) == 2


def test_every_phrase_that_does_not_fit_is_reported_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = routine(f"{{breathe: 2, in: {FIFTY}, out: Out}}\n  - {{breathe: 3, in: {FIFTY}}}", "breath: 2-2\n")
    assert [line[:12] for line in reviewed(text, tmp_path).lines()] == ["a.yaml:4:22:", "a.yaml:5:22:"]


def test_exercises_that_are_optional_are_tried_as_well(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(routine(f"{{breathe: 1, in: {FIFTY}}}", "breath: 3-3\n"))
    text = "title: Both\nsteps:\n  - include: thigh-burner\n  - {include: b.yaml, optional: true}\n"
    assert [line[:11] for line in reviewed(text, tmp_path).lines()] == ["b.yaml:4:22"]


def test_between_two_breaths_each_phrase_is_reported_once_where_most_is_missing(tmp_path: Path) -> None:
    text = routine(f"{{breathe: 2, in: {FIFTY}, out: Out}}", "breath: 5-5\n")
    (line,) = reviewed(text, tmp_path, "2-2,6-3").lines()
    assert line.startswith("a.yaml:4:22: at 2-2 'xxx")
    assert "needs 3.51 s and the inhale of 2 s has 1.80 s for it" in line
    assert "at 11 more of the breaths" in line, "of 27 breaths those in for 2, 2.5, 3 and 3.5 s, out for 2, 2.5 and 3 s"


def test_what_was_tried_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = routine("{breathe: 2, in: In}", "breath: 5-5\n")
    assert reviewed(text, tmp_path).tried == ""
    assert reviewed(text, tmp_path, "2-2,6-3").tried == "a.yaml: tried at 27 breaths from 2-2 to 6-3"
    assert run(["check", "a.yaml", "--breaths", "3-3"]) == 0
    assert "a.yaml: tried at 3-3\n" in capsys.readouterr().err


def test_parameters_have_the_values_that_are_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "title: X\nparameters: {time: 2, gone: '{time} / 0'}\nsteps:\n  - breathe: 2\n    breath: '{time}-6'\n"
    (tmp_path / "a.yaml").write_text(f"{text}    fixed: true\n    in: {FIFTY}\n  - rest: '{{time}} * 1s'\n")
    assert run(["check", "a.yaml", "--set", "time=9"]) == 0
    assert run(["check", "a.yaml"]) == 2
    assert "needs 3.51 s" in capsys.readouterr().out
    assert run(["check", "a.yaml", "--set", "tim=9"]) == 2
    assert "a.yaml:1:1: no parameter is called 'tim'; did you mean 'time'?" in capsys.readouterr().out
    assert run(["check", "a.yaml", "--set", "time=(2"]) == 2
    assert "a ( is not closed; write ) where it ends" in capsys.readouterr().out


def test_the_craft_of_guidance_is_checked_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(routine("{breathe: 3, in: In, out: Out we go}"))
    assert run(["check", "a.yaml"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["check", "--craft", "a.yaml"]) == 0
    said, told = capsys.readouterr()
    assert "a.yaml:3:31: warning: 'Out we go' is heard 3 times in a row; say something else" in said
    assert "1 checked, no problems, " in told


def test_a_tone_is_a_shorter_wording(tmp_path: Path) -> None:
    letters = "x" * 34
    (warning,) = reviewed(routine(f"{{breathe: 1, in: {letters}}}", "breath: 3-3\n"), tmp_path).warnings
    assert "leaves little air: it fills 8" in warning.what
    assert reviewed(routine(f"{{breathe: 1, in: {letters} | ~}}", "breath: 3-3\n"), tmp_path).warnings == ()


def test_all_formulas_that_are_wrong_are_reported_at_once(tmp_path: Path) -> None:
    steps = "rest: '{z}'\n  - breathe: '{s}'\n  - hold: '{s} / 0'\n  - rest: '{s} - 9s'\n  - hold: '{z}'"
    lines = list(reviewed(routine(steps, "parameters: {s: 5s, z: 0s}\n"), tmp_path).lines())
    assert [line.split(":")[1] for line in lines] == ["4", "5", "6", "7", "8"]


def test_words_for_phases_that_the_breaths_asked_for_lack_are_noted_once(tmp_path: Path) -> None:
    text = routine("{breathe: 2, in: In, hold: Stay}", "breath: 4-4-4\n")
    assert reviewed(text, tmp_path) == Review()
    for asked in ("4-4,5-5", "4-4"):
        found = reviewed(text, tmp_path, asked)
        assert list(found.lines()) == []
        (note,) = found.notes
        assert note.what == "note: 'Stay' is left out: the breath 4-4 has no hold"


def test_words_for_a_phase_that_the_routines_own_breath_lacks_are_a_warning(tmp_path: Path) -> None:
    (line,) = reviewed(routine("{breathe: 2, in: In, hold: Stay}", "breath: 4-6\n"), tmp_path).lines()
    assert "a.yaml:4:32: warning: 'Stay' is left out: the breath 4-6 has no hold" in line


def test_plan_says_which_words_a_listeners_breath_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reviewed(routine("{breathe: 2, in: In, hold: Stay, pause: Rest}", "breath: 4-4-4-4\n"), tmp_path)
    assert run(["plan", "a.yaml", "--breath", "4-6"]) == 0
    shown = capsys.readouterr()
    assert "'Stay' is left out: the breath 4-6 has no hold; breathe with a hold to hear it (and 1 more" in shown.err
    assert "Stay" not in shown.out


def test_a_fixed_breath_is_not_reported_again_for_each_that_is_asked(tmp_path: Path) -> None:
    text = routine(f"{{breathe: 1, in: {FIFTY}}}", "breath: 2-2\nfixed: true\n")
    assert len(list(reviewed(text, tmp_path, "2-2,4-4").lines())) == 1


def test_what_is_short_at_a_range_is_what_plan_refuses_there(tmp_path: Path) -> None:
    """The range and the single breath agree, at every breath between."""
    reviewed(
        routine("{breathe: 3, in: Breathe in slowly, out: And out again | Out, last out: Come back up now}"), tmp_path
    )
    for breath in read_paces("1-1,3-3"):
        found = review(Request("a.yaml"), [breath], tmp_path, lambda *_: None)
        assert (run(["plan", "a.yaml", "--breath", str(breath)]) == 0) == (not found.problems)


def test_words_are_spoken_once_however_many_breaths_are_tried(tmp_path: Path, voice: FakeVoice) -> None:
    reviewed(routine("{breathe: 2, in: Breathe in | In, out: Out}"), tmp_path, "2-2,6-6")
    asked = [text for batch in voice.asked for text in batch]
    assert len(asked) == len(set(asked))
    assert {"Breathe in", "In", "Out"} <= set(asked)


def test_a_shorter_wording_is_noted_with_its_breath(tmp_path: Path) -> None:
    text = routine(f"{{breathe: 2, in: {FIFTY} | Breathe in | In, out: Out}}", "breath: 2-2\n")
    found = reviewed(text, tmp_path, "1-1")
    assert list(map(str, found.notes)) == [
        "a.yaml:4:22: note: at 2-2 wording 2 of 3 is spoken: 'Breathe in'",
        "a.yaml:4:22: note: at 1-1 wording 3 of 3 is spoken: 'In'",
    ]
    assert not list(found.lines())


def test_a_file_that_is_wrong_is_reported_before_any_voice_is_asked(tmp_path: Path, voice: FakeVoice) -> None:
    (line,) = reviewed("title: x\nsteps:\n  - breathe: 0\n", tmp_path).lines()
    assert line.startswith("a.yaml:3:14: ")
    assert voice.asked == []


def test_without_a_voice_the_rest_is_reported_and_the_status_is_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(*_: object) -> None:
        raise VoiceError("no voice speaks en")

    monkeypatch.setattr(speaker, "find_speaker", silent)
    (tmp_path / "a.yaml").write_text(routine("say: the the end"))
    assert run(["check", "a.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("a.yaml:3:10: warning: 'the' is here twice")
    assert err == "voicecoach: the words could not be measured: no voice speaks en\n"


def test_warnings_are_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(routine("say: the the end"))
    assert run(["check", "a.yaml", "thigh-burner"]) == 0
    out, err = capsys.readouterr()
    assert out == "a.yaml:3:10: warning: 'the' is here twice in a row; take one out\n"
    assert err.splitlines()[-1] == "2 checked, no problems, 1 warning"


def test_a_long_session_is_tried_at_fewer_breaths_with_both_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicecoach.app.review.MOST_LAID", 1_000)
    tried: list[tuple[int, int]] = []
    (tmp_path / "a.yaml").write_text(routine("{breathe: 100, in: In}"))
    review(Request("a.yaml"), read_paces("2-2,8-8"), tmp_path, lambda *told: tried.append(told[1:]))
    assert 2 <= tried[-1][1] <= 5


CHOSEN = Request("my file.yaml", Choices(breath=read_pace("3-4..4-6")), voice="de", rate=150)


def test_the_command_that_lists_all_problems_lists_those_of_the_same_session() -> None:
    assert find_check_command(CHOSEN) == "voicecoach check 'my file.yaml' --breaths 3-4..4-6 --voice de --rate 150"
    assert find_check_command(Request("leg-stretch")) == "voicecoach check leg-stretch"
    with_hold = Request("mine.yaml", Choices(settings={"hold": "5s"}))
    assert find_check_command(with_hold) == "voicecoach check mine.yaml --set hold=5s"


@pytest.mark.parametrize(
    "request_",
    [
        replace(CHOSEN, language="de"),
        replace(CHOSEN, length=Fraction(600)),
        replace(CHOSEN, choices=Choices(rounds=9)),
        replace(CHOSEN, choices=Choices(guidance=Guidance.BRIEF)),
        replace(CHOSEN, choices=Choices(skipped=frozenset({"hold"}))),
    ],
)
def test_it_is_not_promised_where_check_would_see_another_session(request_: Request) -> None:
    assert find_check_command(request_) == ""


@pytest.mark.parametrize("args", [["plan", "a.yaml"], ["make", "a.yaml"], ["plan", "a.yaml", "--breath", "1-1"]])
def test_what_an_error_promises_is_true(args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = "\n  - ".join([f"{{breathe: 1, in: {FIFTY}, out: {FIFTY} {FIFTY}}}"] * 3)
    (tmp_path / "a.yaml").write_text(routine(steps, "breath: 2-4\n"))
    assert run(args) == 2
    promised = capsys.readouterr().err.splitlines()[-1].split("'")[1]
    assert run(promised.split()[1:]) == 2
    places = {line.split(": ")[0] for line in capsys.readouterr().out.splitlines()}
    assert len(places) == 6


def test_a_wrong_voice_is_reported_once_and_not_as_a_problem_of_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(*_: object) -> None:
        raise ChoiceError("no voice is called 'zzz'")

    monkeypatch.setattr(speaker, "find_speaker", nobody)
    assert run(["check", "thigh-burner", "leg-stretch", "--voice", "zzz"]) == 2
    assert capsys.readouterr() == ("", "voicecoach: no voice is called 'zzz'\n")


LADDER = """title: Ladder
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - each side:
      rounds: 3
      between: [{rest: 2 breaths, only: right}, {change: 1s, say: "Now change to the other side, without hurry."}]
      steps: [{breathe: 3, in: In, out: Out}]
"""


def test_check_and_plan_note_what_grows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = "the change of 1 s lasts 3.9 s, because its words need that; give it 4s, or shorten the words"
    found = reviewed(LADDER, tmp_path).notes[-1]
    assert str(found) == f"a.yaml:6:49: note: {note}"
    assert run(["plan", "a.yaml"]) == 0
    assert f"a.yaml:6:49: {note}\n" in capsys.readouterr().err


def test_tracks_that_differ_in_length_are_reported(tmp_path: Path) -> None:
    reviewed(LADDER, tmp_path)
    planned = session.plan(Request("a.yaml", split=True), tmp_path / "cache", lambda *_: None)
    left, right = (format_time(track.timeline.duration) for track in planned.tracks)
    (warning,) = planned.warnings
    assert warning.startswith(f"the sides differ: left {left}, right {right}; a.yaml:")
    why = "the track of the right side is 40 s longer, because of 'only: right'; leave it if you mean that"
    assert f"a.yaml:6:17: {why}; 'between rounds' is in both tracks" in warning
    assert f"a.yaml:6:17: note: {why}" in str(reviewed(LADDER, tmp_path).notes[0])
    assert session.plan(Request("a.yaml"), tmp_path / "cache", lambda *_: None).warnings == (warning,)
    alone = Request("a.yaml", Choices(sides=(Side.LEFT,)))
    assert session.plan(alone, tmp_path / "cache", lambda *_: None).warnings == ()


def test_tracks_that_differ_by_tenths_are_told_apart(tmp_path: Path) -> None:
    sides = "title: A\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n"
    reviewed(f"{sides}  - each side: {{steps: [hold: 5s]}}\n  - {{rest: 0.2s, side: left}}\n", tmp_path)
    planned = session.plan(Request("a.yaml", split=True), tmp_path / "cache", lambda *_: None)
    left, right = (track.timeline.duration for track in planned.tracks)
    assert format_time(left) == format_time(right)
    (warning,) = planned.warnings
    tenths = (format_time(each, tenths=True) for each in (left, right))
    assert warning.startswith("the sides differ: left {}, right {}; a.yaml:".format(*tenths))


UNEQUAL = {
    "a step for one side": ("[{hold: 9s}, {say: More., settle: 9s, only: left}]", "left", "'only: left'"),
    "rounds": ("[repeat: {rounds: {left: 1, right: 3}, steps: [hold: 9s]}]", "right", "'rounds' that are different"),
}


@pytest.mark.parametrize(("steps", "longer", "why"), UNEQUAL.values(), ids=UNEQUAL)
def test_tracks_that_differ_are_noted_by_check(steps: str, longer: str, why: str, tmp_path: Path) -> None:
    head = "title: A\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n  - each side:\n"
    found = reviewed(f"{head}      rounds: 2\n      steps: {steps}\n", tmp_path).notes
    assert [f"the track of the {longer} side is " in str(each) and why in str(each) for each in found] == [True]


@pytest.mark.parametrize(
    "steps",
    [
        "[{hold: 9s, only: left}, {hold: 9s, only: right}]",
        "[{hold: 9s}, {hold: 9s, only: first}]",
        "[repeat: {rounds: {left: 2, right: 2}, steps: [hold: 9s]}]",
    ],
)
def test_tracks_that_are_equal_are_not_noted(steps: str, tmp_path: Path) -> None:
    head = "title: A\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n  - each side:\n"
    assert not reviewed(f"{head}      rounds: 2\n      steps: {steps}\n", tmp_path).notes
