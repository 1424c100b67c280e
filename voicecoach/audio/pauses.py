"""Finds the sentences of a spoken text in its sound, by the pauses between them."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING

from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.levels import measure_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.audio.clip import Clip

PAUSE_BLOCK = SAMPLE_RATE // 100
"""Samples of a block: 10 ms."""
PAUSE_DEPTH = 76
"""How much softer than the loudest block a pause is, at least, in halves of a dB."""
SHORTEST_PAUSE = 5
"""Blocks of the shortest pause: stops inside words ("p", "t") are shorter."""
PAUSE_WORTH = 8.0
"""Seconds that a pause can be farther from its expected place for each second that it is longer."""

_Pause = tuple[int, int]


def find_sentences(clip: Clip, lengths: Sequence[int]) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return the start and the end of each sentence of a clip, in seconds.

    Args:
        clip: The sound of a text.
        lengths: The length of each sentence, in letters or columns, from which its end is estimated.

    Returns:
        As many spans as lengths; none if there are too few pauses.
    """
    pauses = _find_pauses(clip)
    if len(lengths) < 2 or len(pauses) < len(lengths) - 1:  # noqa: PLR2004 - one sentence is the whole clip
        return ()
    chosen = _choose(pauses, lengths, clip.samples / PAUSE_BLOCK)
    edges = [0, *(edge for pause in chosen for edge in pause), -(-clip.samples // PAUSE_BLOCK)]
    seconds = [min(Fraction(edge * PAUSE_BLOCK, SAMPLE_RATE), clip.seconds) for edge in edges]
    return tuple((seconds[at], seconds[at + 1]) for at in range(0, len(seconds), 2))


def _find_pauses(clip: Clip) -> list[_Pause]:
    """Return the first block of each pause inside a clip, and the first block after it."""
    levels = measure_levels(clip.pcm, PAUSE_BLOCK)
    limit = max(levels, default=0) - PAUSE_DEPTH
    runs = [(quiet, [at for at, _ in run]) for quiet, run in groupby(enumerate(levels), lambda each: each[1] <= limit)]
    inner = [blocks for quiet, blocks in runs[1:-1] if quiet and len(blocks) >= SHORTEST_PAUSE]
    return [(blocks[0], blocks[-1] + 1) for blocks in inner]


def _choose(pauses: Sequence[_Pause], lengths: Sequence[int], blocks: float) -> list[_Pause]:
    """Return the pauses between sentences: long ones, near their expected places."""
    expected = _expect(pauses, lengths, blocks)
    costs: list[list[tuple[float, int]]] = []
    for number, place in enumerate(expected):
        row: list[tuple[float, int]] = []
        before = (float("inf"), -1)
        for at, (start, end) in enumerate(pauses):
            if number and at and costs[-1][at - 1][0] < before[0]:
                before = (costs[-1][at - 1][0], at - 1)
            own = abs((start + end) / 2 - place) - PAUSE_WORTH * (end - start)
            row.append((own + before[0], before[1]) if number else (own, -1))
        costs.append(row)
    at = min(range(len(pauses)), key=lambda each: costs[-1][each][0])
    found = []
    for row in reversed(costs):
        found.append(pauses[at])
        at = row[at][1]
    return found[::-1]


def _expect(pauses: Sequence[_Pause], lengths: Sequence[int], blocks: float) -> list[float]:
    """Return the block in which each pause is expected if all sentences are spoken at the same rate."""
    longest = sorted((end - start for start, end in pauses), reverse=True)[: len(lengths) - 1]
    pause = median(longest)
    letter = max(blocks - pause * (len(lengths) - 1), 0) / max(sum(lengths), 1)
    ends = [sum(lengths[:number]) * letter + pause * (number - 0.5) for number in range(1, len(lengths))]
    assert all(one <= other for one, other in pairwise(ends))  # noqa: S101 - sentences follow each other
    return ends
