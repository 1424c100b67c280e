"""The rows of a plot, like lines of a score: which seconds each has, how high it is, and what words it has room for.

Lengths are in pixels, times in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from voicecoach.views.shapes import clean_text, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, Timeline

    Span = PhaseSpan | Cue | Chapter | Stretch

WIDTH = 1200
MARGIN = 44
INNER = WIDTH - 2 * MARGIN
"""Pixels; a full row is this wide."""
ROWS = 12
"""At most so many rows, up to 12 hours."""
HEADER = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """How a row is drawn: seconds in it and between its ticks, and pixels: of a breath, of words (0: none)."""

    seconds: int
    tick: int
    breath: int
    words: float = 0

    @property
    def most(self) -> int:
        """How many lines the words of a cue may take."""
        return 3 if self.words > 12 else 4  # noqa: PLR2004 - small words are in narrow columns


SCALES = (
    Scale(20, 5, 92, 15),
    Scale(30, 5, 80, 13),
    Scale(60, 10, 64, 11),
    Scale(120, 20, 56),
    Scale(180, 30, 52),
    Scale(300, 60, 48),
    Scale(600, 60, 44),
    Scale(1200, 120, 40),
    Scale(1800, 300, 40),
    Scale(3600, 600, 40),
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a cue says, broken into lines."""

    x: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the score: seconds from ``start`` to ``end``, laid from ``top`` down, with words under it."""

    scale: Scale
    start: Fraction
    end: Fraction
    top: float = HEADER
    breathes: bool = True
    words: tuple[Words, ...] = ()

    def x(self, at: Fraction) -> float:
        """Say where a time is; it may lie outside the row.

        >>> row = Row(SCALES[0], Fraction(20), Fraction(40))
        >>> row.x(Fraction(20)), row.x(Fraction(30))
        (44.0, 600.0)
        """
        return MARGIN + INNER * float((at - self.start) / self.scale.seconds)

    def within(self, each: Span) -> bool:
        """Say whether a part of it is in this row."""
        return each.start < self.end and each.end > self.start

    def ends(self, each: Span) -> tuple[float, float]:
        """Say from where to where it lies in this row."""
        return self.x(max(each.start, self.start)), self.x(min(each.end, self.end))

    @property
    def crest(self) -> float:
        """The height of a full breath."""
        return self.top + 38

    @property
    def base(self) -> float:
        """The height of an empty breath."""
        return self.crest + self.scale.breath if self.breathes else self.top + 22

    @property
    def bracket(self) -> float:
        """The height of the bars that show what counts as stretch."""
        return self.base + 13

    @property
    def cues(self) -> float:
        """The height of the cues."""
        return self.base + (32 if self.breathes else 18)

    @property
    def lines(self) -> int:
        """How many lines the longest words take."""
        return max((len(words.lines) for words in self.words), default=0)

    @property
    def leading(self) -> float:
        """The distance between lines of words."""
        return self.scale.words * 1.25

    @property
    def axis(self) -> float:
        """The height of the times."""
        return self.cues + 12 + (self.lines * self.leading + 4 if self.lines else 0)

    @property
    def bottom(self) -> float:
        """Where the next row begins."""
        return self.axis + 40


def choose_scale(duration: Fraction) -> Scale:
    """Choose how a session of that many seconds is drawn: as large as the page allows.

    >>> [choose_scale(Fraction(seconds)).seconds for seconds in (90, 3600, 100 * 3600)]
    [20, 300, 32400]
    """
    for each in SCALES:
        if duration <= each.seconds * ROWS:
            return each
    hours = math.ceil(duration / ROWS / 3600)
    return replace(SCALES[-1], seconds=hours * 3600, tick=hours * 600)


def split_rows(timeline: Timeline) -> tuple[Row, ...]:
    """Divide a session into rows of equal seconds; one without breath or words takes less room."""
    chosen = choose_scale(timeline.duration)
    rooms = tuple(_rooms(timeline, chosen))
    laid: list[Row] = []
    for number in range(max(1, math.ceil(timeline.duration / chosen.seconds))):
        start = Fraction(number * chosen.seconds)
        bare = Row(chosen, start, min(start + chosen.seconds, timeline.duration), laid[-1].bottom if laid else HEADER)
        words = tuple(_break_words(bare, room) for room in rooms if start <= room.start < start + chosen.seconds)
        breathes = any(map(bare.within, timeline.phases)) or any(map(bare.within, timeline.stretches))
        laid.append(replace(bare, breathes=breathes, words=words))
    return tuple(laid)


@dataclass(frozen=True, slots=True)
class _Room:
    """Where the words of a cue may stand: from ``start`` to ``end`` seconds, in one row."""

    start: Fraction
    end: Fraction
    text: str


def _rooms(timeline: Timeline, chosen: Scale) -> Iterator[_Room]:
    """Give each spoken cue the room up to the next; if it runs over rows, that of the row where it has most."""
    spoken = [cue for cue in timeline.cues if cue.track == "voice"] if chosen.words else []
    for cue, following in zip(spoken, [*spoken[1:], None], strict=False):
        until = following.start if following else timeline.duration + chosen.seconds
        first, last = cue.start // chosen.seconds, math.ceil(cue.end / chosen.seconds)
        edges = [Fraction(number * chosen.seconds) for number in range(first, max(last, first + 1) + 1)]
        parts = [(max(cue.start, left), min(until, right)) for left, right in pairwise(edges)]
        start, end = max(parts, key=lambda part: part[1] - part[0])
        yield _Room(start, end, clean_text(cue.text))


def _break_words(row: Row, room: _Room) -> Words:
    size, x = row.scale.words, row.x(room.start)
    width = row.x(room.end) - x - size * 0.6
    return Words(x, wrap(room.text, width, size, row.scale.most) if width > size * 3 else ())
