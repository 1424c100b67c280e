"""A plot of a session: the breath as a curve, with words and sounds under it, in rows like the lines of a score.

Each side has a colour. Because colour alone is not enough, left is solid with a flag that points left, and right is
striped with a flag that points right. The shape of a cue's head shows its kind. The curve is bold while the voice
speaks, and thin while it is silent. The only text is the session's words and the names of its kinds and sides.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind, Moment, Side, SpanKind
from voicecoach.core.timeline import format_time
from voicecoach.views.plot_rows import INNER, MARGIN, WIDTH, split_rows
from voicecoach.views.shapes import (
    Anchor,
    Area,
    Label,
    Picture,
    Rect,
    Stroke,
    clean_text,
    shorten_to_width,
    text_width,
    write_svg,
)
from voicecoach.views.text import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, TimedSpan, Timeline
    from voicecoach.views.plot_rows import Row, TextBlock
    from voicecoach.views.shapes import Line, Point, Shape

FLAG = 20
"""The width of a flag before a name."""

PAPER = "#fbfaf6"
EDGE = "#dedbd2"
DOTS = "#aaa89f"
INK = "#22303a"
SOFT = "#5f6b73"
COLOURS = {Side.LEFT: "#0072b2", Side.RIGHT: "#d55e00"}
"""Blue and vermilion of Okabe and Ito's palette, which colour-blind people can distinguish."""
SIDELESS = "#00785a"

NUMERALS = {Kind.INHALE: 0.62, Kind.EXHALE: 0.38}
"""Positions of the seconds within a phase, from 0 to 1: where the space under the curve is largest."""


def plot_svg(timeline: Timeline, title: str) -> str:
    """Return a plot of a session as SVG."""
    return write_svg(lay_out_plot(timeline, title))


