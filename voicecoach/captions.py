"""What can be read of a session: everything here comes from the timeline alone."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from voicecoach.timeline import Chapter, Cue, Timeline


def transcript(timeline: Timeline) -> str:
    """Return what is said, a line a cue, under the titles of the chapters."""
    parts = (
        "\n".join((chapter.title, *(cue.text for cue in cues if cue.track == "voice")))
        for chapter, cues in by_chapter(timeline)
    )
    return "\n\n".join(parts)


def table(timeline: Timeline) -> Iterator[str]:
    """Yield a line for each chapter and cue: when, for which side, as what, and what is heard."""
    for chapter, cues in by_chapter(timeline):
        yield f"{clock(chapter.start)}  {chapter.title}"
        for cue in cues:
            yield f"  {clock(cue.start, tenths=True):>9}  {cue.kind:<11}  {cue.side or '':<5}  {cue.text}".rstrip()


def clock(seconds: Fraction, *, tenths: bool = False) -> str:
    """Write a time as players do.

    >>> from fractions import Fraction
    >>> clock(Fraction(754, 10)), clock(Fraction(754, 10), tenths=True), clock(Fraction(3600))
    ('1:15', '1:15.4', '1:00:00')
    """
    parts = 10 if tenths else 1
    units = int(seconds * parts)
    whole, tenth = divmod(units, parts)
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"{text}.{tenth}" if tenths else text


def by_chapter(timeline: Timeline) -> Iterator[tuple[Chapter, tuple[Cue, ...]]]:
    """Yield each chapter with the cues that start in it; both are in the order of time."""
    starts = [cue.start for cue in timeline.cues]
    for chapter in timeline.chapters:
        first, end = bisect_left(starts, chapter.start), bisect_left(starts, chapter.end)
        yield chapter, timeline.cues[first:end]
