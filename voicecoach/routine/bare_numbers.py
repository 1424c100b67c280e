"""Warnings about lengths without a unit: they are breaths, but the author may mean seconds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from voicecoach.core.notation import read_pace
from voicecoach.errors import ChoiceError, Problem
from voicecoach.routine.formulas.evaluation import as_count, evaluate
from voicecoach.routine.formulas.syntax import NAME
from voicecoach.routine.limits import list_defaults
from voicecoach.routine.source import Items, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.core.breath import Breath
    from voicecoach.routine.formulas.syntax import Quantity
    from voicecoach.routine.model import RoutineModel
    from voicecoach.routine.source import Tree


class _Names(dict[str, str]):
    """The values of names, with their results, so that each is evaluated once."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.known: dict[str, Quantity] = {}


_Rounds = tuple[_Names, _Names]
"""The values of names in the first round, and their largest values."""
LENGTHS = {"settle", "hold", "rest", "change"}
MANY = 5
"""The smallest number of breaths that may mean seconds."""
LONG = 60
"""The length of breaths, in seconds, above which a smaller number probably means seconds too."""


def find_bare_numbers(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report bare numbers that make long rests and holds; ``tree`` is the parse tree of the file."""
    values = _Names(list_defaults(model))
    for key in ("steps", "between"):
        yield from _find_within(tree.get(key), model.breath.points[0], (values, values))


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
    """Report a length if it is a bare number, or evaluates to one, and makes many breaths."""
    named = NAME.search(value) is not None
    if not named and not value.strip().isdecimal():
        return
    try:
        count = as_count(evaluate(value, values, known=values.known))
    except ChoiceError:  # a length with a unit, or a name without a value here
        return
    seconds = count * breath.seconds
    if count >= MANY or seconds > LONG:
        meant = f"{count} breaths, {float(seconds):g} s"
        what = f"{value} is {count}, so {key!r} is {meant}" if named else f"'{key}: {count}' is {meant}"
        yield Problem(value.where, what, f"write {count}s, or {count} breaths if you mean breaths")


def _find_breath(tree: Table, breath: Breath) -> Breath:
    """Return the breath of a part of the file: its own, or that of the part around it."""
    written = tree.get("breath")
    try:
        return read_pace(str(written)).points[0] if isinstance(written, Text) else breath
    except ChoiceError:
        return breath


def _vary_names(vary: Tree | None, values: _Rounds) -> _Rounds:
    """Return the values of names in the first round of a block, and those with the largest bare numbers."""
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
