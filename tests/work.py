"""Work counted in calls of functions, which are the same on any machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Made = TypeVar("_Made")


def count_calls(work: Callable[[], _Made]) -> tuple[int, _Made]:
    """Do some work, and return how many calls it took and what came of it."""
    calls = 0

    def count(_frame: object, event: str, _of: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        made = work()
    finally:
        sys.setprofile(None)
    return calls, made
