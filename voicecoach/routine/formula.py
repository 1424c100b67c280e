"""Calculated values: lengths and counts with names in braces and simple arithmetic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Span
from voicecoach.core.notation import LEAST, WHOLE, read_span
from voicecoach.core.spelling import NUMBER, read_number, simplify
from voicecoach.errors import ChoiceError, Where, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = re.compile(r"\{([^{}]*)\}")
LARGEST = 10**9
"""The largest number: repeated multiplication could fill the memory."""
DEEPEST = 20
Quantity = Span | Fraction
_NUMBER = re.compile(NUMBER)
_OUTSIDE = re.compile(r"[^{}]+(?![^{}]*\})")
_SIGNS = str.maketrans("\u00d7\u00f7", "*/")
_BREATHS = re.compile(r"(\{[^{}]*\})\s*breaths?")
_TIMES = re.compile(r"(?<=[\w}]) [xX] (?=[{\d])")
_SIGN = re.compile(r"(?<=[\w}])( ?)([-+*/])( ?)(?=[{\d.])")


@dataclass(frozen=True, slots=True)
class Formula:
    """A value as it is written, e.g. ``{hold} + 5s``; it is evaluated when the names have values."""

    text: str
    where: Where | None = field(default=None, compare=False)

    def names(self) -> set[str]:
        """Return the names in braces, in lower case."""
        return {name.lower() for name in NAME.findall(self.text)}


class TooDeepError(ChoiceError):
    """Names use other names in too many levels."""


def evaluate(
    text: str,
    values: Mapping[str, str],
    spend: Callable[[int], None] | None = None,
    known: dict[str, Quantity] | None = None,
) -> Quantity:
    """Return the value of a formula, a plain number or a length; the ``values`` of names may use other names.

    ``spend`` is called with the length of each evaluated text; ``known`` caches the results of names for other
    formulas with the same ``values``.

    >>> evaluate("{hold} * 2 + 5s", {"hold": "20s"})
    Span(breaths=0, rest=Fraction(45, 1), least=Fraction(0, 1))
    >>> evaluate("{n} + 1", {"n": "3"})
    Fraction(4, 1)

    Raises:
        ChoiceError: If it has no value.
    """
    return _evaluate(text, _Names(values, spend, {} if known is None else known))


def _simplify(text: str) -> str:
    """Return a value with plain signs, also for plus, minus, times and divided; names in braces stay."""
    return _OUTSIDE.sub(lambda match: _simplify_part(match[0]), text.strip())


def _simplify_part(text: str) -> str:
    before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
    bare = simplify(text).translate(_SIGNS)
    return f"{before}{bare}{after}" if bare else " " * text.isspace()


def refuse_slips(text: str) -> None:
    """Refuse arithmetic that is not written as it must be.

    Raises:
        ChoiceError: If a value has parentheses, or signs without spaces around them.
    """
    bare = NAME.sub("{}", text)
    if set("()") & set(bare):
        raise ChoiceError(
            f"{quote(text)} has parentheses, which can't be calculated: give what is in them a name under 'parameters'"
        )
    if _TIMES.search(bare):
        raise ChoiceError(f"{quote(text)} can't be calculated: write * for the x")
    for match in _SIGN.finditer(bare):
        before, sign, after = match.groups()
        beside = {
            bare[match.start() - 1],
            bare[match.end()],
        }  # between two numbers, - and + can mean a range or a breath
        if not (before and after) and (sign in "*/" or beside & set("{}")):
            raise ChoiceError(f"{quote(text)} can't be calculated: write spaces around the {sign}")


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
    if isinstance(quantity, Span) or quantity.denominator != 1 or quantity < 0:
        raise ChoiceError(f"{quantity if isinstance(quantity, Span) else f'{float(quantity):g}'} is not a whole number")
    return int(quantity)


@dataclass(frozen=True, slots=True)
class _Names:
    """The values of names; each is evaluated once, and a name must not use itself."""

    values: Mapping[str, str]
    spend: Callable[[int], None] | None = None
    known: dict[str, Quantity] = field(default_factory=dict)
    within: tuple[str, ...] = ()

    def quantity(self, name: str) -> Quantity:
        if name not in self.values:
            raise ChoiceError(f"{{{name}}} has no value: give it one under 'parameters'")
        if name in self.within:
            raise ChoiceError(f"{{{name}}} uses itself: write a number or a length")
        if len(self.within) > DEEPEST:
            raise TooDeepError(f"names use {{{name}}} in more than {DEEPEST} levels: write a number or a length there")
        if name not in self.known:
            self.known[name] = _evaluate(self.values[name], replace(self, within=(*self.within, name)))
        return self.known[name]


def _evaluate(text: str, names: _Names) -> Quantity:
    """Return the value of a time in whole breaths, of breaths that last at least a time, or of a sum."""
    if names.spend:
        names.spend(len(text))
    refuse_slips(text)
    text = _simplify(text)
    if match := WHOLE.fullmatch(text.strip()):
        return _check_size(text, Span(least=_evaluate_time(match[1], names)))
    if match := LEAST.fullmatch(text.strip()):
        counted = as_span(_evaluate_sum(match[1], names))
        if counted.rest or counted.least:
            raise ChoiceError(
                f"{quote(match[1])} is {counted}, which is not a number of breaths: write 3 breaths before the comma"
            )
        return _check_size(text, replace(counted, least=_evaluate_time(match[2], names)))
    return _evaluate_sum(text, names)


def _evaluate_time(text: str, names: _Names) -> Fraction:
    found = _evaluate_sum(text, names)
    if isinstance(found, Span) and not found.in_breaths:
        return found.rest
    what = f"{found}" if isinstance(found, Span) else f"{float(found):g}"
    raise ChoiceError(f"{quote(text)} is {what}, which is not a time: write seconds, as 20s")


def _evaluate_sum(text: str, names: _Names) -> Quantity:
    first, *others = re.split(r" ([+-]) ", text)
    total = _evaluate_product(first, names)
    for sign, term in zip(others[::2], others[1::2], strict=True):
        total = _add(text, total, sign, _evaluate_product(term, names))
    return _check_size(text, total)


def _add(text: str, left: Quantity, sign: str, right: Quantity) -> Quantity:
    by = 1 if sign == "+" else -1
    if isinstance(left, Span) and isinstance(right, Span):
        return Span(left.breaths + by * right.breaths, left.rest + by * right.rest, left.least + by * right.least)
    if isinstance(left, Span) or isinstance(right, Span):
        raise ChoiceError(f"{quote(text)} adds a number and a length: write both as lengths")
    return left + by * right


def _evaluate_product(text: str, names: _Names) -> Quantity:
    first, *others = re.split(r" ([*/]) ", text)
    found = _evaluate_term(first.strip(), names)
    for sign, term in zip(others[::2], others[1::2], strict=True):
        found = _check_size(text, _multiply(text, found, sign, _evaluate_term(term.strip(), names)))
    return found


def _multiply(text: str, left: Quantity, sign: str, right: Quantity) -> Quantity:
    if isinstance(right, Span) or (sign == "/" and not right):
        raise ChoiceError(f"{quote(text)} can't be calculated: only a number, not 0 after /, can follow * and /")
    factor = right if sign == "*" else 1 / right
    if isinstance(left, Span):
        return Span(as_count(left.breaths * factor), left.rest * factor, left.least * factor)
    return left * factor


def _evaluate_term(text: str, names: _Names) -> Quantity:
    if match := NAME.fullmatch(text):
        return names.quantity(match[1].lower())
    if match := _BREATHS.fullmatch(text):
        return Span(as_count(_evaluate_term(match[1], names)))
    return read_number(text) if _NUMBER.fullmatch(text) else read_span(text)


def _check_size(text: str, found: Quantity) -> Quantity:
    sizes = (Fraction(found.breaths), found.rest, found.least) if isinstance(found, Span) else (found,)
    if min(sizes) < 0:
        raise ChoiceError(f"{quote(text)} is less than zero: write a larger start, or a smaller step")
    if max(size.numerator for size in sizes) > LARGEST**2 or max(size.denominator for size in sizes) > LARGEST:
        raise ChoiceError(f"{quote(text)} is too large, or has too many digits: write a simpler number")
    return found
