"""Takes of the same words by the real natural voice."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio.takes import LARGEST_MISS, match_length
from voicecoach.voices.neural.hibari.voice import HibariVoice

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.audio.clip import Clip

WORDS = ["And slowly out.", "Change sides."]


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> list[list[Clip]]:
    """The words in two takes, and in the second one again."""
    if importlib.util.find_spec("hibari") is None:
        pytest.skip("hibari-tts has no wheel for this machine")
    folder: Path = tmp_path_factory.mktemp("takes")
    voice = HibariVoice("heart", "Breathe in slowly, and let your shoulders sink.", folder=folder, workers=1)
    return [list(voice.vary(take).speak(WORDS)) for take in (0, 1, 1)]


def test_another_take_is_as_long_and_not_the_same(takes: list[list[Clip]]) -> None:
    for first, second in zip(takes[0], takes[1], strict=True):
        assert first != second
        assert abs(first.samples - second.samples) <= LARGEST_MISS
        assert match_length(second, first).samples == first.samples


def test_the_same_take_is_the_same_to_the_sample(takes: list[list[Clip]]) -> None:
    assert takes[1] == takes[2]
