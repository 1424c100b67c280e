"""A session as a picture: the breath as a curve, with what is heard under it, in rows like the lines of a score.

Colour says the side, and never alone: left is solid with a flag to the left, right is striped with a flag to the right.
The shape of a cue's head says its kind. The curve is bold while the voice speaks, and thin where it is quiet. Words are
those of the session, and names of its kinds and sides; nothing else is written.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind, Moment, Side
from voicecoach.core.timeline import format_time
from voicecoach.views.plot_rows import INNER, MARGIN, WIDTH, split_rows
from voicecoach.views.shapes import Anchor, Area, Label, Picture, Rect, Stroke, clean_text, shorten, text_width
from voicecoach.views.shapes import write_svg as vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, Timeline
    from voicecoach.views.plot_rows import Row, Words
    from voicecoach.views.shapes import Line, Point, Shape

FLAG = 20
"""The room of a flag before a name."""

PAPER = "#fbfaf6"
EDGE = "#dedbd2"
DOTS = "#aaa89f"
INK = "#22303a"
SOFT = "#5f6b73"
COLOURS = {Side.LEFT: "#0072b2", Side.RIGHT: "#d55e00"}
"""Blue and vermilion of Okabe and Ito's palette, which the colour-blind tell apart."""
SIDELESS = "#00785a"


NUMERALS = {Kind.INHALE: 0.62, Kind.EXHALE: 0.38}
"""Where in a phase its seconds are written: under the curve, where there is most room."""


def plot_svg(timeline: Timeline, title: str) -> str:
    """Draw a session as an SVG picture."""
    return vector(lay_out_plot(timeline, title))


def plot_png(timeline: Timeline, title: str) -> bytes:
    """Draw a session as a PNG picture.

    Raises:
        ChoiceError: When Pillow is not installed.
    """
    from voicecoach.views.png import paint_png as raster

    return raster(lay_out_plot(timeline, title))


def lay_out_plot(timeline: Timeline, title: str) -> Picture:
    """Lay a session out as shapes."""
    laid = split_rows(timeline)
    legend = laid[-1].bottom
    height = legend + (28 if _kinds(timeline) else 0)
    paper = (Rect(0, 0, WIDTH, height, EDGE, 14), Rect(1, 1, WIDTH - 2, height - 2, PAPER, 13))
    drawn = (shape for row in laid for shape in _row(row, timeline, title))
    shapes = (*paper, *_header(timeline, title), *drawn, *_legend(timeline, legend))
    return Picture(WIDTH, height, title, _description(timeline), shapes)


def fullness(kind: Kind, over: float) -> float:
    """Say how full of air somebody is, from 0 to 1, when that part of a phase is over: in the manner of a cosine.

    >>> fullness(Kind.INHALE, 1), fullness(Kind.HOLD, 0.5), fullness(Kind.EXHALE, 1)
    (1.0, 1, 0.0)
    """
    full = (1 - math.cos(math.pi * over)) / 2
    return {Kind.INHALE: full, Kind.HOLD: 1, Kind.EXHALE: 1 - full, Kind.PAUSE: 0}[kind]


def mix_colours(colour: str, other: str, share: float) -> str:
    """Mix two colours, with that share of the first.

    >>> mix_colours("#000000", "#ffffff", 0.2)
    '#cccccc'
    """
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one * share + two * (1 - share)):02x}" for one, two in pairs)


def _row(row: Row, timeline: Timeline, title: str) -> Iterator[Shape]:
    """Draw one row, from back to front."""
    part = _part(row, timeline)
    yield from _times(row)
    yield from _chapters(row, part.chapters, f"{title}: ")
    for run in _runs(part.phases):
        yield from _breath(row, run, part)
    yield from _stretches(row, part.stretches)
    yield from _cues(row, part.cues)
    for words in row.words:
        yield from _draw_words(row, words)
    if row.end == timeline.duration:
        yield from _final(row)


def _part(row: Row, timeline: Timeline) -> Timeline:
    """Return what a row has of a session."""
    return replace(
        timeline,
        phases=tuple(filter(row.within, timeline.phases)),
        cues=tuple(filter(row.within, timeline.cues)),
        chapters=tuple(filter(row.within, timeline.chapters)),
        stretches=tuple(filter(row.within, timeline.stretches)),
    )


