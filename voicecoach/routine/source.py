"""The parse tree of a YAML file: texts, lists and mappings that know their place.

YAML's own types are a trap: ``4:00`` becomes 240, a key ``on`` becomes true, a doubled key wins silently. Here every
scalar keeps its text, and the code that reads it decides what it means.
"""

from __future__ import annotations

import errno
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from voicecoach.errors import Problem, RoutineError, Where, cut, describe_unreadable, quote
from voicecoach.routine.keys import STEP_NAMES, add_dash
from voicecoach.system import plain_files

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.nodes import Node, ScalarNode

LARGEST_FILE = 100_000
"""Bytes: ten times the largest routine that we know. A file of this size is checked in about two seconds."""
MOST_NODES = 8_000
"""Values, those of aliases counted each time."""
MOST_CHARACTERS = LARGEST_FILE
"""Characters of all values, those of aliases counted each time."""
DEEPEST = 70
"""Levels of YAML; a block in a block takes three."""
OWN = "x-"
"""The prefix of the author's own keys, a place for anchors, which the program ignores."""
UNCLOSED = 2 * DEEPEST
"""The most brackets that may be open at the same time."""
_BRACKET = re.compile(r"[\[\]{}]")
_ESCAPE = re.compile(r"\\U([0-9a-fA-F]{8})")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that no text may contain: they control a terminal, have no sound, or reverse the order of the text
(overrides of writing direction; the marks U+200E and U+200F are allowed). Tabs and line ends count as spaces."""
_ENDS = frozenset("\n\t\x85\u2028\u2029")
FEWER = "use fewer levels: at most 20 nested blocks are possible"


class _TooManyError(Exception):
    """A file has too many values; the arguments are the line and column."""


class Text(str):
    """A scalar of the file, with its place, and the place of a dash at the start of a later line of it."""

    __slots__ = ("dash", "where")
    where: Where
    dash: Where | None


class Table(dict[str, Any]):
    """A mapping of the file, with its place and its keys as texts."""

    where: Where


class Items(list[Any]):
    """A sequence of the file, with its place and those of its items, because an empty item has none itself."""

    where: Where
    places: list[Where]


Tree = Text | Table | Items
_Tree = TypeVar("_Tree", Text, Table, Items)


def list_texts(tree: Tree, unless: Container[str] = ()) -> Iterator[Text]:
    """Yield every text in a tree, in its order, without those under the keys ``unless``."""
    match tree:
        case Text():
            yield tree
        case Table():
            for key, value in tree.items():
                if value is not None and key not in unless:
                    yield from list_texts(value, unless)
        case Items():
            for value in tree:
                if value is not None:
                    yield from list_texts(value, unless)


def walk_tables(tree: Tree) -> Iterator[Table]:
    """Yield every mapping in a tree."""
    if isinstance(tree, Table):
        yield tree
    if not isinstance(tree, Text):
        for value in tree.values() if isinstance(tree, Table) else tree:
            if value is not None:
                yield from walk_tables(value)


def read_tree(path: Path, file: str) -> Tree:
    """Read one YAML document; messages call it ``file``.

    Raises:
        RoutineError: If it can't be read, or is not one plain YAML document.
    """
    return parse_tree(read_content(path, file), file)


def parse_tree(raw: bytes, file: str) -> Tree:
    """Read one YAML document from the bytes of a file.

    Raises:
        RoutineError: If it is not one plain YAML document.
    """
    text = _decode(raw, file)
    _check_depth(text, file)
    node = compose(text, file)
    if node is None:
        raise _build_empty_error(file)
    problems: list[Problem] = []
    tree = _Walk(file, problems, text.split("\n")).tree(node, 0)
    if problems:
        raise RoutineError(cut(list(dict.fromkeys(problems))))  # an alias repeats its problems
    if isinstance(tree, Table):
        for key in [key for key in tree if key.startswith(OWN)]:
            del tree[key]
    if tree is None:
        raise _build_empty_error(file)
    return tree


def find_place(tree: Tree, path: Sequence[str | int]) -> Where:
    """Return the place of the value at ``path``; if it is empty or missing, that of the nearest value around it."""
    where = tree.where
    for step in path:
        found = _find_entry(tree, step)
        if found is None:
            break
        where, value = found
        if value is None:
            break
        where, tree = value.where, value
    return where


def find_key_place(tree: Tree, path: Sequence[str | int]) -> Where:
    """Return the place of the key at the end of ``path`` itself, not of its value."""
    *above, key = path
    for step in above:
        found = _find_entry(tree, step)
        if found is None or found[1] is None:
            return tree.where
        tree = found[1]
    found = _find_entry(tree, key)
    return found[0] if found else tree.where


def _find_entry(tree: Tree, step: str | int) -> tuple[Where, Tree | None] | None:
    """Return the place of a key or an item, and its value; None if there is none."""
    if isinstance(tree, Table):
        return next(((key.where, value) for key, value in tree.items() if isinstance(key, Text) and key == step), None)
    if isinstance(tree, Items) and isinstance(step, int) and step < len(tree):
        return tree.places[step], tree[step]
    return None


def read_content(path: Path, file: str) -> bytes:
    """Return the bytes of a small file.

    Raises:
        RoutineError: If it can't be read, or is too large.
    """
    start = Where(file, 1, 1)
    try:
        return plain_files.read_file(path, LARGEST_FILE)
    except OSError as error:
        if error.errno == errno.EFBIG:
            what = f"the file is larger than {LARGEST_FILE:,} bytes"
            raise _build_error(start, what, "a routine is a small text file") from None
        what, remedy = describe_unreadable(error).splitlines()
        raise _build_error(start, f"the file can't be read: {what}", remedy) from error


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", errors="replace")
        where = _find_position(before, len(before), file)
        raise _build_error(where, "this is not UTF-8 text", "save the file as UTF-8") from error


def _check_depth(text: str, file: str) -> None:
    """Refuse deeply nested brackets early: the time to parse them grows with the square of their depth.

    Brackets in texts count too; no text has so many unclosed ones.
    """
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "[{" else -1
        if depth > UNCLOSED:
            where = _find_position(text, match.start(), file)
            raise _build_error(where, f"this is nested more than {DEEPEST} deep", FEWER)


def compose(text: str, file: str) -> Node | None:
    """Return the node of a YAML document, with the places of its parts in the text; None for an empty one.

    Raises:
        RoutineError: If the text is not one YAML document.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.Composer = _composer()
        return cast("Node | None", yaml.compose(text))
    except _TooManyError as error:
        raise _build_size_error(Where(file, *error.args)) from None
    except MarkedYAMLError as error:
        raise _explain_yaml(error, text, file) from error
    except ReaderError as error:
        what = f"a text can't hold the character {quote(chr(error.character))}"
        raise _build_error(_find_position(text, error.position, file), what, "take it out") from error
    except (ValueError, OverflowError) as error:
        raise _explain_escape(error, text, file) from error
    except RecursionError as error:
        raise _build_error(Where(file, 1, 1), f"this is nested more than {DEEPEST} deep", FEWER) from error


