"""The level of sound for each 4 ms, in a form that is small enough to be stored in a file."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.audio.pcm import audioop

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS_A_SECOND = 250
LEVEL_SAMPLES = SAMPLE_RATE // LEVELS_A_SECOND
"""Samples of one level: 4 ms, a sixth of an MP3 frame."""

SILENCE_LEVEL = -96.0
"""dBFS of silence."""

MEASURE = "speech 1"
"""The version of `measure_speech`, as a part of keys in the cache."""

_HIGHEST = round(-2 * SILENCE_LEVEL)
_STARTS = [math.ceil(32_768 * 10 ** ((half - 0.5 + 2 * SILENCE_LEVEL) / 40)) for half in range(1, _HIGHEST + 1)]
"""The lowest RMS value of each level from 1 on."""
_HALVES = b"".join(bytes([half]) * (end - start) for half, (start, end) in enumerate(pairwise([0, *_STARTS, 32_769])))
"""The level of each RMS value, in halves of a dB above `SILENCE_LEVEL`."""

_SIGNS = "#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRS"
"""A character for each 2 dB above `SILENCE_LEVEL`; none of them needs an escape in JSON."""
_TO_SIGNS = "".join(_SIGNS[min((half + 2) // 4, len(_SIGNS) - 1)] for half in range(256)).encode()


def measure_levels(pcm: bytes, block: int = LEVEL_SAMPLES) -> bytes:
    """Return the level (RMS) of each 4 ms of samples, in halves of a dB above `SILENCE_LEVEL`; the last may be less."""
    size = block * SAMPLE_BYTES
    return bytes(_HALVES[audioop.rms(pcm[at : at + size], SAMPLE_BYTES)] for at in range(0, len(pcm), size))


def measure_speech(pcm: bytes) -> bytes:
    """Return the levels below about 6 kHz; above it, encoders drop sounds if they have too few bits.

    Four samples are averaged: this lowers 5.3 kHz by 3 dB, and 9 kHz and above by 10 dB or more.
    """
    pcm = pcm[: len(pcm) // 8 * 8]
    for _ in range(2):
        pcm = audioop.tomono(pcm, SAMPLE_BYTES, 0.5, 0.5)  # the average of each two samples
    return measure_levels(pcm, LEVEL_SAMPLES // 4)


def to_dbfs(half: int) -> float:
    r"""Return a measured level in dBFS.

    >>> to_dbfs(measure_levels(b"\x00\x40" * 192)[0])
    -6.0
    """
    return SILENCE_LEVEL + half / 2


def pack(measured: bytes) -> str:
    """Write levels as text, one character each, rounded to 2 dB.

    >>> pack(bytes([0, 192]))
    '#S'
    """
    return measured.translate(_TO_SIGNS).decode()


def is_packed(text: str) -> bool:
    """Return whether a text can be the result of `pack`."""
    return not set(text) - set(_SIGNS)


def find_onset(packed: str, least: float) -> int:
    """Return the first block of a sound that is as loud as ``least``, in dBFS; 0 if none is.

    >>> find_onset(pack(bytes([0, 80, 110, 90])), -45.0)
    2
    """
    return next((at for at, sign in enumerate(packed) if to_dbfs(4 * _SIGNS.index(sign)) >= least), 0)


def find_missing(packed: str, measured: bytes, within: float) -> Iterator[tuple[int, int]]:
    """Yield the blocks of a sound that are missing, as pairs: the first one, and the one after the last.

    Args:
        packed: The levels that it should have.
        measured: The levels that it has.
        within: The dB by which any 20 ms can be too soft, if they should be audible at all.
    """
    due, there = _add_up(packed), list(accumulate((_POWERS[half] for half in measured), initial=0.0))
    allowed = 10 ** (within / 10)
    start = end = 0
    for at in range(min(len(due), len(there)) - _WINDOW):
        wanted = due[at + _WINDOW] - due[at]
        if wanted > _AUDIBLE and wanted > allowed * (there[at + _WINDOW] - there[at]):
            if at > end:
                if end:
                    yield start, end
                start = at
            end = at + _WINDOW
    if end:
        yield start, end


_WINDOW = 5
"""Blocks that are compared together: 20 ms."""

_POWERS = [10 ** (to_dbfs(half) / 10) for half in range(256)]
_AUDIBLE = _WINDOW * 10 ** (-60 / 10)
"""The power of these blocks at -60 dBFS; encoders can leave out softer ones."""


@lru_cache(64)
def _add_up(packed: str) -> list[float]:
    """Return the running sum of the power of the blocks, from 0 to the total."""
    return list(accumulate((_POWERS[4 * _SIGNS.index(sign)] for sign in packed), initial=0.0))
