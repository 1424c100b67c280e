"""Breaths, and the pace at which they follow each other: the only place where breaths become seconds."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import TYPE_CHECKING

from voicecoach.core.spelling import (
    write_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_BREATH = 600
"""Seconds. Trained breathers reach cycles of a minute; ten of them are surely a slip of the pen."""


class Kind(StrEnum):
    """The kinds of phases a breath is made of: air comes in, stays, goes out, and stays out."""

    INHALE = "inhale"
    HOLD = "hold"
    EXHALE = "exhale"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of a breath, in seconds."""

    kind: Kind
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class Breath:
    """One cycle of breathing.

    >>> from voicecoach.core.notation import read_breath
    >>> read_breath("4-6").seconds
    Fraction(10, 1)
    >>> print(read_breath("4-7-8"))
    4-7-8
    """

    phases: tuple[Phase, ...]
    seconds: Fraction = field(init=False, repr=False, compare=False)
    """How long one cycle lasts."""

    def __post_init__(self) -> None:
        """Add its phases up, once."""
        object.__setattr__(self, "seconds", sum((phase.seconds for phase in self.phases), Fraction(0)))

    def __str__(self) -> str:
        """Write it as `read_breath` reads it."""
        kinds = tuple(phase.kind for phase in self.phases)
        if kinds in ORDERS.values():
            return "-".join(write_number(phase.seconds) for phase in self.phases)
        written = {kind: name for name, kind in NAMES.items()}
        return ", ".join(f"{written[phase.kind]} {write_number(phase.seconds)}" for phase in self.phases)


@dataclass(frozen=True, slots=True)
class Span:
    """A length as the author thinks of it: so many breaths, and seconds after them.

    Attributes:
        breaths: Whole breaths.
        rest: Seconds after the breaths.
        least: Seconds that the breaths last at least; breaths are added until they do.

    >>> from voicecoach.core.notation import read_breath
    >>> Span(breaths=3).seconds(read_breath("4-6")), Span(breaths=3, least=Fraction(20)).seconds(read_breath("2-2"))
    (Fraction(30, 1), Fraction(20, 1))
    """

    breaths: int = 0
    rest: Fraction = Fraction(0)
    least: Fraction = Fraction(0)

    def count(self, breath: Breath) -> int:
        """Return how many whole breaths it has if they last as long as ``breath``."""
        return max(self.breaths, math.ceil(self.least / breath.seconds)) if self.least else self.breaths

    def seconds(self, breath: Breath) -> Fraction:
        """Return how many seconds it lasts if its breaths are ``breath``."""
        count = self.count(breath)
        return count * breath.seconds + self.rest if count else self.rest

    @property
    def in_breaths(self) -> bool:
        """Whether it is counted in breaths, and so grows by whole ones."""
        return bool(self.breaths or self.least)

    def __str__(self) -> str:
        """Write it as `read_span` reads it."""
        breaths = f"{self.breaths} breath{'s' if self.breaths != 1 else ''}"
        if self.least:
            return f"{breaths}, at least {write_number(self.least)}s"
        return breaths if self.breaths else f"{write_number(self.rest)}s"


