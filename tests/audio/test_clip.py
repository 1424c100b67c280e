from __future__ import annotations

import array
import wave
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio.clip import Clip, amplify, fade, join, make_silence, overlay, read_wave

if TYPE_CHECKING:
    from pathlib import Path

clips = st.binary(max_size=60).map(lambda raw: Clip(raw + raw))


@given(st.lists(clips, max_size=6))
def test_joined_clips_are_their_samples_in_order(parts: list[Clip]) -> None:
    assert join(parts).pcm == b"".join(part.pcm for part in parts)


@given(clips, clips, st.integers(0, 50))
def test_an_overlay_is_the_sum_of_both_and_as_long_as_both_need(under: Clip, over: Clip, at: int) -> None:
    mixed = array.array("h", overlay(under, over, at).pcm)
    below, above = array.array("h", under.pcm), array.array("h", over.pcm)
    assert len(mixed) == max(len(below), at + len(above))
    for index, value in enumerate(mixed):
        first = below[index] if index < len(below) else 0
        second = above[index - at] if 0 <= index - at < len(above) else 0
        assert value == max(-32768, min(32767, first + second))


@given(clips, st.integers(0, 40), st.integers(0, 40))
def test_a_cut_is_by_samples(clip: Clip, start: int, end: int) -> None:
    assert clip[start:end].pcm == clip.pcm[2 * start : 2 * max(start, end)]


def test_half_a_sample_is_no_clip() -> None:
    with pytest.raises(ValueError, match="whole samples"):
        Clip(b"\0")


def test_gain_is_in_decibels() -> None:
    assert array.array(
        "h", amplify(Clip(array.array("h", [1000, -2000]).tobytes()), 6.0206).pcm
    ).tolist() == pytest.approx([2000, -4000], abs=1)


def test_a_faded_clip_starts_and_ends_at_nothing_and_keeps_its_length() -> None:
    faded = array.array("h", fade(Clip(array.array("h", [1000] * 100).tobytes()), 10).pcm)
    assert len(faded) == 100
    assert (faded[0], faded[-1]) == (0, 0)
    assert faded[10] == faded[50] == 1000


def test_a_wave_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "low.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 11_025, 0, "NONE", ""))
        file.writeframes(make_silence(10).pcm)
    with pytest.raises(ValueError, match="48 kHz"):
        read_wave(path)
