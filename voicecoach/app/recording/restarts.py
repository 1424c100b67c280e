"""Finds sounds that are said again right after them: false starts of a sentence that a speaker then repeats.

The beginning of what follows is compared with the sound, by dynamic time warping over levels and zero crossings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.app.recording.envelope import Envelope, Piece

SAME = 0.45
"""The largest distance of two attempts at the same words; other words are farther apart."""
_SHORTEST = 0.3
"""Seconds of a sound that is long enough to be recognised."""
_MOST_SOUNDS = 8
"""The sounds that an abandoned attempt has at most."""
_LONGEST = 60
"""Frames of 20 ms that are compared."""
_STRETCH = 0.35
"""How much faster or slower the second attempt may be."""
_STEP = 0.3
"""The cost of a frame that one of both attempts has and the other does not."""
_SOFTEST, _LEVEL, _CROSSING = -30.0, 0.1, 6.0
"""dB under the loudest frame that count; the weights of a dB and of a crossing for each sample."""

_Frame = tuple[float, float]


def find_restarts(envelope: Envelope, pieces: Sequence[Piece]) -> list[dict[int, float]]:
    """Return for each sound the attempts that begin with it and are repeated.

    Each has the number of its sounds, and the distance between both attempts.
    """
    return [_find_repeated(envelope, pieces, at) for at in range(len(pieces))]


def _find_repeated(envelope: Envelope, pieces: Sequence[Piece], at: int) -> dict[int, float]:
    piece = pieces[at]
    if piece.seconds < _SHORTEST:
        return {}
    frames = _list_frames(envelope, piece.start, min(piece.end, piece.start + 2 * _LONGEST))
    length = round(2 * len(frames) * (1 + _STRETCH))
    starts = {count: pieces[at + count].start for count in range(1, min(_MOST_SOUNDS, len(pieces) - at - 1) + 1)}
    distances = {
        count: measure_distance(frames, _list_frames(envelope, start, start + length))
        for count, start in starts.items()
    }
    return {count: distance for count, distance in distances.items() if distance < SAME}


def measure_distance(frames: Sequence[_Frame], following: Sequence[_Frame]) -> float:
    """Return how far some frames are from the beginning of others, for each frame; 0 if they are the same.

    >>> measure_distance([(0.0, 0.1)] * 9, [(0.0, 0.1)] * 12)
    0.0
    """
    band = _STRETCH * len(frames) + 4
    before = [0.0] + [float("inf")] * len(following)
    for at, one in enumerate(frames):
        row = [float("inf")] * (len(following) + 1)
        for other in range(max(0, int(at - band)), min(len(following), int(at + band) + 1)):
            off = abs(one[0] - following[other][0]) + abs(one[1] - following[other][1])
            row[other + 1] = off + min(before[other], before[other + 1] + _STEP, row[other] + _STEP)
        before = row
        if min(row) > SAME * len(frames):  # it only grows
            return float("inf")
    return min(before[len(frames) // 2 :], default=float("inf")) / max(1, len(frames))


def _list_frames(envelope: Envelope, start: int, end: int) -> list[_Frame]:
    """Return the frames of 20 ms: the level under that of the loudest one, and the zero crossings, weighted."""
    end = min(end, len(envelope.levels) - 1)
    levels = [(envelope.levels[at] + envelope.levels[at + 1]) / 2 for at in range(start, end, 2)]
    crossings = [(envelope.crossings[at] + envelope.crossings[at + 1]) / 2 for at in range(start, end, 2)]
    top = max(levels, default=0.0)
    return [
        (max(level - top, _SOFTEST) * _LEVEL, crossing * _CROSSING)
        for level, crossing in zip(levels, crossings, strict=True)
    ]
