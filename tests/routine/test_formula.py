"""Values that are worked out: their arithmetic, and what is refused."""

from __future__ import annotations

import copy
import itertools
import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from voicecoach.core import spelling
from voicecoach.core.breath import Span
from voicecoach.errors import ChoiceError
from voicecoach.routine.formulas.evaluation import LARGEST, as_count, as_span, evaluate
from voicecoach.routine.formulas.syntax import DEEPEST, SyntaxSlipError, parse

numbers = st.integers(0, 200)


def seconds(number: float | Fraction) -> Span:
    return Span(rest=Fraction(number))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", Fraction(3)),
        ("1.5", Fraction(3, 2)),
        ("20s", seconds(20)),
        ("2 breaths", Span(2)),
        ("3 breaths, at least 20s", Span(3, least=Fraction(20))),
        ("10 - 2 - 3", Fraction(5)),
        ("2 + 3 * 4", Fraction(14)),
        ("12 / 3 / 2", Fraction(2)),
        ("1 - 3 + 5", Fraction(3)),
        ("20s + 5s * 2", seconds(30)),
        ("1:30 / 4", seconds(22.5)),
        ("2 breaths + 3 breaths", Span(5)),
        ("3 breaths * 2", Span(6)),
        ("{hold} * 2 + 5s", seconds(45)),
        ("{long}", seconds(30)),
        ("{hold} in whole breaths", Span(least=Fraction(20))),
        ("{hold} * 2 in whole breaths", Span(least=Fraction(40))),
        ("3 breaths, at least {hold}", Span(3, least=Fraction(20))),
        ("{n}, at least {hold} + 5s", Span(4, least=Fraction(25))),
        ("{n} breaths, at least {long}", Span(4, least=Fraction(30))),
        ("{n} breaths + 1 breath", Span(5)),
        ("{half-way} - {hold}", seconds(5)),
        ("{LONG} - {hold}", seconds(10)),
        ("({n} + 2) * 5s", seconds(30)),
        ("5s*({n}-1)", seconds(15)),
        ("{hold}*2-{long}", seconds(10)),
        ("-{hold} + 25s", seconds(5)),
        ("-(-3) * 2", Fraction(6)),
        ("2 - 3 + 5", Fraction(4)),
        ("{hold} \u2212 5s \u00d7 2", seconds(10)),
        ("1m / 11s", Fraction(5)),
        ("7 breaths / 2 breaths", Fraction(3)),
        ("min({hold}, {long}, 25s) + max(1s, 2s)", seconds(22)),
        ("max({hold} - 30s, 0)", Span()),
        ("round({n} * 0.6)", Fraction(2)),
        ("round(2.5) + round(7.4s / 1s)", Fraction(10)),
        ("round({hold} / 3)", seconds(7)),
        ("({n} + 1) breaths, at least {hold}", Span(5, least=Fraction(20))),
        ("{n}s + {n} minutes", seconds(244)),
        ("({hold} in whole breaths) * 2", Span(least=Fraction(40))),
    ],
)
def test_a_value_is_worked_out_as_one_would_by_hand(text: str, expected: object) -> None:
    assert evaluate(text, {"hold": "20s", "long": "{hold} * 1.5", "n": "4", "half-way": "25s"}) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("abc", "'abc' is not a length"),
        ("", "'' is not a length"),
        ("5s + 3", "adds a number and a length: write both as lengths"),
        ("3s * 5s", "'3s * 5s' multiplies two lengths: write one of them as a number"),
        ("3 / 0", "'3 / 0' divides by zero: divide by a number or a length above 0"),
        ("20s / 0s", "divides by zero"),
        ("3 / 20s", "divides a number by a length: write both as lengths, or as numbers"),
        ("3 breaths / 20s", "divides breaths and seconds by each other: write both as times, with {breath}"),
        ("max(3 breaths, 20s)", "compares breaths and seconds: write both alike"),
        ("max(3, 20s)", "compares a number and a length"),
        ("3 breaths - 5s", "takes seconds from breaths: write {breath} * 3"),
        ("2 - 3", "is less than zero"),
        ("5s - 6s", "is less than zero"),
        ("3 breaths / 2", "1.5 is not a whole number"),
        ("{b} + 1", "{b} has no value: give it one under 'parameters'"),
        ("{a}", "{a} uses itself"),
        ("{one}", "uses itself"),
        ("2 +", "'2 +' can't be calculated: write a number or a length after +"),
        ("2 ** 3", "write a number or a length between * and *"),
        ("* 3", "write a number or a length before *"),
        ("(2 + 3", "a ( is not closed; write ) where it ends"),
        ("2 + 3)", "take the last ) out, or write ( where it begins"),
        ("()", "write a number or a length between ( and )"),
        ("(2, 3)", "take the comma out, or write min or max before the ("),
        ("2 {b}", "write + - * or / before '{b}'"),
        ("(2) {b}", "write + - * or / before '{b}'"),
        ("2 (3)", "write + - * or / before '('"),
        ("mxa(2, 3)", "did you mean max?"),
        ("sqrt(2)", "write + - * or / before the (, or min, max or round"),
        ("round(1.5, 1)", "write one value in round(...)"),
        ("{b} x 2", "'{b} x 2' can't be calculated: write * for the x"),
        ("(" * 30 + "1" + ")" * 30, "its parentheses are more than 20 deep; use fewer"),
        ("4-6", "'4-6' is less than zero: take less away"),
        ("3 breaths at least 20s", "has no comma: write 3 breaths, at least 20s"),
        ("3 in whole breaths", "'3' is 3, which is not a time: write seconds, as 20s"),
        ("3 breaths in whole breaths", "'3 breaths' is 3 breaths, which is not a time"),
        ("5s, at least 20s", "'5s' is 5s, which is not a number of breaths"),
        ("2, at least 3", "'3' is 3, which is not a time"),
        (" * ".join(["100000000"] * 5), "is too large, or has too many digits"),
        ("1 / 100000000 / 100000", "is too large, or has too many digits"),
    ],
)
def test_what_can_not_be_worked_out_is_told(text: str, told: str) -> None:
    with pytest.raises(ChoiceError, match=re.escape(told)):
        evaluate(text, {"a": "{a} + 1", "one": "{two}", "two": "{one}"})