@dataclass(frozen=True, slots=True)
class Pace:
    """Which breath is breathed when: through these breaths evenly, or longer by a step every so often.

    Attributes:
        points: The breaths it leads through, the first to the last breath of a part; a single one is constant.
        longer: Seconds that each phase grows by at every step, up to the longest breath.
        every: Seconds of breathing after which the next step is taken; 0 for no steps.
    """

    points: tuple[Breath, ...]
    longer: Fraction = Fraction(0)
    every: Fraction = Fraction(0)

    @property
    def is_constant(self) -> bool:
        """Whether all its breaths are the same."""
        return len(self.points) == 1 and not self.every

    def breaths(self, count: int) -> tuple[Breath, ...]:
        """Return the breaths of a part of ``count`` breaths, one by one.

        >>> from voicecoach.core.notation import read_pace
        >>> [str(each) for each in read_pace("3-4..4-6").breaths(3)]
        ['3-4', '3.5-5', '4-6']
        """
        if self.every:
            return tuple(self._list_steps(count))
        if self.is_constant:
            return self.points * max(count, 1)
        legs = len(self.points) - 1
        return tuple(self._between(Fraction(number * legs, max(count - 1, 1))) for number in range(max(count, 1)))

    def count(self, span: Span, before: int = 0, total: int | None = None) -> int:
        """How many whole breaths a length has at this pace, where ``before`` were taken already.

        A ramp leads through all breaths of its part. Without their ``total``, these are counted as if they were all.

        >>> from voicecoach.core.notation import read_pace
        >>> read_pace("3-3..5-5..3-3").count(Span(least=Fraction(80)))
        11
        >>> read_pace("3-3..7-7").count(Span(least=Fraction(25)), 0, 7)
        4
        """
        return max(span.breaths, self._lasting(span.least, before, total))

    def _lasting(self, seconds: Fraction, before: int, total: int | None) -> int:
        """Return the fewest breaths that last ``seconds``."""
        if self.every:
            return self._count_lasting(seconds, before)
        if total and seconds and len(self.points) > 1:
            return self._ramp_lasting(seconds, min(before, total), total)
        longest = max(point.seconds for point in self.points)
        count = math.ceil(seconds / longest)
        while (left := seconds - self._seconds(count)) > 0:
            count += max(1, math.floor(left / longest))
        return count

    def _ramp_lasting(self, seconds: Fraction, before: int, total: int) -> int:
        ends = _ends(self, total)
        goal = ends[before] + seconds
        beyond = max(0, math.ceil((goal - ends[-1]) / self.points[-1].seconds))
        return total - before + beyond if beyond else bisect_left(ends, goal) - before

    def _seconds(self, count: int) -> Fraction:
        """How long a part of ``count`` breaths lasts: on each leg of a ramp, they are longer or shorter by the same."""
        lengths = [point.seconds for point in self.points]
        last, legs = count - 1, len(lengths) - 1
        if not legs or last < 1:
            return count * lengths[0]
        total = lengths[-1]
        for leg, (start, end) in enumerate(pairwise(lengths)):
            first, after = (math.ceil(Fraction(at * last, legs)) for at in (leg, leg + 1))
            shares = Fraction(legs * (first + after - 1) * (after - first), 2 * last) - leg * (after - first)
            total += start * (after - first) + (end - start) * shares
        return total

    def _count_lasting(self, seconds: Fraction, before: int) -> int:
        most = math.ceil(seconds / self.points[0].seconds)
        ends = accumulate(each.seconds for each in islice(self._list_steps(before + most), before, None))
        return next((number for number, end in enumerate(ends, 1) if end >= seconds), 0) if seconds else 0

    def __str__(self) -> str:
        """Write it as `read_pace` reads it."""
        steps = f" +{write_number(self.longer)}s every {write_number(self.every)}s" if self.every else ""
        return "..".join(map(str, self.points)) + steps

    def _between(self, at: Fraction) -> Breath:
        leg = min(int(at), len(self.points) - 2)
        start, end, share = self.points[leg], self.points[leg + 1], at - leg
        pairs = zip(start.phases, end.phases, strict=True)
        mixed = (Phase(one.kind, one.seconds + (two.seconds - one.seconds) * share) for one, two in pairs)
        return Breath(tuple(phase for phase in mixed if phase.seconds))

    def _list_steps(self, count: int) -> Iterator[Breath]:
        elapsed, start = Fraction(0), self.points[0]
        most = (LONGEST_BREATH - start.seconds) / len(start.phases)
        for _ in range(max(count, 1)):
            more = min(elapsed // self.every * self.longer, most)
            taken = Breath(tuple(Phase(phase.kind, phase.seconds + more) for phase in start.phases))
            yield taken
            elapsed += taken.seconds


@lru_cache(maxsize=8)  # a result can be long
def _ends(pace: Pace, total: int) -> tuple[Fraction, ...]:
    """Return when each of ``total`` breaths ends, after 0 for the start of the first."""
    return tuple(accumulate((each.seconds for each in pace.breaths(total)), initial=Fraction(0)))


ORDERS = {
    2: (Kind.INHALE, Kind.EXHALE),
    3: (Kind.INHALE, Kind.HOLD, Kind.EXHALE),
    4: (Kind.INHALE, Kind.HOLD, Kind.EXHALE, Kind.PAUSE),
}
NAMES = {"in": Kind.INHALE, "hold": Kind.HOLD, "out": Kind.EXHALE, "pause": Kind.PAUSE}
"""The phases as they are called in routine files."""
