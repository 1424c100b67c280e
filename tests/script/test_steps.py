"""Steps in rounds, for sides, with values, holds and limits; and odd files, which are refused and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.amounts import choose_amount
from tests.fakes import FRAME, measure, perform, snap
from tests.mutations import NAMES, spoilt
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, Side, SpanKind
from voicecoach.errors import ChoiceError, FitError, RoutineError
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.routine.model import RoutineModel
from voicecoach.routine.phase_steps import Groups, name_breath, read_phase_key
from voicecoach.script.builder import build
from voicecoach.script.builder import choose_pace as paced
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.timeline import Timeline

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg"}}
Step = Mapping[str, Any]


def routine(*steps: Step, **keys: object) -> LoadedRoutine:
    return LoadedRoutine(
        "x", "x.yaml", RoutineModel.model_validate({"title": "X", "sides": SIDES, "steps": list(steps), **keys})
    )


def played(script: LoadedRoutine, choices: Choices | None = None) -> Timeline:
    chosen = choices or Choices()
    return perform(build(script, chosen), measure, paced(script, chosen))


def heard(timeline: Timeline, *kinds: CueKind) -> list[str]:
    wanted = kinds or (CueKind.INSTRUCTION, CueKind.BREATH, CueKind.COUNT, CueKind.REMINDER)
    return [cue.text for cue in timeline.cues if cue.kind in wanted][1:]


def lengths(timeline: Timeline, kind: Kind, side: Side | None = None) -> list[Fraction]:
    return [phase.end - phase.start for phase in timeline.phases if phase.kind is kind and side in {None, phase.side}]


def once(**step: object) -> Timeline:
    return played(routine(step))


ALL_INTERVALS = Groups(intervals=tuple(range(99, 1, -1)))
KEYS: dict[str, Callable[[int, int], bool]] = {
    "last ": lambda number, count: number == count - 1,
    "first ": lambda number, _: number == 0,
    "last 2 ": lambda number, count: number == count - 2,
    "last 5 ": lambda number, count: number == count - 5,
    "3 ": lambda number, _: number == 2,
    "from 9 ": lambda number, _: number >= 8,
    "from 4 ": lambda number, _: number >= 3,
    "every 12 ": lambda number, _: number % 12 == 11,
    "every 3 ": lambda number, _: number % 3 == 2,
    "every 2 ": lambda number, _: number % 2 == 1,
    "even ": lambda number, _: number % 2 == 1,
    "odd ": lambda number, _: number % 2 == 0,
    "": lambda _number, _count: True,
}
"""Which breaths each key is for, worked out a second time: the first key of these that applies is heard."""


@given(st.sets(st.sampled_from(list(KEYS))), st.integers(1, 24))
@example({*KEYS}, 24)
@example({"last 2 ", "first ", ""}, 2)
@example({"last 5 ", "3 ", ""}, 7)
def test_each_breath_says_the_most_special_of_its_words(keys: set[str], count: int) -> None:
    said = [cue.text for cue in once(breathe=count, **{f"{key}in": f"[{key}] in" for key in keys}).cues]
    expected = [
        next((f"[{key}] in" for key, applies in KEYS.items() if key in keys and applies(number, count)), "")
        for number in range(count)
    ]
    assert [text for text in said if text.endswith(" in")] == [text for text in expected if text]


@given(st.integers(1, 24), st.integers(1, 24), st.integers(1, 24))
def test_words_from_a_breath_on_go_to_the_end_and_the_later_start_counts(count: int, start: int, back: int) -> None:
    keys = {"in": "all", f"from {start} in": "on", f"from last {back} in": "end"}
    said = [cue.text for cue in once(breathe=count, **keys).cues if cue.kind is CueKind.BREATH]
    first, end = start - 1, max(count - back, 0)
    later = ["end", "on"] if end >= first else ["on", "end"]
    begun = {"on": first, "end": end, "all": 0}
    expected = [next(key for key in [*later, "all"] if number >= begun[key]) for number in range(count)]
    assert said == expected


@pytest.mark.parametrize(
    ("number", "count", "expected"),
    [
        (0, 1, ["last ", "first ", "last 1 ", "1 ", "odd ", ""]),
        (11, 20, ["last 9 ", "12 ", "every 12 ", "every 6 ", "every 4 ", "every 3 ", "every 2 ", "even ", ""]),
        (
            19,
            20,
            ["last ", "last 1 ", "20 ", "every 20 ", "every 10 ", "every 5 ", "every 4 ", "every 2 ", "even ", ""],
        ),
    ],
)
def test_what_a_breath_can_be_called(number: int, count: int, expected: list[str]) -> None:
    assert list(name_breath(number, count, ALL_INTERVALS)) == expected


def test_a_key_of_words_names_its_phase() -> None:
    assert read_phase_key("every 12 in 2") == ("in 2", "in", 2)
    assert read_phase_key("last out") == ("out", "out", 1)


def test_breaths_are_counted_up_and_down_with_their_last_one() -> None:
    script = routine({"breathe": 3, "in": "{count}", "out": "{Count down}", "last out": "{Last one}"})
    assert heard(played(script)) == ["one", "Three", "two", "Two", "three", "Last one"]


def test_a_second_inhale_has_its_own_words_and_a_tone_where_none_fits() -> None:
    cues = once(breathe=1, breath="in 2, in 0.5, out 4", **{"in": "In", "in 2": "And a little more | ~"}).cues
    assert [(cue.kind, cue.text) for cue in cues][1:3] == [(CueKind.BREATH, "In"), (CueKind.TONE, "tone-in")]
    assert abs(cues[2].start - cues[1].start - 2) <= FRAME


def test_a_lone_phase_is_taken_alone() -> None:
    timeline = played(routine({"out": "Out"}, {"breathe": 1, "in": "In"}))
    assert [phase.kind for phase in timeline.phases] == [Kind.EXHALE, Kind.INHALE, Kind.EXHALE]
    assert heard(timeline) == ["Out", "In"]


@given(
    st.integers(1, 8), st.fractions(20, 90, max_denominator=10), st.fractions(0, 5, max_denominator=10), st.booleans()
)
def test_the_moments_of_a_hold_are_exact(countdown: int, hold: Fraction, at: Fraction, halfway: bool) -> None:  # noqa: FBT001
    said = {"at": {f"{float(at) + 2:g}s": "Low"}} if not halfway else {"halfway": True}
    timeline = once(hold=f"{float(hold):g}s", say="Go", countdown=countdown, release="Up", stretch=True, **said)
    (held,) = timeline.stretches
    starts = {cue.text: cue.start for cue in timeline.cues}
    assert held.end - held.start == Fraction(f"{float(hold):g}")
    assert starts["Up"] == snap(held.end)
    assert starts["Half-way" if halfway else "Low"] == snap(held.start + (hold / 2 if halfway else at + 2))
    counts = [cue.start for cue in timeline.cues if cue.kind is CueKind.COUNT]
    assert counts == [snap(held.end - left) for left in range(countdown, 0, -1)], "a second apart"


def test_a_countdown_ends_in_the_words_of_the_language_where_there_are_no_others() -> None:
    assert heard(once(hold="10s", countdown=2)) == ["two", "one", "release"]
    assert heard(played(routine({"hold": "10s", "countdown": "{n}"}, parameters={"n": "1"}))) == ["one", "release"]
    assert heard(once(hold="10s", release="Up")) == ["Up"]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"hold": "3s", "countdown": 5}, "a countdown of 5 s is longer than the hold of 3 s; count from a smaller"),
        ({"hold": "30s", "at": {"40s": "Low"}}, "'Low' is said at 40 s, and the hold lasts 30 s; name a moment"),
        ({"hold": "9s", "at": {"last 10s": "Low"}}, "'Low' is said 1 s too early, and the hold lasts 9 s; name a"),
        ({"hold": "9s", "at": {"12s": {"sound": "chime-end"}}}, "'chime-end' is heard at 12 s, and the hold lasts 9 s"),
        ({"hold": "9s", "at": {"9s": "~"}}, "the tone is heard at 9 s, and the hold lasts 9 s; name a moment"),
        ({"hold": "9s", "at": {"12s": "three"}}, "'three' is said at 12 s, and the hold lasts 9 s; name a moment"),
        ({"hold": "30s", "at": {"29.9s": "Low"}}, "'Low' needs 0.46 s and 0.00 s are left of the hold; add a shorter"),
        ({"hold": "30s", "at": {"9s": "Low", "9.2s": "Up"}}, "'Low' needs 0.46 s and has 0.05 s up to 'Up'; add"),
        ({"hold": "30s", "at": {"0s": "Low"}, "say": "Go"}, "'Go' is said at the same moment as 'Low'; give one of"),
        ({"hold": "30s", "at": {"half": "Low"}, "halfway": True}, "'Low' is said at the same moment as 'Half-way'"),
        ({"hold": "9s", "at": {"last 3s": "Low"}, "countdown": 3}, "'Low' is said at the same moment as 'three'"),
        ({"hold": "0.4s", "say": "Go"}, "'Go' needs 0.39 s and the hold of 0.4 s has 0.25 s for it; add a shorter"),
    ],
)
def test_words_that_have_no_room_are_refused(step: Step, told: str) -> None:
    with pytest.raises(FitError) as caught:
        played(routine(step))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("step", "reported"),
    [
        ({"hold": "Stay"}, "'Stay' is left out: the breath 4-6 has no hold; breathe with a hold to hear it"),
        ({"in 2": "More"}, "'More' is left out: the breath 4-6 has only 1 inhale; breathe with 2 inhales to hear it"),
    ],
)
def test_words_for_phases_that_the_breath_lacks_are_left_out(step: Step, reported: str) -> None:
    timeline = played(routine({"breathe": 2, "in": "In", "out": "Out", **step}))
    assert heard(timeline) == ["In", "Out"] * 2
    (problem,) = timeline.unsaid
    assert reported in str(problem)


def test_a_hold_of_no_length_is_left_out_with_its_words() -> None:
    held = {"breathe": 1, "breath": "4-{held}-8", "fixed": True, "in": "In", "hold": "Hold", "out": "Out"}
    for seconds, texts in (("7", ["In", "Hold", "Out"]), ("0", ["In", "Out"])):
        assert heard(played(routine(held, parameters={"held": seconds}))) == texts


def test_a_countdown_that_is_too_long_is_told_once() -> None:
    with pytest.raises(FitError) as caught:
        played(routine({"hold": "3s", "countdown": 20}))
    (problem,) = caught.value.problems
    assert problem.what == "a countdown of 20 s is longer than the hold of 3 s"


@pytest.mark.parametrize("guidance", Guidance)
def test_a_hold_ends_so_that_it_is_heard_at_every_level_of_guidance(guidance: Guidance) -> None:
    steps = ({"hold": "10s", "say": "Stay.", "release": "Up"}, {"breathe": 1, "in": "In"}, {"say": "Well."})
    cues = played(routine(*steps, notice="Ask first."), Choices(guidance=guidance)).cues
    texts = [cue.text for cue in cues]
    assert "Ask first." in texts[:2]
    assert ("Well." in texts) == (guidance not in {"cues", "tones"})
    assert [text for text in texts if text in {"Stay.", "Up", "In", "tone-out", "tone-in"}] == (
        ["tone-in", "tone-out", "tone-in"] if guidance is Guidance.TONES else ["Stay.", "Up", "In"]
    )


def test_cues_say_of_a_hold_how_it_begins_passes_half_way_and_ends_at_its_shortest() -> None:
    hold = {"hold": "20s", "say": "Make two fists, and hold | Both hands", "at": {"5s": "Breathe on"}, "countdown": 1}
    cues = played(routine({**hold, "halfway": True}), Choices(guidance=Guidance.CUES)).cues
    assert [cue.text for cue in cues if cue.kind is not CueKind.CLOSING][:-1] == [
        "Both hands", "Half-way", "one", "release",
    ]  # fmt: skip


def test_in_tones_a_rising_one_begins_work_and_a_falling_one_ends_it_and_rests_are_only_counted_down() -> None:
    work = {"hold": "20s", "say": "Work", "halfway": True, "release": "Stop"}
    pause = {"hold": "10s", "say": "Rest", "countdown": 2, "release": "Go"}
    block = {"rounds": 2, "before": [pause], "between": [pause], "steps": [work]}
    cues = played(routine({"repeat": block}), Choices(guidance=Guidance.TONES)).cues
    once = ["tone-hold", "tone-hold", "tone-in", "tone-hold", "tone-out"]
    assert [cue.text for cue in cues if cue.kind is CueKind.TONE] == once * 2
    silent = played(routine({"hold": "9s"}), Choices(guidance=Guidance.TONES)).cues
    assert [cue.text for cue in silent if cue.kind is CueKind.TONE] == ["tone-in", "tone-out"]


def test_a_change_of_side_is_spoken_at_every_level_of_guidance() -> None:
    script = routine({"each side": {"between": [{"change": "5s"}], "steps": [{"breathe": 1}]}})
    for guidance in Guidance:
        assert "Change sides." in [cue.text for cue in played(script, Choices(guidance=guidance)).cues]


@given(st.integers(1, 8), st.integers(0, 5), st.integers(0, 40), st.integers(-5, 5))
def test_values_grow_or_shrink_by_the_same_step(rounds: int, start: int, rest: int, step: int) -> None:
    vary = {"n": {"from": f"{start + 1}", "step": "1"}, "free": {"from": f"{rest + 40}s", "step": f"{step}s"}}
    hold = {"hold": "{free}", "stretch": True}
    block = {"rounds": rounds, "vary": vary, "steps": [{"breathe": "{n}"}, hold]}
    timeline = played(routine({"repeat": block}))
    assert len(timeline.phases) == 2 * sum(start + number for number in range(1, rounds + 1))
    held = [each.end - each.start for each in timeline.stretches]
    assert held == [rest + 40 + step * number for number in range(rounds)]


def test_the_step_of_a_value_may_be_worked_out() -> None:
    vary = {"free": {"from": "{start} + 5s", "step": "{more} * 2"}}
    block = {"rounds": 3, "vary": vary, "steps": [{"hold": "{free}", "stretch": True}]}
    timeline = played(routine({"repeat": block}, parameters={"start": "5s", "more": "1s"}), Choices())
    assert [each.end - each.start for each in timeline.stretches] == [10, 12, 14]


def test_a_value_that_shrinks_to_less_than_nothing_is_refused() -> None:
    vary = {"free": {"from": "10s", "step": "-6s"}}
    for step in ({"say": "{free}"}, {"hold": "{free}"}):
        with pytest.raises(RoutineError, match="is less than zero"):
            build(routine({"repeat": {"rounds": 3, "vary": vary, "steps": [step]}}), Choices())
        build(routine({"repeat": {"rounds": 2, "vary": vary, "steps": [step]}}), Choices())


@given(st.lists(st.sampled_from(["squats", "lunges", "3", "20s"]), min_size=1, max_size=4), st.integers(1, 9))
def test_a_list_of_values_begins_again_at_its_end_and_tells_what_comes_next(values: list[str], rounds: int) -> None:
    block = {"rounds": rounds, "vary": {"x": values}, "between": [{"say": "next {next x}"}], "steps": [{"say": "{x}"}]}
    said = heard(played(routine({"repeat": block})))
    assert len(said) == 2 * rounds - 1, "nothing is between after the last"
    assert all(f"next {following}" == told for told, following in zip(said[1::2], said[2::2], strict=True))
    assert said[::2] == [said[::2][number % len(values)] for number in range(rounds)]


COMING = "next {next move}, {next leg}, {next round}"


def announced(choices: Choices | None = None, **block: object) -> list[str]:
    """What is said between turns, and in them: each announcement is followed by what it announces."""
    block = {"vary": {"move": ["circles", "lift your {leg}"]}, "between": [{"say": COMING}], **block}
    steps = [{"say": "next {move}, {leg}, {round}"}, {"breathe": 1}]
    return heard(played(routine({"each side": {**block, "steps": steps}}), choices))


@pytest.mark.many
@pytest.mark.parametrize("order", ["alternate", "blocked"])
@pytest.mark.parametrize("first", ["left", "right"])
@pytest.mark.parametrize("sides", [LEFT_RIGHT, (Side.LEFT,), (Side.RIGHT,)])
@pytest.mark.parametrize("rounds", [None, {"left": 1, "right": 2}, 3])
def test_what_is_announced_between_turns_is_what_comes(
    order: str, first: str, sides: tuple[Side, ...], rounds: object
) -> None:
    said = announced(Choices(sides=sides), order=order, first=first, **({"rounds": rounds} if rounds else {}))
    assert len(said) % 2 == 1
    for announcement, turn in zip(said[1::2], said[2::2], strict=True):
        assert announcement == turn


def test_what_comes_first_is_announced_before_it_once() -> None:
    said = announced(before=[{"say": COMING}], first="right", order="blocked")
    assert said[:2] == ["next circles, right leg, one"] * 2
    assert said.count("next circles, right leg, one") == 2
    inner = {"vary": {"x": ["a", "b"]}, "before": [{"say": "{next x} of {rounds} in {round}", "only": "not first"}]}
    outer = {"rounds": 2, "steps": [{"repeat": {**inner, "steps": [{"say": "{x}"}]}}]}
    assert heard(played(routine({"repeat": outer}))) == ["a", "b", "a of two in two", "a", "b"]


def test_in_a_change_all_names_are_those_of_the_coming_turn() -> None:
    change = {"change": "2s", "say": "{move} {leg} {next move} {next leg} {next round}"}
    block = {"vary": {"move": ["a", "b"]}, "between": [change], "steps": [{"say": "{leg}"}]}
    cues = played(routine({"each side": block})).cues
    assert [cue.text for cue in cues if cue.kind is CueKind.CHANGE] == [
        "a right leg a right leg one",
        "b left leg b left leg two",
        "b right leg b right leg two",
    ]


def test_a_step_that_is_not_for_the_last_round_may_say_what_comes() -> None:
    coming = {"say": "Next, {next move}, {next leg}", "only": "not last"}
    steps = [{"say": "{move}, {leg}"}, coming, {"breathe": 1}]
    block = {"vary": {"move": ["a", "b"]}, "steps": steps}
    turns = ["a, left leg", "Next, a, right leg", "a, right leg", "Next, b, left leg", "b, left leg", "b, right leg"]
    assert heard(played(routine({"each side": block}))) == turns


def test_without_rounds_the_longest_list_says_how_many() -> None:
    vary = {"x": ["a", "b"], "y": ["c", "d", "e"], "n": {"from": "1", "step": "1"}}
    said = heard(played(routine({"repeat": {"vary": vary, "steps": [{"say": "{x} {y} {n}"}]}})))
    assert said == ["a c one", "b d two", "a e three"]


def chapters(*steps: Step, **keys: object) -> list[str]:
    return [each.title for each in played(routine(*steps, **keys)).chapters][1:-1]


def test_rounds_are_chapters_named_by_their_values() -> None:
    step = {"name": "{x}", "repeat": {"vary": {"x": ["squats", "lunges"]}, "steps": [{"hold": "5s"}]}}
    assert chapters(step) == ["X", "X: squats", "X: lunges"]
    turns = {"name": "{leg}, {round}", "each side": {"steps": [{"hold": "5s"}]}}
    assert chapters(turns) == ["X", "X: left leg, one", "X: right leg, one"]


def test_a_block_with_a_name_has_it_in_the_titles_of_its_rounds() -> None:
    two = {"rounds": 2, "steps": [{"hold": "5s"}]}
    titles = chapters({"name": "slow", "repeat": two}, {"name": "fast", "repeat": two})
    assert titles == ["X", "X: slow, round 1", "X: slow, round 2", "X: fast, round 1", "X: fast, round 2"]
    assert chapters({"name": "once", "repeat": {**two, "rounds": 1}}) == ["X", "X: once"]
    turns = {"name": "legs", "each side": {"steps": [{"hold": "5s"}]}}
    assert chapters(turns) == ["X", "X: legs, left", "X: legs, right"], "there is one round"


def test_after_a_block_its_last_chapter_ends_with_its_side() -> None:
    turns = {"each side": {"steps": [{"hold": "5s"}]}}
    timeline = played(routine(turns, {"say": "Both."}))
    assert [(each.title, each.side) for each in timeline.chapters][-3:-1] == [
        ("X: right", Side.RIGHT),
        ("X", None),
    ]
    assert chapters({"say": "a"}, turns)[-1] == "X: right", "nothing follows"
    assert chapters({"pace": {"breath": "2-2", "steps": [turns, {"say": "a"}]}, "name": "fast"}, {"say": "b"}) == [
        "X", "X: fast, left", "X: fast, right", "X: fast", "X",
    ]  # fmt: skip
    inner = {"repeat": {"rounds": 2, "steps": [turns, {"say": "a"}]}}
    assert chapters(inner)[3:] == ["X: round 1", "X: round 2, left", "X: round 2, right", "X: round 2"]


def test_what_follows_a_block_without_a_word_begins_no_chapter() -> None:
    steps = ({"repeat": {"rounds": 2, "steps": [{"hold": "5s"}]}}, {"say": "Well."})
    quiet = played(routine(*steps), Choices(guidance=Guidance.CUES))
    assert [each.title for each in quiet.chapters][-2:] == ["X: round 2", "End"]


@pytest.mark.parametrize(
    ("only", "expected"),
    [("first", [1]), ("last", [3]), ("not first", [2, 3]), ("not last", [1, 2])],
)
def test_a_step_may_be_for_some_rounds_only(only: str, expected: list[int]) -> None:
    words = ["zero", "one", "two", "three"]
    steps = [{"say": "{round} of {rounds}", "only": only}]
    assert heard(played(routine({"repeat": {"rounds": 3, "steps": steps}}))) == [
        f"{words[number]} of three" for number in expected
    ]


def test_a_step_may_be_for_one_side_only_and_be_skipped_by_its_name() -> None:
    steps = [{"say": "{leg}", "only": "right", "name": "right knee"}, {"say": "Both of them"}]
    script = routine({"each side": {"steps": steps}})
    assert heard(played(script)) == ["Both of them", "right leg", "Both of them"]
    assert heard(played(script, Choices(skipped=frozenset({"right knee"})))) == ["Both of them"] * 2


def test_what_has_a_side_of_its_own_is_in_that_sides_track_alone() -> None:
    right = {
        "side": "right",
        "repeat": {"rounds": 2, "steps": [{"say": "Your {leg}"}, {"hold": "5s", "stretch": True}]},
    }
    script = routine(right, {"say": "Both."}, {"side": "both", "hold": "4s", "stretch": True})
    assert heard(played(script)) == ["Your right leg"] * 2 + ["Both."]
    assert heard(played(script, Choices(sides=(Side.LEFT,)))) == ["Both."]
    assert heard(played(script, Choices(sides=(Side.RIGHT,)))) == heard(played(script))
    assert [played(script).measure_stretch(side) for side in LEFT_RIGHT] == [4, 14]


def test_a_different_number_for_each_side() -> None:
    block = {"rounds": {"left": 3, "right": "{n}"}, "between": [{"change": "2s"}], "steps": [{"say": "{leg}"}]}
    script = routine({"each side": block}, parameters={"n": "1"})
    assert heard(played(script)) == ["left leg", "right leg", "left leg", "left leg"]
    assert heard(played(script), CueKind.CHANGE) == ["Change sides."], "after the first"
    assert heard(played(script, Choices(rounds=1))) == ["left leg", "right leg"]


def test_the_weak_side_may_be_first() -> None:
    script = routine({"each side": {"first": "right", "steps": [{"say": "{leg}"}]}})
    assert heard(played(script)) == ["right leg", "left leg"]
    assert heard(played(script, Choices(first=Side.LEFT))) == ["left leg", "right leg"]


def test_sides_inside_one_breath_have_their_nouns() -> None:
    step = {"breathe": 1, "sides": {"in": "left", "out": "right"}, "in": "{leg}", "out": "{leg}, {left leg}"}
    timeline = played(routine(step))
    assert heard(timeline) == ["left leg", "right leg, left leg"]
    assert [phase.side for phase in timeline.phases] == list(LEFT_RIGHT)


@pytest.mark.parametrize(("asked", "breaths"), [("5", 5), ("8", 8), ("12", 8)])
def test_breaths_stop_at_the_limit_of_the_author(asked: str, breaths: int) -> None:
    step = {"breathe": "{n}", "max": 8, "past": "Eight are enough."}
    timeline = played(routine(step, parameters={"n": "4"}), Choices(settings={"n": asked}))
    assert len(timeline.phases) == 2 * breaths
    assert ("Eight are enough." in [cue.text for cue in timeline.cues]) == (asked == "12")


@given(st.integers(1, 12), st.sampled_from(["repeat", "each side"]), st.sampled_from(Guidance))
def test_rounds_stop_at_the_limit_of_the_author(rounds: int, key: str, guidance: Guidance) -> None:
    block = {"rounds": 3, "max": 8, "past": "Eight are enough.", "steps": [{"breathe": 1}]}
    timeline = played(routine({key: block}), Choices(rounds=rounds, guidance=guidance))
    sides = 2 if key == "each side" else 1
    assert len(timeline.phases) == 2 * sides * min(rounds, 8)
    assert ("Eight are enough." in [cue.text for cue in timeline.cues]) == (rounds > 8)


def test_parameters_have_a_default_that_can_be_set() -> None:
    script = routine({"hold": "{long}", "stretch": True}, parameters={"hold": "20s", "long": "{hold} * 2"})
    assert [each.end - each.start for each in played(script).stretches] == [40]
    chosen = Choices(settings={"hold": "5s"})
    assert [each.end - each.start for each in played(script, chosen).stretches] == [10]
    with pytest.raises(ChoiceError, match="no parameter is called 'hlod'; did you mean 'hold'"):
        build(script, Choices(settings={"hlod": "5s"}))
    for wrong in ("abc", "{x}", "", "-5s", "{hold}", "{long}"):
        with pytest.raises((RoutineError, ChoiceError)):
            build(script, Choices(settings={"hold": wrong}))


quarters = st.integers(8, 40).map(lambda number: Fraction(number, 4))


@given(quarters, quarters, quarters, quarters, st.integers(2, 12))
def test_a_ramp_has_no_jumps(in_from: Fraction, out_from: Fraction, in_to: Fraction, out_to: Fraction, n: int) -> None:
    text = f"{float(in_from):g}-{float(out_from):g}..{float(in_to):g}-{float(out_to):g}"
    timeline = played(
        routine({"breathe": 1}, {"rest": "2"}, {"repeat": {"rounds": n, "steps": [{"breathe": 1}]}}, breath=text)
    )
    for kind, start, end in ((Kind.INHALE, in_from, in_to), (Kind.EXHALE, out_from, out_to)):
        found = lengths(timeline, kind)
        assert (found[0], found[-1]) == (start, end)
        assert {later - earlier for earlier, later in pairwise(found)} == {(end - start) / n}


@given(st.integers(3, 30), st.integers(1, 8), st.integers(40, 90))
def test_a_pace_in_steps_grows_after_each_time_and_never_shrinks(count: int, tenths: int, every: int) -> None:
    found = lengths(once(breathe=count, breath=f"4-6 +{tenths / 10}s every {every}s"), Kind.INHALE)
    elapsed = Fraction(0)
    for length in found:
        assert length == 4 + elapsed // every * Fraction(tenths, 10)
        elapsed += 2 * length + 2


@pytest.mark.many
def test_a_pace_in_steps_never_grows_past_the_longest_breath() -> None:
    assert max(each.seconds for each in read_pace("4-6 +900s every 1s").breaths(2000)) == 600
    with pytest.raises(ChoiceError, match="a step is taken after some time"):
        read_pace("4-6 +1s every 0s")


def test_a_part_keeps_its_own_pace_and_the_rest_goes_on_with_the_other() -> None:
    own = {"pace": {"breath": "{n}-{n}", "fixed": True, "steps": [{"breathe": 1}]}}
    free = {"pace": {"breath": "9-9", "steps": [{"breathe": 1}]}}
    script = routine({"breathe": 1}, own, free, {"breathe": 1}, parameters={"n": "3"})
    assert lengths(played(script), Kind.INHALE) == [4, 3, 9, 4]
    assert lengths(played(script, Choices(breath=read_pace("5-5"))), Kind.INHALE) == [5, 3, 5, 5]
    fixed = routine({"breathe": 1}, fixed=True)
    assert lengths(played(fixed, Choices(breath=read_pace("5-5"))), Kind.INHALE) == [4]


@given(st.integers(1, 4), st.sampled_from(["alternate", "blocked"]), st.sampled_from(["4-6..8-9", "4-4..6-6..3-3"]))
def test_both_turns_of_a_round_breathe_the_same_breaths(rounds: int, order: str, text: str) -> None:
    block = {"rounds": rounds, "order": order, "between": [{"rest": "1"}], "steps": [{"breathe": 2}]}
    timeline = played(routine({"breathe": 1}, {"each side": block}, {"breathe": 1}, breath=text))
    left, right = (lengths(timeline, Kind.INHALE, side) for side in LEFT_RIGHT)
    assert left == right
    whole = [each.phases[0].seconds for each in read_pace(text).breaths(2 * rounds + 2)]
    assert [lengths(timeline, Kind.INHALE)[0], *left, lengths(timeline, Kind.INHALE)[-1]] == whole


nouns = st.text(alphabet="ab ", min_size=1, max_size=40).filter(str.strip)
inside = st.lists(
    st.sampled_from([
        {"say": {"first": "Stretch your {leg} out, and your {leg} again", "again": "{Leg}"}, "settle": "{free}"},
        {"breathe": "{n}", "in": "In", "out": "Fold over your {leg}, and breathe | Out", "stretch": "to last out"},
        {"breathe": 2, "breath": "2-3", "fixed": True, "last out": "{leg} | ~"},
        {"hold": "{free} + 60s", "say": "{leg}", "halfway": True, "countdown": 3, "stretch": True},
        {"rest": "{free}", "say": "Rest your {leg} now"},
        {"pace": {"breath": "3-3 +1s every 10s", "steps": [{"breathe": "{n}", "3 out": "{leg} | ~"}]}},
        {"repeat": {"vary": {"m": ["1", "2"]}, "between": [{"rest": "{m}"}], "steps": [{"breathe": "{m}"}]}},
        {"say": "Last, your {leg}.", "only": "last"},
        {"say": "Then your {next leg}, {next n} times, in round {next round}.", "only": "not last"},
    ]),
    min_size=1,
    max_size=4,
)  # fmt: skip
announcing = {"rest": "{next free}", "say": "Next your {next leg}, {next n} times."}
resting = {"rest": "{free}", "say": "Your {leg}"}
between = st.sampled_from([[], [{"rest": "1 breath"}], [resting, {"change": "4s"}], [announcing, {"change": "4s"}]])
before = st.sampled_from([[], [announcing], [{"hold": "60s", "say": "First your {next leg}.", "countdown": 2}]])
breaths = st.sampled_from(
    [None, read_pace("4-6"), read_pace("3-4..5-7"), read_pace("4-6..9-9..4-6"), read_pace("4-6 +1s every 15s")]
)
choices = st.builds(Choices, breaths, st.sampled_from([None, 1, 2]), guidance=st.sampled_from(Guidance))


@given(nouns, nouns, inside, between, before, st.sampled_from(["alternate", "blocked"]), choices)
def test_both_sides_tracks_are_equal_in_every_order_and_for_unequal_words(  # noqa: PLR0913, PLR0917 - what may differ
    left: str, right: str, steps: list[Step], rests: list[Step], ahead: list[Step], order: str, chosen: Choices
) -> None:
    vary = {"n": {"from": "1", "step": "1"}, "free": {"from": "9s", "step": "-2s"}}
    block = {"rounds": 3, "order": order, "before": ahead, "between": rests, "vary": vary, "steps": steps}
    script = routine({"each side": block}, sides={"left": {"leg": left}, "right": {"leg": right}})
    one, other = (
        played(script, Choices(chosen.breath, chosen.rounds, (side,), guidance=chosen.guidance)) for side in LEFT_RIGHT
    )
    assert one.duration == other.duration
    assert [(each.start, each.end) for each in one.phases] == [(each.start, each.end) for each in other.phases]
    assert [(cue.start, cue.kind) for cue in one.cues] == [(cue.start, cue.kind) for cue in other.cues]
    whole = played(script, chosen)
    assert whole.measure_stretch(Side.LEFT) == whole.measure_stretch(Side.RIGHT) == one.measure_stretch(Side.LEFT)
    voiced = [cue for cue in whole.cues if cue.track == "voice"]
    assert all(earlier.end <= later.start for earlier, later in pairwise(voiced)), "nobody speaks over another"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {say: hi, only: left}", "'only: left' is for a turn, but this step is not in one; move the step"),
        ("- {repeat: {past: Enough., steps: [say: hi]}}", "'past' is never said without a limit; add 'max: ...'"),
        ("- {breathe: 3, past: Enough.}", "'past' is never said without a limit; add 'max: ...'"),
        ("- {repeat: {name: a, steps: [say: hi]}}", "the key 'name' is not allowed here; write it beside 'repeat', in"),
        ("- {repeat: {vary: {x: []}, steps: [say: hi]}}", "'x' has nothing in it; add something to it"),
        ("- {repeat: {vary: {x: [a | b]}, steps: [say: hi]}}", "a value has one wording; write the | where the value"),
        ("- {repeat: {vary: {x: ['{y}']}, steps: [say: hi]}}", "{y} has neither a side nor a value here"),
        ("- {repeat: {vary: {x: {from: a, step: 1}}, steps: [say: hi]}}", "'a' is not a number or a length; write 5"),
        ("- {repeat: {vary: {x: {from: '{y}', step: 1}}, steps: [say: hi]}}", "{y} has no value; give it one under"),
        ("- {repeat: {steps: [say: '{x}']}}", "{x} has neither a side nor a value here"),
        ("- {each side: {rounds: {left: 1, right: '{x}'}, steps: [say: hi]}}", "{x} has no value; give it one under"),
        ("- {name: '{x}', repeat: {steps: [say: hi]}}", "{x} has neither a side nor a value here"),
        ("- {repeat: {max: 2, past: '{x}.', steps: [say: hi]}}", "{x} has neither a side nor a value here"),
        ("- {hold: '{x}'}", "{x} has no value; give it one under 'parameters'"),
        ("- {hold: 9s, at: {'{x}': a}}", "{x} has no value; give it one under 'parameters'"),
        ("- {each side: {steps: [hold: '{leg}']}}", "{leg} is among the sides' words, and a length or number can't"),
        ("- {hold: 10s, countdown: 61}", "this is 61; at most 60 is possible"),
        ("- {breathe: 2, breath: '{x}-4'}", "{x} has no value; give it one under 'parameters'"),
        ("- {pause: a, in: b}", "'pause' and 'in' are in one step; write 'breathe: 1' for a whole breath, or a step"),
        ("- {say: 'your {next leg}'}", "{next leg} has no turn here; say it 'between' the turns of an"),
        ("- {each side: {steps: [say: '{next leg}']}}", "after the last round there is no value for {next leg}"),
        ("- {each side: {steps: [say: '{next leg}']}}", "say it 'between' the turns, or add 'only: not last'"),
        ("- {each side: {steps: [{say: '{next leg}', only: first}]}}", "after the last round there is no value for {n"),
        ("- {each side: {steps: [say: '{nxt leg}']}}", "not among the sides' words; add 'nxt leg' to both"),
        ("- {each side: {steps: [say: '{lef leg}']}}", "not among the sides' words; add 'lef leg' to both"),
        ("- {each side: {between: [say: '{nxt leg}'], steps: [say: a]}}", "did you mean {next leg}?"),
        ("- {each side: {steps: [say: '{left lg}']}}", "did you mean {left leg}?"),
        ("- {each side: {before: [say: '{leg}'], steps: [say: a]}}", "{leg} has no side here"),
        ("- {each side: {before: [change: 3s], steps: [say: a]}}", "a change of side is not allowed here"),
        ("- {repeat: {vary: {m: [a]}, steps: [say: '{next m}']}}", "say it 'between' the rounds, or add 'only: not"),
        ("- {repeat: {rounds: 2, steps: [say: '{next round}']}}", "there is no value for {next round}"),
        ("- {repeat: {vary: {m: [2s]}, steps: [hold: '{next m}']}}", "there is no value for {next m}"),
        ("- {repeat: {vary: {m: [a]}, steps: [{repeat: {between: [say: '{next m}'], steps: [say: a]}}]}}", "{next m}"),
        ("- {name: '{x}', pace: {breath: 2-2, steps: [say: hi]}}", "{x} has neither a side nor a value here"),
        ("- {name: '{x}', each side: {steps: [say: hi]}}", "{x} has neither a side nor a value here"),
        ("- {include: thigh-burner, rounds: 2}", "'rounds' can't stand beside an 'include'"),
        ("- {include: forward-lunge, side: left}", "'forward-lunge' has an 'each side' itself"),
        ("- {say: 'your {leg}', side: both}", "{leg} has no side here; move it into an 'each side'"),
    ],
)  # fmt: skip
def test_a_mistake_in_values_sides_and_limits_is_told_at_its_place(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    sides = "sides: {left: {leg: left leg}, right: {leg: right leg}}"
    path.write_text(f"title: x\n{sides}\nsteps:\n  {text}\n", encoding="utf-8")
    with pytest.raises(RoutineError) as caught:
        load_routine(str(path))
    assert str(caught.value).startswith(f"{path}:4:")
    assert told in str(caught.value)


def refused(*steps: Step, **head: object) -> list[str]:
    with pytest.raises(RoutineError) as caught:
        build(routine(*steps, **head), Choices())
    return [problem.what for problem in caught.value.problems]


def test_all_that_can_not_be_worked_out_is_told_together(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    steps = ["rest: '{z}'", "breathe: '{s}'", "hold: '{s} + {n}'", "{hold: 9s, countdown: '{z}'}", "rest: '{n}'"]
    head = "title: x\nparameters: {s: 5s, n: 2, z: 0s}\nsteps:\n"
    path.write_text(head + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")
    with pytest.raises(RoutineError) as caught:
        build(load_routine(str(path)), Choices())
    assert [(each.where.line, each.what) for each in caught.value.problems] == [
        (4, "{z} is 0"),
        (5, "'{s}' is 5s"),
        (6, "'{s} + {n}' adds a number and a length"),
        (7, "0s is not a whole number"),
    ]


@pytest.mark.parametrize(
    ("start", "step", "use", "told"),
    [
        ("20s", "-5s", {"hold": "{t}"}, "in round 5 {t} is 0"),
        ("20s", "-5s", {"rest": "{t}"}, "in round 5 {t} is 0"),
        ("3 breaths", "-1 breath", {"breathe": "{t}"}, "in round 4 {t} is 0"),
        ("2", "-1", {"repeat": {"rounds": "{t}", "steps": [{"say": "hi"}]}}, "in round 3 {t} is 0"),
        ("20s", "-6s", {"settle": "{t}", "say": "hi"}, "in round 5 {t} is less than zero"),
        ("20s", "2", {"hold": "{t}"}, "'vary: t' starts at 20s and grows by 2, a number and a length"),
    ],
)
def test_what_grows_to_nothing_is_told_with_its_round_and_by_its_name(
    start: str, step: str, use: Step, told: str
) -> None:
    block = {"rounds": 5, "vary": {"t": {"from": start, "step": step}}, "steps": [use]}
    assert told in refused({"repeat": block})


def test_the_round_that_is_told_is_that_of_the_value_and_not_the_inmost() -> None:
    inner: Step = {"repeat": {"rounds": 4, "steps": [{"hold": "{t}"}]}}
    outer = {"rounds": 2, "vary": {"t": {"from": "5s", "step": "-5s"}}, "steps": [inner]}
    assert refused({"repeat": outer}) == ["in round 2 {t} is 0"]


def test_no_time_to_settle_may_be_worked_out() -> None:
    assert heard(played(routine({"say": "hi", "settle": "{s}"}, parameters={"s": "0s"}))) == ["hi"]


def deep(kind: list[str], count: int) -> str:
    """Write blocks in blocks, as a file with an indent for each."""
    lines = ["title: x", "steps:"]
    for level in range(count):
        key, indent = kind[level % len(kind)], "  " * (3 * level + 1)
        own = "breath: 4-6" if key == "pace" else "rounds: 1"
        lines += [f"{indent}- {key}:", f"{indent}    {own}", f"{indent}    steps:"]
    return "\n".join([*lines, "  " * (3 * count + 1) + "- {breathe: 1, in: {first: In, again: Out}}", ""])


@pytest.mark.many
@pytest.mark.parametrize("kind", [["repeat"], ["pace"], ["repeat", "pace"]])
def test_blocks_stand_in_blocks_up_to_20_deep(kind: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(deep(kind, 20), encoding="utf-8")
    assert heard(played(load_routine(str(path)))) == ["In"]
    for count in (21, 22):
        path.write_text(deep(kind, count), encoding="utf-8")
        with pytest.raises(RoutineError, match="this is more than 20 blocks deep; use fewer") as caught:
            load_routine(str(path))
        assert len(caught.value.problems) == 1
    path.write_text(deep(kind, 30), encoding="utf-8")
    with pytest.raises(RoutineError, match="at most 20 nested blocks are possible"):
        load_routine(str(path))


def test_what_varies_and_multiplies_without_end_is_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.script.tally.MOST_STEPS", 2_000)
    step: Step = {"breathe": "{n}"}
    for _ in range(6):
        silent = {"say": "hi", "only": "last"}
        step = {"repeat": {"rounds": 1000, "vary": {"n": ["100"]}, "steps": [silent, step]}}
    with pytest.raises(RoutineError, match="more than 2,000; use fewer rounds or breaths"):
        build(routine(step), Choices())


@pytest.mark.many
@pytest.mark.parametrize("name", NAMES)
def test_a_routine_that_was_spoilt_is_refused_or_performed_and_nothing_else(name: str, tmp_path: Path) -> None:
    """Some mutations of each built-in, the same each time: only refusals by name."""
    path = tmp_path / f"{name.partition('.')[0]}.yaml"
    for seed in range(choose_amount(2, 10)):
        path.write_text(json.dumps(spoilt(name, seed)), encoding="utf-8")
        with suppress(RoutineError, ChoiceError):
            played(load_routine(str(path)))


def test_moments_of_a_hold_and_lengths_may_be_worked_out() -> None:
    hold = {"hold": "20s * 2", "at": {"{stay} / 4": "Soft", "last {stay} / 8": "Soon"}}
    timeline = played(routine({"say": "Hold"}, hold, parameters={"stay": "40s"}))
    begun, *told = [cue.start for cue in timeline.cues if cue.text in {"Hold", "Soft", "Soon"}]
    assert abs(told[1] - told[0] - 25) < Fraction(3, 100)
    assert told[0] > begun + 10


def test_whole_breaths_last_as_long_as_they_say_on_a_ramp() -> None:
    step = {"breathe": "{small} in whole breaths", "in": "In"}
    ramp = played(routine(step, breath="3-3..5.5-5.5..3-3", parameters={"small": "10m"}))
    assert 600 <= ramp.phases[-1].end - ramp.phases[0].start < 606


def test_the_words_of_a_change_are_as_short_as_all_others_if_only_cues_are_wanted() -> None:
    block = {"between": [{"change": "20s", "say": "Lie on your other side. | Turn."}], "steps": [{"hold": "5s"}]}
    for guidance, text in ((Guidance.FULL, "Lie on your other side."), (Guidance.CUES, "Turn.")):
        cues = played(routine({"each side": block}), Choices(guidance=guidance)).cues
        assert [cue.text for cue in cues if cue.kind is CueKind.CHANGE] == [text]


def test_the_one_round_of_a_block_is_a_chapter_by_the_same_rules_as_several() -> None:
    def titles(block: Step) -> list[str]:
        timeline = played(routine({"say": "Sit."}, {"repeat": {"steps": [{"hold": "5s"}], **block}}, {"say": "Up."}))
        return [each.title for each in timeline.chapters][1:-1]

    assert titles({"vary": {"item": ["squats"]}}) == ["X", "X: squats", "X"]
    assert titles({"rounds": 1}) == ["X"], "it is called like the exercise, and neighbours of one title are one"


def test_the_end_of_a_stretch_is_no_word_that_a_pause_of_the_listener_answers() -> None:
    step = {"breathe": 2, "in": "In", "stretch": "to last out"}
    timeline = played(routine(step), Choices(breath=read_pace("4-4-4-4")))
    assert [cue.text for cue in timeline.cues if cue.kind is CueKind.BREATH] == ["In", "Hold the breath"] * 2


@pytest.mark.parametrize(
    ("step", "kind"), [({"rest": "5s"}, SpanKind.REST), ({"hold": "5s"}, SpanKind.HOLD)], ids=["rest", "hold"]
)
def test_a_name_without_a_value_stays_as_it_is_on_the_timeline(step: Step, kind: SpanKind) -> None:
    named = {**step, "name": "{leg} up"}
    spans = played(routine(named, {"each side": {"rounds": 1, "steps": [named]}})).spans
    assert [span.name for span in spans if span.kind is kind] == ["{leg} up", "left leg up", "right leg up"]
