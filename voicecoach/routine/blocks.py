"""What makes no sense in a block: each is reported with a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import Problem
from voicecoach.routine.model import Change, EachSide, PerSide
from voicecoach.routine.source import find_key_place, find_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.routine.model import Model, Sided
    from voicecoach.routine.source import Table
    from voicecoach.routine.wrong_keys import Path

SIDES, ROUNDS = "between sides", "between rounds"


def check_blocks(visits: Iterable[tuple[Path, Model, bool, frozenset[str]]], tree: Table) -> Iterator[Problem]:
    """Yield the problems of blocks; ``visits`` are all steps, as `checks` visits them."""
    for path, step, *_ in visits:
        if isinstance(step, EachSide):
            yield from _check_between(step.each_side, (*path, "each side"), tree)


def _check_between(block: Sided, path: Path, tree: Table) -> Iterator[Problem]:
    """Yield the problems of the steps between the sides and the rounds of a block at a ``path`` of the file."""
    own = [key for key, steps in ((SIDES, block.between_sides), (ROUNDS, block.between_rounds)) if steps]
    if block.between and own:
        what = f"'between' is for every turn, so {own[0]!r} can't be beside it"
        remedy = f"write 'between sides' and 'between rounds', without 'between', or move these steps under {own[0]!r}"
        yield Problem(find_key_place(tree, (*path, "between")), what, remedy)
    for key, steps in ((SIDES, block.between_sides), (ROUNDS, block.between_rounds)):
        for number, step in enumerate(steps):
            if found := _find_senseless(key, step, block):
                at, what, remedy = found
                yield Problem(find_place(tree, (*path, key, number, at)), what, remedy)


def _find_senseless(key: str, step: Model, block: Sided) -> tuple[str, str, str] | None:
    """Return the key of a step that makes no sense there, why, and the remedy."""
    only, blocked = getattr(step, "only", None), block.order == "blocked"
    if isinstance(step, Change) and blocked and key == ROUNDS:
        return "change", "the side stays the same between the rounds of 'order: blocked'", f"move it under {SIDES!r}"
    if only in {"left", "right"} and not (blocked and key == ROUNDS):
        return "only", f"what is {key} belongs to both sides, so 'only: {only}' has no meaning", "take it out"
    if only and blocked and key == SIDES:
        return "only", "the sides change once in 'order: blocked', after all rounds", "take it out"
    if key == ROUNDS and only in {"last", "not last"} and not isinstance(block.rounds, PerSide):
        done = "always" if only.startswith("not") else "never"
        return "only", f"nothing is 'between rounds' after the last one, so the step is {done} done", "take it out"
    return None
