"""Checks of what programs pass to the API: a wrong type is reported by the argument's name."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TypeVar

from voicecoach.core.score import Score, Side
from voicecoach.errors import ArgumentTypeError, ChoiceError, UnknownNameError, quote

_Value = TypeVar("_Value")


def read_text(name: str, value: object) -> str:
    """Return a text.

    >>> read_text("title", "Legs")
    'Legs'

    Raises:
        ChoiceError: If it is not a text, or has half of a character in it, which no file can hold.
    """
    if not isinstance(value, str):
        raise _refuse(name, "a text", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ChoiceError(f"{name}: {quote(value)} has a character that is not whole\ntake it out") from error
    return value


def read_path(name: str, value: object) -> str:
    """Return a path as a text; names in bytes are refused.

    Raises:
        ChoiceError: If it is not a path.
    """
    found = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(found, str):
        raise _refuse(name, "a text or a path", value)
    try:
        os.fsencode(found)
    except UnicodeEncodeError as error:
        raise ChoiceError(f"{name}: {quote(found)} has a character that no file name can hold\ntake it out") from error
    if "\0" in found:
        raise ChoiceError(f"{name}: {quote(found)} has a character that no file name can hold\ntake it out")
    return found


def read_count(name: str, value: object, most: int, *, least: int = 1) -> int:
    """Return a whole number.

    Raises:
        ChoiceError: If it is not one, or less than ``least`` or more than ``most``.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refuse(name, "a whole number", value)
    if not least <= value <= most:
        raise ChoiceError(f"{name}: {quote(value)} is impossible\nwrite a number from {least} to {most:,}")
    return value


def write_seconds(name: str, value: object) -> str:
    """Write a number of seconds as people type it: exactly to millionths.

    >>> write_seconds("length", 1.5), write_seconds("length", Fraction(90))
    ('1.5', '90')

    Raises:
        ChoiceError: If it is not a number, or too large.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise _refuse(name, "a number of seconds or a text such as '90s'", value)
    try:
        return f"{float(value):.6f}".rstrip("0").rstrip(".")
    except OverflowError as error:
        raise ChoiceError(f"{name}: this number of seconds is too large") from error


def read_side(name: str, value: object) -> Side | None:
    """Return a side; None stays None.

    Raises:
        UnknownNameError: If there is no such side.
    """
    if value is None:
        return None
    known = [each.value for each in Side]
    if value not in known:
        raise UnknownNameError(f"value of {name}", str(value), known)
    return Side(value)


def check_score(function: str, value: object) -> Score:
    """Return a score.

    Raises:
        ArgumentTypeError: If it is not one.
    """
    if isinstance(value, Score):
        return value
    hint = "say() makes a score of a text" if isinstance(value, str) else "plan() is for routines"
    raise ArgumentTypeError(f"{function}() takes scores, and this is of the type {type(value).__name__}; {hint}")


def check_function(name: str, value: _Value) -> _Value:
    """Return a function; None stays None.

    Raises:
        ChoiceError: If it can't be called.
    """
    if value is not None and not callable(value):
        raise _refuse(name, "a function", value)
    return value


def check_voice(value: _Value) -> _Value:
    """Return a voice, or its name; None stays None.

    Raises:
        ChoiceError: If it is neither.
    """
    is_voice = callable(getattr(value, "speak", None)) and hasattr(value, "identity")
    if value is not None and not isinstance(value, str) and not is_voice:
        raise _refuse("voice", "a name, or a Voice with identity and speak", value)
    return value


def _refuse(name: str, expected: str, value: object) -> ArgumentTypeError:
    return ArgumentTypeError(f"{name}: it must be {expected}, and this is of the type {type(value).__name__}")
