"""Where the time goes: each part by itself, and all of them together no more than there was."""

from __future__ import annotations

import types

import pytest

from voicecoach.system import timings
from voicecoach.system.timings import start_clock, time_part


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A time that stands still until it is set."""
    at = [0.0]
    monkeypatch.setattr(timings, "time", types.SimpleNamespace(perf_counter=lambda: at[0]))
    return at


def test_time_belongs_to_the_innermost_part(now: list[float]) -> None:
    with start_clock() as measured:
        now[0] += 1
        with time_part("outer"):
            now[0] += 2
            with time_part("inner"):
                now[0] += 4
            now[0] += 8
            with time_part("inner"):
                now[0] += 16
        with time_part("outer"):
            now[0] += 32
    assert measured.parts == {"inner": 20, "outer": 42}
    assert measured.total == 63


def fail(now: list[float]) -> None:
    with time_part("outer"), time_part("inner"):
        now[0] += 2
        now[0] /= 0


def test_a_part_that_fails_has_taken_its_time(now: list[float]) -> None:
    with start_clock() as measured:
        with pytest.raises(ZeroDivisionError):
            fail(now)
        with time_part("after"):
            now[0] += 1
    assert measured.parts == {"inner": 2, "outer": 0, "after": 1}


def test_without_a_clock_parts_cost_nothing(now: list[float]) -> None:
    with time_part("anything"):
        now[0] += 1
    with start_clock() as one, start_clock() as other, time_part("inside"):
        now[0] += 1
    assert (one.parts, other.parts) == ({}, {"inside": 1})
