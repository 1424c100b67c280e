"""Files of words that several routines share: pronunciations, words of the program, words of the sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import Problem, RoutineError
from voicecoach.routine.source import Items, Table, Text, find_key_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.errors import Where
    from voicecoach.routine.source import Tree

USE = "use"
SHARED = ("pronounce", "words", "sides")
"""The keys that a file of words may have."""
MOST_USED = 20
"""The most files of words of one routine."""


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
    """Tell whether a place is in a routine's own file."""
    return where.file == tree.where.file
