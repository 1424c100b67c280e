"""Words for the hard of hearing: slower, and louder where consonants are, from 1 to 4 kHz.

Any voice can be made clear, recorded ones too: its clips are stretched in time, at the same pitch.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from voicecoach.audio import ffmpeg, filters
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip, fade, find_peak

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPO = 87
"""Hundredths of a voice's own tempo."""

SLOWER = Fraction(100, TEMPO)
"""The factor by which a clip is longer."""

_Take = TypeVar("_Take")
_GAP = SAMPLE_RATE // 4 // TEMPO * TEMPO
"""Samples of silence before and after each clip: ffmpeg moves sound by less than a tenth of a second."""
_NEAR = SAMPLE_RATE // 10
_STEP = SAMPLE_RATE // 1000
_AUDIBLE = 50
"""The part of a clip's peak at which it begins to be heard: a fiftieth."""
_EDGE = SAMPLE_RATE // 500


def make_clear(clips: Mapping[_Take, Clip]) -> dict[_Take, Clip]:
    """Return clips as they are heard in a clear session; each begins to be heard when the plan has it.

    Raises:
        EncodeError: If ffmpeg is missing or fails.
    """
    starts, laid = [], bytearray()
    for clip in clips.values():
        laid += bytes(_GAP * SAMPLE_BYTES)
        starts.append(len(laid) // SAMPLE_BYTES)
        laid += clip.pcm
        laid += bytes((_GAP + -clip.samples % TEMPO) * SAMPLE_BYTES)
    form = ["-f", "s16le", "-ac", "1"]
    args = [*form, "-ar", str(SAMPLE_RATE), "-i", "pipe:0", "-af", filters.make_clear(TEMPO), *form, "pipe:1"]
    whole = Clip(ffmpeg.run(args, what="making words clear", data=bytes(laid)).stdout if laid else b"")
    pairs = zip(clips.items(), starts, strict=True)
    return {take: _take_out(whole, start * 100 // TEMPO, clip) for (take, clip), start in pairs}


def _take_out(whole: Clip, start: int, clip: Clip) -> Clip:
    """Return the clear version of a clip, which begins near a sample of the whole."""
    samples = clip.samples * 100 // TEMPO
    around = whole[start - _NEAR : start + samples]
    moved = _find_onset(around) - _NEAR - _find_onset(clip) * 100 // TEMPO
    first = start + max(-_NEAR, min(_NEAR, moved))
    made = whole[first : first + samples]
    return fade(Clip(made.pcm.ljust(samples * SAMPLE_BYTES, b"\0")), _EDGE)


def _find_onset(clip: Clip) -> int:
    """Return the sample from which a clip is heard, to a millisecond; 0 if it is silent."""
    least = max(1, find_peak(clip) // _AUDIBLE)
    return next((at for at in range(0, clip.samples, _STEP) if find_peak(clip[at : at + _STEP]) >= least), 0)
