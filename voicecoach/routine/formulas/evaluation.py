"""Calculated values: lengths and counts with names in braces, signs, parentheses and functions."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Self, assert_never

from voicecoach.core.breath import NAMES, Span
from voicecoach.core.spelling import write_number
from voicecoach.errors import ChoiceError, Where, quote
from voicecoach.routine.formulas.syntax import (
    DEEPEST,
    NAME,
    Call,
    Chain,
    Literal,
    Name,
    Node,
    Quantity,
    SyntaxSlipError,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from voicecoach.core.breath import Breath, Kind, Phase

LARGEST = 10**9
"""The largest number: repeated multiplication could fill the memory."""
BREATH_NAMES = ("breath", *NAMES)
"""The names of the listener's breath and of its phases, unless a routine uses them for something else."""
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_PLAIN = re.compile(r"[\w.:]+(?:[-/][\w.: ]+)+|-.*")
_BETWEEN_TWO = re.compile(r"\s*([^-\s][^-]*)(?<!\s)[-\u2013](?!\s)([^-]*[^-\s])\s*")
_SPACED_RANGE = re.compile(r"\s*(\d+(?:\.\d+)?) ?([a-z]*) [-\u2013\u2212] (\d+(?:\.\d+)?)( ?[a-z]+)\s*")


@dataclass(frozen=True, slots=True)
class Formula:
    """A value as it is written, e.g. ``{hold} + 5s``; it is evaluated when the names have values."""

    text: str
    where: Where | None = field(default=None, compare=False)

    def names(self) -> set[str]:
        """Return the names in braces, in lower case."""
        return {name.lower() for name in NAME.findall(self.text)}


class BreathLength(str):
    """The value of a name of the listener's breath: its text, and its exact seconds."""

    __slots__ = ("seconds",)
    seconds: Fraction

    def __new__(cls, seconds: Fraction) -> Self:
        """Keep the seconds."""
        made = super().__new__(cls, f"{write_number(seconds)}s")
        made.seconds = seconds
        return made


class Grown(str):
    """The value of a name that grows: its start, its step as often as it was taken, and its place in the file."""

    __slots__ = ("start", "step", "where")
    start: str
    step: str
    where: Where | None

    def __new__(cls, start: Formula, step: Formula, times: int) -> Self:
        """Write it as a calculation, and keep what the author wrote."""
        made = super().__new__(cls, f"({start.text}) + ({step.text}) * {times}")
        made.start, made.step, made.where = start.text, step.text, start.where
        return made


class TooDeepError(ChoiceError):
    """Names use other names in too many levels."""


class MixedError(ChoiceError):
    """A number and a length are added or compared."""


def measure_breath(breath: Breath) -> dict[str, str]:
    """Return the values of the names of a breath: the whole, and the sum of its phases of each kind.

    >>> from voicecoach.core.notation import read_breath
    >>> measure_breath(read_breath("in 2, in 1, out 6"))
    {'breath': '9s', 'in': '3s', 'hold': '0s', 'out': '6s', 'pause': '0s'}
    """
    return dict(zip(BREATH_NAMES, _measure_once(breath), strict=True))


@lru_cache(maxsize=64)
def _measure_once(breath: Breath) -> tuple[BreathLength, ...]:
    return tuple(map(BreathLength, (breath.seconds, *measure_phases(breath.phases).values())))


def measure_phases(phases: Iterable[Phase]) -> dict[Kind, Fraction]:
    """Return the seconds of all phases of each kind, in the order of a breath."""
    lengths = dict.fromkeys(NAMES.values(), Fraction(0))
    for phase in phases:
        lengths[phase.kind] += phase.seconds
    return lengths


