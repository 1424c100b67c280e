"""Other files of a routine: those that it includes, and files of words that several routines share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import Problem, RoutineError, find_close, quote
from voicecoach.routine.model import EachSide, Include, find_block, is_collection
from voicecoach.routine.source import Items, Table, Text, find_key_place, walk_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voicecoach.errors import Where
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.routine.model import RoutineModel
    from voicecoach.routine.phase_steps import Model
    from voicecoach.routine.source import Tree
    from voicecoach.routine.values import Name

DEEPEST = 20
"""The most levels of nested blocks, those of included routines counted with those around them."""
USE = "use"
SHARED = ("pronounce", "words", "sides")
"""The keys that a file of words may have."""
MOST_USED = 20
"""The most files of words of one routine."""


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


def list_used(tree: Tree) -> list[Text]:
    """Return the names of the files of words that a routine uses; the model explains anything else under that key.

    Raises:
        RoutineError: If there are too many.
    """
    found = tree.get(USE) if isinstance(tree, Table) else None
    names = [each for each in (found if isinstance(found, Items) else [found]) if isinstance(each, Text) and each]
    if len(names) > MOST_USED:
        where = names[MOST_USED].where
        raise RoutineError([Problem(where, f"more than {MOST_USED} files of words are used", "put them into one file")])
    return names


def check_shared(tree: Tree) -> Table:
    """Return a file of words, if it has nothing else in it.

    Raises:
        RoutineError: With each key that belongs into a routine.
    """
    if not isinstance(tree, Table):
        remedy = f"write {', '.join(map(repr, SHARED[:-1]))} or {SHARED[-1]!r} at its top"
        raise RoutineError([Problem(tree.where, "this is not a file of words", remedy)])
    if wrong := list(_find_other_keys(tree)):
        raise RoutineError(wrong)
    return tree


def _find_other_keys(tree: Table) -> Iterator[Problem]:
    for key in tree:
        if key not in SHARED:
            what = f"a file of words has only {', '.join(SHARED[:-1])} and {SHARED[-1]}, and no {key!r}"
            yield Problem(find_key_place(tree, (key,)), what, "write it into the routine that uses this file")


def take_in(tree: Table, shared: Iterable[Table]) -> None:
    """Add the entries of files of words to a routine; its own win, and those of an earlier file over a later one.

    Every entry keeps its place, so that problems name the file that it stands in.
    """
    for each in shared:
        _merge(tree, each)


def _merge(tree: Table, other: Table) -> None:
    known = {key.casefold(): key for key in tree}
    for key, value in other.items():
        own = known.get(key.casefold())
        if own is None:
            tree[key] = _copy(value)
        elif isinstance(tree[own], Table) and isinstance(value, Table):
            _merge(tree[own], value)


def _copy(value: Tree | None) -> Tree | None:
    """Copy a mapping, so that the file that it is from stays as it is."""
    if not isinstance(value, Table):
        return value
    copied = Table((key, _copy(each)) for key, each in value.items())
    copied.where = value.where
    return copied


def is_own(tree: Table, where: Where) -> bool:
    """Return whether a place is in a routine's own file."""
    return where.file == tree.where.file
