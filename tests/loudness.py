"""Loudness as ffmpeg measures it, to hold ours against."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg
from voicecoach.audio.mp3 import PCM

if TYPE_CHECKING:
    from voicecoach.audio.clip import Clip


def loudness(clip: Clip) -> float:
    """The integrated loudness in LUFS (ITU-R BS.1770)."""
    args = [*PCM, "-af", "ebur128=metadata=1", "-f", "null", "-"]
    said = ffmpeg.run(args, what="measuring", data=clip.pcm, loglevel="info").stderr
    return float(re.findall(r"I:\s+(\S+) LUFS", said)[-1])
