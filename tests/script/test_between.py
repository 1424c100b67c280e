"""Between the sides and between the rounds are two places: what each means, and what makes no sense there."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.script.test_steps import SIDES, heard, played, routine
from voicecoach.core.score import CueKind, Side
from voicecoach.errors import RoutineError
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

SAID = (CueKind.INSTRUCTION, CueKind.CHANGE)
TURN = {"say": "{Leg}"}


def turns(block: dict[str, Any], choices: Choices | None = None) -> list[str]:
    return heard(played(routine({"each side": {"steps": [TURN], **block}}), choices), *SAID)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"rounds": 2}, ["Left leg", "side", "Right leg", "round", "Left leg", "side", "Right leg"]),
        (
            {"rounds": 2, "order": "blocked"},
            ["Left leg", "round", "Left leg", "side", "Right leg", "round", "Right leg"],
        ),
        ({"rounds": {"left": 2, "right": 1}}, ["Left leg", "side", "Right leg", "round", "Left leg"]),
        ({"rounds": {"left": 1, "right": 2}}, ["Left leg", "side", "Right leg", "round", "Right leg"]),
        ({"rounds": 2, "first": "right"}, ["Right leg", "side", "Left leg", "round", "Right leg", "side", "Left leg"]),
        ({"rounds": 1}, ["Left leg", "side", "Right leg"]),
    ],
)
def test_each_place_is_heard_where_it_is(block: dict[str, Any], expected: list[str]) -> None:
    places = {"between sides": [{"say": "side"}], "between rounds": [{"say": "round"}]}
    assert turns({**block, **places}) == expected


def test_one_of_the_two_places_may_be_empty() -> None:
    assert turns({"rounds": 2, "between rounds": [{"say": "round"}]}) == [
        "Left leg",
        "Right leg",
        "round",
        "Left leg",
        "Right leg",
    ]


def test_a_change_between_rounds_happens_only_if_the_side_changes() -> None:
    block = {"rounds": 2, "between rounds": [{"rest": "5s"}, {"change": "3s"}]}
    assert turns(block) == ["Left leg", "Right leg", "Change sides.", "Left leg", "Right leg"]
    assert turns(block, Choices(sides=(Side.LEFT,))) == ["Left leg", "Left leg"]


def test_what_is_between_rounds_announces_the_coming_turn_and_begins_its_chapter() -> None:
    block = {"rounds": 2, "steps": [{"hold": "5s"}], "between rounds": [{"rest": "9s", "say": "Now your {next leg}."}]}
    timeline = played(routine({"each side": block}))
    assert heard(timeline) == ["Now your left leg."]
    (said,) = [cue.start for cue in timeline.cues if cue.text == "Now your left leg."]
    assert said in [chapter.start for chapter in timeline.chapters if chapter.title.endswith("left, round 2")]


@given(
    st.sampled_from(["alternate", "blocked"]),
    st.sampled_from(["left", "right"]),
    st.integers(1, 4),
    st.integers(1, 60),
    st.integers(1, 60),
    st.text("abc", min_size=1, max_size=60),
)
def test_tracks_are_equal_with_both_places(  # noqa: PLR0913, PLR0917 - what may differ
    order: str, first: str, rounds: int, rest: int, change: int, word: str
) -> None:
    """A track has what is between its rounds, and nothing of what is between the sides."""
    block: dict[str, Any] = {
        "order": order,
        "first": first,
        "rounds": rounds,
        "between sides": [{"rest": f"{rest}s"}, {"change": f"{change}s"}],
        "between rounds": [{"rest": f"{rest}s", "say": "Then your {next leg}."}],
        "steps": [{"say": "{Leg}"}, {"hold": "5s"}],
    }
    script = routine({"each side": block}, sides={"left": {"leg": f"a {word}"}, "right": SIDES["right"]})
    left, right = (played(script, Choices(sides=(side,))) for side in (Side.LEFT, Side.RIGHT))
    assert left.duration == right.duration
    bare = routine({"each side": {**block, "between sides": []}}, sides=script.model.sides)
    assert played(bare, Choices(sides=(Side.LEFT,))).duration == left.duration
    assert not [cue for cue in left.cues if cue.kind is CueKind.CHANGE]


def test_a_rest_between_rounds_is_once_a_round_in_the_session_and_in_each_track() -> None:
    block = {"rounds": 3, "steps": [{"hold": "10s"}], "between rounds": [{"rest": "20s"}]}
    script = routine({"each side": block})
    both, left = played(script), played(script, Choices(sides=(Side.LEFT,)))
    assert both.duration - left.duration == Fraction(30)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            "between: [rest: 5s], between rounds: [rest: 5s]",
            "'between' is for every turn, so 'between rounds' can't be",
        ),
        ("between: [rest: 5s], between sides: [rest: 5s]", "write 'between sides' and 'between rounds'"),
        (
            "between sides: [{rest: 5s, only: left}]",
            "belongs to both sides, so 'only: left' has no meaning; take it out",
        ),
        ("between rounds: [{rest: 5s, only: right}]", "what is between rounds belongs to both sides"),
        (
            "between rounds: [{rest: 5s, only: last}]",
            "nothing is 'between rounds' after the last one, so the step is ne",
        ),
        ("between rounds: [{rest: 5s, only: not last}]", "so the step is always done; take it out"),
        (
            "order: blocked, between rounds: [change: 5s]",
            "the side stays the same between the rounds of 'order: blocked'",
        ),
        ("order: blocked, between sides: [{rest: 5s, only: first}]", "the sides change once in 'order: blocked'"),
        ("between side: [rest: 5s]", "did you mean 'between sides'"),
        ("between turns: [rest: 5s]", "write 'between sides'"),
        ("between sets: [rest: 5s]", "write 'between rounds'"),
        ("between rounds: [breathe: 2]", "the step 'breathe' is not allowed under 'between rounds'; write on"),
        ("before: [include: box-breathing]", "write one of: rest, say, hold, sound, or put it before the block"),
        (
            "between: [out: Out]",
            "the step 'out' is not allowed under 'between'; write one of: rest, say, hold, sound, ch",
        ),
        ("between: [{breathe: 2, in: In}]", "or put it at the end of 'steps', with 'only: not last'"),
    ],
)
def test_mixtures_that_make_no_sense_are_refused(keys: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    sides = "sides: {left: {leg: left leg}, right: {leg: right leg}}"
    path.write_text(f"title: X\n{sides}\nsteps:\n- each side: {{rounds: 2, {keys}, steps: [hold: 5s]}}\n")
    with pytest.raises(RoutineError) as caught:
        load_routine(str(path))
    assert told in str(caught.value)


@pytest.mark.parametrize("key", ["between rounds", "between sides", "between sets"])
def test_a_repeat_has_one_place_between_its_rounds(key: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"title: X\nsteps:\n- repeat: {{rounds: 2, {key}: [rest: 5s], steps: [hold: 5s]}}\n")
    with pytest.raises(RoutineError) as caught:
        load_routine(str(path))
    assert f"the key '{key}' is not known here; write 'between'" in str(caught.value)


def test_a_rest_for_one_side_between_rounds_of_a_blocked_order_is_allowed() -> None:
    block = {"rounds": 2, "order": "blocked", "between rounds": [{"say": "round", "only": "right"}]}
    assert turns(block) == ["Left leg", "Left leg", "Right leg", "round", "Right leg"]
