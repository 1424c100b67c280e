"""The live display of a session on a terminal: the words, the time, and a bar that fills and empties with the breath.

It needs a timeline in its public form, which our files carry, and the number of seconds that have been played.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from voicecoach.core.breath import Kind
from voicecoach.core.score import SpanKind
from voicecoach.core.timeline import format_time
from voicecoach.views.exchange import PublicChapter, PublicCue, PublicPhase, PublicSpan
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
"""Minimum lines for words, so that the bar under them does not move."""
BAR = "cyan"
LABEL = 8
SEPARATORS = ":,;·–—：，、"  # noqa: RUF001 - marks of many scripts
"""Characters between a recording's title and the rest of a chapter's title."""
WIDEST = 72
"""Maximum columns: longer lines are hard to read, and a longer bar would not be clearer."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of the display at one moment of a recording.

    Attributes:
        at: Seconds from the beginning, at most the recording's length.
        chapter: The title of the chapter; empty outside of chapters.
        words: The words that are being spoken, or the last ones.
        speaking: Whether the words are being spoken.
        phase: The phase of the breath; None between breaths.
        span: The hold, the rest or another time that it is in, if no breath is guided; of several, the innermost.
        progress: The fraction of the phase or the span that has passed, from 0 to less than 1.
    """

    at: float
    chapter: str = ""
    words: str = ""
    speaking: bool = False
    phase: PublicPhase | None = None
    span: PublicSpan | None = None
    progress: float = 0

    @property
    def full(self) -> float:
        """The fill of the bar, from 0 to 1: an inhale fills it, and an exhale empties it; so does any other time."""
        if self.span:
            return 1 - self.progress
        levels = {Kind.INHALE: self.progress, Kind.HOLD: 1.0, Kind.EXHALE: 1 - self.progress, Kind.PAUSE: 0.0}
        return levels[self.phase.kind] if self.phase else 0.0


def find_snapshot(recording: PublicTimeline, seconds: float) -> Snapshot:
    """Return the content of the display after that many seconds of a recording."""
    at = min(max(seconds, 0.0), math.inf if recording.duration is None else recording.duration)
    chapter, words = _find_latest(recording.chapters, at), _find_latest(recording.words, at)
    phase = _find_latest(recording.phases, at)
    phase = phase if phase and at < phase.end else None
    inside = [each for each in recording.spans if each.start <= at < each.end and each.kind != SpanKind.COUNT]
    span = inside[-1] if inside and not phase else None
    timed = phase or span
    return Snapshot(
        at,
        one_line(chapter.title) if chapter and at < chapter.end else "",
        one_line(words.text) if words else "",
        words is not None and at < words.end,
        phase,
        span,
        (at - timed.start) / (timed.end - timed.start) if timed else 0,
    )


def lay_out_snapshot(recording: PublicTimeline, now: Snapshot) -> Constrain:
    """Return the layout of a moment for a terminal: only title and time if the recording's contents are not known."""
    from rich.align import Align
    from rich.console import Group
    from rich.constrain import Constrain
    from rich.padding import Padding
    from rich.text import Text

    title = Text(recording.title, "bold", no_wrap=True, overflow="ellipsis")
    chapter = Text(shorten_chapter(now.chapter, recording.title), no_wrap=True, overflow="ellipsis")
    words = Align(Text(now.words, "bold" if now.speaking else "dim"), vertical="top", height=WORDS)
    content = (chapter, Padding(words, (1, 0, 1, 2)), _draw_breath(now)) if recording.has_content else ()
    return Constrain(Group(title, *content, _draw_time(recording, now)), WIDEST)


def shorten_chapter(chapter: str, title: str) -> str:
    """Return the title of a chapter without the recording's title, which is visible above it.

    >>> shorten_chapter("Stretch: left, round 1", "Stretch: left"), shorten_chapter("Legs up", "Leg")
    ('round 1', 'Legs up')
    """
    if not title or not chapter.startswith(title):
        return chapter
    rest = chapter.removeprefix(title)
    return rest.lstrip().lstrip(SEPARATORS).lstrip() if not rest or rest.lstrip()[:1] in SEPARATORS else chapter


@contextmanager
def display(recording: PublicTimeline, console: Console) -> Iterator[Callable[[float], None]]:
    """Show a recording on a terminal while it plays, and restore the terminal at the end.

    The context's value is a function that updates the display; call it often, with the seconds played so far.
    """
    from rich.live import Live

    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda seconds: live.update(lay_out_snapshot(recording, find_snapshot(recording, seconds)), refresh=True)


def _draw_breath(now: Snapshot) -> Table:
    """Draw a phase or another time: what it is, the bar, and the seconds left in it."""
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    timed = now.phase or now.span
    if timed is None:
        return _line(Text(""), Text(""), "")
    moving = now.span is not None and now.span.kind == SpanKind.MOVE and now.span.name
    kind, left = one_line(moving or timed.kind), math.ceil(timed.end - now.at)
    bar = ProgressBar(total=1, completed=now.full, complete_style=BAR, finished_style=BAR)
    return _line(Text(f" {kind} ".ljust(LABEL), PHASES[kind] if now.phase else ""), bar, str(left))


def _draw_time(recording: PublicTimeline, now: Snapshot) -> Table:
    """Draw the time played, a bar, and the time left."""
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    if recording.duration is None:
        return _line(Text(format_time(now.at)), Text(""), "")
    bar = ProgressBar(total=recording.duration, completed=now.at, complete_style="default", finished_style="default")
    return _line(Text(format_time(now.at)), bar, f"-{format_time(math.ceil(recording.duration - now.at))}")


def _line(label: Text, bar: RenderableType, left: str) -> Table:
    from rich.table import Table

    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=LABEL, no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(width=LABEL, no_wrap=True, justify="right")
    line.add_row(label, bar, left)
    return line


_Timed = TypeVar("_Timed", PublicCue, PublicPhase, PublicChapter)


def _find_latest(spans: Sequence[_Timed], at: float) -> _Timed | None:
    """Return the span that started last, or None before the first one."""
    number = bisect_right(spans, at, key=lambda each: each.start)
    return spans[number - 1] if number else None
