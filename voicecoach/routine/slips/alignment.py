"""Find the line of a routine file that starts in the wrong column or lacks its dash."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from voicecoach.errors import quote
from voicecoach.routine.keys import HEADS, INSIDE, LISTS, LONE, STEP_NAMES, add_dash, explain_value, is_alike, line_up
from voicecoach.routine.slips.lines import Slip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.routine.slips.lines import SourceLine

MOST_ABOVE = 200
"""The most lines above a misaligned one that are searched for the cause."""


def find_deeper(above: Sequence[SourceLine], at: SourceLine, below: Sequence[SourceLine]) -> Slip | None:
    """Return the slip of a key that starts deeper than the keys of its table."""
    before = above[-1] if above else None
    if before is None or not before.value:
        return None
    outer = above[-2] if len(above) > 1 else None
    if outer and outer.key and not outer.value and not before.item:
        if before.key in STEP_NAMES and outer.key in LISTS:
            return Slip(before.number, before.start, *add_dash(before.key, before.start))
        if before.key_column == outer.key_column or _is_odd(before, at, below, outer.key_column):
            return _start_in(before, at.key_column)
    if before.key in HEADS:
        return Slip(before.number, before.value_column, *explain_value(before.key, before.value))
    return _find_moved_item(above, at, below) or _start_in(at, before.key_column)


def find_misaligned(above: Sequence[SourceLine], at: SourceLine, below: Sequence[SourceLine]) -> Slip | None:
    """Return the slip of the line that starts in the wrong column: this one, or one above it."""
    if not above:
        return None
    levels = list(_list_levels(above))
    keys = [column for column, item in levels if not item]
    items = [column for column, item in levels if item]
    parent, first = _find_first_child(above, at)
    if at.item:
        return _find_misaligned_item((parent, first), at, below, (keys, items))
    if at.key in STEP_NAMES and at.start in items:
        return Slip(at.number, at.start, *add_dash(at.key, at.start))
    moved = _find_moved_item(above, at, below)
    outdented = next((line for line in reversed(above[-MOST_ABOVE:]) if _is_outdented(line, above[-MOST_ABOVE:])), None)
    if outdented and at.start > outdented.start:
        moved = moved or _start_in(outdented, at.start)
    elif first and first is above[-1] and not first.item and _is_odd(first, at, below, parent):
        moved = moved or _start_in(first, at.start)
    return moved or (_start_in(at, _find_column(keys, at, above)) if keys else None)


def _find_column(columns: Sequence[int], at: SourceLine, above: Sequence[SourceLine]) -> int:
    """Return the column where a key belongs: beside keys of its kind, the nearest first."""

    def rank(column: int) -> tuple[bool, int, int]:
        beside = takewhile(lambda line: line.key_column >= column, reversed(above))
        alike = [is_alike(line.key, at.key) for line in beside if line.key_column == column and line.key]
        return not (alike and all(alike)), abs(column - at.start), -column

    return min(columns, key=rank)


def _find_moved_item(above: Sequence[SourceLine], at: SourceLine, below: Sequence[SourceLine]) -> Slip | None:
    """Look above for a step without its dash, or with the dash in another column than those below."""
    step = next(
        (line for line in reversed(above) if (line.item or line.key in STEP_NAMES) and line.start <= at.start), None
    )
    if step is None:
        return None
    if not step.item:
        beside = any(line.item and line.start == step.start for line in _list_below(below, step.start))
        return Slip(step.number, step.start, *add_dash(step.key, step.start)) if beside else None
    if step.start == at.start and step.key and step.key not in {*STEP_NAMES, *LONE}:
        return Slip(
            step.number,
            step.start,
            f"{step.key!r} is not a step, but has a dash before it",
            "write it without the dash",
        )
    moved = step.start + at.start - step.key_column
    others = {line.start for line in _list_below(below, min(moved, step.start)) if line.item}
    return _start_in(step, moved) if moved != step.start and moved in others and step.start not in others else None


def _find_misaligned_item(
    child: tuple[int, SourceLine | None],
    at: SourceLine,
    below: Sequence[SourceLine],
    levels: tuple[Sequence[int], Sequence[int]],
) -> Slip | None:
    """Return the slip if a dash is in a column without other dashes."""
    (parent, first), (keys, items) = child, levels
    if first and first.key and not first.item and first.start > at.start:
        return Slip(first.number, first.start, *add_dash(first.key, at.start))
    if at.key and at.start in keys and at.key not in {*STEP_NAMES, *LONE}:
        return Slip(
            at.number, at.start, f"{at.key!r} is not a step, but has a dash before it", "write it without the dash"
        )
    if first and first.item:
        wrong = _is_odd(first, at, below, parent)
        return _start_in(first, at.start) if wrong else _start_in(at, first.start)
    return _start_in(at, _find_nearest(items, at.start)) if items else None


def _is_odd(line: SourceLine, other: SourceLine, below: Sequence[SourceLine], parent: int) -> bool:
    """Return, by the lines below, whether the first of two lines for one column is in the wrong one."""
    if line.start == other.start:
        return False
    columns = {line.start, other.start}
    after = next(
        (each.start for each in _list_below(below, min(columns)) if each.item == line.item and each.start in columns), 0
    )
    if after:
        return after == other.start
    usual = (2, 4, 0) if not line.item else (2, 0, 4)
    ranks = [usual.index(each.start - parent) if each.start - parent in usual else 9 for each in (line, other)]
    return ranks[0] > ranks[1]


def _list_below(below: Sequence[SourceLine], column: int) -> Iterator[SourceLine]:
    """Yield the lines below that are in the same block, or inside it."""
    return takewhile(lambda each: each.start >= column, below)


def _is_outdented(line: SourceLine, above: Sequence[SourceLine]) -> bool:
    """Return whether a key of a block starts beside the key of the block instead of under it."""
    if line.item or line.key not in INSIDE:
        return False
    head = next((each for each in reversed(above) if each.number < line.number and each.key in HEADS), None)
    return head is not None and not head.value and head.key_column == line.key_column


def _find_first_child(above: Sequence[SourceLine], at: SourceLine) -> tuple[int, SourceLine | None]:
    """Return the column of the key above a line that it belongs to, and the first line under that key."""
    parent = next(
        (each for each in reversed(above) if each.key and not each.value and each.key_column < at.start), None
    )
    inside = [each for each in above if parent is None or each.number > parent.number]
    return parent.key_column if parent else 1, inside[0] if inside else None


def _list_levels(lines: Sequence[SourceLine]) -> Iterator[tuple[int, bool]]:
    """Yield the columns that are open after some lines, from the innermost, and whether they are of dashes."""
    limit = max((line.key_column for line in lines), default=0) + 1
    for line in reversed(lines):
        if not line.key and not line.item:
            continue
        if line.key and line.key_column < limit:
            yield line.key_column, False
        if line.item and line.start < limit:
            yield line.start, True
        limit = min(limit, line.start)


def _find_nearest(columns: Sequence[int], column: int) -> int:
    return min(columns, key=lambda each: (abs(each - column), -each))


def _start_in(line: SourceLine, column: int) -> Slip:
    named = quote(line.key) if line.key and not line.item else "this line"
    return Slip(line.number, line.start, f"{named} does not line up with the lines beside it", line_up(column))
