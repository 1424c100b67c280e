"""Hypothesis strategies for breaths and scores."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from voicecoach.breath import Breath, Kind, Pace, Phase, Span
from voicecoach.score import (
    Breathe,
    CueKind,
    Mark,
    Moment,
    Paced,
    Pause,
    Phrase,
    Score,
    Seq,
    Side,
    Slot,
    Under,
    Wording,
)

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


silent_breaths = st.builds(Breathe, st.just(()), sides)
leaves = st.one_of(phrases, st.builds(Pause, spans), chapters, silent_breaths)
scores = st.recursive(leaves, _inside, max_leaves=12)
