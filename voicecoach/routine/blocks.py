"""Blocks: the items that they go through, and what makes no sense in them, with a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import Problem, quote
from voicecoach.routine.model import Change, EachSide, PerSide, Repeat, Round, find_block
from voicecoach.routine.source import Items, Table, Text, find_key_place, find_place, walk_tables
from voicecoach.routine.values import BLANK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from voicecoach.errors import Where
    from voicecoach.routine.model import Sided
    from voicecoach.routine.phase_steps import Model
    from voicecoach.routine.source import Tree
    from voicecoach.routine.wrong_keys import Path

SIDES, ROUNDS = "between sides", "between rounds"
NAME = "name"
"""The value of an item that the item is called by."""


def join_items(tree: Table) -> Iterator[Problem]:
    """Turn the lists of items under ``vary`` into a list of values for each name, and yield the problems of items.

    The tree changes in place; the values keep their places in the file. An item that is a text has only a name.
    """
    for table in [*walk_tables(tree)]:
        listed = table.get("vary")
        if isinstance(listed, Items):
            items = [_read_item(item, where) for item, where in zip(listed, listed.places, strict=True)]
            keys = dict.fromkeys(key for item in items for key in item if isinstance(key, Text))
            yield from _find_gaps(items, [*keys])
            columns = Table((key, _make_column(key, items)) for key in keys)
            columns.where = listed.where
            table["vary"] = columns


def _read_item(item: Tree | None, where: Where) -> Table:
    if isinstance(item, Table):
        return item
    name = Text(NAME)
    name.where = where
    read = Table({name: item})
    read.where = where
    return read


def _find_gaps(items: Sequence[Table], keys: Sequence[Text]) -> Iterator[Problem]:
    """Report values that some items lack."""
    for item in items:
        for key in keys:
            if key not in item:
                what = f"this item has no {quote(key)}, which other items have"
                yield Problem(item.where, what, f"write '{key}: ...' in it, or take {quote(key)} out of the others")
            elif item[key] is None:
                where = find_key_place(item, (key,))
                yield Problem(where, f"{quote(key)} has no value", f"write '{key}: ...'")


def _make_column(key: Text, items: Sequence[Table]) -> Items:
    """Return the values of all items for a key, each at its place."""
    column = Items(item.get(key) for item in items)
    column.where = key.where
    column.places = [find_place(item, (key,)) for item in items]
    return column


def list_coming(step: Model, nouns: Collection[str]) -> frozenset[str]:
    """Return the names of the next round that a step gives values to whenever it is done, as a block or inside one."""
    block = find_block(step)
    if block is None or getattr(step, "only", None):
        return frozenset()
    own = [*block.vary, *(nouns if isinstance(step, EachSide) else ())] if isinstance(block, Round) else []
    return frozenset(f"next {name}" for name in own).union(*(list_coming(each, nouns) for each in block.steps))


def check_blocks(visits: Iterable[tuple[Path, Model, bool, frozenset[str]]], tree: Table) -> Iterator[Problem]:
    """Yield the problems of blocks; ``visits`` are all steps, as `checks` visits them."""
    for path, step, around, _ in visits:
        block = find_block(step)
        if isinstance(step, EachSide):
            yield from _check_between(step.each_side, (*path, "each side"), tree)
        if isinstance(step, Repeat) and isinstance(step.repeat.rounds, PerSide) and not (around or _has_side(step)):
            what = "'rounds' is different for each side, but this block has no side"
            remedy = "put it into an 'each side', or write one number"
            yield Problem(find_place(tree, (*path, "repeat", "rounds")), what, remedy)
        if isinstance(block, Round):
            yield from _check_chapters(step, block, path, tree)


def _has_side(step: Model) -> bool:
    return getattr(step, "side", None) in {"left", "right"}


def _check_chapters(step: Model, block: Round, path: Path, tree: Table) -> Iterator[Problem]:
    """Report chapters inside a block that is one, and a name for one chapter that changes with its rounds."""
    if block.chapters != "one":
        return
    at = (*path, "each side" if isinstance(step, EachSide) else "repeat")
    changing = {name.lower() for name in BLANK.findall(getattr(step, "name", ""))} & block.names
    if changing:
        what = f"the block is one chapter, but its name changes with {{{min(changing)}}}"
        yield Problem(find_place(tree, (*path, "name")), what, "write a name without it, or 'chapters: items'")
    for inside, inner in _walk_blocks(block.steps, (*at, "steps")):
        if inner.chapters == "items":
            what = "this block is inside one that is one chapter"
            yield Problem(find_place(tree, (*inside, "chapters")), what, "take 'chapters' out here, or there")


def _walk_blocks(steps: Iterable[Model], path: Path) -> Iterator[tuple[Path, Round]]:
    """Yield the blocks in rounds in some steps and inside them, with their paths in the file."""
    for number, step in enumerate(steps):
        inner = find_block(step)
        key = "each side" if isinstance(step, EachSide) else "repeat" if isinstance(step, Repeat) else "pace"
        if isinstance(inner, Round):
            yield (*path, number, key), inner
        if inner:
            yield from _walk_blocks(inner.steps, (*path, number, key, "steps"))


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
