"""The cover of a session: rows of hills that show its breath, under a low sun, with the title in the sky.

The farthest row shows the beginning of the session, and the nearest row its end. A hill is as wide as a breath is
long, and flat while the breath is held. A session without guided breaths has a mountain for each chapter. The side of
a session has a colour. Because colour alone is not enough, the sun is on that side, too, with the side's first letter,
its word, and an arrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import cycle, groupby, islice
from statistics import median
from typing import TYPE_CHECKING
from unicodedata import category, normalize

from voicecoach.core.breath import Kind
from voicecoach.core.score import Side
from voicecoach.views.plot import COLOURS, INK, PAPER, SIDELESS, fullness, list_moves, mix_colours
from voicecoach.views.shapes import BOLD, Anchor, Area, Label, Picture, Rect, Stroke, clean_text, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.core.timeline import Chapter, PhaseSpan, Stretch, TimedSpan, Timeline
    from voicecoach.views.shapes import Line, Point, Shape

SIZE = 700
"""Width and height of the picture; it has twice as many pixels, 1400, as podcast directories require."""
MARGIN = 52
ROWS = 6
HORIZON = 372
"""The y of the valleys of the farthest row."""
TITLES = ((58, 2), (50, 3), (42, 3), (34, 4), (28, 5), (22, 6))
"""Font sizes of a title, each with its maximum number of lines; the first with room for the whole title is used."""
SIDED_SUN, LETTER = 92, 150
"""The radius of the sun if a session is for one side, and the font size of the letter on it."""
WORDS = (92, 80, 68, 56, 46, 36)
"""Font sizes of the word for a side; the first with room for the word is used."""
SIDED_TITLES = ((58, 2), (50, 2), (42, 2), (34, 3), (28, 4), (22, 5))
"""Like `TITLES`, for a session for one side, whose sun is larger."""
SUN = "#e69f00"
"""Orange of Okabe and Ito's palette."""
ACROSS = 30
"""Seconds that the nearest row shows, unless that would be too few or too many breaths."""
PLAIN = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2018\u00a0\u202f", "-----'  ", "\ufe0e\ufe0f")
"""Replacements for characters that fonts often lack; variation selectors of emoji are removed."""
STEP = 2.5
"""The horizontal distance between points of a slope."""
REST = 0.4
"""The width of the valley after a breath that no other breath follows directly, as a fraction of the longest breath."""
FULL = 0.7
"""The nearness, from 0 to 1, of a row with the full colour; nearer rows are darker."""
GOLDEN = 0.382
"""The golden section, used to start each row at a different point of a breath."""


def draw_cover(timeline: Timeline, title: str, word: str = "") -> bytes:
    """Return a session's cover as PNG, 1400 by 1400 pixels; ``word`` names its side, if it is for one side only.

    A title or word with letters that Pillow's font lacks is left out.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    from voicecoach.views.png import can_draw, paint_png

    title, word = clean_title(title), clean_title(word)
    return paint_png(lay_out_cover(timeline, title if can_draw(title) else "", word if can_draw(word) else ""))


def lay_out_cover(timeline: Timeline, title: str, word: str = "") -> Picture:
    """Return a cover as shapes; lengths are in the picture's pixels."""
    side = find_side(timeline)
    colour = COLOURS.get(side, SIDELESS) if side else SIDELESS
    moves = list_moves(timeline)
    breathes = bool(timeline.phases or moves)
    hills = tuple(_shape_hills(timeline, moves))
    usual = median(map(_width, hills))
    across = min(max(ACROSS, 1.6 * usual), 4.5 * usual) if breathes else 3.6 * usual
    shapes = (
        *_paint_sky(side),
        *_paint_rows(hills, across, colour),
        *(_paint_side(side, word) if side else ()),
        *_write_title(title, SIDED_TITLES if side else TITLES),
    )
    return Picture(SIZE, SIZE, title, "", shapes)


def find_side(timeline: Timeline) -> Side | None:
    """Return the side of a session, or None if it has both sides or no sides."""
    spans: tuple[PhaseSpan | Chapter | Stretch, ...] = (*timeline.phases, *timeline.chapters, *timeline.stretches)
    sides = {each.side for each in spans} & {Side.LEFT, Side.RIGHT}
    return sides.pop() if len(sides) == 1 else None


