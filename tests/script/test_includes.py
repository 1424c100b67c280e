"""Includes anywhere: in rounds, turns and paces, between own steps, each with its own words, values and breath."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import measure, perform
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, Side
from voicecoach.errors import ChoiceError, RoutineError, UnknownNameError
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace, list_exercises, write_piece
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.timeline import Timeline
    from voicecoach.routine.loader import LoadedRoutine

PLANK = """
title: Plank
notice: Mind your back.
tips: Breathe on.
words: {halfway: Half of the plank.}
pronounce: {psoas: SOH-as}
parameters: {hold: 20s}
breath: 2-3
steps:
  - {hold: "{hold}", say: "Hold the psoas, for {hold}", halfway: true}
  - {breathe: 1, in: In}
"""
SQUAT = """
title: Squat
notice: Mind your back.
steps:
  - {hold: 10s, say: {first: Sit low, again: Low}}
  - {breathe: 1, out: Out}
"""
LEG = "title: Leg up\nsteps: [{hold: 6s, say: 'Lift your {leg}'}]\n"
SIDED = "title: Kick\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("routines")
    kick = SIDED + "  - each side: {rounds: 2, between: [{change: 3s}], steps: [{hold: 5s, say: 'Kick, {leg}'}]}\n"
    texts = {"plank": PLANK, "squat": SQUAT, "leg": LEG, "kick": kick, "pair": both("plank", "squat")}
    texts["deep"] = "title: Deep\nsteps: [{say: Hi.}, {include: pair.yaml}]\n"
    for name, text in texts.items():
        (made / f"{name}.yaml").write_text(text, encoding="utf-8")
    return made


def both(*names: str) -> str:
    return "title: Pair\nsteps:\n" + "".join(f"  - include: {name}.yaml\n" for name in names)


def load(folder: Path, text: str) -> LoadedRoutine:
    path = folder / "mine.yaml"
    path.write_text(text if text.startswith("title") else f"title: Mine\nsteps:\n{text}", encoding="utf-8")
    return load_routine(str(path))


def play(routine: LoadedRoutine, **choices: object) -> Timeline:
    chosen = Choices(**choices)  # type: ignore[arg-type]
    return perform(build(routine, chosen), measure, choose_pace(routine, chosen))


def said(timeline: Timeline, *unless: CueKind) -> list[str]:
    left_out = {CueKind.CLOSING, CueKind.CHIME, *unless}
    return [cue.text for cue in timeline.cues if cue.kind not in left_out]


def chapters(timeline: Timeline) -> list[str]:
    return [each.title for each in timeline.chapters][1:-1]


CIRCUIT = """
  - repeat:
      rounds: 2
      steps: [{include: plank.yaml}, {include: squat.yaml}]
