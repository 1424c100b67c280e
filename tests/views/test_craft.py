"""The craft of guidance: each limit is crossed by one small session, and kept by another."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.script.test_builder import played
from voicecoach.errors import Where
from voicecoach.language import language
from voicecoach.routine.loader import parse_routine
from voicecoach.script.choices import Choices, Intro
from voicecoach.views.craft import FASTEST, lint_craft, measure_craft

HERE = Where("x.yaml", 1, 1)
SIDES = "sides:\n  left: {leg: left leg}\n  right: {leg: right leg}\n"
BREATH = "- {breathe: 1, in: In, out: Out}"


def problems(steps: str, head: str = "", intro: Intro = Intro.FULL) -> list[str]:
    timeline = played(parse_routine(f"title: X\n{head}steps:\n{steps}\n", "x.yaml"), Choices(intro=intro))
    found = [problem.what for problem in lint_craft(timeline, language("en"), HERE)]
    return [each for each in found if not each.startswith("the words come at")]  # the voice of the tests is quick


def test_a_session_within_the_limits_has_no_problems() -> None:
    assert problems(f"- {{say: Sit down., settle: 5s}}\n{BREATH}") == []


def test_the_first_breath_comes_soon() -> None:
    late = "- {say: Sit down., settle: 9s}\n" * 5
    assert problems(f"{late}{BREATH}") == ["the first guided breath, hold or movement comes after 53 s"]
    for first in ("- {hold: 5s}", "- {move: 2, tempo: down 1}"):
        assert [
            each for each in problems(f"- {{say: Sit., settle: 9s}}\n{first}\n{late}{BREATH}") if "guided" in each
        ] == []
    assert (
        measure_craft(played(parse_routine("title: X\nsteps: [say: Sit.]", "x")), language("en")).first_breath is None
    )


@pytest.mark.parametrize(("breaths", "found"), [(3, ["30% of the session are stretch"]), (9, [])])
def test_stretches_take_enough_of_a_session_of_stretches(breaths: int, found: list[str]) -> None:
    steps = f"- {{breathe: {breaths}, in: In, out: Out, stretch: all}}\n- rest: 50s\n  say: Fifty seconds of rest."
    assert problems(steps) == found


@pytest.mark.parametrize(("stretch", "found"), [("all", True), ("", False)])
def test_in_a_session_of_stretches_most_of_the_time_nobody_speaks(stretch: str, *, found: bool) -> None:
    stretched = f"- {{breathe: 4, in: In, out: Out{', stretch: all' if stretch else ''}}}"
    said = f"- say: {'And now fold a little further. ' * 30}"
    assert bool([each for each in problems(f"{stretched}\n{said}") if each.startswith("speech takes up")]) == found


@pytest.mark.parametrize(
    ("words", "breaths", "heard"),
    [("Out we go", 3, True), ("Out we go", 2, False), ("Out", 5, False)],
)
def test_the_same_words_are_not_heard_three_times_in_a_row(words: str, breaths: int, *, heard: bool) -> None:
    found = problems(f"- {{breathe: {breaths}, in: In, out: {words}}}")
    assert (found == ["'Out we go' is heard 3 times in a row"]) == heard


def test_words_between_break_the_row() -> None:
    assert problems("- {breathe: 5, out: Out we go, 3 out: And further}") == []


@pytest.mark.parametrize(
    ("said", "alone"),
    [("Well then.", True), ("Four breaths in silence.", False), ("Twenty seconds on your own.", False)],
)
def test_a_long_silence_is_announced(said: str, *, alone: bool) -> None:
    found = problems(f"- say: {said}\n- rest: 20s\n- say: And back.")
    assert ([each for each in found if "without a sound" in each] != []) == alone


def test_a_short_silence_needs_no_words() -> None:
    assert problems("- say: Well then.\n- rest: 11s\n- say: And back.") == []


@pytest.mark.parametrize(("breath", "rest", "alone"), [("8-8", "6s", False), ("4-4", "10s", True)])
def test_the_silence_of_one_breath_needs_no_words(breath: str, rest: str, *, alone: bool) -> None:
    found = problems(f"{BREATH}\n- rest: {rest}\n{BREATH}", f"breath: {breath}\n")
    assert ([each for each in found if "without a sound" in each] != []) == alone


def test_an_instruction_leaves_time_to_do_it() -> None:
    assert [each for each in problems(f"- say: {'Lift it up. ' * 24}") if "without time" in each]


def test_sentences_are_short() -> None:
    long = " ".join(["bend"] * 17)
    assert [each for each in problems(f"- say: {long}.") if "a sentence of 17 words" in each]
    assert not [each for each in problems(f"- say: {long[5:]}.") if "sentence" in each]


@pytest.mark.parametrize(
    ("change", "named"), [("Change sides.", False), ("'Now your {leg}.'", True), ("Now the right leg.", True)]
)
def test_a_change_of_side_names_the_side(change: str, *, named: bool) -> None:
    steps = f"""
- each side:
    between: [{{change: 5s, say: {change}}}]
    steps: [{{breathe: 1, in: In, out: Out}}]"""
    if "right" in change:
        steps = steps.replace("- each side:\n", "- each side:\n    order: blocked\n")
    found = [each for each in problems(steps, SIDES) if "not named" in each]
    assert (found == []) == named


def test_a_wording_that_is_never_heard_is_found() -> None:
    long = "Breathe out very slowly now and let your unhurried attention"
    found = problems(f"- {{breathe: 1, in: In, out: {long} | Out}}", "breath: 4-3\n")
    assert found == ["the longest wording of 'Out' is never heard at the routine's own breath"]


def test_words_fill_half_of_their_phases_at_most() -> None:
    full = problems(
        "- {breathe: 1, in: Breathe in slowly now, out: Out and fold as far as you can go}", "breath: 4-4\n"
    )
    assert [each for each in full if each.startswith("words fill")]


def test_words_come_at_a_calm_pace() -> None:
    timeline = played(parse_routine(f"title: X\nsteps:\n- say: Bend your knees a little now.\n{BREATH}", "x.yaml"))
    pace = measure_craft(timeline, language("en")).pace
    assert pace > FASTEST
    assert f"the words come at {float(pace):.0f} a minute" in [
        each.what for each in lint_craft(timeline, language("en"), HERE)
    ]


def test_figures_are_parts_of_a_whole() -> None:
    figures = measure_craft(
        played(parse_routine(f"title: X\nsteps:\n- {{breathe: 4, in: In, out: Out, stretch: all}}\n{BREATH}", "x")),
        language("en"),
    )
    assert 0 < figures.stretch < 1
    assert 0 < figures.speech < 1
    assert 0 < figures.filled < Fraction(1, 2)
    assert figures.longest < 2


def test_stretches_of_both_legs_at_once_count_once() -> None:
    both = "- {breathe: 2, side: both, stretch: all, in: In, out: Out}"
    one = "- {breathe: 2, stretch: all, in: In, out: Out}"
    found = [
        measure_craft(played(parse_routine(f"title: X\nsteps:\n{each}", "x")), language("en")) for each in (both, one)
    ]
    assert found[0].stretch == found[1].stretch > 0
