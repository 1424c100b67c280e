"""A session of exactly the length that is asked for, with the real voice and the real encoder."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from voicecoach.app.request import Request
from voicecoach.app.session import make
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE

if TYPE_CHECKING:
    from pathlib import Path


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def decoded_samples(path: Path) -> int:
    form = ["-f", "s16le", "-ac", "1", "pipe:1"]
    return len(ffmpeg.run(["-i", str(path), *form], what=path.name).stdout) // 2


@pytest.mark.parametrize("split", [False, True])
def test_five_minutes_decode_to_five_minutes(split: bool, kept: Path, tmp_path: Path) -> None:  # noqa: FBT001 - pytest names it
    request = Request("sitting-leg-stretch", split=split, length=Fraction(300))
    made = make(request, tmp_path, kept, quiet)
    assert len(made.files) == 1 + split
    for track, file, _ in made.files:
        assert track.timeline.duration == file.seconds == 300
        assert decoded_samples(file.path) == 300 * SAMPLE_RATE