def plot_png(timeline: Timeline, title: str) -> bytes:
    """Return a plot of a session as PNG.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    from voicecoach.views.png import paint_png

    return paint_png(lay_out_plot(timeline, title))


def lay_out_plot(timeline: Timeline, title: str) -> Picture:
    """Return a plot of a session as shapes; lengths are in pixels."""
    rows = split_rows(timeline)
    legend = rows[-1].bottom
    height = legend + (28 if _list_kinds(timeline) else 0)
    paper = (Rect(0, 0, WIDTH, height, EDGE, 14), Rect(1, 1, WIDTH - 2, height - 2, PAPER, 13))
    drawn = (shape for row in rows for shape in _draw_row(row, timeline, title))
    shapes = (*paper, *_draw_header(timeline, title), *drawn, *_draw_legend(timeline, legend))
    return Picture(WIDTH, height, title, _describe(timeline), shapes)


def fullness(kind: Kind, progress: float) -> float:
    """Return how full the lungs are, from 0 to 1, at a point of a phase (0: start, 1: end), along a cosine.

    >>> fullness(Kind.INHALE, 1), fullness(Kind.HOLD, 0.5), fullness(Kind.EXHALE, 1)
    (1.0, 1, 0.0)
    """
    full = (1 - math.cos(math.pi * progress)) / 2
    return {Kind.INHALE: full, Kind.HOLD: 1, Kind.EXHALE: 1 - full, Kind.PAUSE: 0}[kind]


def mix_colours(colour: str, other: str, share: float) -> str:
    """Mix two colours; ``share``, from 0 to 1, is that of the first.

    >>> mix_colours("#000000", "#ffffff", 0.2)
    '#cccccc'
    """
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one * share + two * (1 - share)):02x}" for one, two in pairs)


def _draw_row(row: Row, timeline: Timeline, title: str) -> Iterator[Shape]:
    """Draw one row, from back to front."""
    part = _cut_row(row, timeline)
    yield from _draw_times(row)
    yield from _draw_chapters(row, part.chapters, f"{title}: ")
    for run in _group_phases(part.phases):
        yield from _draw_breaths(row, run, part)
    for move in list_moves(part):
        yield from _draw_move(row, move, part)
    yield from _draw_stretches(row, part.stretches)
    yield from _draw_cues(row, part.cues)
    for words in row.words:
        yield from _draw_words(row, words)
    if row.end == timeline.duration:
        yield from _draw_final_bar(row)


def _cut_row(row: Row, timeline: Timeline) -> Timeline:
    """Return the part of a session that is in a row."""
    return replace(
        timeline,
        phases=tuple(filter(row.within, timeline.phases)),
        cues=tuple(filter(row.within, timeline.cues)),
        chapters=tuple(filter(row.within, timeline.chapters)),
        stretches=tuple(filter(row.within, timeline.stretches)),
        spans=tuple(filter(row.within, timeline.spans)),
    )


def _draw_times(row: Row) -> Iterator[Shape]:
    """Draw a line of dots, visible during silence because cues cover it, and the times at the ticks of the row."""
    dots = range(0, math.ceil(row.x(row.end)) - MARGIN, 8)
    yield Stroke(
        tuple(((MARGIN + x, row.cues), (MARGIN + x, row.cues)) for x in dots), DOTS, 2 if row.scale.words else 1.5
    )
    tick = row.scale.tick
    for at in map(Fraction, range(int(row.start), math.ceil(row.end), tick)):
        x = row.x(at)
        yield Stroke((((x, row.axis), (x, row.axis + 4)),), SOFT, 1)
        yield Label(x, row.axis + 17, format_time(at), 11, SOFT, Anchor.MIDDLE)


def _draw_chapters(row: Row, chapters: Iterable[Chapter], prefix: str) -> Iterator[Shape]:
    """Draw each chapter as a line in the style of its side, with its flag and title at the start of the line.

    A title is written without its ``prefix``, which is the title of the session.
    """
    for chapter in chapters:
        left, right = row.ends(chapter)
        new = chapter.start >= row.start
        colour = _colour(chapter.side)
        about = f"{format_time(chapter.start)} {chapter.title}"
        yield Stroke(_draw_ruler(left, right - 3, row.top + 22, chapter.side), colour, 2 if chapter.side else 1, about)
        if new:
            yield Stroke((((left, row.top + 4), (left, row.cues)),), _tint(colour, 0.5), 1)
        if right - left > FLAG:
            yield _flag(left + 9, row.top + 11, chapter.side)
        name, room = chapter.title.removeprefix(prefix), right - left - FLAG - 8
        yield from _write_title(name, left + FLAG, row.top + 15.5, room, INK if new else SOFT)


def _write_title(title: str, x: float, y: float, room: float, colour: str) -> Iterator[Label]:
    """Write a chapter's title, shortened to fit; if space is short, start after the name of its exercise."""
    size = 13
    whole = clean_text(title)
    text = shorten_to_width(whole if text_width(whole, size) <= room else whole.rpartition(": ")[2], room, size)
    if text:
        yield Label(x, y, text, size, colour)


def _flag(x: float, y: float, side: Side | None) -> Area:
    """Draw a flag: a triangle that points to the side, or up for both sides; a diamond without a side."""
    turns = {Side.LEFT: 0.5, Side.RIGHT: 0.0, Side.BOTH: 0.75}
    corners = _corners(4, 0) if side is None else _corners(3, turns[side])
    return Area(tuple((x + 6 * across, y + 6 * down) for across, down in corners), _colour(side))


def _group_phases(phases: Iterable[PhaseSpan]) -> Iterator[list[PhaseSpan]]:
    """Yield runs of phases of one side that follow each other directly."""
    run: list[PhaseSpan] = []
    for phase in phases:
        if run and (run[-1].end != phase.start or run[-1].side != phase.side):
            yield run
            run = []
        run.append(phase)
    if run:
        yield run


def _draw_breaths(row: Row, run: list[PhaseSpan], timeline: Timeline) -> Iterator[Shape]:
    """Draw breaths: the area under the curve, darker in a stretch, and the curve, bold while the voice speaks."""
    side = run[0].side
    colour = _colour(side)
    yield _fill_area(row, run, row.start, row.end, _tint(colour, 0.13))
    for stretch in timeline.stretches:
        if _overlaps(stretch, run) and stretch.side in {side, None, Side.BOTH}:
            yield _fill_area(row, run, stretch.start, stretch.end, _tint(colour, 0.32))
    if side is Side.RIGHT:
        yield Stroke(tuple(_engrave(row, run)), PAPER, 1.5)
    yield from _draw_phases(row, run, colour)
    yield Stroke((_curve(row, run, row.start, row.end),), _tint(colour, 0.8), 1.6 if row.scale.words else 1)
    for cue in timeline.cues:
        if cue.track == "voice" and _overlaps(cue, run):
            yield Stroke((_curve(row, run, cue.start, cue.end),), colour, 4.5 if row.scale.words else 2.4)


