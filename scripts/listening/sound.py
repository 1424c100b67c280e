"""What can be measured of a phrase's sound: clipping, clicks, ends that are cut, its level, its words per minute.

Sounds are one-dimensional arrays of 48,000 samples a second, from -1 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


Floats: TypeAlias = Any  # an array of numbers; numpy is not there for the type checker

RATE = 48_000

_FULL, _STUCK = 0.999, 3
"""Clipping: as many samples in a row, or more, at the loudest value of the sound, or at full scale."""
_NEAR_TOP = 0.5
"""A sound softer than this was not clipped: its loudest samples can be equal by chance."""

_START, _END = round(0.004 * RATE), round(0.010 * RATE)
_CUT = -35.0
"""dB. The first 4 ms and the last 10 ms of a clip with all of its words are so much softer than its loudest 10 ms."""

_EDGE, _AROUND = round(0.050 * RATE), round(0.004 * RATE)
_JUMP, _LEAST_JUMP = 20.0, 0.01
"""A click bends the wave so many times as much as the 4 ms around it usually do, and by so much of full scale."""

_BLOCK, _HOP = round(0.100 * RATE), round(0.025 * RATE)
_OFFSET, _GATE = -0.691, -10.0
"""BS.1770: the offset of its loudness; blocks more than 10 LU below the mean do not count."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What is wrong with the sound of a phrase, and where.

    Attributes:
        clipped: The number of samples that stand at the limit.
        clicks: The seconds at which it clicks near its start or its end.
        cut: Which of its ends are cut: ``start``, ``end``.
    """

    clipped: int = 0
    clicks: tuple[float, ...] = ()
    cut: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything is wrong."""
        return bool(self.clipped or self.clicks or self.cut)


def read_samples(pcm: bytes) -> Floats:
    """Return signed 16-bit samples as numbers from -1 to 1."""
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32_768


def resample(sound: Floats, factor: int = 3, taps: int = 96) -> Floats:
    """Return every third sample (or another share) of a sound whose higher frequencies are removed before."""
    at = np.arange(-taps, taps + 1)
    kernel = np.sinc(at * 0.92 / factor) * np.kaiser(len(at), 8.0)
    return np.convolve(sound, kernel / kernel.sum(), "same")[::factor].astype(np.float32)


def check_ends(sound: Floats) -> Ends:
    """Look for clipping, and for clicks and cuts at both ends."""
    return Ends(count_clipped(sound), find_clicks(sound), find_cuts(sound))


def count_clipped(sound: Floats) -> int:
    """Return how many samples stand at the limit, in runs of three or more."""
    top = float(np.abs(sound).max(initial=0.0))
    if top < _NEAR_TOP:
        return 0
    stuck = np.abs(sound) >= min(top, _FULL)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], stuck.astype(np.int8), [0]])))
    runs = edges[1::2] - edges[::2]
    return int(runs[runs >= _STUCK].sum())


def find_clicks(sound: Floats) -> tuple[float, ...]:
    """Return the seconds of the clicks in the first and the last 50 ms.

    A click is a jump: the wave bends much more in one place than before and after it.
    """
    bent = np.abs(np.diff(np.concatenate([np.zeros(2, np.float32), sound, np.zeros(2, np.float32)]), 2))
    found = []
    for at in _list_edges(len(bent)):
        if bent[at] < _LEAST_JUMP or bent[at] < bent[max(0, at - 3) : at + 4].max():
            continue
        before, after = bent[max(0, at - _AROUND) : max(0, at - 2)], bent[at + 3 : at + 3 + _AROUND]
        calm = max((float(np.median(each)) for each in (before, after) if len(each)), default=0.0)
        if bent[at] > _JUMP * max(calm, 1e-5):
            found.append(round(at / RATE, 4))
    return tuple(found)


def find_cuts(sound: Floats) -> tuple[str, ...]:
    """Return which ends begin or stop in full sound, as if the rest were missing."""
    loud = [_measure_power(sound[at : at + _END]) for at in range(0, max(1, len(sound) - _END + 1), _END)]
    limit = max(loud) * 10 ** (_CUT / 10)
    ends = {"start": sound[:_START], "end": sound[-_END:]}
    return tuple(name for name, part in ends.items() if _measure_power(part) > limit)


def measure_level(sound: Floats) -> float:
    """Return the loudness of speech in LUFS.

    As BS.1770, with blocks of 100 ms in place of 400: single words are shorter than 400 ms, and a session has both.
    """
    padded = np.pad(sound, (0, max(0, _BLOCK - len(sound))))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, _BLOCK)[::_HOP]
    power = np.array([_weigh(block) for block in blocks])
    power = power[power > 10 ** ((-70 - _OFFSET) / 10)]
    if not len(power):
        return -70.0
    loud = power[power > power.mean() * 10 ** (_GATE / 10)]
    return float(_OFFSET + 10 * np.log10(loud.mean()))


def list_neighbours(orders: Iterable[Iterable[str]]) -> list[tuple[str, str]]:
    """Return every two different phrases that follow each other in any session, once.

    >>> list_neighbours([["In", "Out", "In", "Out"], ["Out", "Rest"]])
    [('In', 'Out'), ('Out', 'Rest')]
    """
    found: dict[frozenset[str], tuple[str, str]] = {}
    for order in orders:
        for one, other in pairwise(order):
            if one != other:
                found.setdefault(frozenset((one, other)), (one, other))
    return list(found.values())


def find_uneven(
    neighbours: Iterable[tuple[str, str]], levels: Mapping[str, float], within: float
) -> list[tuple[str, str, float]]:
    """Return the neighbours whose levels differ by more than ``within`` LU, and by how much."""
    apart = [(one, other, levels[other] - levels[one]) for one, other in neighbours]
    return [each for each in apart if abs(each[2]) > within]


def count_words_per_minute(words: int, seconds: float) -> float:
    """Return the words per minute that are heard, pauses inside the phrase included.

    >>> count_words_per_minute(6, 3.0)
    120.0
    """
    return words * 60 / seconds


def _list_edges(samples: int) -> list[int]:
    if samples <= 2 * _EDGE:
        return list(range(samples))
    return [*range(_EDGE), *range(samples - _EDGE, samples)]


def _measure_power(part: Floats) -> float:
    return float(np.mean(np.square(part, dtype=np.float64))) if len(part) else 0.0


def _weigh(block: Floats) -> float:
    """Return the power of a block after the two filters of BS.1770."""
    spectrum = np.fft.rfft(block.astype(np.float64) * _TAPER)
    return float(np.sum(np.square(np.abs(spectrum)) * _WEIGHTS))


def _respond(numerator: tuple[float, ...], denominator: tuple[float, ...]) -> Floats:
    """Return by how much a filter multiplies the power of each frequency of a block."""
    turns = np.exp(-2j * np.pi * np.arange(_BLOCK // 2 + 1) / _BLOCK)
    above, below = (np.polyval(each[::-1], turns) for each in (numerator, denominator))
    return np.square(np.abs(above / below))


_TAPER = np.hanning(_BLOCK)
_WEIGHTS = (
    _respond((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
    * _respond((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
    * 2
    / (_BLOCK * np.sum(np.square(_TAPER)))
)
"""The filters of BS.1770 at 48 kHz, and what makes of a spectrum the mean power of its block."""