def _times(row: Row) -> Iterator[Shape]:
    """Draw the dots of silence, which the cues cover, and the times at the ticks of the row."""
    dots = range(0, math.ceil(row.x(row.end)) - MARGIN, 8)
    yield Stroke(
        tuple(((MARGIN + x, row.cues), (MARGIN + x, row.cues)) for x in dots), DOTS, 2 if row.scale.words else 1.5
    )
    tick = row.scale.tick
    for at in map(Fraction, range(int(row.start), math.ceil(row.end), tick)):
        x = row.x(at)
        yield Stroke((((x, row.axis), (x, row.axis + 4)),), SOFT, 1)
        yield Label(x, row.axis + 17, format_time(at), 11, SOFT, Anchor.MIDDLE)


def _chapters(row: Row, chapters: Iterable[Chapter], named: str) -> Iterator[Shape]:
    """Draw each chapter as a line in the manner of its side, with its flag and title where it begins, or goes on.

    What the whole session is ``named`` is not said again.
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
        room = right - left - FLAG - 8
        yield from _name(chapter.title.removeprefix(named), left + FLAG, row.top + 15.5, room, INK if new else SOFT)


def _name(title: str, x: float, y: float, room: float, colour: str) -> Iterator[Label]:
    """Write a chapter's title, or what follows its exercise, as far as there is room."""
    size = 13
    whole = clean_text(title)
    text = shorten(whole if text_width(whole, size) <= room else whole.rpartition(": ")[2], room, size)
    if text:
        yield Label(x, y, text, size, colour)


def _flag(x: float, y: float, side: Side | None) -> Area:
    """Point to the side, up for both, or to none."""
    turns = {Side.LEFT: 0.5, Side.RIGHT: 0.0, Side.BOTH: 0.75}
    corners = _corners(4, 0) if side is None else _corners(3, turns[side])
    return Area(tuple((x + 6 * across, y + 6 * down) for across, down in corners), _colour(side))


def _runs(phases: Iterable[PhaseSpan]) -> Iterator[list[PhaseSpan]]:
    """Group the phases that follow each other on one side."""
    run: list[PhaseSpan] = []
    for phase in phases:
        if run and (run[-1].end != phase.start or run[-1].side != phase.side):
            yield run
            run = []
        run.append(phase)
    if run:
        yield run


def _breath(row: Row, run: list[PhaseSpan], timeline: Timeline) -> Iterator[Shape]:
    """Draw breaths: what is under the curve, darker in a stretch; the curve, bold where the voice speaks."""
    side = run[0].side
    colour = _colour(side)
    yield _under(row, run, row.start, row.end, _tint(colour, 0.13))
    for stretch in timeline.stretches:
        if _meets(stretch, run) and stretch.side in {side, None, Side.BOTH}:
            yield _under(row, run, stretch.start, stretch.end, _tint(colour, 0.32))
    if side is Side.RIGHT:
        yield Stroke(tuple(_engrave(row, run)), PAPER, 1.5)
    yield from _phases(row, run, colour)
    yield Stroke((_curve(row, run, row.start, row.end),), _tint(colour, 0.8), 1.6 if row.scale.words else 1)
    for cue in timeline.cues:
        if cue.track == "voice" and _meets(cue, run):
            yield Stroke((_curve(row, run, cue.start, cue.end),), colour, 4.5 if row.scale.words else 2.4)


ROUNDING = Fraction(24, 1000)
"""Seconds. Spans that share no more than this only meet because cues are rounded to the grid."""


def _meets(each: Cue | Stretch, run: list[PhaseSpan]) -> bool:
    """Tell whether they share more than what comes from rounding."""
    return min(each.end, run[-1].end) - max(each.start, run[0].start) > ROUNDING


def _under(row: Row, run: list[PhaseSpan], start: Fraction, end: Fraction, fill: str) -> Area:
    curve = _curve(row, run, start, end)
    return Area(((curve[0][0], row.base), *curve, (curve[-1][0], row.base)), fill)


def _curve(row: Row, run: list[PhaseSpan], start: Fraction, end: Fraction) -> Line:
    """Return the points of the curve from ``start`` to ``end``, as far as the run and the row go."""
    start, end = max(start, row.start), min(end, row.end)
    parts = (each for each in run if each.start < end and each.end > start)
    return tuple(point for each in parts for point in _sample(row, each, max(start, each.start), min(end, each.end)))


def _sample(row: Row, phase: PhaseSpan, start: Fraction, end: Fraction) -> Iterator[Point]:
    """Yield as many points as make it smooth where the breath moves, and the ends where it rests."""
    moves = phase.kind in {Kind.INHALE, Kind.EXHALE}
    steps = max(2, round(1.5 * math.sqrt(row.x(end) - row.x(start)))) if moves else 1
    for step in range(steps + 1):
        at = start + (end - start) * step / steps
        yield row.x(at), _level(row, phase, at)