def clean_title(title: str) -> str:
    """Return a title on one line, without emoji and invisible characters, with common dashes and spaces.

    >>> clean_title("Bend \u2013 and  rest \U0001f9d8")
    'Bend - and rest'
    """
    composed = normalize("NFC", clean_text(title).translate(PLAIN))
    return " ".join("".join(each for each in composed if category(each) not in {"So", "Sk", "Cf", "Cs", "Co"}).split())


@dataclass(frozen=True, slots=True)
class _Slope:
    """A part of a hill: its width in seconds, and its heights at both ends, from 0 to 1."""

    width: float
    start: float
    end: float
    straight: bool = False

    def points(self, left: float, scale: float) -> Iterator[Point]:
        """Yield the outline, which starts at ``left`` seconds, as x in pixels (``scale`` per second) and height."""
        steps = 1 if self.start == self.end else max(2, math.ceil(self.width * scale / STEP))
        for step in range(steps + 1):
            part = step / steps
            risen = part if self.straight else fullness(Kind.INHALE, part)
            yield (left + self.width * part) * scale, self.start + (self.end - self.start) * risen


_Hill = tuple[_Slope, ...]


def _shape_breaths(timeline: Timeline) -> Iterator[_Hill]:
    """Yield a hill for each breath; the longest is the highest, and consecutive phases of one kind are one slope.

    A breath that no other breath follows directly has a wide valley after it.
    """
    breaths = [tuple(phases) for _, phases in groupby(timeline.phases, key=lambda phase: phase.breath)]
    longest = max((_measure(each) for each in breaths), default=0.0)
    for phases, following in zip(breaths, [*breaths[1:], None], strict=False):
        alike = (tuple(same) for _, same in groupby(phases, key=lambda phase: phase.kind))
        moves = [(same[0].kind, _measure(same)) for same in alike]
        hill = tuple(_shape_breath(moves, 0.45 + 0.55 * _measure(phases) / longest))
        apart = following is None or following[0].start > phases[-1].end
        yield (*hill, _Slope(longest * REST, 0, 0)) if apart else hill


def _shape_breath(moves: Sequence[tuple[Kind, float]], high: float) -> Iterator[_Slope]:
    """Yield the slopes of a breath; one that starts or ends full, like a lone exhale, gets the missing slope."""
    first, last = moves[0], moves[-1]
    at = 0.0
    if first[0] in {Kind.EXHALE, Kind.HOLD}:
        yield _Slope(first[1], 0, high)
        at = high
    for kind, seconds in moves:
        before, at = at, {Kind.INHALE: high, Kind.EXHALE: 0.0}.get(kind, at)
        yield _Slope(seconds, before, at)
    if at:
        yield _Slope(last[1], at, 0)


def _shape_hills(timeline: Timeline, moves: Sequence[TimedSpan]) -> Iterator[_Hill]:
    """Return the hills of a session: of its breaths, or else of its movements or chapters."""
    if timeline.phases:
        return _shape_breaths(timeline)
    return _shape_moves(moves) if moves else _shape_mountains(timeline)


def _shape_moves(moves: Sequence[TimedSpan]) -> Iterator[_Hill]:
    """Yield a peak for each phase of a movement; the longest is the highest."""
    longest = max(_measure([each]) for each in moves)
    for each in moves:
        seconds = _measure([each])
        high = 0.45 + 0.55 * seconds / longest
        yield _Slope(0.45 * seconds, 0, high, straight=True), _Slope(0.55 * seconds, high, 0, straight=True)


def _shape_mountains(timeline: Timeline) -> Iterator[_Hill]:
    """Yield a mountain for each chapter, or one for a session without chapters, so that every cover has a picture."""
    chapters = [_measure([each]) for each in timeline.chapters] or [float(timeline.duration)]
    longest = max(chapters) or 1.0
    for seconds in chapters:
        size = math.sqrt(max(seconds / longest, 0.04))  # so that a long chapter leaves room for others
        yield _Slope(0.45 * size, 0, size, straight=True), _Slope(0.55 * size, size, 0, straight=True)


