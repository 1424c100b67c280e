"""Taps, one at each inhale or one at each phase, and the breath that is measured by them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from statistics import median, median_low
from typing import TYPE_CHECKING

from voicecoach.core.breath import LONGEST_BREATH, Breath, Kind, Pace, Phase
from voicecoach.core.notation import read_breath
from voicecoach.core.spelling import simplify
from voicecoach.errors import ChoiceError, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NEEDED = 6
LAST = 5
WITHIN = Fraction(15, 100)
"""Taps agree when there are 6 lengths, the last 5 of them within 15 % of a breath from the median.

Unattended breaths at rest vary by about 20 % (Tobin and others, 1988), attended ones by much less: close agreement
shows that somebody has settled. Who never agrees so closely is measured by the median of 12 breaths.
"""
ENOUGH = 12
LEAST = 3
"""Lengths without which there is nothing to measure: with two, nobody knows which of them is the odd one out."""
FAR = Fraction(1, 2)
"""A length further from the median than half of it is a tap missed (about twice as long) or one too many."""
SHORTEST = 1
"""Seconds of a breath; shorter ones are a key that was held, or taps in play."""

UNDER_TEN, CALM = Fraction(13, 2), 10
"""Seconds of a breath that is slower than 10 a minute by some, and of one in slow breathing exercises, 6 a minute."""
TO_EXHALE = Fraction(3, 4)
"""The part of a longer breath that the exhale takes."""

_TIME = re.compile(r"(?:(in|out)\s+)?([0-9]{1,12}(?:\.[0-9]{1,9})?)")
_KINDS = {"in": Kind.INHALE, "out": Kind.EXHALE}
_SHARES = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?):([0-9]{1,4}(?:\.[0-9]{1,3})?)")


@dataclass(frozen=True, slots=True)
class Tap:
    """A phase begins, ``at`` seconds on a clock that starts anywhere."""

    kind: Kind
    at: Fraction


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long something took each time, in seconds; what is far from the median is left out.

    >>> Lengths((Fraction(4), Fraction(9), Fraction(5))).median
    Fraction(9, 2)
    """

    each: tuple[Fraction, ...]

    @property
    def kept(self) -> tuple[Fraction, ...]:
        """Those that are near the median, as they came."""
        middle = self._middle
        return tuple(length for length in self.each if abs(length - middle) <= FAR * middle)

    @property
    def median(self) -> Fraction:
        """The median of those kept; 0 when there are none."""
        return median(self.kept) if self.each else Fraction(0)

    @property
    def missed(self) -> int:
        """How many are far too long, because a tap was missed."""
        longest = (1 + FAR) * self._middle
        return sum(length > longest for length in self.each)

    @property
    def extra(self) -> int:
        """How many are far too short, because of a tap too many."""
        return len(self.each) - len(self.kept) - self.missed

    def agreeing(self, tolerance: Fraction) -> int:
        """How many of the last few are within ``tolerance`` seconds of the median."""
        middle = self.median
        return sum(abs(length - middle) <= tolerance for length in self.kept[-LAST:])

    @property
    def _middle(self) -> Fraction:
        return median_low(self.each) if self.each else Fraction(0)


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody's taps so far, in the order of time."""

    taps: tuple[Tap, ...] = ()

    def tapped(self, kind: Kind, at: Fraction) -> Sample:
        """Return the sample with one more tap."""
        return Sample((*self.taps, Tap(kind, at)))

    @property
    def following(self) -> Kind:
        """What the next tap is for, when taps alternate."""
        return Kind.EXHALE if self.taps and self.taps[-1].kind is Kind.INHALE else Kind.INHALE

    @property
    def phased(self) -> bool:
        """Whether inhales and exhales were both tapped."""
        return any(tap.kind is Kind.EXHALE for tap in self.taps)

    @property
    def breaths(self) -> Lengths:
        """The lengths from inhale to inhale."""
        onsets = [tap.at for tap in self.taps if tap.kind is Kind.INHALE]
        return Lengths(tuple(end - start for start, end in pairwise(onsets)))

    @property
    def inhales(self) -> Lengths:
        """The lengths of inhales."""
        return self._of(Kind.INHALE, Kind.EXHALE)

    @property
    def exhales(self) -> Lengths:
        """The lengths of exhales."""
        return self._of(Kind.EXHALE, Kind.INHALE)

    @property
    def agreeing(self) -> int:
        """How many of the last few lengths agree; in the part that agrees least, if phases were tapped."""
        tolerance = WITHIN * self.breaths.median
        return min(part.agreeing(tolerance) for part in self._parts)

    @property
    def agrees(self) -> bool:
        """Whether there are enough taps, and the last of them agree."""
        return self.agreeing == LAST and min(len(part.kept) for part in self._parts) >= NEEDED

    @property
    def complete(self) -> bool:
        """Whether more taps would tell little more."""
        return self.agrees or min(len(part.each) for part in self._parts) >= ENOUGH

    @property
    def _parts(self) -> tuple[Lengths, ...]:
        return (self.breaths, self.inhales, self.exhales) if self.phased else (self.breaths,)

    def _of(self, kind: Kind, following: Kind) -> Lengths:
        pairs = pairwise(self.taps)
        return Lengths(tuple(two.at - one.at for one, two in pairs if (one.kind, two.kind) == (kind, following)))