def evaluate(  # noqa: PLR0913 - what a calculation may need
    text: str,
    values: Mapping[str, str],
    watch: Callable[[str], None] | None = None,
    known: dict[str, Quantity] | None = None,
    *,
    signed: bool = False,
    timed: bool = False,
) -> Quantity:
    """Return the value of a formula, a plain number or a length; the ``values`` of names may use other names.

    Args:
        text: The formula.
        values: The texts of names, which are evaluated only if they are used.
        watch: Called with each text that is evaluated.
        known: The results of names, for other formulas with the same ``values``.
        signed: Whether it may be less than zero.
        timed: Whether plain numbers are seconds, as in the phases of a breath.

    >>> evaluate("({hold} + 5s) * 2", {"hold": "20s"})
    Span(breaths=0, rest=Fraction(50, 1), least=Fraction(0, 1))
    >>> evaluate("1m / {breath}", {"breath": "11s"})
    Fraction(5, 1)

    Raises:
        SyntaxSlipError: If it is not a calculation.
        ChoiceError: If it has no value.
    """
    names = _Names(values, watch, {} if known is None else known, timed=timed)
    found = _evaluate_text(text, names)
    if not signed:
        _refuse_negative(text, found)
    return found


def is_plain(text: str) -> bool:
    """Return whether a value is said as it stands although it could be calculated: a range, a fraction or a date.

    >>> [is_plain(text) for text in ("10-5", "1/2", "20s-30s", "-3", "10 - 5", "{n}-5", "20s")]
    [True, True, True, True, False, False, False]
    """
    return _PLAIN.fullmatch(text.strip()) is not None


def find_range(text: str) -> str:
    """Return the end of a range of lengths; nothing if a text is none.

    >>> [find_range(text) for text in ("5-10s", "5 - 10s", "5s - 10s", "10 - 5s", "2 breaths - 5s")]
    ['10s', '10s', '10s', '', '']
    """
    if spaced := _SPACED_RANGE.fullmatch(text):
        start, unit, end, end_unit = spaced.groups()
        return f"{end}{end_unit}" if float(start) < float(end) and unit in {"", end_unit.strip()} else ""
    ends = _BETWEEN_TWO.fullmatch(text)
    return ends[2] if ends and not set("*/+()") & set(text) else ""


def as_span(quantity: Quantity) -> Span:
    """Return a length; a plain number is breaths.

    Raises:
        ChoiceError: If a number of breaths is not whole.
    """
    return quantity if isinstance(quantity, Span) else Span(breaths=as_count(quantity))


def as_count(quantity: Quantity) -> int:
    """Return a whole number.

    Raises:
        ChoiceError: If it is not a whole number.
    """
    if isinstance(quantity, Fraction) and quantity.denominator == 1 and quantity >= 0:
        return int(quantity)
    remedy = ": write round(...) around it" if isinstance(quantity, Fraction) and quantity > 0 else ""
    raise ChoiceError(f"{_write(quantity)} is not a whole number{remedy}")


def as_seconds(text: str, quantity: Quantity) -> Fraction:
    """Return a time in seconds; a plain number is seconds.

    Raises:
        ChoiceError: If it is counted in breaths.
    """
    if isinstance(quantity, Fraction):
        return quantity
    if quantity.in_breaths:
        raise ChoiceError(f"{quote(text)} is {quantity}, and a phase lasts seconds: write a number or a time")
    return quantity.rest


@dataclass(frozen=True, slots=True)
class _Names:
    """The values of names; each is evaluated once, and a name must not use itself."""

    values: Mapping[str, str]
    watch: Callable[[str], None] | None = None
    known: dict[str, Quantity] = field(default_factory=dict)
    within: tuple[str, ...] = ()
    timed: bool = False

    def quantity(self, name: str) -> Quantity:
        if name not in self.values:
            raise SyntaxSlipError(f"{{{name}}} has no value: give it one under 'parameters'")
        if name in self.within:
            raise ChoiceError(f"{{{name}}} uses itself: write a number or a length")
        if len(self.within) > DEEPEST:
            what = f"the names that {{{self.within[0]}}} uses are more than {DEEPEST} deep"
            raise TooDeepError(f"{what}: write a number or a length for {{{self.within[-1]}}}")
        if name not in self.known:
            self.known[name] = self.find(name, self.values[name])
        return self.known[name]

    def find(self, name: str, text: str) -> Quantity:
        if isinstance(text, BreathLength):
            if self.watch:
                self.watch(text)
            return Span(rest=text.seconds)
        try:
            return _evaluate_text(text, replace(self, within=(*self.within, name)))
        except MixedError:
            if not isinstance(text, Grown):
                raise
            what = f"'vary: {name.removeprefix('next ')}' starts at {text.start} and grows by {text.step}"
            raise MixedError(f"{what}, a number and a length: write both as lengths") from None


