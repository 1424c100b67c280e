"""The grid is the caller's: whatever it is, cues start on it, and phases stay where the breath puts them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import measure
from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.perform import perform
from voicecoach.core.score import Pause, breathe, phrase, seq

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

GRIDS = st.sampled_from([Fraction(24, 1000), Fraction(1, 50), Fraction(1024, 44_100), Fraction(1, 1000)])


def perform_on(grid: Fraction, wait: Fraction) -> Timeline:
    words = breathe({Kind.INHALE: phrase("In"), Kind.EXHALE: phrase("And out")})
    return perform(seq(Pause(Span(rest=wait)), words, words), measure, read_breath("4.1-5.3"), grid=grid)


@given(GRIDS, st.fractions(0, 20))
def test_cues_are_on_the_grid_and_phases_are_exact(grid: Fraction, wait: Fraction) -> None:
    timeline = perform_on(grid, wait)
    assert timeline.grid == grid
    assert all((each / grid).denominator == 1 for each in (*(cue.start for cue in timeline.cues), timeline.duration))
    assert all(
        abs(cue.start - phase.start) <= grid / 2 for cue, phase in zip(timeline.cues, timeline.phases, strict=True)
    )
    assert timeline.phases[0].start == wait


@given(GRIDS, st.fractions(0, 20), st.fractions(0, 20))
def test_a_part_of_a_timeline_stays_on_its_grid(grid: Fraction, wait: Fraction, start: Fraction) -> None:
    part = perform_on(grid, wait).since(start)
    assert part.grid == grid
    assert all((cue.start / grid).denominator == 1 for cue in part.cues)