@cache
def _composer() -> type[Any]:
    """Return a composer of ruamel that stops if a file has too many values, before it has read all of them."""
    from ruamel.yaml.composer import Composer

    class Counting(Composer):
        nodes = 0

        def __init__(self, loader: object = None) -> None:
            super().__init__(loader)
            self.warn_double_anchors = False  # YAML allows reusing an anchor

        def compose_node(self, parent: object, index: object) -> Node:
            self.nodes += 1
            if self.nodes > MOST_NODES * 2:  # keys are nodes too
                mark = self.parser.peek_event().start_mark
                raise _TooManyError(mark.line + 1, mark.column + 1)
            return cast("Node", super().compose_node(parent, index))

    return Counting


def _explain_yaml(error: MarkedYAMLError, text: str, file: str) -> RoutineError:
    """Explain an error of the YAML parser."""
    from voicecoach.routine.slips.syntax import explain_syntax

    marks = [(mark.line + 1, mark.column + 1) if mark else None for mark in (error.problem_mark, error.context_mark)]
    mark = marks[0] or marks[1] or (1, 1)
    slip = explain_syntax(text, str(error.problem or error.context), mark, marks[1])
    return _build_error(Where(file, slip.line, slip.column), slip.what, slip.remedy)


def _explain_escape(error: Exception, text: str, file: str) -> RoutineError:
    """Explain an escape beyond the last Unicode character, which the library accepts."""
    at = next((match.start() for match in _ESCAPE.finditer(text) if int(match[1], 16) > sys.maxunicode), None)
    if at is None:
        return _build_error(Where(file, 1, 1), f"this is not YAML: {quote(error)}", "take it out")
    return _build_error(_find_position(text, at, file), "an escape sequence is not a valid character", "take it out")


