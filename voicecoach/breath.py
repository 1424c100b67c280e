"""Breaths, and the pace at which they follow each other: the only place where breaths become seconds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from voicecoach.errors import ChoiceError, shown

SHORTEST_PHASE = Fraction(1, 10)
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

    >>> breath("4-6").seconds
    Fraction(10, 1)
    >>> print(breath("4-7-8"))
    4-7-8
    """

    phases: tuple[Phase, ...]

    @property
    def seconds(self) -> Fraction:
        """How long one cycle lasts."""
        return sum((phase.seconds for phase in self.phases), Fraction(0))

    def __str__(self) -> str:
        """Write it as `breath` reads it."""
        return "-".join(f"{float(phase.seconds):g}" for phase in self.phases)


@dataclass(frozen=True, slots=True)
class Span:
    """A length as the author thinks of it: so many breaths, so many seconds, or both one after the other.

    >>> Span(breaths=3).seconds(breath("4-6"))
    Fraction(30, 1)
    """

    breaths: int = 0
    rest: Fraction = Fraction(0)

    def seconds(self, breath: Breath) -> Fraction:
        """How long it lasts for someone who breathes ``breath``."""
        return self.breaths * breath.seconds + self.rest


ORDERS = {
    2: (Kind.INHALE, Kind.EXHALE),
    3: (Kind.INHALE, Kind.HOLD, Kind.EXHALE),
    4: (Kind.INHALE, Kind.HOLD, Kind.EXHALE, Kind.PAUSE),
}
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")


def breath(text: str) -> Breath:
    """Read a breath from its seconds: in-out, in-hold-out or in-hold-out-pause; a hold or pause of 0 is left out.

    >>> [str(phase.kind) for phase in breath("4-0-6-2").phases]
    ['inhale', 'exhale', 'pause']

    Raises:
        ChoiceError: When the text is no breath that can be breathed.
    """
    parts = [part.strip() for part in text.split("-")]
    for part in parts:
        if not _NUMBER.fullmatch(part):
            raise ChoiceError(f"{shown(text)} is no breath: {_complaint(text, part)}\n{WRITE}")
    if len(parts) not in ORDERS:
        raise ChoiceError(f"{shown(text)} is no breath: it has {len(parts)} numbers, not 2, 3 or 4\n{WRITE}")
    phases = [Phase(kind, Fraction(part)) for kind, part in zip(ORDERS[len(parts)], parts, strict=True)]
    return _breathable(text, phases)


WRITE = "write seconds: in-out as 4-6, in-hold-out as 4-7-8, in-hold-out-pause as 4-4-4-4; decimals as 5.5-5.5"


def seconds(text: str) -> Fraction:
    """Read a length of time: ``5s``, ``1.5 s``, ``2m``, ``1:30`` (minutes and seconds).

    >>> seconds("1:30"), seconds("1.5s")
    (Fraction(90, 1), Fraction(3, 2))

    Raises:
        ChoiceError: When the text is no length of time.
    """
    if match := re.fullmatch(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", text.strip()):
        total = 0
        for part in match.groups():
            total = total if part is None else total * 60 + int(part)
        return Fraction(total)
    if match := re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?)", text.strip()):
        return Fraction(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2][0]]
    raise ChoiceError(f"{shown(text)} is no length of time: write seconds as 5s or 1.5s, minutes as 2m or 1:30")


def span(text: str) -> Span:
    """Read a length in breaths or in time: ``2 breaths``, ``2``, ``5s``, ``1:30``.

    >>> span("2 breaths"), span("5s")
    (Span(breaths=2, rest=Fraction(0, 1)), Span(breaths=0, rest=Fraction(5, 1)))

    Raises:
        ChoiceError: When the text is no length.
    """
    if match := re.fullmatch(r"(\d{1,6})(?:\s*breaths?)?", text.strip()):
        return Span(breaths=int(match[1]))
    try:
        return Span(rest=seconds(text))
    except ChoiceError:
        raise ChoiceError(
            f"{shown(text)} is no length: write breaths as 2 breaths, seconds as 5s, 1:30 as 1:30"
        ) from None


def _complaint(text: str, part: str) -> str:
    if "," in text:
        return "decimals take a point, as in 4.5-6"
    if not part:
        return "a number is missing, or negative"
    return f"{shown(part)} is no number of seconds"


def _breathable(text: str, phases: list[Phase]) -> Breath:
    kept = tuple(phase for phase in phases if phase.seconds)
    taken = Breath(kept)
    missing = [kind for kind in (Kind.INHALE, Kind.EXHALE) if kind not in {phase.kind for phase in kept}]
    if missing:
        raise ChoiceError(f"{shown(text)} can't be breathed: its {' and its '.join(missing)} lasts 0 seconds\n{WRITE}")
    if min(phase.seconds for phase in kept) < SHORTEST_PHASE:
        raise ChoiceError(
            f"{shown(text)} can't be breathed: a phase lasts less than {float(SHORTEST_PHASE)} s\n{WRITE}"
        )
    if taken.seconds > LONGEST_BREATH:
        raise ChoiceError(
            f"{shown(text)} lasts {math.ceil(taken.seconds)} s a breath, more than {LONGEST_BREATH} s\n{WRITE}"
        )
    return taken
