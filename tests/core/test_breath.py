# ruff: noqa: RUF001 - people type signs that look like others
from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.strategies import breaths
from voicecoach.core.breath import LONGEST_BREATH, Kind, Span
from voicecoach.core.notation import find_span, read_breath, read_pace, read_paces, read_seconds, read_span
from voicecoach.errors import ChoiceError

whole = st.integers(1, 99)
decimal = st.decimals("0.5", "99", places=2).map(str)


@given(st.lists(decimal, min_size=2, max_size=4))
def test_a_breath_is_the_seconds_that_were_written(parts: list[str]) -> None:
    read = read_breath("-".join(parts))
    assert [phase.seconds for phase in read.phases] == [Fraction(part) for part in parts]
    assert read_breath(str(read)) == read


def test_the_number_of_seconds_says_which_phases_they_are() -> None:
    assert [phase.kind for phase in read_breath("4-6").phases] == [Kind.INHALE, Kind.EXHALE]
    assert [phase.kind for phase in read_breath("4-7-8").phases] == [Kind.INHALE, Kind.HOLD, Kind.EXHALE]
    assert [phase.kind for phase in read_breath("4-4-4-4").phases] == list(Kind)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "4-",
        "-4-6",
        "0-0",
        "0-6",
        "4-0",
        "nan-6",
        "inf-6",
        "4,5-6",
        "4-6-",
        "4--6",
        "1e3-6",
        "4-6-8-2-1",
        "4m-6",
    ],
)
def test_what_is_no_breath_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ChoiceError, match="write seconds") as caught:
        read_breath(text)
    assert len(str(caught.value).splitlines()) <= 3


@pytest.mark.parametrize("text", ["400-400", "999999-1", "0.01-4"])
def test_a_breath_nobody_can_breathe_is_refused(text: str) -> None:
    with pytest.raises(ChoiceError, match=text):
        read_breath(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5s", 5), ("1.5s", Fraction(3, 2)), ("1:30", 90), ("1:00:00", 3600), ("2m", 120), ("10 minutes", 600)],
)
def test_lengths_of_time_mean_what_they_look_like(text: str, expected: Fraction) -> None:
    assert read_seconds(text) == expected


@pytest.mark.parametrize("text", ["-5s", "nan s", "1:75", "1:3", "s", "5 breaths", "30s1m", "1m90", "1m 2m"])
def test_what_is_not_a_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ChoiceError, match="write seconds") as caught:
        read_seconds(text)
    assert len(str(caught.value)) < 300


def test_a_plain_number_is_breaths() -> None:
    assert read_span("3") == read_span("3 breaths") == Span(breaths=3)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "4–6",
            "4—6",
            "4 − 6",
            "4/6",
            "4 6",
            " 4 - 6 ",
            "“4-6”",
            "„4-6“",
            "4\u00a0-\u00a06",
            "４－６",
            "٤-٦",
            "4 \u200b6",
        ),
        *("4s-6s", "4 s / 6 s.", "4 Sekunden - 6 Sekunden", "4-6s", "04-6.0", "4-6.0000001"),
        *("4 in 6 out", "4s in, 6s out", "in 4 out 6", "In: 4, Out: 6", "inhale 4 and exhale 6", "ein 4 und aus 6"),
        *(
            "inspira 4, espira 6",
            "inspirez 4, soufflez 6",
            "6/min",
            "6 / min",
            "6 breaths a minute",
            "6 per minute 2:3",
        ),
    ],
)
def test_a_breath_can_be_typed_in_many_ways(text: str) -> None:
    assert read_breath(text) == read_breath("4-6")
    assert read_paces(text) == (read_pace("4-6"),)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("4:6", "write 4-6 for seconds, or 6/min 4:6 for a ratio"),
        ("4:7:8", "write 4-7-8 for seconds, or 6/min 4:7:8 for a ratio"),
        ("4,6", "may be a decimal or two numbers\nwrite 4-6; decimals take a point, as in 4.5-6"),
        ("4,7,8", "write 4-7-8"),
        ("4,5-6", "decimals take a point, as in 4.5-6"),
        ("4,5 / 5,5", "decimals take a point, as in 4.5 / 5.5"),
        ("in 4,5, out 6", "decimals take a point"),
        ("4-6m", "'6m' is not a number of seconds"),
        ("in 4, up 6", "'up' is not a phase"),
        ("9" * 5000 + "-6", "lasts more than 600 s a breath"),
        ("4-" + "0" * 5000, "nothing is left of its exhale"),
    ],
)
def test_what_may_mean_two_things_says_how_each_is_written(text: str, remedy: str) -> None:
    for read in (read_breath, read_pace, read_paces):
        with pytest.raises(ChoiceError) as caught:
            read(text)
        assert remedy in str(caught.value)
        assert len(str(caught.value)) < 300


tenths = st.integers(1, 3000).map(lambda number: Fraction(number, 10))
fine = st.fractions("0.1", 150, max_denominator=10**7)
amounts = st.one_of(tenths, fine).map(lambda value: f"{float(value):.7f}")
rows = st.lists(amounts, min_size=2, max_size=4).map("-".join)
named = st.lists(st.tuples(st.sampled_from(["in", "hold", "out", "pause"]), amounts), min_size=2, max_size=6).map(
    lambda drawn: ", ".join(f"{name} {length}" for name, length in drawn)
)
rates = st.tuples(st.integers(1, 99), st.lists(st.integers(0, 99), min_size=2, max_size=4)).map(
    lambda drawn: f"{drawn[0]}/min {':'.join(map(str, drawn[1]))}"
)