def _level(row: Row, phase: PhaseSpan, at: Fraction) -> float:
    """Say how high the curve is."""
    share = fullness(phase.kind, float((at - phase.start) / (phase.end - phase.start)))
    return row.base + (row.crest - row.base) * share


def _engrave(row: Row, run: list[PhaseSpan]) -> Iterator[Line]:
    """Yield upright lines under the curve, as in an engraving: the sign of the right side."""
    apart = Fraction(row.scale.seconds * 6, INNER)
    for phase in run:
        left, right = max(phase.start, row.start), min(phase.end, row.end)
        for number in range(math.ceil(left / apart), math.ceil(right / apart)):
            at = number * apart
            yield (row.x(at), row.base), (row.x(at), _level(row, phase, at))


def _phases(row: Row, run: list[PhaseSpan], colour: str) -> Iterator[Shape]:
    """Lead from the onset of each phase to what is said in it, and write its seconds where there is room."""
    for phase in run if row.scale.words else ():
        left, right = row.ends(phase)
        if phase.start >= row.start:
            drop = ((left, _level(row, phase, phase.start)), (left, row.cues))
            yield Stroke((drop,), _tint(colour, 0.4), 1)
        text, size = _seconds(phase), max(11, row.scale.words - 2)
        whole = row.start <= phase.start and phase.end <= row.end
        if whole and text_width(text, size) < right - left - 16:
            x = left + (right - left) * NUMERALS.get(phase.kind, 0.5)
            yield Label(x, row.base - 7, text, size, mix_colours(colour, INK, 0.3), Anchor.MIDDLE)


def _stretches(row: Row, stretches: Iterable[Stretch]) -> Iterator[Shape]:
    """Draw a bar under what counts as stretch, closed at its ends, with its seconds in it."""
    for stretch in stretches:
        left, right = row.ends(stretch)
        y, colour = row.bracket, _colour(stretch.side)
        ends = [x for x, at in ((left, stretch.start), (right, stretch.end)) if row.start <= at <= row.end]
        label = Label((left + right) / 2, y + 4.2, _seconds(stretch), 12, colour, Anchor.MIDDLE, bold=True)
        gap = label.width / 2 + 6 if label.width + 28 < right - left and _widest(row, stretch) else 0
        bars = [(left, label.x - gap), (label.x + gap, right)] if gap else [(left, right)]
        lines = (line for bar in bars for line in _draw_ruler(*bar, y, stretch.side))
        yield Stroke((*(((x, y - 5), (x, y + 5)) for x in ends), *lines), colour, 2)
        if gap:
            yield label


def _widest(row: Row, stretch: Stretch) -> bool:
    """Say whether no other row has more of it."""
    length = Fraction(row.scale.seconds)
    here = min(stretch.end, row.start + length) - max(stretch.start, row.start)
    before, after = row.start - stretch.start, stretch.end - row.start - length
    return here >= min(after, length) and here > min(before, length)


def _cues(row: Row, cues: Iterable[Cue]) -> Iterator[Shape]:
    """Draw each cue as a bar as long as it sounds, and its head at its onset; the rest of the line is silence."""
    for cue in sorted(cues, key=lambda each: each.track == "voice"):
        left, right = row.ends(cue)
        thick = (5.0 if row.scale.words else 3.0) if cue.track == "voice" else 1.5
        about = f"{format_time(cue.start, tenths=True)} {cue.kind}: {cue.text}"
        yield Rect(left, row.cues - thick / 2, max(right - left, 1), thick, _ink(cue), thick / 2, about)
        if cue.start >= row.start:
            yield from _head(cue.kind, (left, row.cues), 6.5 if row.scale.words else 3.8, _ink(cue), about)


def _ink(cue: Cue) -> str:
    return _colour(cue.side) if cue.side else INK


def _head(kind: CueKind, at: Point, radius: float, colour: str, about: str = "") -> Iterator[Shape]:
    """Draw the sign of a kind: the breath is round, a chime is a ring, others have corners."""
    x, y = at
    if kind in {CueKind.BREATH, CueKind.CHIME}:
        yield Rect(x - radius, y - radius, 2 * radius, 2 * radius, colour, radius, about)
    else:
        yield Area(tuple((x + radius * across, y + radius * down) for across, down in HEADS[kind]), colour, about)
    if kind is CueKind.CHIME:
        inner = radius * 0.55
        yield Rect(x - inner, y - inner, 2 * inner, 2 * inner, PAPER, inner)


def _draw_words(row: Row, words: Words) -> Iterator[Label]:
    for number, line in enumerate(words.lines):
        y = row.cues + 12 + row.scale.words * 0.9 + number * row.leading
        yield Label(words.x, y, line, row.scale.words, INK)


