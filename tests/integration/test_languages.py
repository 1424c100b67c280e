"""The real voice in each language: the right one reads, and its words fit short and long breaths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.spoken import VOICE
from voicecoach.app import session
from voicecoach.app.request import Request
from voicecoach.core.notation import read_pace
from voicecoach.language import language, list_languages
from voicecoach.script.choices import Choices
from voicecoach.voices.system import catalogue, system_voice

if TYPE_CHECKING:
    from pathlib import Path

NAME = "sitting-leg-stretch"


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


@pytest.mark.parametrize("text", ["2-2", "4-7-8", "10-20"])
@pytest.mark.parametrize("code", list_languages())
def test_the_words_of_a_language_fit_every_breath(code: str, text: str, unlevelled: Path) -> None:
    request = Request(NAME, Choices(breath=read_pace(text)), language=code, voice=VOICE)
    planned = session.plan(request, unlevelled, quiet)
    cues = [cue for cue in planned.tracks[0].timeline.cues if cue.track == "voice"]
    assert len(cues) > 50
    assert planned.warnings == ()
    known = {voice.id: voice.languages for voice in catalogue(unlevelled).voices}
    assert any(tag.split("-")[0] == code for tag in known[planned.voice])


@pytest.mark.parametrize("code", [*list_languages(), "de-AT"])
def test_the_calibration_sentence_takes_some_seconds_and_a_count_less_than_one(code: str, unlevelled: Path) -> None:
    table = language(code)
    sentence = table.word("calibration")
    counts = [*map(table.number, range(1, 13)), table.word("countdown_release")]
    long, *short = system_voice(None, code, calibration=sentence, folder=unlevelled).speak([sentence, *counts])
    assert 3 < long.seconds < 10
    assert max(clip.seconds for clip in short) < 1
