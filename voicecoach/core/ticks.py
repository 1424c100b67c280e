"""Ticks in the last second of each hold: added to a timeline, so that they move nothing else in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind, Sound, SpanKind
from voicecoach.core.timeline import Cue, snap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voicecoach.core.timeline import PhaseSpan, TimedSpan, Timeline

TICK = Sound("tick", CueKind.TONE)
"""What is heard."""

LAST = Fraction(1)
"""Seconds before the end of a hold at which it is heard."""

SHORTEST = Fraction(3)
"""Seconds of the shortest hold that has a tick."""


def add_ticks(timeline: Timeline, measure: Callable[[Sound], Fraction]) -> Timeline:
    """Add a tick in the last second of each hold that lasts 3 s or more, unless its last second is counted aloud.

    Holds are those of breaths, full or empty, and timed ones.

    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.perform import perform
    >>> from voicecoach.core.score import breathe
    >>> plan = perform(breathe({}), lambda _: Fraction(1, 10), read_breath("4-7-8"), grid=Fraction(24, 1000))
    >>> [(float(cue.start), cue.text) for cue in add_ticks(plan, lambda _: Fraction(1, 10)).cues]
    [(10.008, 'tick')]
    """
    length = measure(TICK)
    ticks = []
    for hold in _list_holds(timeline):
        start = snap(hold.end - LAST, timeline.grid)
        ticks.append(Cue(start, start + length, TICK.kind, TICK.name, hold.side))
    return replace(timeline, cues=tuple(sorted((*timeline.cues, *ticks), key=lambda cue: cue.start)))


def _list_holds(timeline: Timeline) -> Iterator[PhaseSpan | TimedSpan]:
    """Yield the holds that have a tick."""
    counted = sorted(each.start for each in timeline.spans if each.kind is SpanKind.COUNT)
    holds: list[PhaseSpan | TimedSpan] = [each for each in timeline.phases if each.kind in {Kind.HOLD, Kind.PAUSE}]
    holds += [each for each in timeline.spans if each.kind is SpanKind.HOLD]
    for hold in holds:
        at = bisect_left(counted, hold.end - LAST)
        if hold.end - hold.start >= SHORTEST and not (at < len(counted) and counted[at] < hold.end):
            yield hold
