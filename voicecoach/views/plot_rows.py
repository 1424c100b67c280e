"""The rows of a plot, like the lines of a score: their times, their heights, and the words that fit under them.

Lengths are in pixels, and times in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from voicecoach.core.score import SpanKind
from voicecoach.views.shapes import clean_text, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, TimedSpan, Timeline

    Span = PhaseSpan | TimedSpan | Cue | Chapter | Stretch

WIDTH = 1200
MARGIN = 44
INNER = WIDTH - 2 * MARGIN
"""The width of a full row."""
ROWS = 12
"""The maximum number of rows."""
HEADER = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a row: seconds in it and between its ticks, pixels of a breath, and font size of words (0: none)."""

    seconds: int
    tick: int
    breath: int
    words: float = 0

    @property
    def most(self) -> int:
        """The maximum number of lines for the words of a cue."""
        return 3 if self.words > 12 else 4  # noqa: PLR2004 - small words have narrow columns


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
class TextBlock:
    """The words of a cue, broken into lines, and the x of their left edge."""

    x: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the seconds from ``start`` to ``end``; ``top`` is its upper edge, and the words are under its cues."""

    scale: Scale
    start: Fraction
    end: Fraction
    top: float = HEADER
    breathes: bool = True
    words: tuple[TextBlock, ...] = ()

    def x(self, at: Fraction) -> float:
        """Return the x of a time, which can be outside the row.

        >>> row = Row(SCALES[0], Fraction(20), Fraction(40))
        >>> row.x(Fraction(20)), row.x(Fraction(30))
        (44.0, 600.0)
        """
        return MARGIN + INNER * float((at - self.start) / self.scale.seconds)

    def within(self, each: Span) -> bool:
        """Return whether a part of a span is in this row."""
        return each.start < self.end and each.end > self.start

    def ends(self, each: Span) -> tuple[float, float]:
        """Return the x of both ends of a span, limited to this row."""
        return self.x(max(each.start, self.start)), self.x(min(each.end, self.end))

    @property
    def crest(self) -> float:
        """The y of a full breath."""
        return self.top + 38

    @property
    def base(self) -> float:
        """The y of an empty breath."""
        return self.crest + self.scale.breath if self.breathes else self.top + 22

    @property
    def bracket(self) -> float:
        """The y of the bars that show stretches."""
        return self.base + 13

    @property
    def cues(self) -> float:
        """The y of the cues."""
        return self.base + (32 if self.breathes else 18)

    @property
    def lines(self) -> int:
        """The number of lines of the longest words."""
        return max((len(words.lines) for words in self.words), default=0)

    @property
    def leading(self) -> float:
        """The distance between lines of words."""
        return self.scale.words * 1.25

    @property
    def axis(self) -> float:
        """The y of the times."""
        return self.cues + 12 + (self.lines * self.leading + 4 if self.lines else 0)

    @property
    def bottom(self) -> float:
        """The y of the next row's upper edge."""
        return self.axis + 40


def choose_scale(duration: Fraction) -> Scale:
    """Return the largest scale for a session of that many seconds that fits on the page.

    >>> [choose_scale(Fraction(seconds)).seconds for seconds in (90, 3600, 100 * 3600)]
    [20, 300, 32400]
    """
    for each in SCALES:
        if duration <= each.seconds * ROWS:
            return each
    hours = math.ceil(duration / ROWS / 3600)
    return replace(SCALES[-1], seconds=hours * 3600, tick=hours * 600)


def split_rows(timeline: Timeline) -> tuple[Row, ...]:
    """Divide a session into rows of equal length in seconds; a row without breaths or words is lower."""
    scale = choose_scale(timeline.duration)
    rooms = tuple(_find_rooms(timeline, scale))
    rows: list[Row] = []
    for number in range(max(1, math.ceil(timeline.duration / scale.seconds))):
        start = Fraction(number * scale.seconds)
        bare = Row(scale, start, min(start + scale.seconds, timeline.duration), rows[-1].bottom if rows else HEADER)
        words = tuple(_break_words(bare, room) for room in rooms if start <= room.start < start + scale.seconds)
        moves = [span for span in timeline.spans if span.kind is SpanKind.MOVE]
        breathes = any(any(map(bare.within, spans)) for spans in (timeline.phases, timeline.stretches, moves))
        rows.append(replace(bare, breathes=breathes, words=words))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Room:
    """The room for the words of a cue: from ``start`` to ``end`` in seconds, in one row."""

    start: Fraction
    end: Fraction
    text: str


def _find_rooms(timeline: Timeline, scale: Scale) -> Iterator[_Room]:
    """Yield the room of each spoken cue, up to the next one; if it crosses rows, in the row with its longest part."""
    spoken = [cue for cue in timeline.cues if cue.track == "voice"] if scale.words else []
    for cue, following in zip(spoken, [*spoken[1:], None], strict=False):
        until = following.start if following else timeline.duration + scale.seconds
        first, last = cue.start // scale.seconds, math.ceil(cue.end / scale.seconds)
        edges = [Fraction(number * scale.seconds) for number in range(first, max(last, first + 1) + 1)]
        parts = [(max(cue.start, left), min(until, right)) for left, right in pairwise(edges)]
        start, end = max(parts, key=lambda part: part[1] - part[0])
        yield _Room(start, end, clean_text(cue.text))


def _break_words(row: Row, room: _Room) -> TextBlock:
    size, x = row.scale.words, row.x(room.start)
    width = row.x(room.end) - x - size * 0.6
    return TextBlock(x, wrap(room.text, width, size, row.scale.most) if width > size * 3 else ())
