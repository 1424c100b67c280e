"""What the listener chooses about a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind, Side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voicecoach.core.breath import Pace

LEFT_RIGHT = (Side.LEFT, Side.RIGHT)

LAST_MINUTE = Fraction(60)
"""Seconds without words at the end of a session to fall asleep to, in which all sound fades."""


def other_side(side: Side | None) -> Side | None:
    """Return the other side; no side and both sides stay as they are."""
    return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(side, side) if side else side


class Guidance(StrEnum):
    """How much is said: everything, less and less from round to round, little, breath words only, or tones."""

    FULL = "full"
    FADING = "fading"
    BRIEF = "brief"
    CUES = "cues"
    TONES = "tones"


class Intro(StrEnum):
    """How much is said before the first exercise: everything, its name and one sentence of safety, or its name."""

    FULL = "full"
    SHORT = "short"
    NONE = "none"


SPOKEN = {
    Guidance.FULL: frozenset(CueKind),
    Guidance.FADING: frozenset(CueKind),
    Guidance.BRIEF: frozenset(CueKind) - {CueKind.TIP},
    Guidance.CUES: frozenset({CueKind.NOTICE, CueKind.CHANGE, CueKind.BREATH, CueKind.MOVE, CueKind.COUNT}),
    Guidance.TONES: frozenset({CueKind.NOTICE, CueKind.CHANGE}),
}
"""What is spoken at each level; the notice and the changes of side always are."""


CUES_FROM = 2
"""The round, from 0, from which fading guidance has only cues."""


def fade(guidance: Guidance, again: int | None) -> Guidance:
    """Return how much is said in a round: ``again`` is its number from 0, None if nothing was done before.

    >>> [fade(Guidance.FADING, again).value for again in (None, 1, 2)], fade(Guidance.CUES, None).value
    (['full', 'brief', 'cues'], 'cues')
    """
    if guidance is not Guidance.FADING:
        return guidance
    if again is None:
        return Guidance.FULL
    return Guidance.CUES if again >= CUES_FROM else Guidance.BRIEF


@dataclass(frozen=True, slots=True)
class Spread:
    """Breaths more (or, negative, fewer) at each of several places, as even as whole breaths can be.

    Attributes:
        each: Breaths more at each place.
        spared: The first so many places have one breath less than that.
    """

    each: int = 0
    spared: int = 0

    def at(self, place: int) -> int:
        """Return how many breaths more a place has; places count from 0."""
        return self.each - (place < self.spared)


def spread(breaths: int, places: int) -> Spread:
    """Spread breaths over places; those that come later have more.

    >>> [spread(4, 3).at(place) for place in range(3)], [spread(-1, 3).at(place) for place in range(3)]
    ([1, 1, 2], [-1, 0, 0])
    """
    each = -(-breaths // places)
    return Spread(each, each * places - breaths)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a session there is, within its author's limits.

    Attributes:
        rounds: Rounds more or fewer in each block whose rounds can be chosen, within its ``min`` and ``max``.
        rests: Breaths more or fewer in the rests, within their ``min`` and ``max``.
        breaths: Breaths more or fewer in the guided breaths, within their ``min`` and ``max``.
        closing: Seconds of rest after the closing words.
    """

    rounds: int = 0
    rests: Spread = Spread()
    breaths: Spread = Spread()
    closing: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the listener chooses.

    Attributes:
        breath: The listener's pace; None for the author's.
        rounds: Rounds of each side's block, or else of the outermost repeats; None for the author's.
        sides: The sides that are played; one alone is that side's track, without changes of side.
        first: The side that begins; None for the author's.
        added: Optional exercises that are played, or ``all``.
        skipped: Exercises and named steps that are left out.
        lead_in: Seconds before the first word.
        guidance: How much is said.
        intro: How much is said before the first exercise.
        listener: The name that the listener is greeted by; empty for none.
        settings: Values of the routine's parameters.
        amount: How much of it, within its author's limits.
        chime: The set of chimes that is heard; empty for no chimes, None for a chime at the end only.
        sleep: Whether it is to fall asleep to; None for the author's choice.
        clear: Whether it is for the hard of hearing, with longer waits; None for the author's choice.
    """

    breath: Pace | None = None
    rounds: int | None = None
    sides: tuple[Side, ...] = LEFT_RIGHT
    first: Side | None = None
    added: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    lead_in: Fraction = Fraction(3)
    guidance: Guidance = Guidance.FULL
    intro: Intro = Intro.FULL
    listener: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    amount: Amount = field(default_factory=Amount)
    chime: str | None = None
    sleep: bool | None = None
    clear: bool | None = None
