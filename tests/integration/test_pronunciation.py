"""Words with phonemes, spoken by the system's voice: they are heard as phonemes, and nobody hears the slashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voicecoach.voices import espeak
from voicecoach.voices.system import system_voice

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.audio.clip import Clip

pytestmark = pytest.mark.skipif(espeak.find().driver != "espeak", reason="phonemes are espeak's")

PLAIN = "Sit tall with your shoulders low, and follow the breath."


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clip]:
    folder: Path = tmp_path_factory.mktemp("facts")
    voice = system_voice("en-us", "en", calibration=PLAIN, folder=folder)
    assert voice.knows_phonemes
    wordings = ["Cat.", "[Dog](/kæt/).", "[Dog](/dɒɡ/).", "[[slnc 1000]] Cat."]
    return dict(zip(wordings, voice.speak(wordings), strict=True))


def test_the_phonemes_are_heard_and_not_the_word(clips: dict[str, Clip]) -> None:
    assert clips["[Dog](/kæt/)."] == clips["Cat."]
    assert clips["[Dog](/dɒɡ/)."] != clips["Cat."]


def test_a_text_without_phonemes_is_read_as_before(clips: dict[str, Clip]) -> None:
    assert clips["[[slnc 1000]] Cat."] != clips["Cat."]


def test_a_voice_of_another_language_gets_the_word(tmp_path: Path) -> None:
    assert not system_voice("de", "de", calibration="Sitz aufrecht und folge dem Atem.", folder=tmp_path).knows_phonemes