def _evaluate_text(text: str, names: _Names) -> Quantity:
    if names.watch:
        names.watch(text)
    return _Calculation(text, names).work_out(parse(text))


@dataclass(frozen=True, slots=True)
class _Calculation:
    """A calculation, with its text for messages."""

    text: str
    names: _Names

    def work_out(self, node: Node) -> Quantity:
        match node:
            case Literal(value=value):
                return self.limit(value)
            case Name(name=name):
                return self.names.quantity(name)
            case Chain(first=first, others=others):
                found = self.work_out(first)
                for sign, term in others:
                    found = self.limit(self.combine(found, sign, self.work_out(term)))
                return found
            case Call():
                return self.limit(self.call(node))
            case _:
                assert_never(node)

    def combine(self, left: Quantity, sign: str, right: Quantity) -> Quantity:
        if sign in "+-":
            return self.add(left, 1 if sign == "+" else -1, right)
        return self.multiply(left, right) if sign == "*" else self.divide(left, right)

    def add(self, left: Quantity, by: int, right: Quantity) -> Quantity:
        left, right = self.alike([left, right], "adds")
        if isinstance(left, Span) and isinstance(right, Span):
            return Span(left.breaths + by * right.breaths, left.rest + by * right.rest, left.least + by * right.least)
        assert isinstance(left, Fraction)  # noqa: S101 - they are alike
        assert isinstance(right, Fraction)  # noqa: S101
        return left + by * right

    def alike(self, found: list[Quantity], what: str) -> list[Quantity]:
        """Return numbers, or lengths; in a breath a number beside a length is seconds, and 0 is no time anywhere."""
        if len({isinstance(each, Span) for each in found}) < 2:  # noqa: PLR2004 - both kinds
            return found
        if not self.names.timed and any(isinstance(each, Fraction) and each for each in found):
            raise MixedError(f"{quote(self.text)} {what} a number and a length: write both as lengths")
        return [each if isinstance(each, Span) else Span(rest=each) for each in found]

    def multiply(self, left: Quantity, right: Quantity) -> Quantity:
        if isinstance(right, Span):
            left, right = right, left
        if isinstance(right, Span):
            raise ChoiceError(f"{quote(self.text)} multiplies two lengths: write one of them as a number")
        return self.scale(left, right)

    def divide(self, left: Quantity, right: Quantity) -> Quantity:
        if right in {Fraction(0), Span()}:
            raise ChoiceError(f"{quote(self.text)} divides by zero: divide by a number or a length above 0")
        if isinstance(right, Fraction):
            return self.scale(left, 1 / right)
        if isinstance(left, Fraction):
            raise ChoiceError(f"{quote(self.text)} divides a number by a length: write both as lengths, or as numbers")
        (one, in_breaths), (other, also) = self.measure(left), self.measure(right)
        if in_breaths is not also:
            remedy = "write both as times, with {breath} for the seconds of a breath"
            raise ChoiceError(f"{quote(self.text)} divides breaths and seconds by each other: {remedy}")
        return Fraction(math.floor(one / other))

    def measure(self, span: Span) -> tuple[Fraction, bool]:
        """Return the size of a length that is in breaths or in seconds, and whether it is in breaths."""
        if span.least or (span.breaths and span.rest):
            remedy = "use a length in breaths or in seconds there"
            raise ChoiceError(f"{quote(self.text)} can't be calculated with {span}: {remedy}")
        return (Fraction(span.breaths), True) if span.breaths else (span.rest, False)

    def scale(self, value: Quantity, factor: Fraction) -> Quantity:
        if isinstance(value, Fraction):
            return value * factor
        breaths = value.breaths * factor
        if breaths.denominator != 1:
            what = f"{quote(self.text)} is {write_number(breaths)} breaths, and {write_number(breaths)}"
            raise ChoiceError(f"{what} is not a whole number: write round(...) around the number of breaths")
        return Span(int(breaths), value.rest * factor, value.least * factor)

    def call(self, node: Call) -> Quantity:
        found = [self.work_out(each) for each in node.arguments]
        match node.function:
            case "-":
                return self.scale(found[0], Fraction(-1))
            case "min" | "max":
                return self.choose(node.function, self.alike(found, "compares"))
            case "round":
                return self.round(found[0])
            case "in whole breaths":
                return Span(least=self.time(node.arguments[0], found[0]))
            case "at least":
                return self.count_at_least(node, found)
            case unit:
                return self.give_unit(unit, found[0])

    def choose(self, function: str, found: list[Quantity]) -> Quantity:
        """Return the smallest or the largest value."""
        pick = min if function == "min" else max
        if not isinstance(found[0], Span):
            return pick(found, key=lambda each: each if isinstance(each, Fraction) else Fraction(0))
        sizes = [self.measure(each) for each in found if isinstance(each, Span)]
        if len({in_breaths for size, in_breaths in sizes if size}) > 1:
            remedy = "write both alike; '3 breaths, at least 20s' is the longer of the two"
            raise ChoiceError(f"{quote(self.text)} compares breaths and seconds: {remedy}")
        return found[pick(range(len(found)), key=lambda number: sizes[number][0])]

    def round(self, value: Quantity) -> Quantity:
        """Return the nearest whole number or second; a half is rounded up."""
        half = Fraction(1, 2)
        if isinstance(value, Fraction):
            return Fraction(math.floor(value + half))
        return replace(value, rest=Fraction(math.floor(value.rest + half)))

    def time(self, node: Node, found: Quantity) -> Fraction:
        if isinstance(found, Span) and not found.in_breaths:
            return found.rest
        raise ChoiceError(f"{quote(str(node))} is {_write(found)}, which is not a time: write seconds, as 20s")

    def count_at_least(self, node: Call, found: list[Quantity]) -> Span:
        counted = as_span(found[0])
        if counted.rest or counted.least:
            what = f"{quote(str(node.arguments[0]))} is {counted}, which is not a number of breaths"
            raise ChoiceError(f"{what}: write 3 breaths before the comma")
        return replace(counted, least=self.time(node.arguments[1], found[1]))

    def give_unit(self, unit: str, value: Quantity) -> Quantity:
        """Return a number with a unit; a length that has this kind of unit stays as it is."""
        if isinstance(value, Fraction):
            return Span(breaths=as_count(value)) if unit == "breaths" else Span(rest=value * _SECONDS[unit])
        if value.in_breaths is not (unit == "breaths") and value != Span():
            raise ChoiceError(f"{quote(self.text)} gives {value} another unit: take the unit after it out")
        return value

    def limit(self, found: Quantity) -> Quantity:
        """Return a value, unless it has too many digits."""
        sizes = (Fraction(found.breaths), found.rest, found.least) if isinstance(found, Span) else (found,)
        if max(abs(size.numerator) for size in sizes) > LARGEST**2 or max(s.denominator for s in sizes) > LARGEST:
            raise ChoiceError(f"{quote(self.text)} is too large, or has too many digits: write a simpler number")
        return found


def _refuse_negative(text: str, found: Quantity) -> None:
    sizes = (Fraction(found.breaths), found.rest, found.least) if isinstance(found, Span) else (found,)
    if min(sizes) >= 0:
        return
    called = text if NAME.fullmatch(text) else quote(text)
    if max(sizes) > 0:
        raise ChoiceError(f"{called} takes seconds from breaths: write {{breath}} * 3 for the seconds of 3 breaths")
    raise ChoiceError(f"{called} is less than zero: take less away, or use max(0, ...)")


def _write(quantity: Quantity) -> str:
    return str(quantity) if isinstance(quantity, Span) else write_number(quantity)
