"""The clips that come with the program, through the real coder."""

from __future__ import annotations

import importlib.util
import math
import struct
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from scripts.clips.make import BIT_RATE, encode
from voicecoach.audio.clip import SAMPLE_RATE, Clip
from voicecoach.system.assets import find_clips
from voicecoach.voices import shipped

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 6_000_000
"""Bytes of all clips: they are in the wheel."""

LENGTHS = (0.04, 0.35, 1.001, 2.5)


def sing(seconds: float) -> Clip:
    """Return a tone that glides, so that no part of it looks like another."""
    count = round(seconds * SAMPLE_RATE)
    values = [round(8000 * math.sin(2 * math.pi * (200 + 0.004 * at) * at / SAMPLE_RATE)) for at in range(count)]
    return Clip(struct.pack(f"<{count}h", *values))


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return [sing(seconds) for seconds in LENGTHS]


def test_a_clip_comes_back_where_it_was_and_as_it_was(clips: list[Clip], tmp_path: Path) -> None:
    content, starts = encode(clips)
    path = tmp_path / "tones.opus"
    path.write_bytes(content)
    pcm = shipped.decode(path)
    for clip, start in zip(clips[1:], starts[1:], strict=True):
        some = Clip(pcm[start * 2 : (start + clip.samples) * 2])
        before, after = (struct.unpack(f"<{clip.samples}h", each.pcm) for each in (clip, some))
        error = sum((a - b) ** 2 for a, b in zip(before, after, strict=True))
        assert error < 0.002 * sum(a * a for a in before), "less than -27 dB: nothing is shifted by a sample"


def test_the_same_clips_are_the_same_file(clips: list[Clip]) -> None:
    assert encode(clips) == encode(clips)
    assert len(encode(clips)[0]) < 1.3 * sum(LENGTHS) * BIT_RATE / 8 + 2000


def test_the_first_session_needs_no_voice(tmp_path: Path) -> None:
    """All words of these sessions come with the program; if not, ``scripts/make_clips`` makes them again."""
    if importlib.util.find_spec("hibari") is None:
        pytest.skip("hibari-tts has no wheel for this machine")
    studio = vc.Studio(cache=tmp_path, voice="hibari:heart")
    for name in ("leg-stretch", "box-breathing"):
        session = studio.plan(vc.load(name))
        assert session.synthesised == 0, name


def test_the_clips_are_small() -> None:
    assert sum(path.stat().st_size for path in find_clips().iterdir()) < LARGEST
