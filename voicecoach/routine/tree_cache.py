"""A cache of parse trees: to parse YAML takes longer than to check what it says.

A tree is stored under the digest of the file's bytes, so it is that of the same bytes. Problems are not stored: a file
that is not plain YAML is parsed, and explained, each time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.errors import Where
from voicecoach.routine import source
from voicecoach.routine.source import Items, Table, Text, parse_tree
from voicecoach.system import cache as entries

if TYPE_CHECKING:
    from voicecoach.routine.source import Tree


def parse_once(raw: bytes, file: str, folder: Path | None) -> Tree:
    """Return the parse tree of the bytes of a file, from the cache in ``folder`` if it is there.

    Raises:
        RoutineError: If it is not one plain YAML document.
    """
    if folder is None:
        return parse_tree(raw, file)
    key = f"tree {_identify_parser()} {hashlib.sha256(raw).hexdigest()}"
    kept = entries.recall(folder, key)
    if kept is not None:
        found: Tree = _unpack(kept, file)
        return found
    tree = parse_tree(raw, file)
    entries.remember(folder, key, _pack(tree))
    return tree


@cache
def _identify_parser() -> str:
    """Return facts that change with the parser: a newer one may read the same bytes in another way."""
    found = importlib.util.find_spec("ruamel.yaml")
    files = [Path(source.__file__), Path(__file__), *([Path(found.origin)] if found and found.origin else [])]
    facts = [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _pack(tree: Tree | None) -> Any:  # noqa: ANN401 - what JSON can hold
    """Return a tree as lists that JSON can hold; their length and third value say which kind of node each is."""
    match tree:
        case None:
            return None
        case Text():
            return [*_pack_place(tree.where), str(tree), *(_pack_place(tree.dash) if tree.dash else ())]
        case Table():
            return [*_pack_place(tree.where), {}, [[_pack(key), _pack(value)] for key, value in tree.items()]]  # type: ignore[arg-type]
        case Items():
            return [*_pack_place(tree.where), [_pack_place(each) for each in tree.places], [*map(_pack, tree)]]


def _pack_place(where: Where) -> tuple[int, int]:
    return where.line, where.column


def _unpack(packed: Any, file: str) -> Any:  # noqa: ANN401 - as above
    if packed is None:
        return None
    line, column, what, *more = packed
    tree: Tree
    match what:
        case str():
            tree = Text(what)
            tree.dash = Where(file, *more) if more else None
        case dict():
            tree = Table((_unpack(key, file), _unpack(value, file)) for key, value in more[0])
        case _:
            tree = Items(_unpack(each, file) for each in more[0])
            tree.places = [Where(file, *place) for place in what]
    tree.where = Where(file, line, column)
    return tree
