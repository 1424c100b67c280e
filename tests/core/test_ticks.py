"""Ticks: one second before the end of each hold, and nothing else moves."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.perform import perform
from voicecoach.core.score import Label, Overrun, Pause, Score, Seq, Slot, SpanKind, breathe, phrase, seq
from voicecoach.core.ticks import add_ticks

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

GRID = Fraction(24, 1000)
TENTH = Fraction(1, 10)


def held(seconds: int, kind: SpanKind = SpanKind.HOLD, body: Score | None = None) -> Slot:
    return Slot(Span(rest=Fraction(seconds)), body or Seq(), Overrun.REFUSE, label=Label(kind, None, ""))


def planned(score: Score, breath: str = "4-6") -> Timeline:
    return perform(score, lambda _: TENTH, read_breath(breath), grid=GRID)


def ticks(timeline: Timeline) -> list[float]:
    """Return the seconds at which there are ticks, to a tenth: the grid is finer."""
    return [round(float(cue.start), 1) for cue in add_ticks(timeline, lambda _: TENTH).cues if cue.text == "tick"]


@pytest.mark.parametrize(
    ("score", "breath", "expected"),
    [
        (breathe({}), "4-7-8", [10.0]),
        (breathe({}), "4-3-4-5", [6.0, 15.0]),
        (breathe({}), "4-2.9-4", []),
        (held(20), "4-6", [19.0]),
        (held(2), "4-6", []),
        (held(20, SpanKind.REST), "4-6", []),
        (seq(held(5), held(1, SpanKind.COUNT), held(5)), "4-6", [4.0, 10.0]),
        (held(9, body=seq(Pause(Span(rest=Fraction(8))), held(1, SpanKind.COUNT))), "4-6", []),
    ],
)
def test_each_hold_has_one_that_is_long_enough_and_not_counted(
    score: Score, breath: str, expected: list[float]
) -> None:
    assert ticks(planned(score, breath)) == expected


def test_nothing_else_moves_and_cues_stay_in_order() -> None:
    plan = planned(
        seq(breathe({Kind.INHALE: phrase("In"), Kind.EXHALE: phrase("Out")}), held(9), phrase("Rest")), "4-4-6"
    )
    ticked = add_ticks(plan, lambda _: TENTH)
    assert [cue for cue in ticked.cues if cue.text != "tick"] == list(plan.cues)
    assert [cue.text for cue in ticked.cues] == ["In", "tick", "Out", "tick", "Rest"]
    assert (ticked.duration, ticked.phases, ticked.spans) == (plan.duration, plan.phases, plan.spans)
    assert all((cue.start / GRID).denominator == 1 for cue in ticked.cues)
