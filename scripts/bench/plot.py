"""The plot of the bench: seconds over minutes of session, both logarithmic, a line each way of making it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from voicecoach.views.shapes import Anchor, Label, Picture, Rect, Stroke, write_svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.views.shapes import Shape

Lines = dict[str, dict[int, float]]
"""Of each way, the seconds for so many minutes of session."""

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 420, 70, 50, 40, 170
COLOURS = ("#d55e00", "#0072b2", "#009e73")
"""Of Okabe and Ito's palette."""
INK, FAINT = "#222222", "#dddddd"


def drawn(lines: Lines) -> str:
    """Return the plot as SVG."""
    minutes = sorted({each for line in lines.values() for each in line})
    seconds = [taken for line in lines.values() for taken in line.values()]
    decades = range(math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds))) + 1)
    low, high = math.log10(minutes[0]), math.log10(minutes[-1])

    def x(minute: float) -> float:
        return LEFT + (math.log10(minute) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(second: float) -> float:
        part = (math.log10(second) - decades[0]) / (decades[-1] - decades[0])
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    def shapes() -> Iterator[Shape]:
        yield Rect(0, 0, WIDTH, HEIGHT, "#ffffff")
        yield Label(LEFT, 22, "Seconds to make a session of so many minutes", 15, INK, bold=True)
        for decade in decades:
            at = y(10.0**decade)
            yield Stroke((((LEFT, at), (WIDTH - RIGHT, at)),), FAINT, 1)
            yield Label(LEFT - 8, at + 4, f"{10.0**decade:g} s", 12, INK, Anchor.END)
        for minute in minutes:
            yield Label(x(minute), HEIGHT - BOTTOM + 20, f"{minute}", 12, INK, Anchor.MIDDLE)
        for colour, (name, line) in zip(COLOURS, lines.items(), strict=True):
            points = tuple((x(minute), y(taken)) for minute, taken in sorted(line.items()))
            yield Stroke((points,), colour, 2.5, name)
            for at, high_at in points:
                yield Rect(at - 3.5, high_at - 3.5, 7, 7, colour, 3.5)
            yield Label(points[-1][0] + 10, points[-1][1] + 4, name.split(",")[0], 12, colour)

    figures = [(name, minute, taken) for name, line in lines.items() for minute, taken in line.items()]
    told = "; ".join(f"{minute} min {name}: {taken:.2f} s" for name, minute, taken in figures)
    return write_svg(Picture(WIDTH, HEIGHT, "What sessions cost by their length", told, tuple(shapes())))