ROUNDING = Fraction(24, 1000)
"""Seconds. A shorter overlap is only an effect of rounding cues to the grid."""


def _overlaps(each: Cue | Stretch, run: list[PhaseSpan]) -> bool:
    """Return whether a span overlaps a run by more than rounding can cause."""
    return min(each.end, run[-1].end) - max(each.start, run[0].start) > ROUNDING


def _fill_area(row: Row, run: list[PhaseSpan], start: Fraction, end: Fraction, fill: str) -> Area:
    curve = _curve(row, run, start, end)
    return Area(((curve[0][0], row.base), *curve, (curve[-1][0], row.base)), fill)


def _curve(row: Row, run: list[PhaseSpan], start: Fraction, end: Fraction) -> Line:
    """Return the points of the curve from ``start`` to ``end``, limited to the run and the row."""
    start, end = max(start, row.start), min(end, row.end)
    parts = (each for each in run if each.start < end and each.end > start)
    return tuple(point for each in parts for point in _sample(row, each, max(start, each.start), min(end, each.end)))


def _sample(row: Row, phase: PhaseSpan, start: Fraction, end: Fraction) -> Iterator[Point]:
    """Yield points of the curve: enough for a smooth line while the breath moves, only the ends during a hold."""
    moves = phase.kind in {Kind.INHALE, Kind.EXHALE}
    steps = max(2, round(1.5 * math.sqrt(row.x(end) - row.x(start)))) if moves else 1
    for step in range(steps + 1):
        at = start + (end - start) * step / steps
        yield row.x(at), _level(row, phase, at)


def _level(row: Row, phase: PhaseSpan, at: Fraction) -> float:
    """Return the y of the curve."""
    share = fullness(phase.kind, float((at - phase.start) / (phase.end - phase.start)))
    return row.base + (row.crest - row.base) * share


def _engrave(row: Row, run: list[PhaseSpan]) -> Iterator[Line]:
    """Yield vertical lines under the curve: the stripes of the right side."""
    apart = Fraction(row.scale.seconds * 6, INNER)
    for phase in run:
        left, right = max(phase.start, row.start), min(phase.end, row.end)
        for number in range(math.ceil(left / apart), math.ceil(right / apart)):
            at = number * apart
            yield (row.x(at), row.base), (row.x(at), _level(row, phase, at))


def _draw_phases(row: Row, run: list[PhaseSpan], colour: str) -> Iterator[Shape]:
    """Draw a line from the start of each phase to its words, and write its seconds if there is room."""
    for phase in run if row.scale.words else ():
        left, right = row.ends(phase)
        if phase.start >= row.start:
            drop = ((left, _level(row, phase, phase.start)), (left, row.cues))
            yield Stroke((drop,), _tint(colour, 0.4), 1)
        text, size = format_seconds(phase.end - phase.start), max(11, row.scale.words - 2)
        whole = row.start <= phase.start and phase.end <= row.end
        if whole and text_width(text, size) < right - left - 16:
            x = left + (right - left) * NUMERALS.get(phase.kind, 0.5)
            yield Label(x, row.base - 7, text, size, mix_colours(colour, INK, 0.3), Anchor.MIDDLE)


def _draw_move(row: Row, move: TimedSpan, part: Timeline) -> Iterator[Shape]:
    """Draw a phase of a movement: a slope from its start to its end, unless it goes with a breath, and its name."""
    left, right = row.ends(move)
    breathed = any(phase.start < move.end and phase.end > move.start for phase in part.phases)
    colour = _colour(move.side)
    if not breathed:
        start, end = max(move.start, row.start), min(move.end, row.end)
        slope = tuple((row.x(at), _rise(row, move, at)) for at in (start, end))
        yield Area(((left, row.base), *slope, (right, row.base)), _tint(colour, 0.13))
        yield Stroke((slope,), _tint(colour, 0.8), 1.6 if row.scale.words else 1)
    name, size = clean_text(move.name), max(11, row.scale.words - 2)
    text = name if breathed else f"{name} {format_seconds(move.end - move.start)}"
    if row.scale.words and move.start >= row.start and text_width(text, size) < right - left - 8:
        y = row.base - (7 + 1.3 * size if breathed else 7)
        yield Label((left + right) / 2, y, text, size, mix_colours(colour, INK, 0.3), Anchor.MIDDLE)


