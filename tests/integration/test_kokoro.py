"""Kokoro's real voices, where somebody has installed them: the model has 92 MB, so CI does without them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voicecoach.language import language
from voicecoach.voices.neural.kokoro import files
from voicecoach.voices.neural.kokoro.voice import KIND
from voicecoach.voices.port import Settings

if TYPE_CHECKING:
    from voicecoach.voices.neural.kokoro.voice import KokoroVoice

DATA = Path(os.environ["VOICECOACH_TESTS_DATA"])
pytestmark = pytest.mark.skipif(
    not all(each.ready for each in KIND.list_voices(Settings("es", "", DATA, data=DATA))),
    reason="'voicecoach voices get es' installs what it tests",
)


def make(name: str, folder: Path, workers: int = 1) -> KokoroVoice:
    from dataclasses import replace

    style = files.find_style(name)
    calibration = language(style.language).word("calibration")
    found = KIND.find_voice(name, Settings(style.language, calibration, folder, data=DATA))
    return replace(found, workers=workers)


def test_the_same_words_are_the_same_clip_in_any_process_and_any_order(tmp_path: Path) -> None:
    words = ["Inhala", "Cambia de lado.", "Suelta", "Baja"]
    first = [clip.pcm for clip in make("ef_dora", tmp_path).speak(words)]
    second = [clip.pcm for clip in make("ef_dora", tmp_path, workers=2).speak(words[::-1])]
    assert [hashlib.sha256(each).hexdigest() for each in first] == [
        hashlib.sha256(each).hexdigest() for each in second[::-1]
    ]


@pytest.mark.parametrize(
    ("name", "cue", "longest"),
    [("ef_dora", "Baja", 1.0), ("ff_siwis", "Souffle", 1.1), ("bf_emma", "Up", 0.8)],
)
def test_a_short_cue_has_no_syllable_before_it(tmp_path: Path, name: str, cue: str, longest: float) -> None:
    """With the murmur that the model makes first, it would be up to 0.25 s longer."""
    (clip,) = make(name, tmp_path).speak([cue])
    assert 0.3 < clip.seconds < longest


def test_a_long_phrase_is_calm(tmp_path: Path) -> None:
    words = "Deja que las dos piernas descansen hacia el suelo, hasta donde quieran."
    (clip,) = make("ef_dora", tmp_path).speak([words])
    assert 95 < len(words.split()) * 60 / clip.seconds < 150
