from __future__ import annotations

from fractions import Fraction

from tests.fakes import FRAME
from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind, Side
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Timeline
from voicecoach.views.cuesheet import count_turns, write_cuesheet, write_table

TIMELINE = Timeline(
    Fraction(90),
    cues=(
        Cue(Fraction(3), Fraction(5), CueKind.NOTICE, "Ask first."),
        Cue(Fraction(61), Fraction(62), CueKind.BREATH, "In", Side.LEFT),
        Cue(Fraction(70), Fraction(74), CueKind.CHIME, "chime-end"),
    ),
    chapters=(Chapter(Fraction(0), Fraction(60), "Before"), Chapter(Fraction(60), Fraction(90), "Round 1", Side.LEFT)),
)


def test_the_transcript_is_what_is_said_under_its_chapters() -> None:
    assert write_cuesheet(TIMELINE) == "Before\nAsk first.\n\nRound 1\nIn"


def test_the_table_says_when_for_which_side_and_as_what() -> None:
    assert list(write_table(TIMELINE)) == [
        "0:00  Before",
        "     0:03.0  notice              Ask first.",
        "1:00  Round 1",
        "     1:01.0  breath       left   In",
        "     1:10.0  chime               chime-end",
    ]


def test_the_table_says_in_which_phase_and_wording_a_cue_is_heard() -> None:
    phase = PhaseSpan(Fraction(99, 100), Fraction(499, 100), Kind.INHALE, Side.LEFT, 0)
    cue = Cue(Fraction(984, 1000), Fraction(3), CueKind.BREATH, "In", Side.LEFT, wording=1, wordings=4)
    late = Cue(Fraction(5), Fraction(6), CueKind.INSTRUCTION, "Rest", wording=2, wordings=3)
    chapter = Chapter(Fraction(0), Fraction(9), "Round 1", Side.LEFT)
    assert list(write_table(Timeline(Fraction(9), (phase,), (cue, late), (chapter,), grid=FRAME))) == [
        "0:00  Round 1",
        "     0:00.9  breath       left   inhale    4 s  50%  2/4   In",
        "     0:05.0  instruction         3/3  Rest",
    ]


def test_turns_are_counted_for_each_side() -> None:
    assert count_turns(TIMELINE) == {Side.LEFT: 1}