def _find_position(text: str, index: int, file: str) -> Where:
    return Where(file, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


class _Walk:
    """Turns YAML nodes into a parse tree and collects problems; stops if aliases multiply too much."""

    def __init__(self, file: str, problems: list[Problem], lines: Sequence[str]) -> None:
        self.lines = lines
        self.file, self.problems, self.nodes, self.characters = file, problems, 0, 0

    def where(self, node: Node) -> Where:
        return Where(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def tree(self, node: Node, depth: int) -> Tree | None:
        from ruamel.yaml.nodes import ScalarNode, SequenceNode

        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _build_size_error(self.where(node))
        if depth > DEEPEST:
            raise _build_error(self.where(node), f"this is nested more than {DEEPEST} deep", FEWER)
        if not str(node.tag).startswith("tag:yaml.org,2002:") or "python" in str(node.tag):
            self.note(node, f"the tag {quote(node.tag)} means nothing here", "take the tag out")
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        return self.sequence(node, depth) if isinstance(node, SequenceNode) else self.mapping(node, depth)

    def note(self, node: Node, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.where(node), what, remedy))

    def scalar(self, node: ScalarNode) -> Text | None:
        if node.value == "" and node.style is None:
            return None
        self.characters += len(node.value)
        if self.characters > MOST_CHARACTERS:
            what = f"with its aliases the texts of the file have more than {MOST_CHARACTERS:,} characters"
            raise _build_error(self.where(node), what, "use fewer aliases")
        text = _set_place(Text(node.value), self.where(node))
        text.dash = self.find_dash(node) if node.style is None else None
        return text

    def find_dash(self, node: ScalarNode) -> Where | None:
        """Return the place of a dash at the start of a later line of a text without quotes: probably a new item."""
        for number in range(node.start_mark.line + 1, min(node.end_mark.line + 1, len(self.lines))):
            line = self.lines[number]
            if line.lstrip().startswith("- "):
                return Where(self.file, number + 1, len(line) - len(line.lstrip()) + 1)
        return None

    def sequence(self, node: Node, depth: int) -> Items:
        items = _set_place(Items(self.tree(child, depth + 1) for child in node.value), self.where(node))
        items.places = [self.where(child) for child in node.value]
        return items

    def mapping(self, node: Node, depth: int) -> Table:
        return _set_place(Table(self.pairs(node, depth)), self.where(node))

    def pairs(self, node: Node, depth: int) -> Iterator[tuple[Text, Tree | None]]:
        from ruamel.yaml.nodes import ScalarNode

        seen: dict[str, Node] = {}
        dashless = False
        merged: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.note(key, "a key must be a text", "put a text that starts with { or [ into quotes")
                continue
            if str(key.tag).endswith(":merge"):
                merged.append(value)
                continue
            if CONTROL.search(key.value) or set(key.value) & _ENDS:
                self.note(key, f"the key {quote(key.value)} has control characters in it", "take them out")
                continue
            if key.value in seen and not dashless:
                dashless = self.note_double(key, seen)
            seen.setdefault(key.value, key)
            name = _set_place(Text(key.value), self.where(key))
            name.dash = None
            yield name, self.tree(value, depth + 1)
        own = {*seen}
        for value in merged:
            yield from self.merge(value, depth + 1, own)

    def note_double(self, key: ScalarNode, seen: Mapping[str, Node]) -> bool:
        """Add the problem of a duplicate key; return whether it is the missing dash of a second step."""
        first = next(iter(seen.values()))
        names = [name for name in seen if name in STEP_NAMES and seen[name].start_mark.line > first.start_mark.line]
        second = key if key.value in STEP_NAMES - {"hold", "say"} else seen[names[-1]] if names else key
        if second.start_mark.line == first.start_mark.line or not ({key.value, *names} & STEP_NAMES):
            what = f"{quote(key.value)} is here twice, first on line {seen[key.value].start_mark.line + 1}"
            self.note(key, what, "keep one")
            return False
        self.note(second, *add_dash(str(second.value), first.start_mark.column - 1))
        return True

    def merge(self, node: Node, depth: int, own: set[str]) -> Iterator[tuple[Text, Tree | None]]:
        """Yield the keys and values that the merge key ``<<`` adds from other mappings."""
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        for each in node.value if isinstance(node, SequenceNode) else [node]:
            if not isinstance(each, MappingNode):
                self.note(each, "the key '<<' takes keys with values", "write '<<: *name', with '&name' at those keys")
                continue
            found = self.tree(each, depth + 1)
            for key, value in found.items() if isinstance(found, Table) else ():
                if key not in own and isinstance(key, Text):
                    own.add(key)
                    yield key, value


def _set_place(value: _Tree, where: Where) -> _Tree:
    value.where = where
    return value


def _build_error(where: Where, what: str, remedy: str) -> RoutineError:
    return RoutineError([Problem(where, what, remedy)])


def _build_size_error(where: Where) -> RoutineError:
    return _build_error(where, f"with its aliases the file has more than {MOST_NODES:,} values", "use fewer")


def _build_empty_error(file: str) -> RoutineError:
    return _build_error(
        Where(file, 1, 1), "the file is empty", "'voicecoach show sitting-leg-stretch' prints an example"
    )