def _rise(row: Row, move: TimedSpan, at: Fraction) -> float:
    return row.base + (row.crest - row.base) * float((at - move.start) / (move.end - move.start))


def list_moves(timeline: Timeline) -> list[TimedSpan]:
    """Return the phases of the movements of a session."""
    return [span for span in timeline.spans if span.kind is SpanKind.MOVE]


def _draw_stretches(row: Row, stretches: Iterable[Stretch]) -> Iterator[Shape]:
    """Draw a bar under each stretch, closed at its ends, with its seconds in it."""
    for stretch in stretches:
        left, right = row.ends(stretch)
        y, colour = row.bracket, _colour(stretch.side)
        ends = [x for x, at in ((left, stretch.start), (right, stretch.end)) if row.start <= at <= row.end]
        length = format_seconds(stretch.end - stretch.start)
        label = Label((left + right) / 2, y + 4.2, length, 12, colour, Anchor.MIDDLE, bold=True)
        gap = label.width / 2 + 6 if label.width + 28 < right - left and _is_widest(row, stretch) else 0
        bars = [(left, label.x - gap), (label.x + gap, right)] if gap else [(left, right)]
        lines = (line for bar in bars for line in _draw_ruler(*bar, y, stretch.side))
        yield Stroke((*(((x, y - 5), (x, y + 5)) for x in ends), *lines), colour, 2)
        if gap:
            yield label


def _is_widest(row: Row, stretch: Stretch) -> bool:
    """Return whether this row has the longest part of a stretch."""
    length = Fraction(row.scale.seconds)
    here = min(stretch.end, row.start + length) - max(stretch.start, row.start)
    before, after = row.start - stretch.start, stretch.end - row.start - length
    return here >= min(after, length) and here > min(before, length)


def _draw_cues(row: Row, cues: Iterable[Cue]) -> Iterator[Shape]:
    """Draw each cue as a bar as long as its sound, with a head at its start; the rest of the line is silence."""
    for cue in sorted(cues, key=lambda each: each.track == "voice"):
        left, right = row.ends(cue)
        thick = (5.0 if row.scale.words else 3.0) if cue.track == "voice" else 1.5
        about = f"{format_time(cue.start, tenths=True)} {cue.kind}: {cue.text}"
        yield Rect(left, row.cues - thick / 2, max(right - left, 1), thick, _ink(cue), thick / 2, about)
        if cue.start >= row.start:
            yield from _draw_head(cue.kind, (left, row.cues), 6.5 if row.scale.words else 3.8, _ink(cue), about)


def _ink(cue: Cue) -> str:
    return _colour(cue.side) if cue.side else INK


def _draw_head(kind: CueKind, at: Point, radius: float, colour: str, about: str = "") -> Iterator[Shape]:
    """Draw the symbol of a kind: a disc for breath, a ring for chimes, and polygons for the others."""
    x, y = at
    if kind in {CueKind.BREATH, CueKind.CHIME}:
        yield Rect(x - radius, y - radius, 2 * radius, 2 * radius, colour, radius, about)
    else:
        yield Area(tuple((x + radius * across, y + radius * down) for across, down in HEADS[kind]), colour, about)
    if kind is CueKind.CHIME:
        inner = radius * 0.55
        yield Rect(x - inner, y - inner, 2 * inner, 2 * inner, PAPER, inner)


def _draw_words(row: Row, words: TextBlock) -> Iterator[Label]:
    for number, line in enumerate(words.lines):
        y = row.cues + 12 + row.scale.words * 0.9 + number * row.leading
        yield Label(words.x, y, line, row.scale.words, INK)


def _draw_final_bar(row: Row) -> Iterator[Shape]:
    """Draw the final bar line of a score at the end of the session."""
    x, above, below = row.x(row.end), row.top + 22, row.cues + 7
    yield Stroke((((x - 1, above), (x - 1, below)),), INK, 1)
    yield Rect(x + 2, above, 3.5, below - above, INK)


