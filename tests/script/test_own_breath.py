"""Formulas with the listener's breath: exact at any breath, the same for both sides, and without drift."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes import FRAME, measure, perform
from voicecoach.core.breath import Breath, Kind, Pace, Phase
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import Side
from voicecoach.errors import RoutineError
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.routine.model import RoutineModel
from voicecoach.script.builder import choose_pace, write_draft
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.timeline import PhaseSpan, Timeline

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg, the longer one"}}
WORDS = {"in": "In | ~", "out": "And slowly out | Out | ~"}
halves = st.integers(2, 24).map(lambda number: Fraction(number, 2))
tenths = st.integers(5, 120).map(lambda number: Fraction(number, 10))
breaths = st.builds(
    lambda inhale, hold, exhale, pause: Breath(
        tuple(
            Phase(kind, seconds)
            for kind, seconds in zip(Kind, (inhale, hold, exhale, pause), strict=True)
            if seconds
        )
    ),
    tenths, st.just(Fraction(0)) | halves, tenths, st.just(Fraction(0)) | halves,
)  # fmt: skip


def routine(*steps: dict[str, Any], **keys: object) -> LoadedRoutine:
    return LoadedRoutine(
        "x", "x.yaml", RoutineModel.model_validate({"title": "X", "sides": SIDES, "steps": list(steps), **keys})
    )


def played(script: LoadedRoutine, breath: Breath | Pace | None = None, **settings: str) -> Timeline:
    pace = Pace((breath,)) if isinstance(breath, Breath) else breath
    chosen = Choices(breath=pace, settings=settings)
    return perform(write_draft(script, chosen).score, measure, choose_pace(script, chosen))


def group(phases: tuple[PhaseSpan, ...]) -> list[list[Fraction]]:
    """Return the lengths of the phases of each breath."""
    grouped: dict[int, list[Fraction]] = {}
    for phase in phases:
        grouped.setdefault(phase.breath, []).append(phase.end - phase.start)
    return list(grouped.values())


def lengths(breath: Breath, kind: Kind) -> Fraction:
    return sum((phase.seconds for phase in breath.phases if phase.kind is kind), Fraction(0))


@given(breaths, st.integers(1, 6), tenths)
@example(read_breath("4-6"), 3, Fraction(2))
@example(read_breath("0.5-7-11.9-1"), 1, Fraction(1, 2))
def test_a_longer_exhale_is_exact_at_any_breath_and_the_same_for_both_sides(
    breath: Breath, count: int, more: Fraction
) -> None:
    step = {"breathe": count, "breath": "{in}-{hold}-{out} + {more}-{pause}", "stretch": "all", **WORDS}
    turns = {"rounds": 2, "between": [{"change": "5s"}], "steps": [step, {"rest": "{breath} * 2 - {in}"}]}
    timeline = played(routine({"each side": turns}, parameters={"more": f"{float(more)}s"}), breath)
    expected = [each.seconds + (more if each.kind is Kind.EXHALE else 0) for each in breath.phases if each.seconds]
    assert group(timeline.phases) == [expected] * count * 4
    for side in (Side.LEFT, Side.RIGHT):
        stretched = [each.end - each.start for each in timeline.stretches if each.side is side]
        assert stretched == [count * (breath.seconds + more)] * 2
    rests = [span for span in timeline.spans if span.kind == "rest"]
    assert {span.end - span.start for span in rests} == {breath.seconds * 2 - lengths(breath, Kind.INHALE)}


@given(breaths, breaths, st.integers(2, 12))
@example(read_breath("4-7-8"), read_breath("4-6"), 5)
@example(read_breath("4-6"), read_breath("4-4-4-4"), 4)
def test_a_ramp_leads_from_the_listeners_breath_to_another(own: Breath, goal: Breath, count: int) -> None:
    there = f"in {float(lengths(goal, Kind.INHALE))}, out {float(lengths(goal, Kind.EXHALE))}"
    timeline = played(routine({"breathe": count, "breath": f"{{breath}}..{there}", **WORDS}), own)
    for number, breath in enumerate(group(timeline.phases)):
        share = Fraction(number, count - 1)
        ends = {kind: lengths(goal, kind) if kind in {Kind.INHALE, Kind.EXHALE} else Fraction(0) for kind in Kind}
        exact = [lengths(own, kind) + (ends[kind] - lengths(own, kind)) * share for kind in Kind]
        assert breath == [seconds for seconds in exact if seconds]


@pytest.mark.many
def test_ten_hours_at_thirds_of_a_breath_do_not_drift() -> None:
    third = "{breath} / 3-{breath} / 3-{breath} / 3"
    timeline = played(routine({"breathe": "10h / {breath}", "breath": third, "in": "In"}), read_breath("3.3-6.7"))
    starts = [phase.start for phase in timeline.phases]
    assert timeline.phases[-1].end - starts[0] == 36000
    assert {after - before for before, after in pairwise(starts)} == {Fraction(10, 3)}
    said = [cue.start for cue in timeline.cues if cue.text == "In"]
    assert all(abs(at - start) <= FRAME / 2 for at, start in zip(said, starts[::3], strict=True))


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        ("3-4..4-6", [[3, 6], [Fraction(7, 2), 7], [4, 8]]),
        ("4-6 +1s every 20s", [[4, 8], [4, 8], [5, 9]]),
        ("in 1, in 2, out 4", [[3, 6]] * 3),
    ],
)
def test_a_breath_with_its_names_follows_the_whole_pace_of_a_listener(pace: str, expected: list[Any]) -> None:
    timeline = played(routine({"breathe": 3, "breath": "{in}-{out} + 2s"}), read_pace(pace))
    assert group(timeline.phases) == expected


def test_a_breath_with_other_phases_becomes_one_of_each_kind_on_a_ramp() -> None:
    timeline = played(routine({"breathe": 3, "breath": "{breath}..4-6"}), read_breath("in 2, hold 1, in 1, out 6"))
    assert group(timeline.phases) == [[3, 1, 6], [Fraction(7, 2), Fraction(1, 2), 6], [4, 6]]


def test_a_value_that_can_not_be_said_is_told_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    head = "title: X\nparameters: {lost: 5 - 8}\nsteps:\n  - repeat:\n      rounds: 2\n"
    vary = "      vary: {less: {from: 1s, step: -2s}}\n      steps: [{say: '{lost} {less}'}]\n"
    path.write_text(head + vary, encoding="utf-8")
    with pytest.raises(RoutineError) as caught:
        played(load_routine(str(path)))
    places = [(each.where.line, each.where.column, each.what) for each in caught.value.problems]
    assert places == [(2, 20, "{lost} is less than zero"), (6, 27, "in round 2 {less} is less than zero")]


def test_without_a_listeners_breath_the_names_mean_that_of_the_routine_and_a_parameter_comes_first() -> None:
    step = {"breathe": "1m / {breath}", "breath": "{in}-{out}"}
    assert group(played(routine(step, breath="5-7")).phases) == [[5, 7]] * 5
    assert group(played(routine(step, breath="5-7", fixed=True), read_breath("4-6")).phases) == [[4, 6]] * 6
    own = routine(step, parameters={"in": "3s", "breath": "20s"})
    assert group(played(own, read_breath("4-6")).phases) == [[3, 6]] * 3
    varied = {"repeat": {"vary": {"in": ["2", "3"]}, "steps": [{"breathe": 1, "breath": "{in}-{out}"}]}}
    assert group(played(routine(varied), read_breath("4-6")).phases) == [[2, 6], [3, 6]]


def test_a_length_of_the_breath_is_said_and_makes_the_score_depend_on_the_breath() -> None:
    script = routine({"say": "In for {in}, out for {out}."})
    draft = write_draft(script, Choices(breath=read_pace("4-6.5")))
    assert (draft.timed, draft.heeding) == (True, frozenset({"x"}))
    texts = [cue.text for cue in played(script, read_breath("4-6.5")).cues]
    assert "In for four seconds, out for 6.5 seconds." in texts
    plain = write_draft(routine({"say": "Hi"}, parameters={"slow": "{breath} * 2"}), Choices())
    assert (plain.timed, plain.heeding) == (False, frozenset())


@pytest.mark.parametrize(
    ("parameter", "rounds"), [("{nothing} * 2", 1), ("{x} + 1", 1), ("5s / 0", 1), ("2 + 3s", 1), ("3 - 5", 2)]
)
def test_a_parameter_that_nobody_uses_stops_nothing(parameter: str, rounds: int) -> None:
    steps = {"repeat": {"rounds": rounds, "steps": [{"say": "Hi"}, {"rest": "{x}", "only": "not first"}]}}
    script = routine(steps if rounds == 1 else {"say": "Hi"}, parameters={"x": parameter})
    assert "Hi" in [cue.text for cue in played(script).cues]


def test_a_value_that_shrinks_below_zero_after_its_last_use_stops_nothing() -> None:
    block = {"rounds": 3, "vary": {"free": {"from": "10s", "step": "-6s"}}, "between": [{"rest": "{free}"}]}
    spans = played(routine({"repeat": {**block, "steps": [{"breathe": 1}]}})).spans
    assert [span.end - span.start for span in spans if span.kind == "rest"] == [10, 4]
    used = {**block, "steps": [{"rest": "{free}"}]}
    with pytest.raises(RoutineError, match=r"in round 3 \{free\} is less than zero; take less away"):
        played(routine({"repeat": used}))


def test_the_length_of_a_phase_that_the_breath_lacks_is_no_length_for_a_step() -> None:
    with pytest.raises(RoutineError, match=r"\{hold\} is 0, because the breath 4-6 has no hold; give 'hold' a value"):
        played(routine({"hold": "{hold}"}))


def test_words_of_a_hold_that_only_the_listener_has_are_the_programs_in_a_breath_that_follows() -> None:
    step = {"breathe": 1, "breath": "{breath}..{breath}", "in": "In", "out": "Out"}
    texts = [cue.text for cue in played(routine(step), read_breath("4-4-6")).cues]
    assert texts[1:4] == ["In", "Hold the breath", "Out"]


def test_a_hold_that_is_calculated_to_nothing_is_left_out_without_a_note() -> None:
    step = {"breathe": 2, "breath": "4-{held}-6", "fixed": True, "in": "In", "hold": "Hold", "out": "Out"}
    for held, words in (("0", 0), ("2", 2), ("0s", 0)):
        timeline = played(routine(step, parameters={"held": "7"}), held=held)
        assert [cue.text for cue in timeline.cues].count("Hold") == words
        assert timeline.unsaid == ()


def test_the_tempo_of_a_movement_is_calculated_from_the_breath_and_its_plain_numbers_are_seconds() -> None:
    step = {"move": "{n} - 1", "tempo": "down {in}, hold {held}, up {out} / 2 + 1", "down": "Down", "hold": "Hold"}
    script = routine(step, parameters={"n": "4", "held": "0"})
    texts = [cue.text for cue in played(script, read_breath("4-6")).cues]
    assert (texts.count("Down"), texts.count("Hold")) == (3, 0)
    downs = [cue.start for cue in played(script, read_breath("5-7")).cues if cue.text == "Down"]
    assert all(abs(after - before - Fraction(19, 2)) <= FRAME for before, after in pairwise(downs))
