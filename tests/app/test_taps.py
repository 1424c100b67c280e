"""What is measured by taps, whoever taps them."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voicecoach.app.taps import ENOUGH, LAST, NEEDED, Lengths, Tap, TapSeries, compute_breath, read_ratio, read_times
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath
from voicecoach.errors import ChoiceError

EVEN = read_ratio("1:1")
thousandths = st.integers(1500, 60_000).map(lambda number: Fraction(number, 1000))


def tapping(*lengths: float | Fraction, kinds: tuple[Kind, ...] = (Kind.INHALE,)) -> TapSeries:
    """Taps with these lengths between them, in seconds."""
    times = accumulate((Fraction(str(length)) for length in lengths), initial=Fraction(100))
    return TapSeries(tuple(Tap(kinds[number % len(kinds)], at) for number, at in enumerate(times)))


def phases(*lengths: float) -> TapSeries:
    return tapping(*lengths, kinds=(Kind.INHALE, Kind.EXHALE))


@given(
    thousandths,
    st.lists(st.integers(-50, 50).map(lambda n: Fraction(1000 + n, 1000)), min_size=6, max_size=12),
    st.data(),
)
def test_a_steady_breath_with_a_missed_tap_is_measured_within_5_percent(
    usual: Fraction, wobbles: list[Fraction], data: st.DataObject
) -> None:
    lengths = [usual * wobble for wobble in wobbles]
    where = data.draw(st.integers(0, len(lengths) - 2))
    missed = [*lengths[:where], lengths[where] + lengths[where + 1], *lengths[where + 2 :]]
    sample = tapping(*missed)
    assert sample.breaths.missed == 1
    assert abs(sample.breaths.median - usual) <= usual * Fraction(5, 100)
    assert abs(compute_breath(sample, EVEN).seconds - sample.breaths.median) <= Fraction(1, 20)


@given(
    st.lists(thousandths, min_size=1, max_size=20).flatmap(lambda each: st.tuples(st.just(each), st.permutations(each)))
)
def test_the_order_of_breaths_does_not_matter(both: tuple[list[Fraction], list[Fraction]]) -> None:
    one, other = (tapping(*lengths).breaths for lengths in both)
    assert (one.median, one.missed, one.extra) == (other.median, other.missed, other.extra)


@given(st.lists(thousandths, min_size=1, max_size=20), thousandths)
def test_it_does_not_matter_when_the_clock_started(lengths: list[Fraction], later: Fraction) -> None:
    sample = tapping(*lengths)
    moved = TapSeries(tuple(Tap(tap.kind, tap.at + later) for tap in sample.taps))
    assert moved.breaths == sample.breaths


@given(st.lists(thousandths, max_size=20))
def test_every_length_is_kept_or_counted_as_left_out(lengths: list[Fraction]) -> None:
    timed = Lengths(tuple(lengths))
    assert len(timed.kept) + timed.missed + timed.extra == len(lengths)
    assert not lengths or min(timed.kept) <= timed.median <= max(timed.kept)


@given(st.lists(thousandths, min_size=ENOUGH, max_size=ENOUGH))
def test_it_ends_after_enough_breaths_whatever_was_tapped(lengths: list[Fraction]) -> None:
    assert tapping(*lengths).complete


@given(thousandths, st.integers(1, 99), st.integers(1, 99))
def test_the_phases_add_up_to_the_breath_in_tenths(usual: Fraction, one: int, two: int) -> None:
    taken_of = usual * min(one, two) / (one + two)
    assume(taken_of >= Fraction(2, 10))
    taken = compute_breath(tapping(*[usual] * 6), read_ratio(f"{one}:{two}"))
    assert taken.seconds == Fraction(round(usual * 10), 10)
    assert read_breath(str(taken)) == taken


def test_six_even_breaths_agree_and_five_do_not() -> None:
    assert not tapping(*[10] * (NEEDED - 1)).agrees
    assert tapping(*[10] * NEEDED).agrees


def test_the_first_breath_may_differ_and_the_last_five_may_not() -> None:
    assert tapping(8, 10, 10, 10, 10, 10).agrees
    assert not tapping(10, 10, 10, 10, 10, 8).agrees
    assert tapping(10, 10, 10, 10, 10, 8.5).agrees, "15 % is still near"


def test_a_missed_tap_costs_one_breath_more() -> None:
    assert not tapping(10, 10, 10, 20, 10, 10).agrees
    assert tapping(10, 10, 10, 20, 10, 10, 10).agrees


def test_a_tap_too_many_is_left_out() -> None:
    sample = tapping(10, 10, 1, 9, 10, 10)
    assert (sample.breaths.extra, sample.breaths.missed) == (1, 0)
    assert sample.breaths.median == 10


def test_how_many_agree_is_reported_on_the_way() -> None:
    assert [tapping(*[10] * count).agreeing for count in range(8)] == [0, 1, 2, 3, 4, LAST, LAST, LAST]


def test_one_tap_a_breath_is_split_by_the_ratio() -> None:
    assert str(compute_breath(tapping(10, 10, 10), read_ratio("40:60"))) == "4-6"
    assert str(compute_breath(tapping(10.04, 10.04, 10.04), read_ratio("1:2"))) == "3.3-6.7"


def test_two_taps_a_breath_are_measured_each() -> None:
    sample = phases(4.1, 5.9, 4.2, 5.8, 4.3, 5.7, 4.2, 5.8)
    assert str(compute_breath(sample, EVEN)) == "4.2-5.8"
    assert sample.breaths.median == 10


def test_phases_agree_when_inhale_exhale_and_breath_do() -> None:
    assert phases(*[4, 6] * 6, 4).agrees
    swapped = phases(*[4, 6] * 3, *[6, 4] * 3, 6)
    assert swapped.breaths.agreeing(Fraction(1)) == LAST
    assert not swapped.agrees, "each breath lasts 10 s, but inhale and exhale changed places"


def test_a_phase_that_was_not_tapped_is_not_timed() -> None:
    sample = read_times("in 0\nout 4\nin 10\nin 20\nout 24\nin 30\nout 34\nin 40", "x")
    assert list(sample.breaths.each) == [10] * 4
    assert list(sample.inhales.each) == [4] * 3
    assert str(compute_breath(sample, EVEN)) == "4-6"


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (TapSeries(), "too few taps: 3 breaths are needed, and 0 could be timed"),
        (tapping(10, 10), "too few taps: 3 breaths are needed, and 2 could be timed"),
        (tapping(10, 10, 30, 1), "too few taps: 3 breaths are needed, and 2 could be timed"),
        (phases(4, 6, 4, 6, 4), "too few taps: 3 inhales or exhales are needed, and 2 could be timed"),
        (tapping(0.2, 0.2, 0.2), "a breath of 0.2 s is not possible"),
        (tapping(900, 900, 900), "a breath of 900 s is not possible"),
        (phases(*[0.04, 4] * 4), "'0.0-4.0' can't be breathed"),
    ],
)
def test_what_is_no_breath_is_refused(sample: TapSeries, expected: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        compute_breath(sample, EVEN)
    assert str(caught.value).startswith(expected)
    assert len(str(caught.value).splitlines()) <= 3


def test_times_are_read_one_a_line_and_comments_are_not() -> None:
    sample = read_times("# at rest\n\n 0 \n4.25\r\n8.5", "x")
    assert sample.taps == tuple(Tap(Kind.INHALE, Fraction(number, 100)) for number in (0, 425, 850))
    assert not sample.phased


def test_plain_times_may_be_inhales_and_exhales_by_turns() -> None:
    assert read_times("0\n4\n10", "x", phases=True) == read_times("in 0\nout 4\nin 10", "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0\nfour", "x:2: 'four' is not a time\nwrite the time"),
        ("nan", "x:1: 'nan' is not a time"),
        ("inf", "x:1: 'inf' is not a time"),
        ("-1", "x:1: '-1' is not a time"),
        ("1e3", "x:1: '1e3' is not a time"),
        ("1:30", "x:1: '1:30' is not a time"),
        ("³", "x:1: '³' is not a time"),
        ("up 3", "x:1: 'up 3' is not a time"),
        ("in 3,5", "x:1: 'in 3,5' is not a time: decimals take a point"),
        ("4\n\n3.5", "x:3: 3.5 s is not after 4 s"),
        ("in 4\nout 4", "x:2: 4 s is not after 4 s"),
        ("9" * 500, "x:1: '99999"),
    ],
)
def test_a_line_that_is_not_a_time_is_reported_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        read_times(text, "x")
    assert str(caught.value).startswith(expected)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["", "40", "40-60", "0:1", "1:0", "1:2:3", "a:b", "-1:2", "nan:1"])
def test_what_is_no_ratio_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ChoiceError, match="write 40:60 or 1:2"):
        read_ratio(text)
