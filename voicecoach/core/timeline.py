"""The timeline: what is heard when. Flat, absolute, printable.

Times are exact seconds (`Fraction`). Phases stay where the breath puts them. A cue starts at the nearest multiple of a
step, the grid, which is the length of a frame in the format of the sound; it is rounded once from its exact position,
so that nothing drifts. Speech takes up whole steps of the grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from voicecoach.core.breath import Breath, Phase
from voicecoach.core.score import CueKind, Side, Sound, SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voicecoach.core.breath import Kind
    from voicecoach.errors import Problem, Where

Measure = Callable[[str | Sound], Fraction]
"""How many seconds a text takes to say, or a sound to ring."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A sounding span: what is heard from ``start`` to ``end``.

    Attributes:
        start: Seconds from the beginning, on the grid.
        end: Seconds from the beginning.
        kind: What it is for.
        text: As it is read; the name of a sound.
        side: The side that is meant.
        spoken: As it is said, if that differs; the path of a sound that is a file.
        wording: Which of its phrase's wordings it is, from 0, the longest.
        wordings: How many there are.
        where: Where they stand in their file.
        fall: How many steps the voice has sunk by then.
        take: Which take of its words it is, from 0, the first.
    """

    start: Fraction
    end: Fraction
    kind: CueKind
    text: str
    side: Side | None = None
    spoken: str = ""
    wording: int = 0
    wordings: int = 1
    where: Where | None = field(default=None, compare=False, repr=False)
    fall: int = 0
    take: int = 0

    @property
    def said(self) -> str:
        """What the voice is given; for a sound, its path or its name."""
        return self.spoken or self.text

    @property
    def track(self) -> str:
        """``voice``, ``chime`` or ``tone``."""
        return self.kind.value if self.kind is CueKind.CHIME or self.kind is CueKind.TONE else "voice"

    @property
    def source(self) -> tuple[str, str, int, int]:
        """The key of its sound: track (a word can be named like a bell), text, how far the voice has sunk, and take."""
        return self.track, self.said, self.fall, self.take


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of a guided breath; breaths count from 0."""

    start: Fraction
    end: Fraction
    kind: Kind
    side: Side | None
    breath: int


@dataclass(frozen=True, slots=True)
class TimedSpan:
    """A hold, a rest or another time that a score names; two of them are apart, or one is inside the other.

    ``name`` is the one that its author gave it, empty if there is none. A phase of a movement has the ``number`` of the
    movement; movements count from 0.
    """

    start: Fraction
    end: Fraction
    kind: SpanKind
    side: Side | None = None
    name: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of the session, as players show it; ``part`` is its own title, without that of its exercise."""

    start: Fraction
    end: Fraction
    title: str
    side: Side | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span that counts as stretch; without a side, or with both, it counts for each leg."""

    start: Fraction
    end: Fraction
    side: Side | None = None


