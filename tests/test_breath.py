from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import breaths
from voicecoach.breath import LONGEST_BREATH, Kind, Span, breath, pace, paces, seconds, span
from voicecoach.errors import ChoiceError

whole = st.integers(1, 99)
decimal = st.decimals("0.5", "99", places=2).map(str)


@given(st.lists(decimal, min_size=2, max_size=4))
def test_a_breath_is_the_seconds_that_were_written(parts: list[str]) -> None:
    read = breath("-".join(parts))
    assert [phase.seconds for phase in read.phases] == [Fraction(part) for part in parts]
    assert breath(str(read)) == read


def test_the_number_of_seconds_says_which_phases_they_are() -> None:
    assert [phase.kind for phase in breath("4-6").phases] == [Kind.INHALE, Kind.EXHALE]
    assert [phase.kind for phase in breath("4-7-8").phases] == [Kind.INHALE, Kind.HOLD, Kind.EXHALE]
    assert [phase.kind for phase in breath("4-4-4-4").phases] == list(Kind)


@pytest.mark.parametrize(
    "text",
    ["", "4", "4-", "-4-6", "0-0", "0-6", "4-0", "nan-6", "inf-6", "4,5-6", "4-6-", "4--6", "1e3-6", "4-6-8-2-1"],
)
def test_what_is_no_breath_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ChoiceError, match="write seconds") as caught:
        breath(text)
    assert len(str(caught.value).splitlines()) <= 3


@pytest.mark.parametrize("text", ["400-400", "999999-1", "0.01-4"])
def test_a_breath_nobody_can_breathe_is_refused(text: str) -> None:
    with pytest.raises(ChoiceError, match=text):
        breath(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5s", 5), ("1.5s", Fraction(3, 2)), ("1:30", 90), ("1:00:00", 3600), ("2m", 120), ("10 minutes", 600)],
)
def test_lengths_of_time_mean_what_they_look_like(text: str, expected: Fraction) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["5", "1,5s", "-5s", "nan s", "1:75", "1:3", "s", "5 breaths", "9" * 500 + "s"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ChoiceError, match="write seconds") as caught:
        seconds(text)
    assert len(str(caught.value)) < 300


def test_a_plain_number_is_breaths() -> None:
    assert span("3") == span("3 breaths") == Span(breaths=3)


@given(breaths, st.integers(0, 50), st.fractions(0, 100))
def test_a_span_is_its_breaths_and_its_seconds(taken: object, count: int, rest: Fraction) -> None:
    from voicecoach.breath import Breath

    assert isinstance(taken, Breath)
    assert Span(count, rest).seconds(taken) == count * taken.seconds + rest


halves = st.integers(1, 12).map(lambda number: Fraction(number, 2))


@given(halves, halves, halves, halves, st.integers(4, 500))
def test_between_two_breaths_each_phase_goes_from_one_to_the_other(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, most: int
) -> None:
    found = paces(f"{float(a)}-{float(b)},{float(c)}-{float(d)}", most)
    lengths = {tuple(phase.seconds for phase in each.points[0].phases) for each in found}
    ends = {(first, second) for first in (a, c) for second in (b, d)}
    assert ends <= lengths
    assert len(found) == len(lengths) <= most
    assert all(min(a, c) <= first <= max(a, c) and min(b, d) <= second <= max(b, d) for first, second in lengths)
    if most > 23 * 23:
        assert len(found) == (abs(a - c) * 2 + 1) * (abs(b - d) * 2 + 1)


def test_what_is_tried_can_be_one_pace() -> None:
    for text in ("4-6", "3-4..4-6", "in 2, in 1, out 6", "in 4, out 6"):
        assert paces(text) == (pace(text),)


def test_breaths_that_are_too_long_are_left_out_between_two_that_are_not() -> None:
    found = paces("500-10,10-500")
    assert max(each.points[0].seconds for each in found) <= LONGEST_BREATH


@pytest.mark.parametrize("text", ["4-6,4-7-8", "4-6,5", "2-2,3-3,4-4", "4,5-6", ","])
def test_two_breaths_that_have_none_between_are_refused(text: str) -> None:
    with pytest.raises(ChoiceError):
        paces(text)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=5), st.integers(0, 60))
def test_a_ramp_lasts_as_long_as_its_breaths(lengths: list[int], count: int) -> None:
    """``Pace.count`` adds them up leg by leg, not one by one."""
    ramp = pace("..".join(f"{length}-{length}" for length in lengths))
    each = sum((one.seconds for one in ramp.breaths(count)), Fraction(0)) if count else 0
    assert ramp._seconds(count) == each  # noqa: SLF001
