"""Values that a routine works out: lengths and counts with names in braces and simple arithmetic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.breath import Span, span
from voicecoach.errors import ChoiceError, Where, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"\{([^{}]*)\}")
LARGEST = 10**9
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Formula:
    """A value as it is written, e.g. ``{hold} + 5s``; it is worked out when the names are known."""

    text: str
    where: Where | None = field(default=None, compare=False)

    def names(self) -> set[str]:
        """Return the names it needs, in lower case."""
        return {name.lower() for name in NAME.findall(self.text)}


Quantity = Span | Fraction


def worked_out(text: str, values: Mapping[str, str]) -> Quantity:
    """Work a value out: a plain number, or a length.

    >>> worked_out("{hold} * 2 + 5s", {"hold": "20s"})
    Span(breaths=0, rest=Fraction(45, 1), least=Fraction(0, 1))
    >>> worked_out("{n} + 1", {"n": "3"})
    Fraction(4, 1)

    Raises:
        ChoiceError: When it can't be worked out.
    """
    return _sum(text, values, 0)


def as_span(quantity: Quantity) -> Span:
    """Return a length; a plain number is breaths.

    Raises:
        ChoiceError: When a number of breaths is not whole.
    """
    return quantity if isinstance(quantity, Span) else Span(breaths=as_count(quantity))


def as_count(quantity: Quantity) -> int:
    """Return a whole number.

    Raises:
        ChoiceError: When it is not one.
    """
    if isinstance(quantity, Span) or quantity.denominator != 1 or not 0 <= quantity <= LARGEST:
        raise ChoiceError(f"{quantity if isinstance(quantity, Span) else float(quantity):} is no whole number")
    return int(quantity)


def _sum(text: str, values: Mapping[str, str], depth: int) -> Quantity:
    """Part at + and -, the last first, so that what is written first is worked out first."""
    at = max(text.rfind(" + "), text.rfind(" - "))
    if at < 0:
        return _product(text, values, depth)
    left, right = _sum(text[:at], values, depth), _product(text[at + 3 :], values, depth)
    sign = 1 if text[at + 1] == "+" else -1
    if isinstance(left, Span) and isinstance(right, Span):
        return _checked(text, Span(left.breaths + sign * right.breaths, left.rest + sign * right.rest, left.least))
    if isinstance(left, Span) or isinstance(right, Span):
        raise ChoiceError(f"{shown(text)} adds a number and a length: write both as lengths")
    return left + sign * right


def _product(text: str, values: Mapping[str, str], depth: int) -> Quantity:
    at = max(text.rfind(" * "), text.rfind(" / "))
    if at < 0:
        return _term(text.strip(), values, depth)
    left, right = _product(text[:at], values, depth), _term(text[at + 3 :].strip(), values, depth)
    if isinstance(right, Span) or (not right and text[at + 1] == "/"):
        raise ChoiceError(f"{shown(text)}: only a number can stand after * and /")
    factor = right if text[at + 1] == "*" else 1 / right
    if isinstance(left, Span):
        return Span(as_count(left.breaths * factor), left.rest * factor, left.least * factor)
    return left * factor


def _term(text: str, values: Mapping[str, str], depth: int) -> Quantity:
    if match := NAME.fullmatch(text):
        if depth > _DEEPEST:
            raise ChoiceError(f"{shown(text)} is defined by itself")
        return _sum(values[match[1].lower()], values, depth + 1)
    return Fraction(text) if _NUMBER.fullmatch(text) else span(text)


def _checked(text: str, found: Span) -> Span:
    if found.breaths < 0 or found.rest < 0:
        raise ChoiceError(f"{shown(text)} is less than nothing")
    return found
