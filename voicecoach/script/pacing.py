"""Whose breath is breathed: the only place that decides between the author's pace and the listener's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.core.breath import Kind, Pace
from voicecoach.core.score import Paced
from voicecoach.script.copying import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Timeline
    from voicecoach.script.context import Context


@dataclass(frozen=True, slots=True)
class Pacing:
    """The pace that an author wrote for a routine or a part of it.

    Attributes:
        own: The author's pace.
        fixed: Whether it stays, whatever the listener's pace is.
        follows: Whether it is calculated from the listener's breath, and so stays as well.
        emptied: The phases that it is written with and that come to no length; their words are left out.
    """

    own: Pace
    fixed: bool = False
    follows: bool = False
    emptied: tuple[Kind, ...] = ()

    def choose(self, listener: Pace | None) -> Pace:
        """Return the pace that is breathed: the listener's, unless there is none or the author's is fixed.

        >>> from voicecoach.core.notation import read_pace
        >>> own, asked = read_pace("4-6"), read_pace("5-7")
        >>> print(Pacing(own).choose(asked), Pacing(own, fixed=True).choose(asked))
        5-7 4-6
        """
        return listener if listener and self.yields(listener) else self.own

    def yields(self, listener: Pace | None) -> bool:
        """Return whether the author's pace gives way to the listener's."""
        return listener is not None and not self.fixed and not self.follows

    def asks(self, listener: Pace | None) -> bool:
        """Return whether a listener could choose a pace and has not."""
        return listener is None and not self.fixed

    def find_main(self, listener: Pace | None, timeline: Timeline) -> Pace:
        """Return what is breathed in a session; in one of fixed breaths, the breath that is breathed most."""
        most = timeline.find_breath() if self.fixed else None
        return Pace((most,)) if most else self.choose(listener)


def write_paced(pacing: Pacing, part: Context, write: Callable[[Context], Score]) -> Score:
    """Write a part at a pace of its own, if that does not yield to the listener's."""
    written = part.written if pacing.follows else pacing.own
    if pacing.yields(part.choices.breath):
        return write(replace(part, written=written))
    own = replace(part, pace=pacing.own, written=written, emptied=pacing.emptied, beats=part.tally.begin())
    return Paced(pacing.own, write(own))