"""


def test_a_circuit_of_includes_is_played_round_by_round(folder: Path) -> None:
    timeline = play(load(folder, CIRCUIT))
    assert said(timeline) == [
        "Mine.", "Mind your back.", "Plank.", "Breathe on.", "Hold the psoas, for twenty seconds",
        "Half of the plank.", "In",
        "Squat.", "Sit low", "Out",
        "Plank.", "Hold the psoas, for twenty seconds", "Half of the plank.", "In", "Squat.", "Low", "Out",
    ]  # fmt: skip
    assert chapters(timeline) == ["Plank: round 1", "Squat: round 1", "Plank: round 2", "Squat: round 2"]


def test_an_include_stands_between_own_steps(folder: Path) -> None:
    timeline = play(load(folder, "  - say: Warm up.\n  - include: squat.yaml\n  - say: Walk.\n"))
    assert said(timeline, CueKind.NOTICE) == ["Mine.", "Warm up.", "Squat.", "Sit low", "Out", "Walk."]
    assert chapters(timeline) == ["Mine", "Squat", "Mine"]


def test_every_include_has_its_own_breath_words_and_sounds_of_words(folder: Path) -> None:
    text = (
        "title: Mine\nbreath: 5-5\nsteps: [{breathe: 1}, {include: plank.yaml}, {include: squat.yaml}, {breathe: 1}]\n"
    )
    timeline = play(load(folder, text))
    lasting = [each.end - each.start for each in timeline.phases if each.kind is Kind.INHALE]
    assert lasting == [5, 2, 4, 5]
    (hold,) = (cue for cue in timeline.cues if "psoas" in cue.text)
    assert "SOH-as" in hold.spoken
    faster = play(load(folder, text), breath=read_pace("3-3"))
    assert {each.end - each.start for each in faster.phases} == {3}


@pytest.mark.parametrize(
    ("pace", "listener", "inhales"),
    [
        ("breath: 3-5", None, [2, 3]),
        ("breath: 3-5", "6-6", [6, 6]),
        ("{breath: 3-5, fixed: true", "6-6", [6, 3]),
    ],
)
def test_in_a_pace_an_include_without_a_breath_of_its_own_has_that_pace(
    pace: str, listener: str | None, inhales: list[int], folder: Path
) -> None:
    pace = pace if pace.startswith("{") else f"{{{pace}"
    routine = load(folder, f"  - pace: {pace}, steps: [{{include: plank.yaml}}, {{include: squat.yaml}}]}}\n")
    timeline = play(routine, breath=read_pace(listener) if listener else None)
    assert [each.end - each.start for each in timeline.phases if each.kind is Kind.INHALE] == inhales


def test_an_include_in_a_turn_has_the_words_of_the_sides_around_it(folder: Path) -> None:
    text = SIDED + "  - each side: {between: [{change: 3s}], steps: [{include: leg.yaml}, {include: squat.yaml}]}\n"
    routine = load(folder, text)
    timeline = play(routine)
    turn = [(cue.text, cue.side) for cue in timeline.cues if cue.kind in {CueKind.BREATH, CueKind.INSTRUCTION}]
    assert turn[1:] == [
        (text.replace("SIDE", side.value), side)
        for side in LEFT_RIGHT
        for text in ("Leg up.", "Lift your SIDE leg", "Squat.", "Sit low", "Out")
    ]
    assert chapters(timeline) == ["Leg up: left", "Squat: left", "Leg up: right", "Squat: right"]
    left, right = (play(routine, sides=(side,)) for side in LEFT_RIGHT)
    assert left.duration == right.duration
    assert {cue.side for cue in left.cues} == {None, Side.LEFT}


def test_a_routine_for_a_turn_can_have_its_own_sides_and_can_be_in_a_repeat_there(folder: Path) -> None:
    (folder / "hand.yaml").write_text(
        "title: Hand\nsides: {left: {hand: left hand}, right: {hand: right hand}}\nsteps: [{say: 'Your {hand}.'}]\n"
    )
    text = SIDED + "  - each side: {steps: [{repeat: {rounds: 2, steps: [{include: hand.yaml}]}}]}\n"
    spoken = said(play(load(folder, text)))
    assert [each for each in spoken if "Your" in each] == ["Your left hand."] * 2 + ["Your right hand."] * 2


def test_sides_inside_a_turn_are_refused_at_the_include(folder: Path) -> None:
    with pytest.raises(RoutineError, match=r"mine\.yaml:4:\d+: 'kick.yaml' has an 'each side' itself, so it can't be"):
        load(folder, SIDED + "  - each side: {steps: [{include: kick.yaml}]}\n")
    with pytest.raises(RoutineError, match=r"mine\.yaml:4:\d+: 'kick.yaml' has an 'each side' itself"):
        load(folder, SIDED + "  - {include: kick.yaml, side: left}\n")


def test_a_routine_of_one_side_is_refused_outside_a_turn_at_its_own_line(folder: Path) -> None:
    with pytest.raises(RoutineError, match=r"leg\.yaml:2:\d+: \{leg\} has neither a side nor a value here"):
        load(folder, SIDED + "  - include: leg.yaml\n  - each side: {steps: [{include: leg.yaml}]}\n")


@pytest.mark.parametrize(
    ("given", "heard"),
    [
        ("{hold: 30s}", ["thirty seconds"] * 2),
        ('{hold: "{work} * 2"}', ["sixteen seconds"] * 2),
        ('{hold: "{time}"}', ["eight seconds", "nine seconds"]),
        ('{hold: "{work} + {time} * {round}"}', ["sixteen seconds", "twenty-six seconds"]),
        ('{hold: "{hold} + 1s"}', ["ten seconds"] * 2),
    ],
)
def test_set_gives_parameters_values_in_which_names_are_those_around(
    given: str, heard: list[str], folder: Path
) -> None:
    text = (
        "title: Mine\nparameters: {work: 8s, hold: 9s}\nsteps:\n"
        f"  - repeat: {{vary: {{time: [8s, 9s]}}, steps: [{{include: plank.yaml, set: {given}}}]}}\n"
    )
    holds = [text.rpartition("for ")[2] for text in said(play(load(folder, text))) if text.startswith("Hold")]
    assert holds == heard


def test_the_listener_sets_a_parameter_whatever_the_include_gives(folder: Path) -> None:
    routine = load(folder, "  - {include: plank.yaml, set: {hold: 30s}}\n")
    assert "Hold the psoas, for seven seconds" in said(play(routine, settings={"hold": "7s"}))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{hodl: 3s}", r"mine\.yaml:3:33: 'plank.yaml' has no parameter called 'hodl'; did you mean 'hold'\?"),
        ("{x: 3s}", r"mine\.yaml:3:33: 'plank.yaml' has no parameter called 'x'; there are: hold"),
        ("{hold: '{z}'}", r"mine\.yaml:3:39: \{z\} has neither a side nor a value here"),
    ],
)
def test_a_setting_that_can_not_be_is_told_at_its_place(given: str, told: str, folder: Path) -> None:
    with pytest.raises(RoutineError, match=told):
        load(folder, f"  - {{include: plank.yaml, set: {given}}}\n")


def test_notices_and_tips_are_said_once_for_all(folder: Path) -> None:
    routine = load(folder, f"title: Mine\nnotice: [Ask., Mind your back.]\nsteps:{CIRCUIT}  - include: deep.yaml\n")
    timeline = play(routine)
    assert said(timeline).count("Mind your back.") == said(timeline).count("Breathe on.") == 1
    assert write_piece(routine, Choices()).notice == ("Ask.", "Mind your back.")


@pytest.mark.parametrize(
    ("skipped", "added", "titles"),
    [
        ("", "", ["Mine", "Plank", "Squat", "Plank"]),
        ("plank", "", ["Mine", "Squat"]),
        ("Low", "", ["Mine", "Plank", "Plank"]),
        ("pair", "", ["Mine", "Plank"]),
        ("", "extra", ["Mine", "Plank", "Squat", "Plank", "Kick"]),
        ("plank", "all", ["Mine", "Squat", "Kick"]),
    ],
)
def test_includes_are_skipped_and_added_by_name(skipped: str, added: str, titles: list[str], folder: Path) -> None:
    (folder / "pair.yaml").write_text("title: Pair\nsteps: [{include: plank.yaml}, {include: squat.yaml, name: low}]\n")
    routine = load(
        folder,
        "  - say: Hi.\n  - include: pair.yaml\n  - include: plank.yaml\n"
        "  - {include: kick.yaml, name: extra, optional: true}\n",
    )
    chosen = Choices(skipped=frozenset({skipped} - {""}), added=frozenset({added} - {""}))
    timeline = perform(build(routine, chosen), measure, choose_pace(routine, chosen))
    names = [text.removesuffix(".") for text in said(timeline) if text.removesuffix(".") in {"Mine", *titles, "Kick"}]
    assert names == titles


def test_a_name_that_nothing_has_is_refused_with_those_there_are(folder: Path) -> None:
    routine = load(folder, "  - say: Hi.\n  - include: squat.yaml\n    name: low\n")
    with pytest.raises(UnknownNameError, match="there are: mine, squat, low"):
        list_exercises(routine, Choices(skipped=frozenset({"high"})))
    with pytest.raises(ChoiceError, match="every exercise is skipped"):
        list_exercises(routine, Choices(skipped=frozenset({"mine"})))


def test_rounds_are_those_of_the_circuit_and_not_those_inside_it(folder: Path) -> None:
    (folder / "three.yaml").write_text("title: Three\nsteps: [{repeat: {rounds: 3, steps: [{hold: 4s, say: Up}]}}]\n")
    routine = load(folder, "  - repeat: {rounds: 2, steps: [{include: three.yaml}]}\n")
    assert said(play(routine)).count("Up") == 6
    assert said(play(routine, rounds=4)).count("Up") == 12


def test_rounds_of_a_circuit_with_sides_are_those_of_the_sides(folder: Path) -> None:
    routine = load(folder, "  - repeat: {rounds: 2, steps: [{include: kick.yaml}]}\n")
    kicks = [text for text in said(play(routine, rounds=3)) if text.startswith("Kick,")]
    assert kicks == ["Kick, left leg", "Kick, right leg"] * 6


def test_the_rest_between_is_for_exercises_that_follow_each_other(folder: Path) -> None:
    head = 'title: Mine\nbetween: [{rest: 5s, say: "Next: {next}."}]\nsteps:'
    routine = load(folder, f"{head}{CIRCUIT}  - say: Shake.\n  - include: squat.yaml\n")
    announced = [text for text in said(play(routine)) if text.startswith("Next") or text == "Shake."]
    assert announced == ["Next: Squat.", "Next: Plank.", "Next: Squat.", "Shake."]


def test_words_that_announce_a_round_begin_the_chapter_of_its_exercise(folder: Path) -> None:
    routine = load(
        folder,
        "  - repeat:\n      rounds: 2\n      between: [{rest: 9s, say: 'Round {next round}.'}]\n"
        "      steps: [{include: squat.yaml}]\n",
    )
    timeline = play(routine)
    (spoken,) = (cue for cue in timeline.cues if cue.text.startswith("Round"))
    assert [each.title for each in timeline.chapters if each.start == spoken.start] == ["Squat: round 2"]
    assert chapters(timeline) == ["Squat: round 1", "Squat: round 2"]


def test_the_chapter_around_an_include_begins_again_with_its_title_after_turns_with_chapters_of_their_own(
    folder: Path,
) -> None:
    turns = "{each side: {chapters: items, steps: [{hold: 6s, say: 'Your {leg}'}]}}"
    steps = f"  - {{name: all, repeat: {{rounds: 1, chapters: items, steps: [{turns}, {{include: squat.yaml}}]}}}}\n"
    timeline = play(load(folder, SIDED + steps))
    (start,) = [cue.start for cue in timeline.cues if cue.text == "Squat."]
    assert [each.title for each in timeline.chapters if each.start == start] == ["Kick: all"]


def test_brief_guidance_and_words_by_round_count_the_rounds_around(folder: Path) -> None:
    routine = load(folder, CIRCUIT)
    assert [text for text in said(play(routine)) if "ow" in text] == ["Sit low", "Low"]
    assert said(play(routine, guidance=Guidance.BRIEF)).count("Half of the plank.") == 2


def test_an_exercise_that_comes_first_in_a_later_round_is_not_told_as_known(folder: Path) -> None:
    steps = "[{include: squat.yaml, only: not first}, {rest: 5s}]"
    spoken = said(play(load(folder, f"  - repeat: {{rounds: 3, steps: {steps}}}\n")))
    assert [text for text in spoken if "ow" in text] == ["Sit low", "Low"]


def test_only_can_be_written_beside_an_include(folder: Path) -> None:
    steps = "[{include: plank.yaml, only: not first}, {include: squat.yaml}]"
    titles = chapters(play(load(folder, f"  - repeat: {{rounds: 2, steps: {steps}}}\n")))
    assert titles == ["Squat: round 1", "Plank: round 2", "Squat: round 2"]


BLOCKS = st.recursive(
    st.sampled_from(["{include: plank.yaml}", "{include: squat.yaml}", "{rest: 4s}", "{say: Sit.}", "{breathe: 2}"]),
    lambda inner: st.one_of(
        st.tuples(st.integers(1, 2), st.lists(inner, min_size=1, max_size=2)).map(
            lambda each: f"{{repeat: {{rounds: {each[0]}, steps: [{', '.join(each[1])}]}}}}"
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda each: f"{{pace: {{breath: 3-3..5-5, steps: [{', '.join(each)}]}}}}"
        ),
    ),
    max_leaves=5,
)


@given(st.lists(BLOCKS, min_size=1, max_size=2), st.sampled_from([None, "4-4", "3-3..6-6"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_includes_anywhere_are_exact_and_in_order(folder: Path, steps: list[str], breath: str | None) -> None:
    routine = load(folder, f"  - each side: {{steps: [{', '.join(steps)}]}}\n".join((SIDED, "")))
    listener = read_pace(breath) if breath else None
    timeline = play(routine, breath=listener)
    assert all(one.end <= other.start for one, other in pairwise(timeline.cues) if other.track == "voice")
    assert all(one.end <= other.start for one, other in pairwise(timeline.phases))
    holds = [each.end - each.start for each in timeline.spans if each.kind == "hold"]
    assert set(holds) <= {Fraction(20), Fraction(10)}
    tracks = [play(routine, breath=listener, sides=(side,)) for side in LEFT_RIGHT]
    assert tracks[0].duration == tracks[1].duration
    assert [each.end - each.start for each in tracks[0].phases] == [each.end - each.start for each in tracks[1].phases]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{include: plank.yaml, rounds: 3}", "put the include into a 'repeat' with these 'rounds', or write 'set:'"),
        ("{include: plank.yaml, breath: 3-3}", "put the include into a 'pace' with this 'breath', or write 'set:'"),
        ("{include: plank.yaml, parameters: {hold: 3s}}", "write 'set'"),
        ("{include: [plank.yaml, squat.yaml]}", "'include' takes one routine; write a step '- include: ...' for each"),
        ("{repeat: {between: [{include: plank.yaml}], steps: [say: hi]}}", "write one of: rest, say, hold, sound"),
    ],
)
def test_a_near_miss_is_answered_with_what_to_write(step: str, told: str, folder: Path) -> None:
    with pytest.raises(RoutineError) as caught:
        load(folder, f"  - {step}\n")
    (problem,) = caught.value.problems
    assert told in str(problem)


def test_a_value_that_can_not_be_names_the_include_that_sets_it(folder: Path) -> None:
    routine = load(folder, "  - {include: plank.yaml, set: {hold: long}}\n")
    with pytest.raises(
        RoutineError, match=r"plank\.yaml:10:\d+: .* is not a length, with what .*mine\.yaml:3 sets; write"
    ):
        build(routine, Choices())
