"""Bare numbers for lengths: they are breaths, and an author may have meant seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.bounds import defaults
from voicecoach.breath import pace
from voicecoach.errors import ChoiceError, Problem
from voicecoach.formula import NAME
from voicecoach.yamltree import Items, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.breath import Breath
    from voicecoach.sheet import Sheet
    from voicecoach.yamltree import Tree

LENGTHS = {"settle", "hold", "rest", "change"}
MANY = 10
"""Breaths from which on a bare number is likely to be seconds."""
LONG = 60
"""Seconds of breaths from which on it is, too."""


def find_bare_numbers(sheet: Sheet, tree: Table) -> Iterator[Problem]:
    """Yield the bare numbers that make long rests and holds; ``tree`` is the routine's file."""
    values = defaults(sheet)
    for key in ("steps", "between"):
        yield from _find_within(tree.get(key), sheet.breath.points[0], values)


def _find_within(tree: Tree | None, breath: Breath, values: Mapping[str, str]) -> Iterator[Problem]:
    if isinstance(tree, Items):
        for item in tree:
            yield from _find_within(item, breath, values)
    if not isinstance(tree, Table):
        return
    own, known = _own_breath(tree, breath), {**values, **_list_first_values(tree.get("vary"))}
    for key, value in tree.items():
        if isinstance(value, Text) and key in LENGTHS:
            yield from _check_length(str(key), value, own, known)
        elif key not in {"vary", "at"}:
            yield from _find_within(value, own, known)


def _check_length(key: str, value: Text, breath: Breath, values: Mapping[str, str]) -> Iterator[Problem]:
    """Report a length if it is a bare number, or the name of one, and that makes many breaths."""
    name = NAME.fullmatch(value.strip())
    number = values.get(name[1].lower(), "") if name else value
    if not number.strip().isdecimal():
        return
    count = int(number)
    seconds = count * breath.seconds
    if count >= MANY or seconds > LONG:
        meant = f"{count} breaths, {float(seconds):g} s"
        what = f"'{key}: {count}' is {meant}" if not name else f"{value} is {count}, so {key!r} is {meant}"
        yield Problem(value.where, what, f"write {count}s, or {count} breaths if they are meant")


def _own_breath(tree: Table, breath: Breath) -> Breath:
    """Return the breath that a part of the file has of its own, or the one around it."""
    written = tree.get("breath")
    try:
        return pace(str(written)).points[0] if isinstance(written, Text) else breath
    except ChoiceError:
        return breath


def _list_first_values(vary: Tree | None) -> dict[str, str]:
    """Return what names stand for first, of those that vary from round to round."""
    found: dict[str, str] = {}
    for name, given in vary.items() if isinstance(vary, Table) else ():
        first = (
            given[0] if isinstance(given, Items) and given else given.get("from") if isinstance(given, Table) else None
        )
        if isinstance(first, Text):
            found[str(name).lower()] = str(first)
    return found
