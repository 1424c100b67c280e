"""How much room words have: in the phases of a breath, and between the moments of a hold."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.breath import Breath, Kind, Phase
    from voicecoach.core.score import Breathe, Score

LEAST_AIR = Fraction(15, 100)


@lru_cache
def measure_air(seconds: Fraction) -> Fraction:
    """Return the silence that speech leaves at the end of a phase: a tenth of it, and at least 0.15 s."""
    return max(LEAST_AIR, seconds / 10)


def find_breath(breaths: Sequence[Breath], beat: int) -> Breath:
    """Return the breath at ``beat``, counted from 0; past the end of ``breaths``, the last."""
    return breaths[beat if beat < len(breaths) else -1]


def list_phases(taken: Breathe, breath: Breath) -> Iterator[tuple[Phase, Score | None]]:
    """Yield the phases of a breath that are breathed, each with what starts in it.

    >>> from voicecoach.core.breath import Kind
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.score import Pause, breathe, phrase
    >>> taken = breathe({Kind.EXHALE: phrase("Out")})
    >>> [(str(phase.kind), words is not None) for phase, words in list_phases(taken, read_breath("4-6"))]
    [('inhale', False), ('exhale', True)]
    """
    numbers: dict[Kind, int] = {}
    for phase in breath.phases:
        if taken.only is None or taken.only is phase.kind:
            numbers[phase.kind] = number = numbers.get(phase.kind, 0) + 1
            yield phase, taken.during(phase.kind, number)


def list_moments(
    body: Score, later: Iterable[tuple[Fraction, Score]], seconds: Fraction
) -> list[tuple[Fraction, Fraction, Score, Score | None]]:
    """Return what starts in a hold, in order: seconds from its start to each part and to the next, and both parts.

    ``body`` starts with the hold, and each of ``later`` so many seconds after it. The last part has the time up to the
    end of the hold, and nothing follows it.
    """
    placed = sorted([(Fraction(0), body), *later], key=lambda each: each[0])
    ends: list[tuple[Fraction, Score | None]] = [*placed, (seconds, None)]
    return [(start, end, part, after) for (start, part), (end, after) in zip(placed, ends[1:], strict=True)]
