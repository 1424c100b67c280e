"""Measures how long each part of the work takes, without the parts inside it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOCK: ContextVar[Clock | None] = ContextVar("clock", default=None)


class Clock:
    """Adds up seconds by the names of parts; the time of an inner part does not count for the outer one."""

    def __init__(self) -> None:
        """Start now."""
        self.parts: dict[str, float] = {}
        self._began = time.perf_counter()
        self._inside = [0.0]

    @property
    def total(self) -> float:
        """Seconds since its start."""
        return time.perf_counter() - self._began

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Add the time of the block to a part."""
        began = time.perf_counter()
        self._inside.append(0.0)
        try:
            yield
        finally:
            took = time.perf_counter() - began
            self.parts[name] = self.parts.get(name, 0.0) + took - self._inside.pop()
            self._inside[-1] += took


@contextmanager
def start_clock() -> Iterator[Clock]:
    """Yield a clock; during the block, `time_part` in this thread adds to it."""
    made = Clock()
    before = _CLOCK.set(made)
    try:
        yield made
    finally:
        _CLOCK.reset(before)


@contextmanager
def time_part(name: str) -> Iterator[None]:
    """Add the time of the block to a part of the clock, if there is one.

    >>> with start_clock() as measured, time_part("outer"), time_part("inner"):
    ...     pass
    >>> sorted(measured.parts)
    ['inner', 'outer']
    """
    running = _CLOCK.get()
    if running is None:
        yield
        return
    with running.part(name):
        yield