def test_a_text_is_no_calculation_without_a_look_into_the_tables_of_all_languages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for table in ("_list_numbers", "_list_typed"):
        monkeypatch.setattr(spelling, table, lambda *_: pytest.fail("a table was read"))
    with pytest.raises(SyntaxSlipError) as caught:
        parse("Standing eagle stretch")
    monkeypatch.undo()
    assert str(caught.value) == str(copy.copy(caught.value))
    assert str(caught.value).startswith("'Standing eagle stretch' is not a length: write breaths as")


class Number(Fraction):
    """A number for Python's own evaluation; rounding is up at a half."""

    def __round__(self, ndigits: int | None = None) -> Any:  # noqa: ANN401 - as Python has it
        return math.floor(self + Fraction(1, 2)) if ndigits is None else self


spaces = st.sampled_from(["", " ", "  "])
amounts = st.integers(0, 60).map(str) | st.sampled_from(["0.5", "1.25", "7.1"])


def put_together(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return calculations of calculations, with all signs, functions, parentheses and spaces."""
    chains = st.lists(st.tuples(spaces, st.sampled_from("+-*/"), spaces, inner), min_size=1, max_size=4)
    return (
        st.builds(lambda first, rest: first + "".join(map("".join, rest)), inner, chains)
        | st.builds(lambda gap, text: f"({gap}{text}{gap})", spaces, inner)
        | st.builds(lambda gap, text: f"-{gap}({text})", spaces, inner)
        | st.builds(lambda name, gap, some: f"{name}({f'{gap},{gap}'.join(some)})", *(
            st.sampled_from(["min", "max"]), spaces, st.lists(inner, min_size=2, max_size=3)
        ))
        | st.builds("round({})".format, inner)
    )  # fmt: skip


calculations = st.recursive(amounts, put_together, max_leaves=12)
NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def calculate_in_python(text: str) -> Fraction | None:
    """Return what Python makes of a calculation; None if that divides by zero."""
    exact = {"F": Number, "min": min, "max": max, "round": lambda value: Number(round(Number(value)))}
    try:
        return Fraction(eval(NUMBERS.sub(lambda match: f"F('{match[0]}')", text), exact))  # noqa: S307 - numbers and signs
    except ZeroDivisionError:
        return None


@settings(deadline=None)
@given(calculations)
@example("1 - 2 - 3 * -4 / 2")
@example("2-(3-4)*5")
@example("-(-2) - -3")
@example("round(2.5) + round(-2.5) * max(1, 2,3)")
@example("8/4/2")
@example("1/(2-2)")
def test_calculations_are_those_of_python(text: str) -> None:
    expected, refused = calculate_in_python(text), ""
    try:
        found: object = evaluate(text, {}, signed=True)
        assert evaluate(f"({text}) * 1s", {}, signed=True) == Span(rest=expected or Fraction(0))
    except ChoiceError as error:
        found, refused = None, str(error)
    if "too large, or has too many digits" not in refused:
        assert (found, "by zero" in refused) == (expected, expected is None)


def name_numbers(text: str) -> str:
    """Put names, lengths and units in place of some numbers of a calculation."""
    forms = itertools.cycle(["{}", "{{a{}}}", "{}s", "{{a}} breaths", "({} + 1) s", "({} s in whole breaths)"])
    return NUMBERS.sub(lambda match: next(forms).format(match[0]), text)


@given(calculations, st.booleans())
@example("3, at least 5s", False)  # noqa: FBT003
@example("min(1s in whole breaths, 2)", False)  # noqa: FBT003
@example("-(2 - 3) * 4", True)  # noqa: FBT003
@example("-(-(0))", False)  # noqa: FBT003
def test_what_is_written_out_is_read_again_as_the_same(text: str, named: bool) -> None:  # noqa: FBT001
    read = parse(name_numbers(text) if named else text)
    assert parse(str(read)) == read
    assert str(parse(str(read))) == str(read)


@given(st.integers(0, 500), st.fractions(0, 90, max_denominator=1000), st.fractions(0, 90, max_denominator=1000))
def test_a_length_is_written_as_it_is_read(breaths: int, rest: Fraction, least: Fraction) -> None:
    rest, least = (Fraction(round(each * 1000), 1000) for each in (rest, least))
    for span in (Span(breaths), Span(rest=rest), Span(breaths, least=least)):
        assert evaluate(str(span), {}) == span


@given(numbers, numbers, numbers)
def test_lengths_are_added_in_seconds_and_in_breaths(one: int, two: int, times: int) -> None:
    assert evaluate(f"{one}s + {two}s * {times}", {}) == seconds(one + two * times)
    assert evaluate(f"{one} breaths + {two} breaths * {times}", {}) == Span(one + two * times)


@given(st.text(max_size=60), st.dictionaries(st.sampled_from("abc"), st.text(max_size=20)))
def test_no_text_gives_more_than_a_value_or_an_error(text: str, values: dict[str, str]) -> None:
    try:
        found = evaluate(text, values)
    except ChoiceError:
        return
    assert min(found.rest, found.least) >= 0 if isinstance(found, Span) else found >= 0


def test_names_that_need_each_other_take_no_time() -> None:
    doubled = {f"n{number}": f"{{n{number + 1}}} + {{n{number + 1}}}" for number in range(DEEPEST)}
    assert evaluate("{n0}", {**doubled, f"n{DEEPEST}": "1"}) == 2**DEEPEST
    values = {f"n{number}": f"{{n{number + 1}}}" for number in range(DEEPEST + 1)} | {f"n{DEEPEST + 1}": "1s"}
    with pytest.raises(ChoiceError, match=r"are more than 20 deep: write a number or a length for \{n20\}"):
        evaluate("{n0}", values)
    assert evaluate("{n0}", values | {"n20": "1s"}) == seconds(1)
    with pytest.raises(ChoiceError, match="are more than 20 deep"):
        evaluate("{n0}", {f"n{number}": f"{{n{number + 1}}}" for number in range(5000)})


def test_a_long_sum_is_no_deep_one() -> None:
    assert evaluate(" + ".join(["1"] * 3000), {}) == 3000


def test_counts_are_whole_and_plain_numbers_are_breaths() -> None:
    assert as_span(Fraction(3)) == Span(3)
    assert as_count(Fraction(LARGEST)) == LARGEST
    for quantity in (Fraction(1, 2), seconds(3), Fraction(-1)):
        with pytest.raises(ChoiceError, match="is not a whole number"):
            as_count(quantity)