def _measure(spans: Sequence[PhaseSpan] | Sequence[Chapter] | Sequence[TimedSpan]) -> float:
    return float(spans[-1].end - spans[0].start)


def _paint_sky(side: Side | None) -> Iterator[Shape]:
    """Paint the sky, with the sun on the side of the session."""
    yield Rect(0, 0, SIZE, SIZE, PAPER)
    x, y, sun = (_sun(side), HORIZON - 102, SIDED_SUN) if side else (SIZE * 0.6, HORIZON - 58, 74)
    for more, share in ((108, 0.08), (70, 0.15), (34, 0.26), (0, 1)):
        radius = sun + more
        yield Rect(x - radius, y - radius, 2 * radius, 2 * radius, mix_colours(SUN, PAPER, share), radius)


def _sun(side: Side) -> float:
    """Return the x of the sun."""
    return SIZE * (0.24 if side is Side.LEFT else 0.76)


def _paint_side(side: Side, word: str) -> Iterator[Shape]:
    """Paint an arrow, a letter and a word, which make the side clear even on a small screen."""
    x, y, out = _sun(side), HORIZON - 102, -1 if side is Side.LEFT else 1
    near, far = x + out * (SIDED_SUN + 16), x + out * (SIDED_SUN + 44)
    yield Stroke((((near, y - 44), (far, y), (near, y + 44)),), INK, 15)
    if not word:
        return
    yield Label(x, y + 0.36 * LETTER, word[0].upper(), LETTER, INK, Anchor.MIDDLE, bold=True)
    inner = x - out * (SIDED_SUN + 26)
    room = (SIZE - MARGIN - inner if side is Side.LEFT else inner - MARGIN) / BOLD
    size = next((size for size in WORDS if text_width(word, size) <= room), 0)
    if size:
        anchor = Anchor.START if side is Side.LEFT else Anchor.END
        yield Label(inner, y + 0.36 * size, word, size, INK, anchor, bold=True)


def _paint_rows(hills: Sequence[_Hill], across: float, colour: str) -> Iterator[Shape]:
    """Paint the rows from the farthest to the nearest, which is the darkest and largest."""
    for number in range(ROWS):
        near = number / (ROWS - 1)
        base, high = HORIZON + 258 * near**1.1, 56 + 58 * near
        outline = _outline(hills, number, SIZE / across * (0.62 + 0.38 * near))
        line = tuple((x, base - high * level) for x, level in outline)
        yield Area(((line[0][0], SIZE), *line, (line[-1][0], SIZE)), _shade(colour, near))


def _shade(colour: str, near: float) -> str:
    """Return the colour of a row: far rows are pale, and the nearest row is dark."""
    return mix_colours(colour, PAPER, 0.2 + 1.14 * near) if near < FULL else mix_colours(INK, colour, 2 * (near - FULL))


def _outline(hills: Sequence[_Hill], number: int, scale: float) -> Line:
    """Return a line of hills from the left edge to the right edge, from the row's part of the session."""
    first = number * len(hills) // ROWS
    # If all rows started at the same point of a breath, their hills would line up.
    at = -_width(hills[first]) * (number * GOLDEN % 1)
    line: list[Point] = []
    for hill in islice(cycle(hills), first, None):
        for slope in hill:
            line += slope.points(at, scale)
            at += slope.width
        if at * scale >= SIZE:
            return tuple(line)
    return tuple(line)


def _width(hill: _Hill) -> float:
    return sum(slope.width for slope in hill)


_Sizes = tuple[tuple[int, int], ...]


def _write_title(title: str, sizes: _Sizes) -> Iterator[Shape]:
    size, lines = _lines(title, sizes)
    for number, line in enumerate(lines):
        yield Label(MARGIN, MARGIN + size * (0.85 + 1.18 * number), line, size, INK, bold=True)


def _lines(title: str, sizes: _Sizes) -> tuple[float, Sequence[str]]:
    """Return the largest possible font size, with the lines of a title; a title that is too long is shortened."""
    room = (SIZE - 2 * MARGIN) / BOLD
    for size, most in sizes:
        lines = wrap(title, room, size, most)
        if "".join(lines).replace(" ", "") == title.replace(" ", ""):
            return size, lines
    return size, lines
