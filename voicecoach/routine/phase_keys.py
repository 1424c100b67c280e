"""The keys for the words of phases, as ``every 4 in 2``: the breaths and the phase that they are for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.core.breath import NAMES, Kind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

_NUMBER = "[1-9][0-9]{0,3}"
WHICH = rf"(?:first|last(?: {_NUMBER})?|odd|even|{_NUMBER}|every (?:[2-9]|[1-9][0-9])|from (?:last )?{_NUMBER})"
"""Which of several: the first, the last, the n-th from either end, every n-th, every other, or all from the n-th on."""

PHASE_KEY = re.compile(rf"(?:{WHICH} )?(?P<phase>in|hold|out|pause)(?: (?P<nth>[2-9]))?")
"""Which breaths, the phase, and its ordinal in its kind."""

_FROM_END = re.compile(r"(?:from )?last ([0-9]+) ")
_GROUP = re.compile(r"(every|from|from last) ([0-9]+) ")


def read_phase_key(key: str) -> tuple[str, Kind, int]:
    """Return the phase that a key of words is for: its name, its kind, and its ordinal among phases of the same kind.

    >>> read_phase_key("every 4 in 2")
    ('in 2', <Kind.INHALE: 'inhale'>, 2)
    """
    match = PHASE_KEY.fullmatch(key)
    assert match is not None  # noqa: S101 - the models take no other key
    name, nth = match["phase"], int(match["nth"] or 1)
    return (name if nth == 1 else f"{name} {nth}"), NAMES[name], nth


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of breaths that keys name, the most specific first.

    Attributes:
        starts: Where groups begin that go on to the last breath: from 0, or (negative) counted from the end.
        intervals: The intervals of groups of every n-th breath.
        reach: The largest number that a key counts from the end.
    """

    starts: tuple[int, ...] = ()
    intervals: tuple[int, ...] = ()
    reach: int = 1

    @classmethod
    def of(cls, keys: Iterable[str]) -> Groups:
        """Return the groups that keys name.

        >>> Groups.of(["in", "every 4 in", "every 10 out", "from last 3 in"])
        Groups(starts=(-3,), intervals=(10, 4), reach=3)
        """
        keys = list(keys)
        found = {(match[1], int(match[2])) for key in keys if (match := _GROUP.match(key))}
        starts = sorted(-number if name == "from last" else number - 1 for name, number in found if name != "every")
        intervals = sorted((number for name, number in found if name == "every"), reverse=True)
        reach = max((int(match[1]) for key in keys if (match := _FROM_END.match(key))), default=1)
        return cls(tuple(starts), tuple(intervals), reach)


def name_breath(number: int, count: int, groups: Groups) -> Iterator[str]:
    """Yield the names of a breath in keys, the most specific first; breaths count from 0.

    >>> list(name_breath(3, 9, Groups(starts=(2, -8), intervals=(4, 3, 2))))
    ['last 6 ', '4 ', 'from 3 ', 'from last 8 ', 'every 4 ', 'every 2 ', 'even ', '']
    """
    if number == count - 1:
        yield "last "
    if number == 0:
        yield "first "
    yield f"last {count - number} "
    yield f"{number + 1} "
    begun = [(max(start + count, 0) if start < 0 else start, -start) for start in groups.starts]
    yield from (_name_start(-start) for at, start in sorted(begun, reverse=True) if at <= number)
    yield from (f"every {every} " for every in groups.intervals if (number + 1) % every == 0)
    yield "even " if number % 2 else "odd "
    yield ""


def _name_start(start: int) -> str:
    return f"from last {-start} " if start < 0 else f"from {start + 1} "


def find_key(phase: str, names: Iterable[str], keys: Container[str]) -> str | None:
    """Return the key with the words of a phase in a breath with these ``names``, or None.

    >>> find_key("in", name_breath(0, 9, Groups()), {"in", "first in", "odd in"})
    'first in'
    """
    return next((name + phase for name in names if name + phase in keys), None)
