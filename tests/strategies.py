"""Hypothesis strategies for breaths and scores."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from voicecoach.core.breath import Breath, Kind, Pace, Phase, Span
from voicecoach.core.score import (
    CueKind,
    Cycle,
    Mark,
    Moment,
    Offset,
    Overrun,
    Paced,
    Pause,
    Phrase,
    Score,
    Seq,
    Side,
    Slot,
    Sound,
    Under,
    Wording,
)
from voicecoach.core.tempo import NamedPhase

if TYPE_CHECKING:
    from collections.abc import Iterable

seconds = st.fractions(min_value=Fraction(1, 2), max_value=Fraction(20), max_denominator=100)
phases = st.builds(Phase, st.sampled_from(Kind), seconds)
breaths = st.lists(phases, min_size=1, max_size=5).map(lambda drawn: Breath(tuple(drawn)))
paces = breaths.map(lambda taken: Pace((taken,)))
spans = st.one_of(
    st.builds(Span, st.integers(0, 4), st.fractions(0, 15, max_denominator=50)),
    st.builds(Span, st.just(0), st.fractions(0, 3, max_denominator=50)),  # shorter than some words
)
texts = st.text(alphabet="abc ", min_size=1, max_size=40)
sides = st.sampled_from([None, *Side])
phrases = st.builds(
    Phrase,
    st.lists(st.builds(Wording, texts, st.lists(texts, max_size=1).map(tuple)), min_size=1, max_size=3).map(
        lambda drawn: tuple(sorted(drawn, key=lambda wording: -len(wording.text)))
    ),
    st.sampled_from([CueKind.INSTRUCTION, CueKind.BREATH]),
    sides,
)
chapters = st.builds(Mark, st.just(Moment.CHAPTER), texts, sides)


def _inside(scores: st.SearchStrategy[Score]) -> st.SearchStrategy[Score]:
    return st.one_of(
        st.lists(scores, max_size=4).map(lambda parts: Seq(tuple(parts))),
        st.builds(Slot, spans, scores),
        st.builds(Paced, paces, scores),
        st.builds(Under, scores, st.builds(Pause, spans)),
    )


silent_breaths = st.builds(Cycle, st.just(()), sides)
leaves = st.one_of(phrases, st.builds(Pause, spans), chapters, silent_breaths)
scores = st.recursive(leaves, _inside, max_leaves=12)


# Sessions as somebody may write them: words in the phases of breaths, and at moments of holds, which refuse to grow.

brief = st.lists(st.text("abc", min_size=1, max_size=24), min_size=1, max_size=3).map(
    lambda drawn: tuple(Wording(text) for text in sorted(drawn, key=len, reverse=True))
)
cues = st.builds(
    Phrase, brief, st.just(CueKind.BREATH), sides, st.sampled_from([None, None, Sound("tone-hold", CueKind.TONE)])
)
plain = st.builds(Phrase, brief)
guided = st.builds(
    Cycle,
    st.lists(
        st.tuples(st.sampled_from(Kind), st.integers(1, 2), cues), max_size=4, unique_by=lambda each: each[:2]
    ).map(tuple),
    sides,
)
offsets = st.builds(
    Offset,
    st.sampled_from([Fraction(k, 8) for k in range(9)]),
    st.sampled_from([-1, 0, 2]).map(Fraction),
    st.sampled_from([Fraction(0), Fraction(1)]),
)
"""Moments of a phase; those that it does not reach are left out."""
names = st.sampled_from(["down", "up", "stay"])
tempos = st.one_of(
    st.lists(st.builds(NamedPhase, names, st.builds(Span, rest=seconds)), min_size=1, max_size=4),
    st.lists(st.builds(NamedPhase, names, st.builds(Span, breaths=st.integers(1, 2))), min_size=1, max_size=3),
    st.lists(st.builds(NamedPhase, names, kind=st.sampled_from(Kind)), min_size=1, max_size=4),
).map(tuple)
moved = st.builds(
    lambda tempo, words, side, at: Cycle(words, side, tempo=tempo, at=at),
    tempos,
    st.lists(st.tuples(names, st.integers(1, 2), cues), max_size=4, unique_by=lambda each: each[:2]).map(tuple),
    sides,
    st.lists(st.tuples(names, st.integers(1, 2), offsets, cues), max_size=3).map(tuple),
)
"""Movements in a tempo of their own, in breaths, or with the phases of the breath."""
moments = st.builds(
    Offset, st.sampled_from([Fraction(k, 8) for k in range(1, 9)]), st.sampled_from([0, -1]).map(Fraction)
)
holds = st.builds(
    Slot,
    st.builds(Span, rest=st.fractions(1, 20, max_denominator=50)),
    st.one_of(st.just(Seq()), plain),
    st.just(Overrun.REFUSE),
    st.lists(st.tuples(moments, plain), max_size=3, unique_by=lambda each: each[0]).map(tuple),
)
pauses = st.builds(Pause, st.builds(Span, rest=st.fractions(0, 15, max_denominator=50)))


def _numbered(parts: Iterable[Score]) -> Seq:
    """Let each breath be the next one of the pace."""
    taken, numbered = 0, []
    for part in parts:
        numbered.append(replace(part, beat=taken) if isinstance(part, Cycle) else part)
        taken += part.beats if isinstance(part, Cycle) else 0
    return Seq(tuple(numbered))


sessions = st.lists(st.one_of(guided, moved, holds, pauses, phrases), max_size=8).map(_numbered)
"""Breaths and movements with words, holds, pauses and instructions, one after the other."""


@st.composite
def ramps(draw: st.DrawFn) -> Pace:
    """A constant pace, or one that leads from a breath to another of the same phases."""
    first = draw(breaths)
    last = Breath(tuple(replace(phase, seconds=draw(seconds)) for phase in first.phases))
    return Pace((first, last) if draw(st.booleans()) else (first,))
