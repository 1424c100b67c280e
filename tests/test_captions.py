from __future__ import annotations

from fractions import Fraction

from voicecoach.captions import table, transcript
from voicecoach.score import CueKind, Side
from voicecoach.timeline import Chapter, Cue, Timeline

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
    assert transcript(TIMELINE) == "Before\nAsk first.\n\nRound 1\nIn"


def test_the_table_says_when_for_which_side_and_as_what() -> None:
    assert list(table(TIMELINE)) == [
        "0:00  Before",
        "     0:03.0  notice              Ask first.",
        "1:00  Round 1",
        "     1:01.0  breath       left   In",
        "     1:10.0  chime               chime-end",
    ]
