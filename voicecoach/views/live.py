"""A session as it is heard, on a terminal: the words, the breath as a bar that fills and empties, and the time.

Everything comes from a timeline in its public form, which a file of ours carries, and from how many seconds are over.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from voicecoach.core.breath import Kind
from voicecoach.core.timeline import format_time
from voicecoach.views.exchange import PublicChapter, PublicCue, PublicPhase
from voicecoach.views.terminal import PHASES
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, RenderableType
    from rich.constrain import Constrain
    from rich.table import Table
    from rich.text import Text

    from voicecoach.views.exchange import PublicTimeline

WORDS = 3
"""Lines that words have at least, so that the bar under them stays in its place."""
BAR = "cyan"
LABEL = 8
SEPARATORS = ":,;·–—：，、"  # noqa: RUF001 - marks of many scripts
"""What stands between a title and the part of it that a chapter is."""
WIDEST = 72
"""Columns; longer lines are hard to read, and a longer bar is no clearer."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is at one moment of a recording.

    Attributes:
        at: Seconds from the beginning, never past the end.
        chapter: The title of the chapter.
        words: What is being said, or was said last.
        speaking: Whether it is being said.
        phase: The phase of the breath; none between breaths.
        over: Which part of the phase is over, from 0 up to 1.
    """

    at: float
    chapter: str = ""
    words: str = ""
    speaking: bool = False
    phase: PublicPhase | None = None
    over: float = 0

    @property
    def full(self) -> float:
        """How full the breath's bar is: an inhale fills it, and an exhale empties it."""
        levels = {Kind.INHALE: self.over, Kind.HOLD: 1.0, Kind.EXHALE: 1 - self.over, Kind.PAUSE: 0.0}
        return levels[self.phase.kind] if self.phase else 0.0


def find_moment(recording: PublicTimeline, seconds: float) -> Moment:
    """Say what there is to see when so many seconds of a recording are over."""
    at = min(max(seconds, 0.0), math.inf if recording.duration is None else recording.duration)
    chapter, words = _find_latest(recording.chapters, at), _find_latest(recording.words, at)
    phase = _find_latest(recording.phases, at)
    phase = phase if phase and at < phase.end else None
    return Moment(
        at,
        one_line(chapter.title) if chapter and at < chapter.end else "",
        one_line(words.text) if words else "",
        words is not None and at < words.end,
        phase,
        (at - phase.start) / (phase.end - phase.start) if phase else 0,
    )


def lay_out_moment(recording: PublicTimeline, now: Moment) -> Constrain:
    """Lay a moment out for a terminal; where it is not known what is heard, only the time."""
    from rich.align import Align
    from rich.console import Group
    from rich.constrain import Constrain
    from rich.padding import Padding
    from rich.text import Text

    title = Text(recording.title, "bold", no_wrap=True, overflow="ellipsis")
    chapter = Text(shorten_chapter(now.chapter, recording.title), no_wrap=True, overflow="ellipsis")
    words = Align(Text(now.words, "bold" if now.speaking else "dim"), vertical="top", height=WORDS)
    heard = (chapter, Padding(words, (1, 0, 1, 2)), _breath(now)) if recording.has_content else ()
    return Constrain(Group(title, *heard, _time(recording, now)), WIDEST)


def shorten_chapter(chapter: str, title: str) -> str:
    """Return the title of a chapter without that of its recording, which is shown above it.

    >>> shorten_chapter("Stretch: left, round 1", "Stretch: left"), shorten_chapter("Legs up", "Leg")
    ('round 1', 'Legs up')
    """
    if not title or not chapter.startswith(title):
        return chapter
    rest = chapter.removeprefix(title)
    return rest.lstrip().lstrip(SEPARATORS).lstrip() if not rest or rest.lstrip()[:1] in SEPARATORS else chapter


@contextmanager
def display(recording: PublicTimeline, console: Console) -> Iterator[Callable[[float], None]]:
    """Show a recording on a terminal while it plays; afterwards the terminal is as it was.

    Inside is a function that is to be told, again and again, how many seconds are over.
    """
    from rich.live import Live

    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda seconds: live.update(lay_out_moment(recording, find_moment(recording, seconds)), refresh=True)


def _breath(now: Moment) -> Table:
    """Draw the phase: its name, the bar, and the seconds that are left of it."""
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    if now.phase is None:
        return _line(Text(""), Text(""), "")
    kind, left = now.phase.kind.value, math.ceil(now.phase.end - now.at)
    bar = ProgressBar(total=1, completed=now.full, complete_style=BAR, finished_style=BAR)
    return _line(Text(f" {kind} ".ljust(LABEL), PHASES[kind]), bar, str(left))


def _time(recording: PublicTimeline, now: Moment) -> Table:
    """Draw how much of the whole is over, and what is left."""
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    if recording.duration is None:
        return _line(Text(_clock(now.at)), Text(""), "")
    bar = ProgressBar(total=recording.duration, completed=now.at, complete_style="default", finished_style="default")
    return _line(Text(_clock(now.at)), bar, f"-{_clock(math.ceil(recording.duration - now.at))}")


def _line(label: Text, bar: RenderableType, left: str) -> Table:
    from rich.table import Table

    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=LABEL, no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(width=LABEL, no_wrap=True, justify="right")
    line.add_row(label, bar, left)
    return line


def _clock(seconds: float) -> str:
    return format_time(Fraction(seconds))


_Timed = TypeVar("_Timed", PublicCue, PublicPhase, PublicChapter)


def _find_latest(spans: Sequence[_Timed], at: float) -> _Timed | None:
    """Return what began last."""
    number = bisect_right(spans, at, key=lambda each: each.start)
    return spans[number - 1] if number else None