_Cuttable = TypeVar("_Cuttable", PhaseSpan, TimedSpan, Chapter, Stretch)
_Timed = TypeVar("_Timed", PhaseSpan, TimedSpan, Chapter, Stretch, Cue)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is heard when.

    Attributes:
        duration: Seconds in all.
        phases: The phases of guided breaths.
        cues: What sounds.
        chapters: Its parts, as players show them.
        stretches: What counts as stretch.
        unsaid: The words that are left out, since this breath does not have their phase.
        grown: The rests and changes that last longer than they are written, since their words do.
        spans: Its holds, rests, changes and other named times, in order of their starts; of two that start together,
            the longer one is first.
        grid: Seconds from one place where a cue may start to the next.
    """

    duration: Fraction
    phases: tuple[PhaseSpan, ...] = ()
    cues: tuple[Cue, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    unsaid: tuple[Problem, ...] = ()
    grown: tuple[Problem, ...] = ()
    grid: Fraction = Fraction(1, 1000)
    spans: tuple[TimedSpan, ...] = ()

    def measure_stretch(self, side: Side) -> Fraction:
        """How many seconds this leg is stretched in all."""
        return sum(
            (each.end - each.start for each in self.stretches if each.side in {side, None, Side.BOTH}), Fraction(0)
        )

    def find_breath(self) -> Breath | None:
        """Return the breath that more than half of the guided time goes to; None if no breath has so much."""
        lasting: dict[tuple[Phase, ...], Fraction] = {}
        for _, spans in groupby(self.phases, key=lambda each: each.breath):
            phases = tuple(Phase(each.kind, each.end - each.start) for each in spans)
            lasting[phases] = lasting.get(phases, Fraction(0)) + sum(phase.seconds for phase in phases)
        most = max(lasting, key=lambda phases: lasting[phases], default=())
        return Breath(most) if most and 2 * lasting[most] > sum(lasting.values()) else None

    def until(self, end: Fraction) -> Timeline:
        """Keep only the beginning, up to ``end`` seconds; a cue that would be cut is left out."""
        if end >= self.duration:
            return self
        last = ceil_to_grid(end, self.grid)
        cues = tuple(cue for cue in self.cues if cue.end <= last)
        return replace(
            self,
            duration=last,
            phases=_cut(self.phases, last),
            spans=_cut(self.spans, last),
            cues=cues,
            chapters=_cut(self.chapters, last),
            stretches=_cut(self.stretches, last),
        )

    def since(self, start: Fraction) -> Timeline:
        """Leave out the beginning, up to ``start`` seconds or a little less, and count all times from there.

        A cue that would be cut is left out.
        """
        first = min(_multiply(self.grid, int(start / self.grid)), self.duration)
        cues = tuple(_move_back(cue, first) for cue in self.cues if cue.start >= first)
        return Timeline(
            self.duration - first,
            _drop_start(self.phases, first),
            cues,
            _drop_start(self.chapters, first),
            _drop_start(self.stretches, first),
            grid=self.grid,
            spans=_drop_start(self.spans, first),
        )

    def preview(self, seconds: Fraction) -> Timeline:
        """Return so many seconds from `BEFORE_BREATH` seconds before the first guided breath, or from the beginning."""
        breath = min((phase.start for phase in self.phases), default=Fraction(0))
        return self.since(max(breath - BEFORE_BREATH, Fraction(0))).until(seconds)


BEFORE_BREATH = Fraction(10)
"""Seconds of a preview before its first guided breath."""


def _cut(spans: Iterable[_Cuttable], end: Fraction) -> tuple[_Cuttable, ...]:
    return tuple(replace(span, end=min(span.end, end)) for span in spans if span.start < end)


def _drop_start(spans: Iterable[_Cuttable], start: Fraction) -> tuple[_Cuttable, ...]:
    return tuple(_move_back(span, start) for span in spans if span.end > start)


def _move_back(span: _Timed, by: Fraction) -> _Timed:
    """Move a span, but not to before the beginning."""
    return replace(span, start=max(span.start - by, Fraction(0)), end=span.end - by)


def snap(at: Fraction, grid: Fraction) -> Fraction:
    """Round a position to the nearest multiple of ``grid``, halves up.

    >>> snap(Fraction(12, 1000), Fraction(24, 1000)), snap(Fraction(11, 1000), Fraction(24, 1000))
    (Fraction(3, 125), Fraction(0, 1))
    """
    # in whole numbers, since every cue of a session comes by here
    whole, part = at.numerator * grid.denominator, at.denominator * grid.numerator
    return _multiply(grid, (2 * whole + part) // (2 * part))


def ceil_to_grid(at: Fraction, grid: Fraction) -> Fraction:
    """Round a length up to a multiple of ``grid``.

    >>> ceil_to_grid(Fraction(25, 1000), Fraction(24, 1000))
    Fraction(6, 125)
    """
    return _multiply(grid, -(-at.numerator * grid.denominator // (at.denominator * grid.numerator)))


def _multiply(grid: Fraction, count: int) -> Fraction:
    return Fraction(count * grid.numerator, grid.denominator)


def format_time(seconds: Fraction | float, *, tenths: bool = False) -> str:
    """Return a time as players show it, rounded down to whole seconds or to tenths.

    >>> format_time(75.4), format_time(Fraction(754, 10), tenths=True), format_time(3600)
    ('1:15', '1:15.4', '1:00:00')
    """
    parts = 10 if tenths else 1
    whole, tenth = divmod(int(Fraction(seconds) * parts), parts)
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"{text}.{tenth}" if tenths else text


def to_milliseconds(seconds: Fraction) -> int:
    """Round seconds to milliseconds, halves up, so that times keep their order.

    >>> to_milliseconds(Fraction("1.2345"))
    1235
    """
    return round_time(seconds, 1000)


def round_time(seconds: Fraction, parts: int) -> int:
    """Round seconds to parts of a second, halves up; return how many parts they are.

    >>> round_time(Fraction("1.25"), 10)
    13
    """
    return (2 * seconds.numerator * parts + seconds.denominator) // (2 * seconds.denominator)


def format_timestamp(milliseconds: int, point: str = ".") -> str:
    """Return a time with all its digits, as captions and chapter tags need it; ``point`` is the decimal mark.

    >>> format_timestamp(36_061_001), format_timestamp(1500, ",")
    ('10:01:01.001', '00:00:01,500')
    """
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"
