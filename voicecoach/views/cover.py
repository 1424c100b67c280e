"""A cover for a session: its breath as hills, one row behind the other, under a low sun; its title in the sky.

The rows go through the session, the far ones its beginning and the near ones its end. Hills are as wide as the breath
is long, and flat where it is held; a session without guided breaths has a mountain for each chapter. Colour says the
side, and never alone: the sun stands there with the side's first letter, beside its word, and an arrow points there.
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
from voicecoach.views.plot import COLOURS, INK, PAPER, SIDELESS, fullness, mix_colours
from voicecoach.views.shapes import BOLD, Anchor, Area, Label, Picture, Rect, Stroke, clean_text, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.core.timeline import Chapter, PhaseSpan, Stretch, Timeline
    from voicecoach.views.shapes import Line, Point, Shape

SIZE = 700
"""Of the picture, which is drawn in twice as many pixels: 1400, as podcast directories ask for."""
MARGIN = 52
ROWS = 6
HORIZON = 372
"""The height of the valleys of the farthest row."""
TITLES = ((58, 2), (50, 3), (42, 3), (34, 4), (28, 5), (22, 6))
"""Sizes of a title and how many lines of it there is room for; the first that holds it all is taken."""
SIDED_SUN, LETTER = 92, 150
"""The radius of the sun of a session for one side, and the size of the letter on it."""
WORDS = (92, 80, 68, 56, 46, 36)
"""Sizes of the word for a side; the first that there is room for is taken."""
SIDED_TITLES = ((58, 2), (50, 2), (42, 2), (34, 3), (28, 4), (22, 5))
"""The same above the larger sun of a session for one side."""
SUN = "#e69f00"
"""Orange of Okabe and Ito's palette."""
ACROSS = 30
"""Seconds that the nearest row shows, if that is neither too few breaths nor too many."""
PLAIN = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2018\u00a0\u202f", "-----'  ", "\ufe0e\ufe0f")
"""Signs that a font may not have, and those that stand for them; how an emoji is shown is no sign."""
STEP = 2.5
"""Between the points of a slope, across."""
REST = 0.4
"""How wide the valley between breaths that do not follow each other is, by the longest breath."""
FULL = 0.7
"""How near a row has the full colour."""
GOLDEN = 0.382
"""The golden section: no two rows begin alike."""


