"""Routines as people write them, which are read and played as they stand: long ones, odd files, unusual breaths."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FRAME, measure, perform
from voicecoach.errors import RoutineError
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.timeline import Timeline


def played(text: str | bytes, folder: Path, name: str = "a.yaml") -> Timeline:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    routine = load_routine(str(path))
    return perform(build(routine, Choices()), measure, routine.model.breath)


def test_three_hundred_rounds_are_three_hundred_chapters_with_their_names(tmp_path: Path) -> None:
    named = "  - {name: 'Übung №{round} of {rounds} 🧘', repeat: {rounds: 300, steps: [{hold: 12s, say: '{Round}'}]}}\n"
    titles = [each.title for each in played(f"title: Squats\nsteps:\n{named}", tmp_path).chapters]
    assert len(titles) == 300 + len(["Before you begin", "Squats", "End"])
    assert titles[301] == "Squats: Übung №300 of 300 🧘"


def test_a_text_of_minutes_is_one_step(tmp_path: Path) -> None:
    sentence = "Let the breath move slowly, and notice how the weight of your body sinks a little further. "
    cues = played(f"title: Talk\nsteps:\n  - say: {sentence * 100}\n", tmp_path).cues
    assert max(cue.end - cue.start for cue in cues) > 500


def test_free_time_shrinks_from_round_to_round_while_the_hold_stays(tmp_path: Path) -> None:
    text = """title: Table
steps:
  - repeat:
      rounds: 8
      vary: {free: {from: 2m, step: -15s}}
      steps:
        - {rest: "{free}", say: "Breathe freely for {free}."}
        - hold: "1:50"
          say: Last breath in, and hold.
          at: {1m: One minute., last 10s: Ten seconds.}
          release: And breathe
"""
    cues = played(text, tmp_path).cues
    starts = [cue.start for cue in cues if cue.text == "Last breath in, and hold."]
    free = [120 - 15 * number for number in range(1, 8)]
    assert [abs(other - one - 110 - rest) <= FRAME for one, other, rest in zip(starts, starts[1:], free, strict=False)]
    assert [cue.text for cue in cues if "freely" in cue.text][-1] == "Breathe freely for fifteen seconds."


@pytest.mark.parametrize(
    ("breath", "seconds"),
    [
        ("3-1-4-7", 15),
        ("0.5-0.5", 1),
        ("5-20-10", 35),
        ("3-0-6-6", 15),
        ("50/min", Fraction(6, 5)),
        ("50 bpm", Fraction(6, 5)),
    ],
)
def test_unusual_breaths_are_breathed_as_they_are_written(breath: str, seconds: Fraction, tmp_path: Path) -> None:
    step = f"{{pace: {{breath: {breath}, fixed: true, steps: [{{breathe: 3, in: 'In | ~'}}]}}}}"
    phases = played(f"title: x\nsteps:\n  - {step}\n", tmp_path).phases
    assert phases[-1].end - phases[0].start == 3 * seconds


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"title": "x", "steps": [{"say": "Sit."}, {"hold": "5s"}]}),
        b"\xef\xbb\xbftitle: x\r\nsteps:\r\n  - say: Sit.\r\n  - hold: 5s\r\n",
        "title: x\nsteps: &all [say: Sit., hold: 5s]\n",
    ],
)
def test_files_of_other_editors_are_read(text: str | bytes, tmp_path: Path) -> None:
    assert [cue.text for cue in played(text, tmp_path).cues][:2] == ["x.", "Sit."]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"title: x\nsteps:\n\t- say: Sit.\n", "3:1: there is a tab here"),
        ("title: caf\u00e9\n".encode("latin-1"), "1:11: this is not UTF-8 text"),
        ("title: x\n".encode("utf-16"), "1:1: this is not UTF-8 text"),
    ],
)
def test_files_that_are_no_plain_text_are_refused_at_their_place(text: bytes, place: str, tmp_path: Path) -> None:
    with pytest.raises(RoutineError, match=place):
        played(text, tmp_path)
