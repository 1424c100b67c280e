"""What comes next: the round or turn whose value ``{next ...}`` says, also in a block that is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.routine.model import PacedSteps, Round, Sided, find_block
from voicecoach.script.copying import replace
from voicecoach.script.rounds import count_rounds, count_side_rounds, is_done, list_played, list_turns, vary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voicecoach.core.score import Side
    from voicecoach.routine.phase_steps import Model
    from voicecoach.script.context import Context


def look_past(steps: Sequence[Model], part: Context) -> Callable[[str], Context | None]:
    """Return a function that finds where a name has its next value: in these steps, or in what follows them."""

    def find(name: str) -> Context | None:
        found = find_first(steps, part, name)
        return found or (part.ahead(name) if part.ahead else None)

    return find


def look_into(
    block: Round, number: int, played: Sequence[int], part: Context, side: Side | None
) -> Callable[[str], Context | None]:
    """Return a function that finds where a name has its next value: in this round of a block, or in what follows it."""

    def find(name: str) -> Context | None:
        turn = vary(block, number, played, replace(part, side=side), None)
        if _has(name, block, turn):
            return turn
        return look_past(block.steps, turn)(name)

    return find


def find_first(steps: Sequence[Model], part: Context, name: str) -> Context | None:
    """Return the context of the first round in some steps, or in blocks inside them, that gives a name its value."""
    found = (_find_inside(step, part, name) for step in steps if is_done(step, part))
    return next(filter(None, found), None)


def _find_inside(step: Model, part: Context, name: str) -> Context | None:
    block = find_block(step)
    if isinstance(block, PacedSteps):
        return find_first(block.steps, part, name)
    if not isinstance(block, Round):
        return None
    first = _begin(block, getattr(step, "name", ""), part)
    if first is None or _has(name, block, first):
        return first
    return find_first(block.steps, first, name)


def _begin(block: Round, name: str, part: Context) -> Context | None:
    """Return the context of the first round or turn of a block; None if all of them are skipped."""
    if not isinstance(block, Sided):
        chosen, more = (part.rounds, part.more) if part.outermost else (None, None)
        played = list_played(block, name, count_rounds(block, part, chosen, more), part)
        return vary(block, 0, played, part, None) if played else None
    rounds = count_side_rounds(block, part)
    of_sides = {side: list_played(block, name, count, replace(part, side=side)) for side, count in rounds.items()}
    turns = list_turns(block, part, {side: len(numbers) for side, numbers in of_sides.items()})
    number, side = next(turns, (0, None))
    return vary(block, number, of_sides[side], replace(part, side=side), None) if side else None


def _has(name: str, block: Round, turn: Context) -> bool:
    """Return whether a block gives a name its value in its rounds, or in its turns if it is a word of the sides."""
    sides = turn.routine.model.sides
    return name in block.vary or (isinstance(block, Sided) and sides is not None and name in sides.left)
