"""Cue sheets: the words and cues of a timeline as plain text."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.core.score import SpanKind
from voicecoach.core.timeline import TimedSpan, format_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Timeline


@dataclass(frozen=True, slots=True)
class Line:
    """A cue, and the phase of the breath or move in which it starts, if there is one."""

    cue: Cue
    phase: PhaseSpan | TimedSpan | None = None

    @property
    def mark(self) -> str:
        """The number of its wording, if that is not the longest: ``2/4``; else empty."""
        return f"{self.cue.wording + 1}/{self.cue.wordings}" if self.cue.wording else ""

    @property
    def fill(self) -> float:
        """The fraction of its phase that has passed when it ends; 0 without a phase."""
        if self.phase is None:
            return 0
        return float((self.cue.end - self.phase.start) / (self.phase.end - self.phase.start))

    @property
    def breathed(self) -> str:
        """Its phase, the phase's length, and its fill: ``exhale 6 s  40%``; empty without a phase."""
        if self.phase is None:
            return ""
        seconds = float(self.phase.end - self.phase.start)
        return f"{_shorten(name_phase(self.phase)):<6} {seconds:>4.3g} s {self.fill:>4.0%}"


NAME = 6
"""The width of the name of a phase in characters; longer ones are cut."""


def _shorten(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def name_phase(phase: PhaseSpan | TimedSpan) -> str:
    """Return the name of a phase: of a move, the author's."""
    return (phase.name or phase.kind.value) if isinstance(phase, TimedSpan) else phase.kind.value


def list_phases(timeline: Timeline) -> list[PhaseSpan | TimedSpan]:
    """Return the phases of breaths and moves, in order; of a move with the breath, only the move."""
    moves = [span for span in timeline.spans if span.kind is SpanKind.MOVE]
    moved = {span.start for span in moves}
    phases = [phase for phase in timeline.phases if phase.start not in moved]
    return sorted([*phases, *moves], key=lambda each: each.start)


def write_cuesheet(timeline: Timeline) -> str:
    """Return the spoken words, one line for each cue, under the titles of the chapters."""
    parts = (
        "\n".join((chapter.title, *(cue.text for cue in cues if cue.track == "voice")))
        for chapter, cues in split_chapters(timeline)
    )
    return "\n\n".join(parts)


def write_table(timeline: Timeline) -> Iterator[str]:
    """Yield a line for each chapter and cue: its time, kind, side, phase and text.

    If a cue does not use its longest wording, the number of its wording comes before the text.
    """
    for chapter, lines in split_lines(timeline):
        yield f"{format_time(chapter.start)}  {chapter.title}"
        for line in lines:
            cue = line.cue
            place = f"{format_time(cue.start, tenths=True):>9}  {cue.kind:<11}  {cue.side or '':<5}"
            breathed = f"  {line.breathed}  {line.mark:<4}" if line.phase else f"  {line.mark}".rstrip()
            yield f"  {place}{breathed}  {cue.text}".rstrip()


def split_lines(timeline: Timeline) -> Iterator[tuple[Chapter, tuple[Line, ...]]]:
    """Yield each chapter with a line for each of its cues."""
    phases = deque(list_phases(timeline))
    for chapter, cues in split_chapters(timeline):
        yield chapter, tuple(Line(cue, _find_phase(cue, phases, timeline.grid)) for cue in cues)


def count_turns(timeline: Timeline) -> dict[Side, int]:
    """Return how many chapters each side has."""
    return dict(Counter(chapter.side for chapter in timeline.chapters if chapter.side))


def _find_phase(cue: Cue, phases: deque[PhaseSpan | TimedSpan], grid: Fraction) -> PhaseSpan | TimedSpan | None:
    """Return the phase in which a cue starts, and remove the phases before it from ``phases``.

    A cue starts on the grid, which may be slightly before its phase.
    """
    at = cue.start + grid / 2
    while phases and phases[0].end <= at:
        phases.popleft()
    return phases[0] if phases and phases[0].start <= at else None


def split_chapters(timeline: Timeline) -> Iterator[tuple[Chapter, tuple[Cue, ...]]]:
    """Yield each chapter with the cues that start in it, in order of time."""
    starts = [cue.start for cue in timeline.cues]
    for chapter in timeline.chapters:
        first, end = bisect_left(starts, chapter.start), bisect_left(starts, chapter.end)
        yield chapter, timeline.cues[first:end]
