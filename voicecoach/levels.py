"""How loud sound is from one moment to the next: a level for each 4 ms, small enough to be carried in a file."""

from __future__ import annotations

import math
import warnings

from voicecoach.clip import SAMPLE_BYTES, SAMPLE_RATE

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.13 on it is audioop-lts, which stays
    import audioop

BLOCKS_A_SECOND = 250
BLOCK = SAMPLE_RATE // BLOCKS_A_SECOND
"""Samples that are measured together: 4 ms, of which an MP3 frame has six."""

LOWEST = -96.0
"""dBFS of silence."""

_HALVES = bytes(round(2 * (max(LOWEST, 20 * math.log10(max(rms, 0.5) / 32_768)) - LOWEST)) for rms in range(32_769))
"""The level of each RMS value, in halves of a dB above `LOWEST`."""

_SIGNS = "#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRS"
"""A sign for each 2 dB above `LOWEST`; none of them needs an escape in JSON."""


def measure(pcm: bytes) -> bytes:
    """Return the level (RMS) of each 4 ms of samples, in halves of a dB above `LOWEST`; the last may be shorter."""
    size = BLOCK * SAMPLE_BYTES
    return bytes(_HALVES[audioop.rms(pcm[at : at + size], SAMPLE_BYTES)] for at in range(0, len(pcm), size))


def decibels(half: int) -> float:
    r"""Return a measured level in dBFS.

    >>> decibels(measure(b"\x00\x40" * 192)[0])
    -6.0
    """
    return LOWEST + half / 2


def pack(measured: bytes) -> str:
    """Write levels as text, a sign for each, rounded to 2 dB.

    >>> pack(bytes([0, 192]))
    '#S'
    """
    return "".join(_SIGNS[(half + 2) // 4] for half in measured)


def unpack(text: str) -> list[float]:
    """Read what `pack` wrote, in dBFS.

    Raises:
        ValueError: When it is something else.
    """
    return [LOWEST + 2 * _SIGNS.index(sign) for sign in text]
