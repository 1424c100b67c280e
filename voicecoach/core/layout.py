"""How much room words have: in the phases of a breath or a movement, and between the moments of a hold or a phase."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from voicecoach.core.score import is_heard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.breath import Breath, Kind
    from voicecoach.core.score import Cycle, Offset, Score

LEAST_AIR = Fraction(15, 100)


@lru_cache
def measure_air(seconds: Fraction) -> Fraction:
    """Return the silence that speech leaves at the end of a phase: a tenth of it, and at least 0.15 s."""
    return max(LEAST_AIR, seconds / 10)


def find_breath(breaths: Sequence[Breath], beat: int) -> Breath:
    """Return the breath at ``beat``, counted from 0; past the end of ``breaths``, the last."""
    return breaths[beat if beat < len(breaths) else -1]


@dataclass(frozen=True, slots=True)
class PhaseSlot:
    """A phase of a breath or a movement: it lasts exactly its seconds, and what starts in it has to fit.

    Attributes:
        name: What its author calls it, or the kind of a breath's phase that has no name.
        seconds: How long it lasts.
        kind: What is breathed in it; None if it does not go with the breath.
        moved: Whether it is part of a movement, by this name.
        words: What starts with it.
        later: What starts later in it, and how many seconds after its start.
        missed: What would start after its end, and when.
    """

    name: str
    seconds: Fraction
    kind: Kind | None = None
    moved: bool = False
    words: Score | None = None
    later: tuple[tuple[Fraction, Score], ...] = ()
    missed: tuple[tuple[Fraction, Score], ...] = ()

    @property
    def parts(self) -> tuple[tuple[Fraction, Score], ...]:
        """All that starts in it, and how many seconds after its start."""
        return (*([(Fraction(0), self.words)] if self.words else []), *self.later)


def list_phases(taken: Cycle, breaths: Sequence[Breath]) -> Iterator[PhaseSlot]:
    """Yield the phases of a cycle, each with what starts in it, where the pace has these ``breaths``.

    >>> from voicecoach.core.breath import Kind
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.score import breathe, phrase
    >>> phases = list_phases(breathe({Kind.EXHALE: phrase("Out")}), [read_breath("4-6")])
    >>> [(each.name, int(each.seconds), each.words is not None) for each in phases]
    [('inhale', 4, False), ('exhale', 6, True)]
    """
    numbers: dict[str, int] = {}
    for name, seconds, kind, moved in _list_named(taken, breaths):
        numbers[name] = number = numbers.get(name, 0) + 1
        later, missed = place_moments(taken.list_later(name, number), seconds) if taken.at else NOTHING
        yield PhaseSlot(name, seconds, kind, moved, taken.find_words(name, kind, number), later, missed)


def _list_named(taken: Cycle, breaths: Sequence[Breath]) -> Iterator[tuple[str, Fraction, Kind | None, bool]]:
    """Yield the name, the length and the kind of each phase of a cycle, and whether it is one of a movement."""
    names: dict[Kind, list[str]] = {}
    for each in taken.tempo:
        if each.kind:
            names.setdefault(each.kind, []).append(each.name)
    if names or not taken.tempo:
        for phase in find_breath(breaths, taken.beat).phases:
            if taken.only is None or taken.only is phase.kind:
                named = names.get(phase.kind, [])
                yield named[0] if named else phase.kind.value, phase.seconds, phase.kind, bool(named)
                del named[: len(named) > 1]
        return
    beat = taken.beat
    for each in taken.tempo:
        own = [find_breath(breaths, beat + number).seconds for number in range(each.span.breaths)]
        beat += each.span.breaths
        yield each.name, sum(own, each.span.rest), None, True


Placed = tuple[tuple[Fraction, "Score"], ...]
"""What starts in a span, and how many seconds after its start."""


NOTHING: tuple[Placed, Placed] = ((), ())
"""Neither starts in a span nor is left out."""


def place_moments(moments: Iterable[tuple[Offset, Score]], seconds: Fraction) -> tuple[Placed, Placed]:
    """Return what starts in a span of so many seconds, and what is left out because the span does not reach it.

    A moment where nothing is heard is not there. One that repeats gives way to another one at the same time.
    """
    placed = [(offset, offset.within(seconds), part) for offset, part in moments if is_heard(part)]
    single = {after for offset, after, _ in placed if not offset.least}
    there = [each for each in placed if each[0].is_reached(seconds) and not (each[0].least and each[1] in single)]
    missed = [each for each in placed if each[0].least == 0 and not each[0].is_reached(seconds)]
    return tuple(each[1:] for each in there), tuple(each[1:] for each in missed)


def list_moments(
    parts: Iterable[tuple[Fraction, Score]], seconds: Fraction
) -> list[tuple[Fraction, Fraction, Score, Score | None]]:
    """Return what starts in a span, in order: seconds from its start to each part and to the next, and both parts.

    Each of ``parts`` starts so many seconds after the span does. The last one has the time up to the end of the span,
    and nothing follows it.
    """
    placed = sorted(parts, key=lambda each: each[0])
    ends: list[tuple[Fraction, Score | None]] = [*placed, (seconds, None)]
    return [(start, end, part, after) for (start, part), (end, after) in zip(placed, ends[1:], strict=True)]
