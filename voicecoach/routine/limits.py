"""The author's limits of amounts, min and max: which contradict each other, and which amounts exceed them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Span
from voicecoach.errors import ChoiceError
from voicecoach.routine.formulas.evaluation import Formula, as_count, as_span, evaluate
from voicecoach.routine.model import PerSide, Rest, Round, find_block, walk_steps
from voicecoach.routine.phase_steps import BreathePhases, Moves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.routine.formulas.syntax import Quantity
    from voicecoach.routine.model import RoutineModel
    from voicecoach.routine.phase_steps import Model
    from voicecoach.routine.speakable import Finding

Size = tuple[str, Fraction]
"""A unit (breaths or seconds) and an amount."""

Given = int | Span | Formula | None


@dataclass(frozen=True, slots=True)
class Limits:
    """An amount and its author's limits; a value that depends on the breath or the round is None.

    Attributes:
        key: The key of the amount.
        amount: The amount itself.
        least: Its ``min``.
        most: Its ``max``.
        past: Whether there are words for an amount past the ``max``, which is then no mistake.
    """

    key: str
    amount: Size | None
    least: Size | None
    most: Size | None
    past: bool = False

    def explain_contradiction(self) -> Finding | None:
        """Return what contradicts the limits, and the remedy; None if nothing does."""
        amount, least, most = map(_write_size, (self.amount, self.least, self.most))
        if _is_less(self.most, self.least):
            return f"'min' is {least} and 'max' is {most}", "write a max that is larger than the min"
        if _is_less(self.amount, self.least):
            return f"{self.key!r} is {amount}, which is less than its 'min', {least}", "write more, or a smaller min"
        return None

    def explain_excess(self) -> Finding | None:
        """Return how much more is written than is played, and the remedy; None if it is not more."""
        if self.past or not _is_less(self.most, self.amount):
            return None
        amount, most = _write_size(self.amount), _write_size(self.most)
        return f"{self.key!r} is {amount}, but its 'max' is {most}", "write less, or a larger max"


def list_defaults(model: RoutineModel) -> dict[str, str]:
    """Return the default values of parameters, except those that vary somewhere."""
    varied = {name for step in walk_steps(model.steps) for name in getattr(find_block(step), "vary", {})}
    return {name: text for name, text in model.parameters.items() if name not in varied}


def list_limits(step: Model, values: Mapping[str, str], known: dict[str, Quantity]) -> Iterator[Limits]:
    """Yield the amounts of a step that have limits; ``values`` are the default values of names.

    ``known`` caches their results for other steps.
    """
    inner = find_block(step)
    if isinstance(step, BreathePhases | Moves):
        counted = ("move", step.move) if isinstance(step, Moves) else ("breathe", step.breathe)
        amounts: dict[str, Given] = dict([counted])
        limits: BreathePhases | Moves | Rest | Round = step
    elif isinstance(step, Rest):
        amounts, limits = {"rest": step.rest}, step
    elif isinstance(inner, Round):
        amounts, limits = _list_rounds(inner), inner
    else:
        return
    if limits.least is None and limits.most is None:
        return
    least, most = (_find_size(limit, values, known) for limit in (limits.least, limits.most))
    for key, amount in amounts.items():
        yield Limits(key, _find_size(amount, values, known), least, most, getattr(limits, "past", None) is not None)


def _list_rounds(inner: Round) -> dict[str, Given]:
    """Return the rounds of a block by their key; the default is one for each value of its longest list."""
    rounds: int | Formula | PerSide | None = getattr(inner, "rounds", None)
    if isinstance(rounds, PerSide):
        return {"left": rounds.left, "right": rounds.right}
    return {"rounds": inner.list_length if rounds is None else rounds}


def _find_size(given: Given, values: Mapping[str, str], known: dict[str, Quantity]) -> Size | None:
    """Return the size of a value, or None if it depends on the breath."""
    if isinstance(given, Formula):
        try:
            found = evaluate(given.text, values, known=known)
            given = found if isinstance(found, Span) else as_count(found)
        except ChoiceError:
            return None
    if isinstance(given, int):
        given = as_span(Fraction(given))
    if given is None or given.least or (given.breaths and given.rest):
        return None
    return ("breaths", Fraction(given.breaths)) if given.breaths else ("seconds", given.rest)


def _is_less(one: Size | None, other: Size | None) -> bool:
    return one is not None and other is not None and one[0] == other[0] and one[1] < other[1]


def _write_size(size: Size | None) -> str:
    unit, number = size or ("", Fraction(0))
    return f"{float(number):g}{'s' if unit == 'seconds' else ''}"
