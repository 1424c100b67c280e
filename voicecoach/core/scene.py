"""What holds while a score is performed, and what has happened so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.layout import find_breath
from voicecoach.core.timeline import ceil_to_grid

if TYPE_CHECKING:
    from voicecoach.core.breath import Breath, Kind
    from voicecoach.core.score import Mark, Phrase, Score, Side, Wording
    from voicecoach.core.timeline import Cue, Measure, TimedSpan
    from voicecoach.errors import Problem, Where

LEAST_GAP = Fraction(1, 4)
"""Seconds between words at an onset and the next words, if those would not fit otherwise."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where words have to end; ``name`` and ``seconds`` are those of the phase or slot that says so.

    ``after`` is when in it they are said, and ``until`` what is said next in it. One that ``grows`` is only preferred:
    words that do not fit in it have to end in the room around it, ``outer``, if there is one.
    """

    end: Fraction
    name: str
    seconds: Fraction
    after: Fraction = Fraction(0)
    until: Score | None = None
    grows: bool = False
    outer: Room | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What is heard at the onset of what follows: when it ends, and when the next words may start.

    ``phrase`` is what is said; ``announces`` is as in `Onset`.
    """

    end: Fraction
    free: Fraction
    phrase: Phrase | None = None
    announces: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A breath or a movement; they are numbered when all are known.

    Attributes:
        start: When it starts.
        phases: The phases that are breathed: start, end, kind and side.
        moves: The phases of a movement: start, end, name and side.
    """

    start: Fraction
    phases: list[tuple[Fraction, Fraction, Kind, Side | None]] = field(default_factory=list)
    moves: list[tuple[Fraction, Fraction, str, Side | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark, and when it is."""

    start: Fraction
    mark: Mark


@dataclass(frozen=True, slots=True)
class Happened:
    """What happens in a performance, as it is laid."""

    cues: list[Cue] = field(default_factory=list)
    breaths: list[Taken] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unsaid: dict[tuple[Where | None, str], Problem] = field(default_factory=dict)
    grown: dict[Where, tuple[Fraction, Problem]] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    spans: list[TimedSpan] = field(default_factory=list)

    def free(self, at: Fraction) -> Fraction:
        """Return the earliest time, from ``at`` on, at which the next words may start."""
        return max([at, *(each.free for each in self.pending)]) if self.pending else at

    def soonest(self, at: Fraction) -> Fraction:
        """Return the earliest time for words that would not fit otherwise."""
        return max([at, *(min(each.free, each.end + LEAST_GAP) for each in self.pending)]) if self.pending else at

    def over(self, at: Fraction) -> Fraction:
        """Return when all that is heard at this onset is over; ``at`` if it is silent."""
        return max([at, *(each.end for each in self.pending)])


@dataclass(frozen=True, slots=True)
class Scene:
    """What holds while a part of the score is laid, and what has happened so far."""

    measure: Measure
    grid: Fraction
    breaths: tuple[Breath, ...]
    room: Room | None = None
    happened: Happened = field(default_factory=Happened)
    lengths: dict[Wording, tuple[Fraction, Fraction]] = field(default_factory=dict)

    def breath(self, beat: int) -> Breath:
        """Return a breath of the pace; past its end, the last."""
        return find_breath(self.breaths, beat)

    def inside(self, room: Room) -> Scene:
        """Return the scene in which words have to end in a room; of two rooms, the one that ends first counts."""
        inside = self.room and self.room.end <= room.end
        return self if inside else Scene(self.measure, self.grid, self.breaths, room, self.happened, self.lengths)

    def length(self, wording: Wording) -> tuple[Fraction, Fraction]:
        """Return how long a wording lasts, and the room it takes: that of its longest twin, rounded up to the grid."""
        found = self.lengths.get(wording)
        if found is None:
            own, *others = (self.measure(text) for text in (wording.said, *wording.twins))
            found = self.lengths[wording] = own, ceil_to_grid(max([own, *others]), self.grid)
        return found
