"""The program writes the examples of docs/captions.md."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Timeline
from voicecoach.language import language
from voicecoach.views.captions import write_lrc, write_srt, write_vtt
from voicecoach.views.chapters import write_chapters, write_playlist
from voicecoach.views.transcript import write_transcript

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "captions.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(\w+)\n(.*?)^```", DOCUMENTED, re.MULTILINE | re.DOTALL))
TITLE, ENGLISH = "Leg stretch", language("en")
SETTING_UP = (
    "Stretch your left leg out in front of you, toes up. Bend your right leg, and lay its foot against your left thigh."
)
SESSION = Timeline(
    Fraction(76),
    tuple(
        PhaseSpan(Fraction(12 + 10 * number + start), Fraction(12 + 10 * number + end), kind, None, number)
        for number in range(6)
        for kind, start, end in ((Kind.INHALE, 0, 4), (Kind.EXHALE, 4, 10))
    ),
    (
        Cue(Fraction(1), Fraction(2), CueKind.NOTICE, "Ask first."),
        Cue(Fraction(3), Fraction(9), CueKind.INSTRUCTION, SETTING_UP),
        Cue(Fraction(12), Fraction(13), CueKind.BREATH, "Breathe in"),
        Cue(Fraction(16), Fraction("17.2"), CueKind.BREATH, "And out, and fold"),
        Cue(Fraction(72), Fraction(76), CueKind.CHIME, "chime-end"),
    ),
    (Chapter(Fraction(0), Fraction(72), "Left"), Chapter(Fraction(72), Fraction(76), "End")),
)
TRACKS = [
    ("leg-stretch-left.mp3", Fraction(76), "Leg stretch: left"),
    ("leg-stretch-right.mp3", Fraction(76), "Leg stretch: right"),
]
WRITTEN = {
    "vtt": write_vtt(SESSION, title=TITLE, language=ENGLISH),
    "srt": write_srt(SESSION, language=ENGLISH).removesuffix("\n"),
    "lrc": write_lrc(SESSION, title=TITLE, language=ENGLISH),
    "text": write_transcript(SESSION, title=TITLE, language=ENGLISH),
    "json": write_chapters(SESSION, title=TITLE),
    "m3u8": write_playlist(TRACKS, TITLE),
}


@pytest.mark.parametrize("form", WRITTEN)
def test_an_example_of_the_docs_is_what_is_written(form: str) -> None:
    assert EXAMPLES[form] == WRITTEN[form]


def test_every_example_is_tested() -> None:
    assert EXAMPLES.keys() == WRITTEN.keys()
