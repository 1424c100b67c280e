"""Word errors: what counts as one, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.listening.words import align, count_errors, count_sides, count_words, find_missed_sides, normalise

SIDES = ("left", "right")
WORDS = st.lists(
    st.sampled_from(["breathe", "in", "hale", "left", "right", "two", "twenty", "one", "fold", "heel"]), max_size=7
)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Breathe in, sit tall.", "breathe in sit tall"),
        ("Half-way", "Halfway."),
        ("Half-way", "half way"),
        ("Inhale, and fold", "In hale and fold"),
        ("Any one leg", "Anyone leg"),
        ("Four, seven, eight.", "4-7-8"),
        ("Four, seven, eight.", "478."),
        ("Twenty-one breaths", "21 breaths"),
        ("Twenty breaths", "20 breaths"),
        ("Two, one", "2, 1."),
        ("The tenth breath", "The 10th breath"),
        ("Three", "3!"),
        ("You're done; it's over", "You are done, it is over."),
        ("You cannot", "You can't"),
        ("Don\u2019t hold", "Do not hold"),
        ("Practised often", "Practiced often."),
        ("A grey colour in the centre", "A gray color in the center"),
        ("Relax and organise", "relax and organize"),
        ("Your heel", "Your heal."),
        ("If your heart is not well", "If you're heart is not well"),
        ("You are done with its weight", "You're done with it's weight"),
        ("For two", "4 to"),
        ("Close your eyes", "Clothes your eyes"),
        ("50 % more", "50 percent more"),
        ("", ""),
    ],
)
def test_what_sounds_the_same_is_no_error(written: str, heard: str) -> None:
    assert count_errors(written, heard) == 0


@pytest.mark.parametrize(
    ("written", "heard", "errors"),
    [
        ("Hold", "Howard", 1),
        ("Up", "And up there", 2),
        ("Fold a little further", "Fold little further", 1),
        ("Sit tall", "It's all", 2),
        ("Breathe in", "", 2),
        ("", "Thank you", 2),
        ("Two breaths", "Three breaths", 1),
        ("Twenty-one", "twenty", 1),
        ("Right leg", "Write leg", 1),
        ("Toes up", "Toes. Up. Up. Up.", 2),
    ],
)
def test_each_word_that_is_missing_added_or_different_is_an_error(written: str, heard: str, errors: int) -> None:
    assert count_errors(written, heard) == errors


@given(WORDS, WORDS)
def test_errors_are_a_distance(one: list[str], other: list[str]) -> None:
    written, heard = " ".join(one), " ".join(other)
    errors = count_errors(written, heard)
    assert (errors == 0) or normalise(written) != normalise(heard)
    assert errors == count_errors(heard, written)
    assert errors <= max(count_words(written), count_words(heard))


@given(WORDS, WORDS)
def test_an_alignment_has_every_word_once_in_order(one: list[str], other: list[str]) -> None:
    steps = align(" ".join(one), " ".join(other))
    assert [word for step in steps for word in step.written] == normalise(" ".join(one))
    assert [word for step in steps for word in step.heard] == normalise(" ".join(other))


@pytest.mark.parametrize(
    ("written", "heard", "missed"),
    [
        ("Your left leg, your right arm", "your left leg your right arm", []),
        ("Your left leg, your right arm", "your right leg your left arm", [("left", "right"), ("right", "left")]),
        ("Your left leg", "your lift leg", [("left", "lift")]),
        ("Right", "Write.", [("right", "write")]),
        ("Bend the left", "Bend the", [("left", "")]),
        ("Bend your leg", "Bend your left leg", []),
    ],
)
def test_a_side_is_heard_as_itself_or_missed(written: str, heard: str, missed: list[tuple[str, str]]) -> None:
    assert find_missed_sides(written, heard, SIDES) == missed


def test_a_side_that_was_taken_for_the_other_counts_once() -> None:
    assert find_missed_sides("In, left", "In, right", SIDES) == [("left", "right")]
    assert count_sides("Your right hand is on your left knee; your right foot too", SIDES) == 3