def draw_cover(timeline: Timeline, title: str, word: str = "") -> bytes:
    """Draw a session's cover as PNG, 1400 by 1400 pixels; ``word`` is that for its side, if it is for one only.

    A title, or a word, with letters that Pillow's font does not have is left out.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    from voicecoach.views.png import can_draw, paint_png

    said, side = clean_title(title), clean_title(word)
    return paint_png(lay_out_cover(timeline, said if can_draw(said) else "", side if can_draw(side) else ""))


def lay_out_cover(timeline: Timeline, title: str, word: str = "") -> Picture:
    """Lay a cover out as shapes."""
    side = find_side(timeline)
    colour = COLOURS.get(side, SIDELESS) if side else SIDELESS
    breathes = bool(timeline.phases)
    hills = tuple(_breaths(timeline) if breathes else _mountains(timeline))
    usual = median(map(_width, hills))
    across = min(max(ACROSS, 1.6 * usual), 4.5 * usual) if breathes else 3.6 * usual
    named = _paint_side(side, word) if side else ()
    shapes = (
        *_sky(side),
        *_rows(hills, across, colour),
        *named,
        *_write_title(title, SIDED_TITLES if side else TITLES),
    )
    return Picture(SIZE, SIZE, title, "", shapes)


def find_side(timeline: Timeline) -> Side | None:
    """Return the side that a session is for, if it is for one only."""
    spans: tuple[PhaseSpan | Chapter | Stretch, ...] = (*timeline.phases, *timeline.chapters, *timeline.stretches)
    sides = {each.side for each in spans} & {Side.LEFT, Side.RIGHT}
    return sides.pop() if len(sides) == 1 else None


def clean_title(title: str) -> str:
    """Put a title on one line, without pictures and what is not seen, dashes and spaces as any font has them.

    >>> clean_title("Bend \u2013 and  rest \U0001f9d8")
    'Bend - and rest'
    """
    composed = normalize("NFC", clean_text(title).translate(PLAIN))
    return " ".join("".join(each for each in composed if category(each) not in {"So", "Sk", "Cf", "Cs", "Co"}).split())


@dataclass(frozen=True, slots=True)
class _Slope:
    """A part of a hill: its width in seconds, and its height at both ends, from 0 to 1."""

    width: float
    start: float
    end: float
    straight: bool = False

    def points(self, left: float, scale: float) -> Iterator[Point]:
        """Yield its outline from ``left`` seconds on, ``scale`` pixels to a second."""
        steps = 1 if self.start == self.end else max(2, math.ceil(self.width * scale / STEP))
        for step in range(steps + 1):
            over = step / steps
            risen = over if self.straight else fullness(Kind.INHALE, over)
            yield (left + self.width * over) * scale, self.start + (self.end - self.start) * risen


_Hill = tuple[_Slope, ...]


def _breaths(timeline: Timeline) -> Iterator[_Hill]:
    """Make a hill of each breath; the longest is the highest, and two inhales in a row are one.

    After the last breath before something else the valley is wide.
    """
    breaths = [tuple(phases) for _, phases in groupby(timeline.phases, key=lambda phase: phase.breath)]
    longest = max((_seconds(each) for each in breaths), default=0.0)
    for phases, following in zip(breaths, [*breaths[1:], None], strict=False):
        alike = (tuple(same) for _, same in groupby(phases, key=lambda phase: phase.kind))
        moves = [(same[0].kind, _seconds(same)) for same in alike]
        hill = tuple(_shape_breath(moves, 0.45 + 0.55 * _seconds(phases) / longest))
        apart = following is None or following[0].start > phases[-1].end
        yield (*hill, _Slope(longest * REST, 0, 0)) if apart else hill


def _shape_breath(moves: Sequence[tuple[Kind, float]], high: float) -> Iterator[_Slope]:
    """Yield the slopes of a breath. What is full at an end, as a lone exhale is, gets the slope that it lacks."""
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


def _mountains(timeline: Timeline) -> Iterator[_Hill]:
    """Make a mountain of each chapter, whatever it is, so that there is always a picture."""
    chapters = [_seconds([each]) for each in timeline.chapters] or [float(timeline.duration)]
    longest = max(chapters) or 1.0
    for seconds in chapters:
        size = math.sqrt(max(seconds / longest, 0.04))  # so that a long chapter leaves room for others
        yield _Slope(0.45 * size, 0, size, straight=True), _Slope(0.55 * size, size, 0, straight=True)


def _seconds(spans: Sequence[PhaseSpan] | Sequence[Chapter]) -> float:
    return float(spans[-1].end - spans[0].start)


def _sky(side: Side | None) -> Iterator[Shape]:
    """Paint the sky, and a sun that stands on the side of the session."""
    yield Rect(0, 0, SIZE, SIZE, PAPER)
    x, y, sun = (_sun(side), HORIZON - 102, SIDED_SUN) if side else (SIZE * 0.6, HORIZON - 58, 74)
    for more, share in ((108, 0.08), (70, 0.15), (34, 0.26), (0, 1)):
        radius = sun + more
        yield Rect(x - radius, y - radius, 2 * radius, 2 * radius, mix_colours(SUN, PAPER, share), radius)


def _sun(side: Side) -> float:
    """Return where the sun stands, across."""
    return SIZE * (0.24 if side is Side.LEFT else 0.76)


def _paint_side(side: Side, word: str) -> Iterator[Shape]:
    """Paint what tells one side's session from the other's on a small screen: an arrow, a letter and a word."""
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


def _rows(hills: Sequence[_Hill], across: float, colour: str) -> Iterator[Shape]:
    """Paint the rows from the farthest to the nearest, which is the darkest and the largest."""
    for number in range(ROWS):
        near = number / (ROWS - 1)
        base, high = HORIZON + 258 * near**1.1, 56 + 58 * near
        outline = _outline(hills, number, SIZE / across * (0.62 + 0.38 * near))
        line = tuple((x, base - high * level) for x, level in outline)
        yield Area(((line[0][0], SIZE), *line, (line[-1][0], SIZE)), _shade(colour, near))


def _shade(colour: str, near: float) -> str:
    """Return the colour of a row: far ones are pale, and the nearest is dark."""
    return mix_colours(colour, PAPER, 0.2 + 1.14 * near) if near < FULL else mix_colours(INK, colour, 2 * (near - FULL))


def _outline(hills: Sequence[_Hill], number: int, scale: float) -> Line:
    """Join hills from the left edge to the right one, from the part of the session that the row shows."""
    first = number * len(hills) // ROWS
    # Rows that began at the same point of a breath would stand in line.
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
    """Break a title into lines, as large as it can be; one that is too long for the smallest is shortened."""
    room = (SIZE - 2 * MARGIN) / BOLD
    for size, most in sizes:
        lines = wrap(title, room, size, most)
        if "".join(lines).replace(" ", "") == title.replace(" ", ""):
            return size, lines
    return size, lines