def _draw_header(timeline: Timeline, title: str) -> Iterator[Shape]:
    """Write the title, the length, and the stretching time of each side."""
    length = Label(WIDTH - MARGIN, 50, format_time(timeline.duration), 26, SOFT, Anchor.END)
    yield Label(
        MARGIN, 50, shorten_to_width(clean_text(title), (length.left - MARGIN - 20) / 1.1, 26), 26, INK, bold=True
    )
    yield length
    stretched = [(side, timeline.measure_stretch(side)) for side in (Side.LEFT, Side.RIGHT)]
    if any(seconds for _, seconds in stretched):
        left, right = MARGIN + 1, MARGIN + 23
        yield Stroke((((left, 71), (right, 71)), ((left, 66), (left, 76)), ((right, 66), (right, 76))), SOFT, 2)
        yield Label(right + 9, 76, Moment.STRETCH.value, 14, SOFT)
        yield from _draw_sides(stretched, right + text_width(Moment.STRETCH.value, 14) + 28)


def _draw_sides(stretched: Iterable[tuple[Side, Fraction]], x: float) -> Iterator[Shape]:
    for side, seconds in stretched:
        if seconds:
            text = f"{side} {format_seconds(seconds)}"
            yield _flag(x, 71, side)
            yield Label(x + 12, 76, text, 14, INK)
            x += text_width(text, 14) + 40


def _draw_legend(timeline: Timeline, y: float) -> Iterator[Shape]:
    """Draw the symbol and the name of each kind of cue in the session."""
    x = MARGIN + 6.0
    for kind in _list_kinds(timeline):
        yield from _draw_head(kind, (x, y), 6, INK)
        yield Label(x + 13, y + 4.5, kind.value, 13, SOFT)
        x += text_width(kind.value, 13) + 44


def _list_kinds(timeline: Timeline) -> list[CueKind]:
    """Return the kinds of cues that need a legend: all kinds in the session, if there is more than one."""
    present = {cue.kind for cue in timeline.cues}
    return [kind for kind in CueKind if kind in present and len(present) > 1]


def _describe(timeline: Timeline) -> str:
    """Return a description of the plot for screen readers."""
    legs = (f"{side} {format_seconds(timeline.measure_stretch(side))}" for side in (Side.LEFT, Side.RIGHT))
    chapters = (f"{format_time(each.start)} {each.title}" for each in timeline.chapters)
    return "; ".join((format_time(timeline.duration), f"{Moment.STRETCH}: {', '.join(legs)}", *chapters))


def _draw_ruler(left: float, right: float, y: float, side: Side | None) -> tuple[Line, ...]:
    """Return a horizontal line in the style of a side: dashed for the right side, else solid."""
    if side is not Side.RIGHT:
        return (((left, y), (max(left, right), y)),)
    count = max(1, math.ceil((right - left) / 10))
    return tuple(((left + 10 * n, y), (min(left + 10 * n + 5, max(left, right)), y)) for n in range(count))


def _colour(side: Side | None) -> str:
    return COLOURS.get(side, SIDELESS) if side else SIDELESS


def _tint(colour: str, share: float) -> str:
    return mix_colours(colour, PAPER, share)


def _corners(count: int, turn: float) -> Line:
    """Return the corners of a regular polygon around (0, 0); with a turn of 0, the first one is on the right."""
    angles = (2 * math.pi * (number / count + turn) for number in range(count))
    return tuple((math.cos(angle), math.sin(angle)) for angle in angles)


HEADS: dict[CueKind, Line] = {
    CueKind.NOTICE: _corners(4, 0),
    CueKind.TIP: _corners(3, 0.75),
    CueKind.INSTRUCTION: ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    CueKind.MOVE: ((-0.4, -0.9), (1, -0.9), (0.4, 0.9), (-1, 0.9)),
    CueKind.COUNT: ((-0.35, -1), (0.35, -1), (0.35, 1), (-0.35, 1)),
    CueKind.REMINDER: _corners(3, 0.25),
    CueKind.CHANGE: ((-0.9, -1), (0.9, -1), (-0.9, 1), (0.9, 1)),
    CueKind.CLOSING: ((-1, 0.6), (-0.7, -0.4), (0, -0.8), (0.7, -0.4), (1, 0.6)),
    CueKind.TONE: _corners(6, 0),
}
"""The polygons of kinds of cues, around (0, 0), with a radius of about 1."""
