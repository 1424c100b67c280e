"""What comes next is looked for in the blocks that are still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.script.test_lists import load, skipping, told
from tests.script.test_steps import SIDES, heard, played, routine
from voicecoach.core.score import Side
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from voicecoach.routine.loader import LoadedRoutine

FIRST = "repeat: {vary: {move: [squats, lunges]}, between: [rest: 5s], steps: [say: '{Move}']}"
SECOND = "repeat: {vary: {move: [planks, bridges]}, steps: [say: '{Move}']}"
TURNS = "each side: {steps: [say: '{Leg}']}"
NEXT = "rest: 9s, say: 'Next, {next move}.'"


def said(steps: str, choices: Choices | None = None) -> list[str]:
    return heard(played(load(steps), choices))


def test_between_two_blocks_the_next_value_is_that_of_the_second() -> None:
    assert said(f"- {FIRST}\n- {{{NEXT}}}\n- {SECOND}") == [
        "Squats",
        "Lunges",
        "Next, planks.",
        "Planks",
        "Bridges",
    ]


def test_in_the_last_round_the_next_value_is_that_of_the_next_block() -> None:
    first = FIRST.replace("between: [rest: 5s], steps: [say: '{Move}']", f"steps: [say: '{{Move}}', {{{NEXT}}}]")
    assert said(f"- {first}\n- {SECOND}") == [
        "Squats",
        "Next, lunges.",
        "Lunges",
        "Next, planks.",
        "Planks",
        "Bridges",
    ]


def test_between_rounds_the_next_value_is_that_of_a_block_in_them() -> None:
    block = f"repeat: {{rounds: 2, before: [{{{NEXT}}}], between: [{{{NEXT}}}], steps: [{SECOND}]}}"
    assert said(f"- {block}") == ["Next, planks.", "Planks", "Bridges"] * 2


@pytest.mark.parametrize(("first", "leg"), [(None, "left leg"), (Side.RIGHT, "right leg")])
def test_the_side_that_begins_can_be_said_before_the_turns(first: Side | None, leg: str) -> None:
    step = "- {say: 'First your {next leg}.', settle: 2s}"
    assert said(f"{step}\n- {TURNS}", Choices(first=first))[0] == f"First your {leg}."
    back = f"- repeat: {{rounds: 2, between: [{{rest: 5s, say: 'Back to your {{next leg}}.'}}], steps: [{TURNS}]}}"
    assert f"Back to your {leg}." in said(back, Choices(first=first))
    assert "Back to your right leg." in said(back, Choices(sides=(Side.RIGHT,)))


def test_a_block_that_is_skipped_is_not_next() -> None:
    last = "repeat: {vary: {move: [jumps]}, steps: [say: '{Move}']}"
    steps = f"- {FIRST}\n- {{{NEXT}}}\n- {{name: floor, {SECOND}}}\n- {last}"
    assert "Next, jumps." in said(steps, skipping("floor"))
    assert "Next, bridges." in said(steps, skipping("planks"))


def test_if_all_that_comes_is_skipped_words_about_it_are_left_out() -> None:
    steps = f"- {{rest: 9s, say: 'Rest. Next, {{next move}} | Rest.'}}\n- {{{NEXT}}}\n- {{name: floor, {SECOND}}}"
    assert said(steps, skipping("floor")) == ["Rest."]


def test_a_length_can_be_the_next_one() -> None:
    rest = "- {rest: '{next time}', say: '{Next time}'}"
    timeline = played(load(f"{rest}\n- repeat: {{vary: {{time: [20s, 5s]}}, steps: [hold: '{{time}}']}}"))
    assert heard(timeline) == ["Twenty seconds"]
    assert 45 <= timeline.duration - 16 <= 55


def blocks(word: str, rounds: int) -> list[dict[str, Any]]:
    turns = {"each side": {"steps": [{"say": "{Leg}"}, {"hold": "5s"}]}}
    announced = {"rest": "2s", "say": f"Then your {{next leg}}{word}."}
    return [
        {"say": f"First{word} your {{next leg}}."},
        {"repeat": {"rounds": rounds, "between": [announced], "steps": [turns]}},
    ]


@given(st.text("abc ", max_size=40), st.text("abc", min_size=1, max_size=60), st.integers(1, 3))
def test_tracks_are_equal_though_the_words_of_the_coming_side_are_not(word: str, noun: str, rounds: int) -> None:
    sides = {"left": {"leg": f"a {noun}"}, "right": SIDES["right"]}
    script: LoadedRoutine = routine(*blocks(word, rounds), sides=sides)
    left, right = (played(script, Choices(sides=(side,))) for side in (Side.LEFT, Side.RIGHT))
    assert left.duration == right.duration


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (f"- {FIRST}\n- {{{NEXT}}}", "no block that always follows gives {next move} a value; say it"),
        (f"- {{{NEXT}}}\n- {{only: last, {SECOND}}}", "no block that always follows gives {next move} a value; say it"),
        (f"- {TURNS}\n- say: Now your {{next leg}}.", "{next leg} has no turn here"),
    ],
)
def test_without_a_block_to_come_there_is_no_next_value(steps: str, message: str) -> None:
    assert message in told(steps)


def test_the_next_value_is_found_in_a_part_with_a_pace_of_its_own() -> None:
    paced = f"pace: {{breath: 3-3, steps: [{{breathe: 1}}, {SECOND}]}}"
    assert said(f"- {FIRST}\n- {{{NEXT}}}\n- {paced}")[2:] == ["Next, planks.", "Planks", "Bridges"]


def test_after_the_rounds_of_an_inner_list_the_next_value_is_that_of_the_list_around_it() -> None:
    inner = f"repeat: {{vary: {{move: [low, high]}}, steps: [say: '{{Move}}', {{{NEXT}}}]}}"
    outer = f"repeat: {{vary: {{move: [squats, lunges]}}, steps: [say: '{{Move}}', {inner}]}}"
    assert said(f"- {outer}\n- {SECOND}") == [
        *("Squats", "Low", "Next, high.", "High", "Next, lunges."),
        *("Lunges", "Low", "Next, high.", "High", "Next, planks."),
        *("Planks", "Bridges"),
    ]