def ratio(text: str) -> tuple[Fraction, Fraction]:
    """Read how a breath is split into inhale and exhale.

    >>> ratio("1:2")
    (Fraction(1, 1), Fraction(2, 1))

    Raises:
        ChoiceError: When the text is no ratio, or leaves nothing of a phase.
    """
    match = _SHARES.fullmatch(simplify(text).replace(" ", ""))
    shares = (Fraction(match[1]), Fraction(match[2])) if match else (Fraction(0), Fraction(0))
    if not all(shares):
        raise ChoiceError(f"{quote(text)} is no ratio of inhale to exhale: write it as 40:60 or 1:2")
    return shares


def measured(sample: Sample, shares: tuple[Fraction, Fraction]) -> Breath:
    """Return the breath that was tapped, its phases rounded to tenths of a second.

    Args:
        sample: The taps.
        shares: How a breath is split whose exhales were not tapped, as from `ratio`.

    Raises:
        ChoiceError: When there are too few taps, or nobody breathes as fast as they say.
    """
    parts = (sample.inhales, sample.exhales) if sample.phased else (sample.breaths,)
    _check(parts)
    medians = [part.median for part in parts]
    phases = [_tenths(length) for length in medians] if sample.phased else _split(medians[0], shares)
    if not SHORTEST <= sum(phases) <= LONGEST_BREATH:
        raise ChoiceError(f"a breath of {float(sum(phases)):g} s can't be: tap once at each inhale, as you breathe")
    return read_breath("-".join(str(float(each)) for each in phases))


def slower(taken: Breath) -> Pace | None:
    """Return a ramp from a measured breath to a slower one: mainly the exhale gets longer, to under 10 a minute.

    Someone who breathes as slowly as that goes on by a second, up to 6 a minute; then there is nothing to slow down.

    >>> print(slower(read_breath("1.6-2.4")), slower(read_breath("3-4.5")), slower(read_breath("4-6")))
    1.6-2.4..2.2-4.3 3-4.5..3.2-5.2 None
    """
    more = min(max(UNDER_TEN - taken.seconds, Fraction(1)), CALM - taken.seconds)
    if more <= 0:
        return None
    inhale = next(phase.kind for phase in taken.phases)
    shares = {inhale: 1 - TO_EXHALE, Kind.EXHALE: TO_EXHALE}
    longer = (Phase(each.kind, _tenths(each.seconds + more * shares.get(each.kind, 0))) for each in taken.phases)
    return Pace((taken, Breath(tuple(longer))))


def read(text: str, source: str, *, phases: bool = False) -> Sample:
    r"""Read a file of times: one a line, in seconds, as ``12.5``, or with its phase as ``in 12.5`` or ``out 16``.

    >>> [str(tap.kind) for tap in read("in 0\nout 4", "taps.txt").taps]
    ['inhale', 'exhale']

    Args:
        text: What stands in the file; empty lines and those that start with # mean nothing.
        source: What the file is called in errors.
        phases: Whether times without a phase are those of inhales and exhales by turns.

    Raises:
        ChoiceError: When a line is no time, or earlier than the one before it.
    """
    taps: list[Tap] = []
    for line, named, at in _times(text, source):
        if taps and at <= taps[-1].at:
            raise ChoiceError(f"{source}:{line}: {float(at):g} s is not after {float(taps[-1].at):g} s\n{_WRITE}")
        turn = Kind.EXHALE if phases and len(taps) % 2 else Kind.INHALE
        taps.append(Tap(_KINDS[named] if named else turn, at))
    return Sample(tuple(taps))


_WRITE = "write the time of each tap on a line of its own, in seconds: 12.5, or in 12.5 and out 16"


def _times(text: str, source: str) -> Iterator[tuple[int, str, Fraction]]:
    """Yield each time with the number of its line and the name of its phase, if it has one."""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = simplify(line)
        if not bare or bare.startswith("#"):
            continue
        match = _TIME.fullmatch(bare)
        if match is None:
            raise ChoiceError(f"{source}:{number}: {quote(bare)} is no time{_mend(bare)}\n{_WRITE}")
        yield number, match[1] or "", Fraction(match[2])


def _mend(line: str) -> str:
    return ": decimals take a point" if re.fullmatch(r"(?:(?:in|out)\s+)?[0-9]+,[0-9]+", line) else ""


def _check(parts: Sequence[Lengths]) -> None:
    fewest = min(len(part.kept) for part in parts)
    if fewest < LEAST:
        what = "breaths" if len(parts) == 1 else "inhales or exhales"
        raise ChoiceError(
            f"too few taps: {LEAST} {what} are needed, and {fewest} could be timed\ntap for at least {NEEDED} breaths"
        )


def _split(seconds: Fraction, shares: tuple[Fraction, Fraction]) -> list[Fraction]:
    """Split a breath so that the tenths of its phases add up to its own."""
    edges = [_tenths(seconds * upto / sum(shares)) for upto in accumulate(shares, initial=Fraction(0))]
    return [end - start for start, end in pairwise(edges)]


def _tenths(seconds: Fraction) -> Fraction:
    return Fraction(round(seconds * 10), 10)
