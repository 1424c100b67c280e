"""The keys for the words of phases, as ``every 4 in 2``: the breaths and the phase that they are for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voicecoach.core.breath import NAMES, Kind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

PHASE_KEY = re.compile(
    r"(?:(?:first|last|odd|even|[1-9][0-9]{0,3}|every (?:[2-9]|[1-9][0-9])) )?"
    r"(?P<phase>in|hold|out|pause)(?: (?P<nth>[2-9]))?"
)
"""The breaths (all, the first, the last, the n-th, every other), the phase, and its ordinal in its kind."""

_INTERVAL = re.compile(r"every ([0-9]+) ")


def read_phase_key(key: str) -> tuple[str, Kind, int]:
    """Return the phase that a key of words is for: its name, its kind, and its ordinal among phases of the same kind.

    >>> read_phase_key("every 4 in 2")
    ('in 2', <Kind.INHALE: 'inhale'>, 2)
    """
    match = PHASE_KEY.fullmatch(key)
    assert match is not None  # noqa: S101 - the models take no other key
    name, nth = match["phase"], int(match["nth"] or 1)
    return (name if nth == 1 else f"{name} {nth}"), NAMES[name], nth


def name_breath(number: int, count: int, intervals: Iterable[int]) -> Iterator[str]:
    """Yield the names of a breath in keys, the most specific first; breaths count from 0, ``intervals`` fall.

    >>> list(name_breath(3, 9, [4, 3, 2]))
    ['4 ', 'every 4 ', 'every 2 ', 'even ', '']
    """
    if number == count - 1:
        yield "last "
    if number == 0:
        yield "first "
    yield f"{number + 1} "
    yield from (f"every {every} " for every in intervals if (number + 1) % every == 0)
    yield "even " if number % 2 else "odd "
    yield ""


def list_intervals(keys: Iterable[str]) -> list[int]:
    """Return the intervals that keys name, the largest first.

    >>> list_intervals(["in", "every 4 in", "every 10 out"])
    [10, 4]
    """
    found = {int(match[1]) for key in keys if (match := _INTERVAL.match(key))}
    return sorted(found, reverse=True)


def find_key(phase: str, names: Iterable[str], keys: Container[str]) -> str | None:
    """Return the key with the words of a phase in a breath with these ``names``, or None.

    >>> find_key("in", name_breath(0, 9, []), {"in", "first in", "odd in"})
    'first in'
    """
    return next((name + phase for name in names if name + phase in keys), None)
