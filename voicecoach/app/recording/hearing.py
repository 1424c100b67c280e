"""What is heard in a take of one sentence: its level, and what is wrong with it, in words for the person who spoke."""

from __future__ import annotations

import math

from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.pcm import audioop
from voicecoach.voices import polish
from voicecoach.voices.polish import Raw
from voicecoach.voices.recorded import find_fault, trim_room

LOWEST = -96.0
_QUIET = -50.0
"""dBFS of the loudest 10 ms of a take in which nobody is heard."""
_ABOVE_ROOM = 8.0
"""dB between the softest and the loudest parts of a take in which somebody speaks."""
_STEADY = -20.0
"""dBFS above which a steady sound is a voice all the same: somebody who began early and ended late."""
SOFT = -40.0
"""dBFS of the loudest parts of a take that is softer than it should be."""
_BLOCKS_A_SECOND = 100


def measure_peak(pcm: bytes) -> float:
    """Return the peak of 16-bit samples in dBFS.

    >>> round(measure_peak(bytes([0, 64])), 1), measure_peak(b"")
    (-6.0, -96.0)
    """
    peak = audioop.max(pcm, 2) if pcm else 0
    return 20 * math.log10(peak / 32_768) if peak else LOWEST


def judge(raw: Raw, wording: str, choice: str = "") -> str:
    """Return what is wrong with a take of a wording, as a person should hear it; nothing if it can be kept.

    ``choice`` says how another microphone is chosen.
    """
    levels = _measure_levels(raw)
    top, floor = (levels[-1 - len(levels) // 20], levels[len(levels) // 10]) if levels else (LOWEST, LOWEST)
    if top < _QUIET:
        return f"nothing was heard: is the microphone on, and the right one{choice}?"
    if top - floor < _ABOVE_ROOM and top < _STEADY:
        return "only a steady noise was heard, and no words"
    fault = find_fault(_convert(raw), wording)
    if "clipped" in fault:
        return f"too loud: it {fault}; speak softer, or move away from the microphone"
    return f"it {fault}" if fault else ""


def advise(raw: Raw) -> str:
    """Return advice for a take that can be kept; mostly nothing."""
    levels = _measure_levels(raw)
    soft = bool(levels) and levels[-1 - len(levels) // 20] < SOFT
    return "it is rather soft: come closer to the microphone" if soft else ""


def measure_words(raw: Raw) -> float:
    """Return the seconds of the words, without the silence around them."""
    return polish.trim(trim_room(_convert(raw))).seconds


def _measure_levels(raw: Raw) -> list[float]:
    """Return the levels of each 10 ms in dBFS, from the lowest to the highest."""
    size = raw.rate // _BLOCKS_A_SECOND * 2
    values = (audioop.rms(raw.pcm[at : at + size], 2) for at in range(0, len(raw.pcm) - size + 1, size))
    return sorted(20 * math.log10(value / 32_768) if value else LOWEST for value in values)


def _convert(raw: Raw) -> Raw:
    """Return a sound at 48 kHz, good enough to be measured."""
    if raw.rate == SAMPLE_RATE:
        return raw
    return Raw(audioop.ratecv(raw.pcm, 2, 1, raw.rate, SAMPLE_RATE, None)[0], SAMPLE_RATE)