@given(st.one_of(rows, named, rates))
def test_a_breath_that_can_be_read_is_written_as_it_is_read(text: str) -> None:
    try:
        found = read_breath(text)
    except ChoiceError:
        return
    assert read_breath(str(found)) == found
    assert read_pace(str(read_pace(text))) == read_pace(text)


@given(st.integers(1, 99), st.lists(st.integers(1, 99), min_size=2, max_size=4))
def test_breaths_a_minute_are_as_long_as_that_to_a_millionth(rate: int, ratio: list[int]) -> None:
    assume(60 / rate * min(ratio) / sum(ratio) > 0.2)
    found = read_breath(f"{rate}/min {':'.join(map(str, ratio))}")
    assert abs(found.seconds - Fraction(60, rate)) <= Fraction(1, 2_000_000)


@given(st.lists(st.one_of(rows, rates), min_size=2, max_size=4), amounts, st.integers(1, 10**7))
def test_a_pace_that_can_be_read_is_written_as_it_is_read(points: list[str], longer: str, every: int) -> None:
    for text in (
        "..".join(points),
        f"{points[0]} +{longer}s every {every}s",
        f"{points[0]} + {longer} s every {every}h",
    ):
        try:
            found = read_pace(text)
        except ChoiceError:
            continue
        assert read_pace(str(found)) == found


units = st.sampled_from(["s", " sec", " Sekunden", "m", " min", "h", " heures", " breaths", " Atemzüge", ""])
lengths = st.tuples(st.one_of(st.integers(0, 10**12).map(str), amounts), units).map("".join)


@given(st.one_of(lengths, st.tuples(lengths, lengths).map(" ".join), lengths.map("3 breaths, at least {}".format)))
@example("3 breaths, at least a while")
def test_a_length_that_can_be_read_is_written_as_it_is_read(text: str) -> None:
    try:
        found = read_span(text)
    except ChoiceError:
        assert find_span(text) is None
        return
    assert read_span(str(found)) == find_span(text) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("1m30s", 90), ("1 min 30 s", 90), ("1m30", 90), ("1h30", 5400), ("1 h 5 min", 3900), ("1h1m1s", 3661)),
        *(("1'30\"", 90), ("1\u203230\u2033", 90), ("90 Sek.", 90), ("2 Minuten und 30 Sekunden", 150), ("５ｓ", 5)),
        *(("10 minutos y 5 segundos", 605), ("1 heure et 30 minutes", 5400), ("“10m”", 600), ("10 MIN", 600)),
        *(("1,5 s", "decimals take a point, write 1.5 s"), ("10", "'10' has no unit: write 10s"), ("90", "or 90m for")),
    ],
)
def test_a_length_can_be_typed_in_many_ways(text: str, expected: int | str) -> None:
    if isinstance(expected, int):
        assert read_seconds(text) == read_span(text).rest == expected
    else:
        with pytest.raises(ChoiceError, match=expected):
            read_seconds(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [("3 Atemzüge", 3), ("２ breaths", 2), ("una", None), ("three bananas", None), ("2 respiraciones", 2)],
)
def test_breaths_are_counted_in_every_language_with_a_table(text: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(ChoiceError, match="is not a length"):
            read_span(text)
    else:
        assert read_span(text) == Span(breaths=count)


@given(breaths, st.integers(0, 50), st.fractions(0, 100))
def test_a_span_is_its_breaths_and_its_seconds(taken: object, count: int, rest: Fraction) -> None:
    from voicecoach.core.breath import Breath

    assert isinstance(taken, Breath)
    assert Span(count, rest).seconds(taken) == count * taken.seconds + rest


halves = st.integers(1, 12).map(lambda number: Fraction(number, 2))


@given(halves, halves, halves, halves, st.integers(4, 500))
def test_between_two_breaths_each_phase_goes_from_one_to_the_other(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction, most: int
) -> None:
    found = read_paces(f"{float(a)}-{float(b)},{float(c)}-{float(d)}", most)
    lengths = {tuple(phase.seconds for phase in each.points[0].phases) for each in found}
    ends = {(first, second) for first in (a, c) for second in (b, d)}
    assert ends <= lengths
    assert len(found) == len(lengths) <= most
    assert all(min(a, c) <= first <= max(a, c) and min(b, d) <= second <= max(b, d) for first, second in lengths)
    if most > 23 * 23:
        assert len(found) == (abs(a - c) * 2 + 1) * (abs(b - d) * 2 + 1)


def test_what_is_tried_can_be_one_pace() -> None:
    for text in ("4-6", "3-4..4-6", "in 2, in 1, out 6", "in 4, out 6"):
        assert read_paces(text) == (read_pace(text),)


def test_breaths_that_are_too_long_are_left_out_between_two_that_are_not() -> None:
    found = read_paces("500-10,10-500")
    assert max(each.points[0].seconds for each in found) <= LONGEST_BREATH


@pytest.mark.parametrize("text", ["4-6,4-7-8", "4-6,5", "2-2,3-3,4-4", "4,5-6", ","])
def test_two_breaths_that_have_none_between_are_refused(text: str) -> None:
    with pytest.raises(ChoiceError):
        read_paces(text)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=5), st.integers(0, 60))
def test_a_ramp_lasts_as_long_as_its_breaths(lengths: list[int], count: int) -> None:
    """``Pace.count`` adds them up leg by leg, not one by one."""
    ramp = read_pace("..".join(f"{length}-{length}" for length in lengths))
    each = sum((one.seconds for one in ramp.breaths(count)), Fraction(0)) if count else 0
    assert ramp._seconds(count) == each  # noqa: SLF001
