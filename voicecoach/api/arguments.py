"""Checks of what programs pass to the API: a wrong type is reported by the argument's name."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
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
        raise ChoiceError(f"{name}: {quote(value)} contains half of a surrogate pair\nremove it") from error
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
        raise ChoiceError(
            f"{name}: {quote(found)} contains a character that file names can't have\nremove it"
        ) from error
    if "\0" in found:
        raise ChoiceError(f"{name}: {quote(found)} contains a character that file names can't have\nremove it")
    return found


def read_count(name: str, value: object, most: int, *, least: int = 1) -> int:
    """Return a whole number.

    Raises:
        ChoiceError: If it is not one, or less than ``least`` or more than ``most``.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refuse(name, "a whole number", value)
    if not least <= value <= most:
        raise ChoiceError(f"{name}: {quote(value)} is out of range\nwrite a number from {least} to {most:,}")
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
        seconds = float(value)
    except OverflowError as error:
        raise ChoiceError(f"{name}: this number of seconds is too large") from error
    if not math.isfinite(seconds):
        raise ChoiceError(f"{name}: {seconds} is not a number of seconds")
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


def read_switch(name: str, value: object) -> bool | None:
    """Return True or False; None stays None, for the default.

    Raises:
        ChoiceError: If it is anything else: the text "no" would count as true.
    """
    if value is None or isinstance(value, bool):
        return value
    raise _refuse(name, "True, False or None", value)


def read_level(name: str, value: object, most: float) -> float:
    """Return a number of LU, which may be written as a text.

    >>> read_level("bed_level", "24", 60)
    24.0

    Raises:
        ChoiceError: If it is not a number, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | str):
        raise _refuse(name, "a number", value)
    try:
        found = float(value)
    except (ValueError, OverflowError):
        found = math.nan
    if not 0 <= found <= most:
        raise ChoiceError(f"{name}: {quote(value)} is not a number of LU\nwrite a number up to {most:g}")
    return found


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
    hint = "plan() is for routines"
    if isinstance(value, str):
        hint = "say() makes a score of a text"
    elif isinstance(value, Iterable):
        hint = "write seq(*scores) for scores in a list"
    raise ArgumentTypeError(f"{function}() takes scores, not {type(value).__name__}; {hint}")


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
    is_voice = callable(getattr(value, "speak", None)) and hasattr(value, "identity") and not isinstance(value, type)
    if value is not None and not isinstance(value, str) and not is_voice:
        raise _refuse("voice", "a name, or a Voice with identity and speak", value)
    identity = getattr(value, "identity", None) if is_voice else "-"
    if not isinstance(identity, str) or len(identity.splitlines()) != 1 or not identity.strip():
        raise ChoiceError("voice: its identity is not a line of text\nwrite whatever changes its sound, as 'mine 1'")
    return value


def _refuse(name: str, expected: str, value: object) -> ArgumentTypeError:
    return ArgumentTypeError(f"{name}: it must be {expected}, not {type(value).__name__}")
