"""A session of exactly the length that is asked for, with the real voice and the real encoder."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_amount
from tests.spoken import VOICE
from voicecoach.app.request import Request
from voicecoach.app.session import make
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.script.choices import Choices, Guidance

if TYPE_CHECKING:
    from pathlib import Path


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def decoded_samples(path: Path) -> int:
    form = ["-f", "s16le", "-ac", "1", "pipe:1"]
    return len(ffmpeg.run(["-i", str(path), *form], what=path.name).stdout) // 2


@pytest.mark.parametrize("split", choose_amount([True], [False, True]))
def test_three_minutes_decode_to_three_minutes(split: bool, kept: Path, tmp_path: Path) -> None:  # noqa: FBT001 - pytest names it
    cues = Choices(guidance=Guidance.CUES)
    request = Request("sitting-leg-stretch", cues, split=split, length=Fraction(180), voice=VOICE)
    made = make(request, tmp_path, kept, quiet)
    assert len(made.files) == 1 + split
    for track, file, _ in made.files:
        assert track.timeline.duration == file.seconds == 180
        assert decoded_samples(file.path) == 180 * SAMPLE_RATE
