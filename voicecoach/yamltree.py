"""A YAML file as plain texts, lists and mappings that know their place; nothing in it is turned into something else.

YAML's own types bite: ``4:00`` becomes 240, a key ``on`` becomes true, a doubled key wins silently. Here every scalar
stays the text that stands in the file, and what reads it decides what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from voicecoach.errors import Problem, RoutineError, Where, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ruamel.yaml.nodes import Node, ScalarNode

LARGEST_FILE = 1_000_000
"""Bytes. A routine of ten hours takes some thousand."""
MOST_NODES = 20_000
DEEPEST = 40


class Text(str):
    """A scalar of the file, with its place."""

    __slots__ = ("where",)
    where: Where


class Table(dict[str, Any]):
    """A mapping of the file, with its place and its keys as texts."""

    where: Where


class Items(list[Any]):
    """A sequence of the file, with its place."""

    where: Where


Tree = Text | Table | Items
_Tree = TypeVar("_Tree", Text, Table, Items)


def read(path: Path, file: str) -> Tree:
    """Read one YAML document; ``file`` is how messages call it.

    Raises:
        RoutineError: When it can't be read, or is not one plain YAML document.
    """
    text = _text(path, file)
    node = _compose(text, file)
    if node is None:
        raise _empty(file)
    problems: list[Problem] = []
    tree = _Walk(file, problems).tree(node, 0)
    if problems:
        raise RoutineError(problems)
    if tree is None:
        raise _empty(file)
    return tree


def place(tree: Tree, path: Sequence[str | int]) -> Where:
    """Return where the value at ``path`` stands; steps of the path that the tree doesn't have are passed over."""
    for step in path:
        if isinstance(tree, Table) and isinstance(step, str) and step in tree:
            tree = cast("Tree", tree[step] or next(key for key in tree if key == step))
        elif isinstance(tree, Items) and isinstance(step, int) and step < len(tree):
            tree = cast("Tree", tree[step] or tree)
    return tree.where


def _text(path: Path, file: str) -> str:
    start = Where(file, 1, 1)
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _error(start, f"the file can't be read: {error.strerror}", "") from error
    if len(raw) > LARGEST_FILE:
        raise _error(start, f"the file is larger than {LARGEST_FILE:,} bytes", "a routine is a small text file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        raise _error(Where(file, line, column), "this is not UTF-8 text", "save the file as UTF-8") from error


def _compose(text: str, file: str) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return cast("Node | None", YAML(typ="safe", pure=True).compose(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1, 1)
        raise _error(where, f"this is not YAML: {error.problem or error.context}", _yaml_mend(text, where)) from error
    except YAMLError as error:
        what = f"this is not YAML: {str(error).splitlines()[0]}"
        raise _error(Where(file, 1, 1), what, "take out control characters") from error
    except RecursionError as error:
        raise _error(Where(file, 1, 1), f"this is nested more than {DEEPEST} deep", "use fewer levels") from error


def _yaml_mend(text: str, where: Where) -> str:
    lines = text.splitlines()
    line = lines[where.line - 1] if where.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not tabs"
    return "put a text with : { [ # | or quotes in it into quotes, and indent with spaces"


class _Walk:
    """Turns nodes into trees and notes what is wrong on the way; it stops counting where aliases would explode."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems, self.nodes = file, problems, 0

    def where(self, node: Node) -> Where:
        return Where(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def tree(self, node: Node, depth: int) -> Tree | None:
        from ruamel.yaml.nodes import ScalarNode, SequenceNode

        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _error(
                self.where(node), f"with its aliases the file has more than {MOST_NODES:,} values", "use fewer"
            )
        if depth > DEEPEST:
            raise _error(self.where(node), f"this is nested more than {DEEPEST} deep", "use fewer levels")
        if not str(node.tag).startswith("tag:yaml.org,2002:") or "python" in str(node.tag):
            self.note(node, f"tags such as {shown(node.tag)} mean nothing here", "take the tag out")
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        return self.sequence(node, depth) if isinstance(node, SequenceNode) else self.mapping(node, depth)

    def note(self, node: Node, what: str, mend: str) -> None:
        self.problems.append(Problem(self.where(node), what, mend))

    def scalar(self, node: ScalarNode) -> Text | None:
        if node.value == "" and node.style is None:
            return None
        return _placed(Text(node.value), self.where(node))

    def sequence(self, node: Node, depth: int) -> Items:
        return _placed(Items(self.tree(child, depth + 1) for child in node.value), self.where(node))

    def mapping(self, node: Node, depth: int) -> Table:
        return _placed(Table(self.pairs(node, depth)), self.where(node))

    def pairs(self, node: Node, depth: int) -> Iterator[tuple[Text, Tree | None]]:
        from ruamel.yaml.nodes import ScalarNode

        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.note(key, "a key must be a text", "put a text that starts with { or [ into quotes")
                continue
            if key.value in seen:
                self.note(key, f"{shown(key.value)} stands here twice, first on line {seen[key.value]}", "keep one")
            seen[key.value] = key.start_mark.line + 1
            yield _placed(Text(key.value), self.where(key)), self.tree(value, depth + 1)


def _placed(value: _Tree, where: Where) -> _Tree:
    value.where = where
    return value


def _error(where: Where, what: str, mend: str) -> RoutineError:
    return RoutineError([Problem(where, what, mend)])


def _empty(file: str) -> RoutineError:
    return _error(Where(file, 1, 1), "the file is empty", "'voicecoach show sitting-leg-stretch' prints an example")
