"""The plan on a terminal: the table of `cuesheet.write_table` with colours, and with bars for the fill of phases."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from voicecoach.core.timeline import format_time
from voicecoach.views.cuesheet import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from voicecoach.core.timeline import Timeline
    from voicecoach.views.cuesheet import Line

KINDS = {
    "notice": "yellow",
    "tip": "yellow",
    "instruction": "default",
    "breath": "bold",
    "move": "bold",
    "count": "bold",
    "reminder": "magenta",
    "change": "bold magenta",
    "closing": "yellow",
    "chime": "green",
    "tone": "green",
}
"""The style of each kind of cue. Its name is visible, too, so that nobody has to see the colour."""

PHASES = {
    "inhale": "bright_white on #1d6f7a",
    "hold": "bright_white on #666666",
    "exhale": "bright_white on #2f5f9f",
    "pause": "bright_white on #666666",
    "move": "bright_white on #1d6f7a",
}
PLACE = (9, 11, 5)
PHASE = 18
"""Column widths in characters: of time, kind and side, and of the phase."""
MOST = 5_000
"""The most cues that are shown in this form, which takes about three seconds; more cues need a plain table."""
TOGETHER = 200
"""Lines that are laid out at a time, so that the first lines of a long session appear immediately."""


def show(timeline: Timeline, console: Console) -> None:
    """Print a session to a console: a heading for each chapter, and a line for each cue."""
    from rich.rule import Rule
    from rich.text import Text

    for chapter, lines in split_lines(timeline):
        title = Text.assemble((format_time(chapter.start), "bold"), "  ", chapter.title)
        console.print(Rule(title, align="left", style="dim"))
        for breathed, some in groupby(lines, key=lambda line: line.phase is not None):
            alike = list(some)
            for start in range(0, len(alike), TOGETHER):
                console.print(_grid(alike[start : start + TOGETHER], breathed=breathed))


def draw_bar(line: Line) -> Text:
    """Return a phase as a bar with its name and numbers; the part that is shaded has passed when the cue ends."""
    from rich.text import Text

    bar = Text(line.breathed.ljust(PHASE) if line.phase else "")
    if line.phase:
        bar.stylize(PHASES[line.phase.kind.value], 0, round(min(line.fill, 1) * PHASE))
    return bar


def _grid(lines: Iterable[Line], *, breathed: bool) -> Table:
    """Lay out lines of cues: all of them in phases if ``breathed``, else all of them outside of phases."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1), expand=True)
    for width in (*PLACE, PHASE) if breathed else PLACE:
        grid.add_column(width=width, no_wrap=True)
    grid.add_column(ratio=1)
    for line in lines:
        grid.add_row(*_place(line), *([draw_bar(line)] if breathed else []), _words(line))
    return grid


def _place(line: Line) -> Iterator[Text]:
    from rich.text import Text

    yield Text(format_time(line.cue.start, tenths=True), "dim", justify="right")
    yield Text(line.cue.kind.value, KINDS[line.cue.kind.value])
    yield Text(line.cue.side or "")


def _words(line: Line) -> Text:
    from rich.text import Text

    return Text.assemble((f"{line.mark} " if line.mark else "", "yellow"), (line.cue.text, KINDS[line.cue.kind.value]))
