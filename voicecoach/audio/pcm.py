"""Samples in memory: `audioop` for arithmetic and pydub for mixing, imported here without their warnings."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, cast

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.13 on this is audioop-lts, which stays
    import audioop

if TYPE_CHECKING:
    from pydub import AudioSegment

__all__ = ["audioop", "make_segment"]


def make_segment(pcm: bytes, rate: int) -> AudioSegment:
    """Return 16-bit samples of one channel, ``rate`` a second, as pydub's type.

    >>> make_segment(bytes(96_000), 48_000).duration_seconds
    1.0
    """
    return _load_pydub()(data=pcm, sample_width=2, frame_rate=rate, channels=1)


@cache
def _load_pydub() -> type[AudioSegment]:
    """Import pydub when it is first needed, because that takes 45 ms; and only once, because warnings are global."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no ffmpeg on the PATH, audioop is deprecated: neither matters for samples
        from pydub import AudioSegment

    return cast("type[AudioSegment]", AudioSegment)
