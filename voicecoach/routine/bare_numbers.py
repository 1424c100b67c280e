"""Bare numbers for lengths: they are breaths, and an author may have meant seconds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from voicecoach.core.notation import read_pace
from voicecoach.errors import ChoiceError, Problem
from voicecoach.routine.formula import NAME, as_count, evaluate
from voicecoach.routine.limits import list_defaults
from voicecoach.routine.source import Items, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.core.breath import Breath
    from voicecoach.routine.formula import Quantity
    from voicecoach.routine.model import Sheet
    from voicecoach.routine.source import Tree


class _Names(dict[str, str]):
    """What names stand for; what they come to is kept, so that each is worked out once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.known: dict[str, Quantity] = {}


_Rounds = tuple[_Names, _Names]
"""What names stand for in the first round, and where they are the largest."""
LENGTHS = {"settle", "hold", "rest", "change"}
MANY = 10
"""Breaths from which on a bare number is likely to be seconds."""
LONG = 60
"""Seconds of breaths from which on it is, too."""


def find_bare_numbers(sheet: Sheet, tree: Table) -> Iterator[Problem]:
    """Yield the bare numbers that make long rests and holds; ``tree`` is the routine's file."""
    values = _Names(list_defaults(sheet))
    for key in ("steps", "between"):
        yield from _find_within(tree.get(key), sheet.breath.points[0], (values, values))


def _find_within(tree: Tree | None, breath: Breath, values: _Rounds) -> Iterator[Problem]:
    if isinstance(tree, Items):
        for item in tree:
            yield from _find_within(item, breath, values)
    if not isinstance(tree, Table):
        return
    own, known = _find_breath(tree, breath), _vary_names(tree.get("vary"), values)
    for key, value in tree.items():
        if isinstance(value, Text) and key in LENGTHS:
            found = (each for some in known for each in _check_length(str(key), value, own, some))
            yield from islice(found, 1)
        elif key not in {"vary", "at"}:
            yield from _find_within(value, own, known)


def _check_length(key: str, value: Text, breath: Breath, values: _Names) -> Iterator[Problem]:
    """Report a length if it is a bare number, or worked out as one, and that makes many breaths."""
    named = NAME.search(value) is not None
    if not named and not value.strip().isdecimal():
        return
    try:
        count = as_count(evaluate(value, values, known=values.known))
    except ChoiceError:  # a length with a unit, or one that is not known here
        return
    seconds = count * breath.seconds
    if count >= MANY or seconds > LONG:
        meant = f"{count} breaths, {float(seconds):g} s"
        what = f"{value} is {count}, so {key!r} is {meant}" if named else f"'{key}: {count}' is {meant}"
        yield Problem(value.where, what, f"write {count}s, or {count} breaths if they are meant")


def _find_breath(tree: Table, breath: Breath) -> Breath:
    """Return the breath that a part of the file has of its own, or the one around it."""
    written = tree.get("breath")
    try:
        return read_pace(str(written)).points[0] if isinstance(written, Text) else breath
    except ChoiceError:
        return breath


def _vary_names(vary: Tree | None, values: _Rounds) -> _Rounds:
    """Return what names stand for in the first round of a block, and where their bare numbers are the largest."""
    table = vary.items() if isinstance(vary, Table) else ()
    every = {str(name).lower(): texts for name, given in table if (texts := _list_values(given))}
    if not every:
        return values
    first, largest = values
    return (
        _Names({**first, **{name: texts[0] for name, texts in every.items()}}),
        _Names({**largest, **{name: max(texts, key=_parse_size) for name, texts in every.items()}}),
    )


def _list_values(given: Tree) -> list[str]:
    texts = given if isinstance(given, Items) else (given.get("from"),) if isinstance(given, Table) else ()
    return [str(text) for text in texts if isinstance(text, Text)]


def _parse_size(text: str) -> int:
    digits = text.strip()
    return int(digits[:18]) if digits.isdecimal() else -1
