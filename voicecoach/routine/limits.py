"""The limits that a routine's author sets, as written: which contradict each other, and what is outside them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Span
from voicecoach.errors import ChoiceError
from voicecoach.routine.formula import Formula, as_count, as_span, worked_out
from voicecoach.routine.model import BreathePhases, PerSide, Rest, Round, block, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.routine.formula import Quantity
    from voicecoach.routine.model import Model, Sheet

Size = tuple[str, Fraction]
"""A unit, and how many of it."""

Given = int | Span | Formula | None
Advice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bounded:
    """An amount and its author's limits; what depends on the breath or on the round is None.

    Attributes:
        key: What it is an amount of, as it is written.
        amount: The amount itself.
        least: Its ``min``.
        most: Its ``max``.
        past: Whether words are said past the ``max``, so that more is meant to be asked for.
    """

    key: str
    amount: Size | None
    least: Size | None
    most: Size | None
    past: bool = False

    def contradicted(self) -> Advice | None:
        """Say what can't be kept at once, and what would mend it."""
        if _less(self.most, self.least):
            return f"'min' is {_said(self.least)} and 'max' is {_said(self.most)}", "let the max be the larger"
        if _less(self.amount, self.least):
            what = f"{self.key!r} is {_said(self.amount)}, which is less than its 'min', {_said(self.least)}"
            return what, "write more, or a smaller min"
        return None

    def exceeded(self) -> Advice | None:
        """Say that more is written than is played, and what would mend it."""
        if self.past or not _less(self.most, self.amount):
            return None
        what = f"{self.key!r} is {_said(self.amount)}, of which its 'max' lets only {_said(self.most)} be played"
        return what, "write less, or a larger max"


def defaults(sheet: Sheet) -> dict[str, str]:
    """Return what names stand for if nothing else is chosen; not those that vary somewhere."""
    varied = {name for step in walk(sheet.steps) for name in getattr(block(step), "vary", {})}
    return {name: text for name, text in sheet.parameters.items() if name not in varied}


def bounded(step: Model, values: Mapping[str, str], known: dict[str, Quantity]) -> Iterator[Bounded]:
    """Yield what has limits in a step; ``values`` is what its names stand for, if nothing else is chosen.

    What they come to is kept in ``known``, for other steps. A step without limits has nothing to be told.
    """
    inner = block(step)
    if isinstance(step, BreathePhases):
        amounts: dict[str, Given] = {"breathe": step.breathe}
        limits: BreathePhases | Rest | Round = step
    elif isinstance(step, Rest):
        amounts, limits = {"rest": step.rest}, step
    elif isinstance(inner, Round):
        amounts, limits = _rounds(inner), inner
    else:
        return
    if limits.least is None and limits.most is None:
        return
    least, most = (_size(limit, values, known) for limit in (limits.least, limits.most))
    for key, amount in amounts.items():
        yield Bounded(key, _size(amount, values, known), least, most, getattr(limits, "past", None) is not None)


def _rounds(inner: Round) -> dict[str, Given]:
    """Return the rounds of a block, those that are not written as well: one for each value of its longest list."""
    rounds: int | Formula | PerSide | None = getattr(inner, "rounds", None)
    if isinstance(rounds, PerSide):
        return {"left": rounds.left, "right": rounds.right}
    return {"rounds": inner.list_length if rounds is None else rounds}


def _size(given: Given, values: Mapping[str, str], known: dict[str, Quantity]) -> Size | None:
    """Return how much a value is, if that can be said without a breath."""
    if isinstance(given, Formula):
        try:
            found = worked_out(given.text, values, known=known)
            given = found if isinstance(found, Span) else as_count(found)
        except ChoiceError:
            return None
    if isinstance(given, int):
        given = as_span(Fraction(given))
    if given is None or given.least or (given.breaths and given.rest):
        return None
    return ("breaths", Fraction(given.breaths)) if given.breaths else ("seconds", given.rest)


def _less(one: Size | None, other: Size | None) -> bool:
    return one is not None and other is not None and one[0] == other[0] and one[1] < other[1]


def _said(size: Size | None) -> str:
    unit, number = size or ("", Fraction(0))
    return f"{float(number):g}{'s' if unit == 'seconds' else ''}"
