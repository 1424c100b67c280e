"""Includes: where they stand in a routine, and what makes no sense about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import Problem, RoutineError, find_close, quote
from voicecoach.routine.model import EachSide, Include, find_block, is_collection
from voicecoach.routine.shared_words import is_own
from voicecoach.routine.source import find_key_place, walk_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.errors import Where
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.routine.model import Model, RoutineModel
    from voicecoach.routine.source import Table, Tree
    from voicecoach.routine.values import Name

DEEPEST = 20
"""The most levels of nested blocks, those of included routines counted with those around them."""


def walk_includes(steps: Sequence[Model], *, turn: bool = False) -> Iterator[tuple[Include, bool]]:
    """Yield every include, and whether it is in the turn of a side."""
    for step in steps:
        sided = turn or isinstance(step, EachSide) or getattr(step, "side", None) in {"left", "right"}
        if isinstance(step, Include):
            yield step, sided
        elif inner := find_block(step):
            yield from walk_includes(inner.steps, turn=sided)


def check_includes(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report keys of the head that are never used, since of its steps only the includes are played, or none is one."""
    includes = list(walk_includes(model.steps))
    if is_collection(model.steps):
        sided = any(turn for _, turn in includes)
        silent, which = ("tips", "benefits", *(() if sided else ("sides",))), "made of"
    elif includes:
        return
    else:
        silent, which = ("between",), "without"
    for key in silent:
        if getattr(model, key) and is_own(tree, find_key_place(tree, (key,))):
            what = f"{key!r} is not used in a routine {which} includes"
            remedy = "take it out" if which == "without" else "move it into the routine it is meant for"
            yield Problem(find_key_place(tree, (key,)), what, remedy)


def check_settings(step: Include, included: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report values that an include gives to parameters that the included routine does not have."""
    for name in step.set_:
        if name not in included.parameters:
            close = find_close(name, [*included.parameters])
            known = ", ".join(included.parameters)
            remedy = f"there are: {known}" if known else "it has none; take 'set' out"
            what = f"{quote(step.include.text)} has no parameter called {quote(name)}"
            remedy = f"did you mean {' or '.join(map(repr, close))}?" if close else remedy
            yield Problem(_find_setting(step, name, tree), what, remedy)


def _find_setting(step: Include, name: str, tree: Table) -> Where:
    """Return the place of a name under the ``set`` of a step."""
    for table in walk_tables(tree):
        given = table.get("set")
        if table.where == step.where and isinstance(given, dict):
            key = next(key for key in given if key.lower() == name)
            return find_key_place(table, ("set", key))
    assert step.include.where is not None  # noqa: S101 - a name that was read from a file has its place
    return step.include.where


def refuse_turns(name: Name, tree: Tree) -> None:
    """Refuse a routine with sides of its own inside a turn.

    Raises:
        RoutineError: If it has an ``each side``.
    """
    if any("each side" in table for table in walk_tables(tree)):
        assert name.where is not None  # noqa: S101 - as above
        what = f"{quote(name.text)} has an 'each side' itself, so it can't be inside the turn of a side"
        raise RoutineError([Problem(name.where, what, "put it beside the 'each side', or write its steps without one")])


def check_levels(model: RoutineModel, included: Mapping[Name, LoadedRoutine]) -> Iterator[Problem]:
    """Report includes whose blocks are nested too deep together with those around them."""
    for step, level in _list_levels(model.steps):
        if level + count_levels(included[step.include]) > DEEPEST and step.include.where:
            what = f"with {quote(step.include.text)} this is more than {DEEPEST} blocks deep"
            yield Problem(step.include.where, what, "use fewer nested blocks")


def count_levels(routine: LoadedRoutine) -> int:
    """Return how deep the blocks of a routine are nested, with those of the routines that it includes."""
    inside = (level + count_levels(routine.included[step.include]) for step, level in _list_levels(routine.model.steps))
    return max([_count_blocks(routine.model.steps), *inside])


def _count_blocks(steps: Sequence[Model]) -> int:
    return max((1 + _count_blocks(inner.steps) for step in steps if (inner := find_block(step))), default=0)


def _list_levels(steps: Sequence[Model], level: int = 0) -> Iterator[tuple[Include, int]]:
    """Yield every include, and how many blocks are around it."""
    for step in steps:
        if isinstance(step, Include):
            yield step, level
        elif inner := find_block(step):
            yield from _list_levels(inner.steps, level + 1)
