"""What to add or leave out for a length that a session can't have: what is named works when it is typed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FRAME, measure
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices, Intro
from voicecoach.script.fit import LengthError, fit_length, prepare_attempt
from voicecoach.script.nearer import Nearer, find_nearer

if TYPE_CHECKING:
    from voicecoach.routine.loader import LoadedRoutine

EXERCISE = """
title: {title}
steps:
  - breathe: {breaths}
    min: {least}
    max: {most}
    in: In
"""
EVENING = """
title: Evening
steps:
  - {include: one, name: first one}
  - {include: one, name: second one}
  - include: two
  - {include: three, optional: true}
  - {include: four, optional: true}
"""


many = pytest.mark.many


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> LoadedRoutine:
    """Return a routine of exercises of 10 to 20 breaths: four of them, two of one name, and two optional ones."""
    folder = tmp_path_factory.mktemp("evening")
    for title in ("one", "two", "three", "four"):
        text = EXERCISE.format(title=title, breaths=12, least=10, most=20)
        (folder / f"{title}.yaml").write_text(text, encoding="utf-8")
    text = EVENING
    for title in ("one", "two", "three", "four"):
        text = text.replace(f"include: {title}", f"include: {title}.yaml")
    (folder / "evening.yaml").write_text(text, encoding="utf-8")
    return load_routine(str(folder / "evening.yaml"))


def refuse(routine: LoadedRoutine, choices: Choices, seconds: int) -> LengthError:
    with pytest.raises(LengthError) as caught:
        fit_length(prepare_attempt(routine, choices, measure, FRAME), Fraction(seconds), FRAME)
    return caught.value


def find(routine: LoadedRoutine, choices: Choices, seconds: int) -> Nearer | None:
    return find_nearer(routine, choices, refuse(routine, choices, seconds), measure, FRAME)


@pytest.mark.parametrize(
    ("choices", "seconds", "said"),
    [
        pytest.param(Choices(), 300, "add --skip two: then it can last 5:00", marks=many),
        (Choices(), 200, "add --skip two --skip 'second one': then it can last 3:20"),
        pytest.param(
            Choices(skipped=frozenset({"two"})), 130, "add --skip 'second one': then it can last 2:10", marks=many
        ),
        pytest.param(Choices(), 720, "add --with three: then it can last 12:00", marks=many),
        (Choices(), 1000, "add --with three --with four: then it can last 16:40"),
        (Choices(added=frozenset({"THREE"})), 340, "leave out --with THREE: then it can last 5:40"),
        pytest.param(Choices(added=frozenset({"all"})), 450, "add --skip four: then it can last 7:30", marks=many),
        (Choices(skipped=frozenset({"Two"})), 550, "leave out --skip Two: then it can last 9:10"),
        pytest.param(
            Choices(added=frozenset({"three"})),
            250,
            "leave out --with three and add --skip two: then it can last 4:10",
            marks=many,
        ),
    ],
)
def test_what_is_named_reaches_the_length(evening: LoadedRoutine, choices: Choices, seconds: int, said: str) -> None:
    found = find(evening, choices, seconds)
    assert found
    assert str(found) == said
    fit = fit_length(prepare_attempt(evening, found.choices, measure, FRAME), Fraction(seconds), FRAME)
    assert fit.goal == found.seconds == seconds


def test_what_only_comes_nearer_says_so(evening: LoadedRoutine) -> None:
    found = find(evening, Choices(), 60)
    assert found
    assert not found.reached
    assert str(found).endswith(", which is nearer")
    assert "intro" not in str(found)
    error = refuse(evening, found.choices, 60)
    assert error.longer
    assert error.longer.goal == found.seconds


def test_a_shorter_introduction_is_named_if_it_is_enough() -> None:
    routine = load_routine("box-breathing")
    error = refuse(routine, Choices(), 30)
    assert error.longer
    seconds = int(error.longer.goal) - 2
    found = find(routine, Choices(), seconds)
    assert found
    assert found.choices.intro is Intro.NONE
    assert str(found).startswith("add --intro none: then it can last ")
    assert find(routine, replace(Choices(), intro=Intro.NONE), 20) is None


def test_nothing_is_named_where_nothing_can_change() -> None:
    assert find(load_routine("four-seven-eight"), Choices(), 3600) is None
