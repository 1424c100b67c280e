"""The laws of time, on routines that nobody thought of: exact rounds, equal sides, no words over words, no drift."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FRAME, measure, perform
from tests.routine_strategies import Routine, routines, sessions
from voicecoach.core import score
from voicecoach.core.score import CueKind, Side
from voicecoach.errors import FitError
from voicecoach.routine.loader import parse_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices, Guidance

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg, the longer one"}}
TEN_HOURS = 36_000


def played(routine: Routine, **choices: Any) -> Timeline:  # noqa: ANN401 - what a listener chooses
    script, chosen = parse_routine(json.dumps(routine), "probe"), Choices(**choices)
    return perform(build(script, chosen), measure, choose_pace(script, chosen))


def timed(*steps: Routine, **head: object) -> Routine:
    return {"title": "Probe", "sides": SIDES, "steps": list(steps), **head}


words = st.text("abc", min_size=1, max_size=30).map(lambda text: f"{text}x")
works = st.integers(5, 90)


@given(works, works, words, words, st.integers(0, 4), st.sampled_from(["full", "cues", "tones"]))
def test_a_round_of_work_and_rest_lasts_as_long_as_both(  # noqa: PLR0913, PLR0917 - what may differ
    work: int, rest: int, release: str, word: str, countdown: int, guidance: str
) -> None:
    """Whatever is said at the ends of both: each hold starts to the fraction of a second after those before it."""
    held = {"hold": f"{work}s", "release": f"{release} | Off", **({"countdown": str(countdown)} if countdown else {})}
    block = {"rounds": 5, "between": [{"rest": f"{rest}s", "say": f"{word} | Rest"}], "steps": [held]}
    holds = [
        span for span in played(timed({"repeat": block}), guidance=Guidance(guidance)).spans if span.kind == "hold"
    ]
    assert len(holds) == 5
    assert [after.start - before.start for before, after in pairwise(holds)] == [work + rest] * 4
    assert {hold.end - hold.start for hold in holds} == {Fraction(work)}


@pytest.mark.parametrize(("work", "rest"), [("59.9s", "0.1s"), ("6.7s", "7.3s")])
def test_after_ten_hours_a_hold_starts_to_the_fraction_of_a_second_where_it_is_written(work: str, rest: str) -> None:
    lasts = Fraction(work[:-1]) + Fraction(rest[:-1])
    inner = {"repeat": {"rounds": 100, "steps": [{"hold": work, "say": "Go"}, {"hold": rest, "name": "pause"}]}}
    timeline = played(timed({"repeat": {"rounds": int(TEN_HOURS / lasts / 100), "steps": [inner]}}))
    starts = [span.start for span in timeline.spans if not span.name]
    assert starts == [starts[0] + number * lasts for number in range(len(starts))]
    assert starts[-1] > TEN_HOURS - 2 * lasts * 100
    said = [cue.start for cue in timeline.cues if cue.text == "Go"]
    assert all(abs(cue - start) <= FRAME / 2 for cue, start in zip(said, starts, strict=True))


@given(routines(alike=True))
def test_the_tracks_of_both_sides_are_equal(routine: Routine) -> None:
    """In all that is not written for one side alone: words, phases, holds and stretch are at the same times."""
    try:
        left, right = (played(routine, sides=(side,)) for side in (Side.LEFT, Side.RIGHT))
    except FitError:
        return
    assert left.duration == right.duration
    assert left.measure_stretch(Side.LEFT) == right.measure_stretch(Side.RIGHT)
    assert [(each.start, each.end, each.kind) for each in left.phases] == [
        (each.start, each.end, each.kind) for each in right.phases
    ]
    assert [cue.start for cue in left.cues] == [cue.start for cue in right.cues]


@given(sessions())
def test_no_words_are_heard_over_others(session: tuple[Routine, Routine]) -> None:
    routine, chosen = session
    try:
        timeline = played(routine, guidance=Guidance(chosen["guidance"]), lead_in=chosen["lead_in"])
    except FitError:
        return
    said = [cue for cue in timeline.cues if cue.kind not in {CueKind.CHIME, CueKind.TONE}]
    assert all(earlier.end <= later.start for earlier, later in pairwise(said))
    assert all(cue.start % FRAME == 0 for cue in timeline.cues)


def test_the_score_has_ten_nodes_at_most() -> None:
    """A new idea is said with the nodes that there are, or takes the place of one."""
    assert len(get_args(score.Score)) <= 10
