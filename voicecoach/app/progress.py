"""Progress on a terminal: a line at once, then a summary of the session, and a bar for each stage."""

from __future__ import annotations

import math
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.core.breath import NAMES
from voicecoach.core.timeline import format_time
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from rich.console import Console
    from rich.progress import Progress, Task, TaskID
    from rich.text import Text

    from voicecoach.app.request import Report
    from voicecoach.core.breath import Pace

STAGES = {
    "speaking": "Speaking {done} of {total} phrases",
    "encoding": "Encoding the sound",
    "checking": "Writing and checking the file",
    "downloading": "Downloading {done} of {total} MB",
    "installing": "Installing its package",
    "sampling": "Sampling voice {done} of {total}",
    "trying": "Trying {done} of {total} breaths",
}
"""The text of each stage of the work."""

BEGUN = {
    "speaking": "Starting the voice",
    "downloading": "Downloading",
    "sampling": "Sampling the voices",
    "trying": "Trying breaths",
}
"""The text of a stage that counts before its first item is done."""

BAR = 20
"""Columns."""
WAITING = 2
"""Seconds after which a stage of unknown length shows how long it has run."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A summary of a session before it is made.

    Attributes:
        title: The title that players show.
        voice: The name of the voice; empty if ``advice`` has it.
        pace: The pace; None if no breath is guided.
        seconds: The length; None if unknown.
        exact: Whether the length is exact, or estimated from the words.
        advice: A line about the voice that the program chose; empty if the listener chose one.
    """

    title: str
    voice: str
    pace: Pace | None
    seconds: Fraction | None
    exact: bool = False
    advice: str = ""

    def __str__(self) -> str:
        """Return it on one line.

        >>> from fractions import Fraction
        >>> from voicecoach.core.notation import read_pace
        >>> print(Heading("Leg stretch", "Heart (English)", read_pace("4-6"), Fraction(612), exact=True))
        Leg stretch, 10:12, breath in 4 s out 6 s, voice: Heart (English)
        """
        breath = f"breath {describe_pace(self.pace)}" if self.pace else ""
        voice = f"voice: {one_line(self.voice)}" if self.voice else ""
        return ", ".join(filter(None, (one_line(self.title), self._length(), breath, voice)))

    def _length(self) -> str:
        if self.seconds is None:
            return ""
        return format_time(self.seconds) if self.exact else f"about {max(1, round(self.seconds / 60))} min"


def describe_pace(pace: Pace) -> str:
    """Describe a pace in words; one that changes, as ``--breath`` takes it.

    >>> from voicecoach.core.notation import read_pace
    >>> describe_pace(read_pace("4-7-8")), describe_pace(read_pace("3-4..4-6"))
    ('in 4 s hold 7 s out 8 s', '3-4..4-6')
    """
    if len(pace.points) > 1 or pace.every:
        return str(pace)
    names = {kind: name for name, kind in NAMES.items()}
    return " ".join(f"{names[phase.kind]} {round(float(phase.seconds), 2):g} s" for phase in pace.points[0].phases)


def _ignore(_stage: str, _done: int, _total: int) -> None:
    """Show nothing: a pipe gets only errors and warnings."""


@contextmanager
def show_progress(first: str, *, shown: bool = True) -> Iterator[Report]:
    """Show progress on a terminal, from the line ``first`` on, and remove it at the end; elsewhere show nothing."""
    if not shown or not is_terminal():
        yield _ignore
        return
    said = one_line(first)
    sys.stderr.write(said)
    sys.stderr.flush()  # it is visible before the library for bars is loaded
    try:
        from rich.console import Console
    finally:
        sys.stderr.write(f"\r{' ' * len(said)}\r")
    with _bars(Console(stderr=True, highlight=False)) as bars:
        yield Bars(bars, said)


def is_terminal() -> bool:
    """Return whether errors go to a terminal that can redraw a line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn

    class Left(ProgressColumn):
        """The share that is done, and the time that the rest takes."""

        max_refresh = 0.5

        def render(self, task: Task) -> Text:
            """Draw it."""
            from rich.text import Text

            return Text(describe_rest(task.total, task.percentage, task.time_remaining, task.elapsed))

    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), BarColumn(BAR), Left())
    with Progress(*columns, console=console, transient=True) as bars:
        yield bars


def describe_rest(total: float | None, percent: float, left: float | None, elapsed: float | None) -> str:
    """Describe how much of a stage is done and how long the rest takes; or how long it has run, if its end is unknown.

    >>> describe_rest(39, 60.2, 2.4, 3), describe_rest(None, 0, None, 5.2), describe_rest(None, 0, None, 1)
    ('60 %, 3 s left', '5 s', '')
    """
    if total is None:
        return f"{elapsed:.0f} s" if elapsed and elapsed >= WAITING else ""
    return f"{math.floor(percent)} %" + (f", {math.ceil(left)} s left" if left else "")


def _describe_stage(stage: str, done: int, total: int) -> str:
    said = STAGES.get(stage, stage.capitalize()) if done else BEGUN.get(stage, STAGES.get(stage, stage))
    return said.format(done=done, total=total)


class Bars:
    """A bar for the current stage; it pulses until the first item is done."""

    def __init__(self, bars: Progress, first: str) -> None:
        """Start with a stage of unknown length."""
        self._bars = bars
        self._stage, self._task = "", self._begin(first)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show how much of a stage is done."""
        if stage != self._stage:
            self._bars.remove_task(self._task)
            self._stage, self._task = stage, self._begin(_describe_stage(stage, done, total))
        known = max(total, 1) if done else None
        said = _describe_stage(stage, done, total)
        self._bars.update(self._task, description=said, completed=done, total=known)

    def announce(self, heading: Heading) -> None:
        """Write the summary of a session above the bar, where it stays."""
        for line in filter(None, (str(heading), one_line(heading.advice))):
            self._bars.console.print(line, markup=False, emoji=False, highlight=False, soft_wrap=True)

    def _begin(self, said: str) -> TaskID:
        return self._bars.add_task(said, total=None)
