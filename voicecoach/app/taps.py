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

Breaths at rest vary by about 20 % (Tobin and others, 1988), and by much less if people attend to them: close agreement
shows that a person has settled. If taps never agree, the median of 12 breaths is taken.
"""
ENOUGH = 12
LEAST = 3
"""The fewest lengths that can be measured: of two, nobody knows which one is wrong."""
FAR = Fraction(1, 2)
"""A length that is off the median by more than half of it is a missed tap (about twice as long) or an extra one."""
SHORTEST = 1
"""Seconds of the shortest breath; a shorter one is a key that was held down, or taps for fun."""

UNDER_TEN, CALM = Fraction(13, 2), 10
"""Seconds of a breath somewhat slower than 10 a minute, and of one in slow breathing exercises, 6 a minute."""
TO_EXHALE = Fraction(3, 4)
"""The exhale's share of the seconds by which a breath gets longer."""

_TIME = re.compile(r"(?:(in|out)\s+)?([0-9]{1,12}(?:\.[0-9]{1,9})?)")
_KINDS = {"in": Kind.INHALE, "out": Kind.EXHALE}
_SHARES = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?):([0-9]{1,4}(?:\.[0-9]{1,3})?)")


@dataclass(frozen=True, slots=True)
class Tap:
    """The start of a phase, ``at`` seconds on a clock with any zero."""

    kind: Kind
    at: Fraction


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths in seconds of something that was repeated; those far from the median are left out.

    >>> Lengths((Fraction(4), Fraction(9), Fraction(5))).median
    Fraction(9, 2)
    """

    each: tuple[Fraction, ...]

    @property
    def kept(self) -> tuple[Fraction, ...]:
        """The lengths near the median, in order."""
        middle = self._middle
        return tuple(length for length in self.each if abs(length - middle) <= FAR * middle)

    @property
    def median(self) -> Fraction:
        """The median of the kept lengths; 0 if there are none."""
        return median(self.kept) if self.each else Fraction(0)

    @property
    def missed(self) -> int:
        """The number of lengths that are far too long, because a tap was missed."""
        longest = (1 + FAR) * self._middle
        return sum(length > longest for length in self.each)

    @property
    def extra(self) -> int:
        """The number of lengths that are far too short, because of an extra tap."""
        return len(self.each) - len(self.kept) - self.missed

    def agreeing(self, tolerance: Fraction) -> int:
        """Return how many of the last few lengths are within ``tolerance`` seconds of the median."""
        middle = self.median
        return sum(abs(length - middle) <= tolerance for length in self.kept[-LAST:])

    @property
    def _middle(self) -> Fraction:
        return median_low(self.each) if self.each else Fraction(0)


@dataclass(frozen=True, slots=True)
class TapSeries:
    """The taps so far, in order of time."""

    taps: tuple[Tap, ...] = ()

    def add(self, kind: Kind, at: Fraction) -> TapSeries:
        """Return the sample with one more tap."""
        return TapSeries((*self.taps, Tap(kind, at)))

    @property
    def following(self) -> Kind:
        """The phase of the next tap, if taps alternate."""
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
        """The number of the last few lengths that agree; if phases were tapped, of the phase that agrees least."""
        tolerance = WITHIN * self.breaths.median
        return min(part.agreeing(tolerance) for part in self._parts)

    @property
    def agrees(self) -> bool:
        """Whether there are enough taps, and the last ones agree."""
        return self.agreeing == LAST and min(len(part.kept) for part in self._parts) >= NEEDED

    @property
    def complete(self) -> bool:
        """Whether more taps would add little."""
        return self.agrees or min(len(part.each) for part in self._parts) >= ENOUGH

    @property
    def _parts(self) -> tuple[Lengths, ...]:
        return (self.breaths, self.inhales, self.exhales) if self.phased else (self.breaths,)

    def _of(self, kind: Kind, following: Kind) -> Lengths:
        pairs = pairwise(self.taps)
        return Lengths(tuple(two.at - one.at for one, two in pairs if (one.kind, two.kind) == (kind, following)))


def read_ratio(text: str) -> tuple[Fraction, Fraction]:
    """Read how a breath is split into inhale and exhale.

    >>> read_ratio("1:2")
    (Fraction(1, 1), Fraction(2, 1))

    Raises:
        ChoiceError: When the text is not a ratio, or one of its shares is 0.
    """
    match = _SHARES.fullmatch(simplify(text).replace(" ", ""))
    shares = (Fraction(match[1]), Fraction(match[2])) if match else (Fraction(0), Fraction(0))
    if not all(shares):
        raise ChoiceError(f"{quote(text)} is not a ratio of inhale to exhale; write 40:60 or 1:2")
    return shares


def compute_breath(sample: TapSeries, shares: tuple[Fraction, Fraction]) -> Breath:
    """Return the breath that was tapped, with phases rounded to tenths of a second.

    Args:
        sample: The taps.
        shares: How to split a breath whose exhales were not tapped, as from `read_ratio`.

    Raises:
        ChoiceError: When there are too few taps, or the breath is impossibly short or long.
    """
    parts = (sample.inhales, sample.exhales) if sample.phased else (sample.breaths,)
    _check(parts)
    medians = [part.median for part in parts]
    phases = [_round(length) for length in medians] if sample.phased else _split(medians[0], shares)
    if not SHORTEST <= sum(phases) <= LONGEST_BREATH:
        raise ChoiceError(
            f"a breath of {float(sum(phases)):g} s is not possible: tap once at each inhale, as you breathe"
        )
    return read_breath("-".join(str(float(each)) for each in phases))


def propose_ramp(taken: Breath) -> Pace | None:
    """Return a ramp from a measured breath to a slower one: mainly the exhale gets longer, to under 10 a minute.

    A breath that is already as slow gets longer by a second, down to 6 a minute; a slower one has no ramp.

    >>> print(*(propose_ramp(read_breath(text)) for text in ("1.6-2.4", "3-4.5", "4-6")))
    1.6-2.4..2.2-4.3 3-4.5..3.2-5.2 None
    """
    more = min(max(UNDER_TEN - taken.seconds, Fraction(1)), CALM - taken.seconds)
    if more <= 0:
        return None
    inhale = next(phase.kind for phase in taken.phases)
    shares = {inhale: 1 - TO_EXHALE, Kind.EXHALE: TO_EXHALE}
    longer = (Phase(each.kind, _round(each.seconds + more * shares.get(each.kind, 0))) for each in taken.phases)
    return Pace((taken, Breath(tuple(longer))))


def read_times(text: str, source: str, *, phases: bool = False) -> TapSeries:
    r"""Read the times of taps, a line each, in seconds: ``12.5``, or with a phase ``in 12.5`` or ``out 16``.

    >>> [str(tap.kind) for tap in read_times("in 0\nout 4", "taps.txt").taps]
    ['inhale', 'exhale']

    Args:
        text: The content of the file; empty lines and lines that start with # are skipped.
        source: The name of the file in errors.
        phases: Whether times without a phase are inhales and exhales in turn.

    Raises:
        ChoiceError: When a line is not a time, or not later than the one before it.
    """
    taps: list[Tap] = []
    for line, named, at in _times(text, source):
        if taps and at <= taps[-1].at:
            raise ChoiceError(f"{source}:{line}: {float(at):g} s is not after {float(taps[-1].at):g} s\n{_WRITE}")
        turn = Kind.EXHALE if phases and len(taps) % 2 else Kind.INHALE
        taps.append(Tap(_KINDS[named] if named else turn, at))
    return TapSeries(tuple(taps))


_WRITE = "write the time of each tap on a line of its own, in seconds: 12.5, or in 12.5 and out 16"


def _times(text: str, source: str) -> Iterator[tuple[int, str, Fraction]]:
    """Yield each time with the number of its line and the name of its phase, if it has one."""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = simplify(line)
        if not bare or bare.startswith("#"):
            continue
        match = _TIME.fullmatch(bare)
        if match is None:
            raise ChoiceError(f"{source}:{number}: {quote(bare)} is not a time{_suggest_point(bare)}\n{_WRITE}")
        yield number, match[1] or "", Fraction(match[2])


def _suggest_point(line: str) -> str:
    return ": decimals take a point" if re.fullmatch(r"(?:(?:in|out)\s+)?[0-9]+,[0-9]+", line) else ""


def _check(parts: Sequence[Lengths]) -> None:
    fewest = min(len(part.kept) for part in parts)
    if fewest < LEAST:
        what = "breaths" if len(parts) == 1 else "inhales or exhales"
        raise ChoiceError(
            f"too few taps: {LEAST} {what} are needed, and {fewest} could be timed\ntap for at least {NEEDED} breaths"
        )


def _split(seconds: Fraction, shares: tuple[Fraction, Fraction]) -> list[Fraction]:
    """Split a breath into phases in tenths of a second that add up to the whole."""
    edges = [_round(seconds * upto / sum(shares)) for upto in accumulate(shares, initial=Fraction(0))]
    return [end - start for start, end in pairwise(edges)]


def _round(seconds: Fraction) -> Fraction:
    return Fraction(round(seconds * 10), 10)
