"""How much a test tries: a quick run tries a part of what CI tries, as with the examples of a law."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

_First = TypeVar("_First")
_Second = TypeVar("_Second")

IS_QUICK = settings.default is not None and settings.default.max_examples <= 25

only_in_ci = pytest.mark.skipif(IS_QUICK, reason="the natural voice takes seconds for this; CI waits for it")
"""Marks a test that a quick run leaves out."""


def choose_amount(quick: _First, whole: _First) -> _First:
    """Return what to try, or how much: a part in a quick run, the whole in CI."""
    return quick if IS_QUICK else whole


def choose_by_turns(values: Sequence[_Second], place: int) -> Sequence[_Second]:
    """Return one of the values in a quick run, at each place the next one; in CI all of them."""
    at = place % len(values)
    return values[at : at + 1] if IS_QUICK else values


def choose_one_of_each(first: Sequence[_First], second: Sequence[_Second]) -> list[tuple[_First, _Second]]:
    """Return pairs: in a quick run each of the first with one of the second, by turns; in CI each with all of them."""
    return [(each, other) for place, each in enumerate(first) for other in choose_by_turns(second, place)]


FEWER = settings(max_examples=max(3, (settings.default or settings()).max_examples // 3))
"""For a law whose examples take long, as a search for a length: a third of the examples, in each profile."""