def _final(row: Row) -> Iterator[Shape]:
    """Close the session as a score is closed."""
    x, above, below = row.x(row.end), row.top + 22, row.cues + 7
    yield Stroke((((x - 1, above), (x - 1, below)),), INK, 1)
    yield Rect(x + 2, above, 3.5, below - above, INK)


def _header(timeline: Timeline, title: str) -> Iterator[Shape]:
    """Write the title, the length, and how long each leg is stretched."""
    length = Label(WIDTH - MARGIN, 50, format_time(timeline.duration), 26, SOFT, Anchor.END)
    yield Label(MARGIN, 50, shorten(clean_text(title), (length.left - MARGIN - 20) / 1.1, 26), 26, INK, bold=True)
    yield length
    stretched = [(side, timeline.stretched(side)) for side in (Side.LEFT, Side.RIGHT)]
    if any(seconds for _, seconds in stretched):
        left, right = MARGIN + 1, MARGIN + 23
        yield Stroke((((left, 71), (right, 71)), ((left, 66), (left, 76)), ((right, 66), (right, 76))), SOFT, 2)
        yield Label(right + 9, 76, Moment.STRETCH.value, 14, SOFT)
        yield from _legs(stretched, right + text_width(Moment.STRETCH.value, 14) + 28)


def _legs(stretched: Iterable[tuple[Side, Fraction]], x: float) -> Iterator[Shape]:
    for side, seconds in stretched:
        if seconds:
            text = f"{side} {_seconds(seconds)}"
            yield _flag(x, 71, side)
            yield Label(x + 12, 76, text, 14, INK)
            x += text_width(text, 14) + 40


def _legend(timeline: Timeline, y: float) -> Iterator[Shape]:
    """Name the kinds of cues that the session has."""
    x = MARGIN + 6.0
    for kind in _kinds(timeline):
        yield from _head(kind, (x, y), 6, INK)
        yield Label(x + 13, y + 4.5, kind.value, 13, SOFT)
        x += text_width(kind.value, 13) + 44


def _kinds(timeline: Timeline) -> list[CueKind]:
    """List the kinds of cues that have to be told apart."""
    present = {cue.kind for cue in timeline.cues}
    return [kind for kind in CueKind if kind in present and len(present) > 1]


def _description(timeline: Timeline) -> str:
    """Tell what the picture shows to those who hear it."""
    legs = (f"{side} {_seconds(timeline.stretched(side))}" for side in (Side.LEFT, Side.RIGHT))
    chapters = (f"{format_time(each.start)} {each.title}" for each in timeline.chapters)
    return "; ".join((format_time(timeline.duration), f"{Moment.STRETCH}: {', '.join(legs)}", *chapters))


def _seconds(span: PhaseSpan | Stretch | Fraction) -> str:
    """Write a length, given as seconds or as a span of them."""
    length = span if isinstance(span, Fraction) else span.end - span.start
    return f"{round(float(length), 1):g} s"


def _draw_ruler(left: float, right: float, y: float, side: Side | None) -> tuple[Line, ...]:
    """Rule a line in the manner of a side: the right one's is broken."""
    if side is not Side.RIGHT:
        return (((left, y), (max(left, right), y)),)
    count = max(1, math.ceil((right - left) / 10))
    return tuple(((left + 10 * n, y), (min(left + 10 * n + 5, max(left, right)), y)) for n in range(count))


def _colour(side: Side | None) -> str:
    return COLOURS.get(side, SIDELESS) if side else SIDELESS


def _tint(colour: str, share: float) -> str:
    return mix_colours(colour, PAPER, share)


def _corners(count: int, turn: float) -> Line:
    """Return the corners of a regular polygon around 0, 0; a turn of 0 has the first to the right."""
    angles = (2 * math.pi * (number / count + turn) for number in range(count))
    return tuple((math.cos(angle), math.sin(angle)) for angle in angles)


HEADS: dict[CueKind, Line] = {
    CueKind.NOTICE: _corners(4, 0),
    CueKind.TIP: _corners(3, 0.75),
    CueKind.INSTRUCTION: ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    CueKind.COUNT: ((-0.35, -1), (0.35, -1), (0.35, 1), (-0.35, 1)),
    CueKind.REMINDER: _corners(3, 0.25),
    CueKind.CHANGE: ((-0.9, -1), (0.9, -1), (-0.9, 1), (0.9, 1)),
    CueKind.CLOSING: ((-1, 0.6), (-0.7, -0.4), (0, -0.8), (0.7, -0.4), (1, 0.6)),
    CueKind.TONE: _corners(6, 0),
}
"""The signs of kinds with corners, within 1 around 0, 0."""
