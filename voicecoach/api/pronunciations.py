"""The pronunciations in a routine's text: read, and changed with as few changed characters as possible.

Comments, order and layout of everything else stay. What was changed is read again before it is returned: a text that
would not say exactly what was asked for is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from voicecoach.api.arguments import read_text
from voicecoach.errors import ArgumentTypeError, ChoiceError, Problem, RoutineError, quote
from voicecoach.routine import source
from voicecoach.routine.source import CONTROL, Table, find_key_place, parse_tree
from voicecoach.routine.values import MOST_PRONOUNCED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeGuard

    from ruamel.yaml.nodes import MappingNode, Node

FILE = "routine.yaml"
"""What problems call a text."""
KEY = "pronounce"
LONGEST = 1_000
"""Characters of a word, or of its sound."""
_PLAIN = re.compile(r"[^\W_](?:[\w '.-]*[\w.])?|/[^\s#:,{}\[\]]+/")
"""What needs no quotes, wherever it stands."""

_Edit = tuple[int, int, str]
"""A part of a text, from one place to another, and what stands there instead."""


def read_pronunciations(text: str) -> dict[str, str]:
    r"""Return the pronunciations in the text of a routine: how each word is said, in their order.

    Those of the files that it names under ``use`` are not among them.

    >>> import voicecoach as vc
    >>> vc.read_pronunciations("title: Rest\npronounce:\n  psoas: so-as\nsteps:\n  - say: Lie down.\n")
    {'psoas': 'so-as'}

    Args:
        text: The routine, as YAML.

    Raises:
        RoutineError: If the text is not YAML.
    """
    tree = parse_tree(read_text("text", text).encode(), FILE)
    found = tree.get(KEY) if isinstance(tree, Table) else None
    entries = found.items() if isinstance(found, Table) else ()
    return {str(word): str(sound or "") for word, sound in entries if sound is None or isinstance(sound, str)}


def write_pronunciations(text: str, entries: Mapping[str, str]) -> str:
    r"""Return the text of a routine with other pronunciations; comments and layout of everything else stay.

    >>> import voicecoach as vc
    >>> vc.write_pronunciations("title: Rest\npronounce: {psoas: so-as} # a muscle\n", {"psoas": "SO-az"})
    'title: Rest\npronounce: {psoas: SO-az} # a muscle\n'

    Args:
        text: The routine, as YAML.
        entries: How each word is said: all pronunciations that the text has then.

    Raises:
        RoutineError: If the text is not YAML, or its pronunciations are written in a way that can't be changed.
        ChoiceError: If a word or a sound is empty, or can't be written.
    """
    wanted = dict(_check(entries))
    bare = read_text("text", text).removeprefix("\ufeff")
    if wanted == read_pronunciations(bare):
        return text
    tree = parse_tree(bare.encode(), FILE)
    for whole in (False, True):
        with suppress(RoutineError, _UnusualError):
            changed = _Editor(bare).write(wanted, whole=whole)
            if _is_right(tree, changed, wanted):
                return text[: len(text) - len(bare)] + changed
    what = "these pronunciations are written in a way that can't be changed here"
    raise RoutineError([Problem(find_key_place(tree, (KEY,)), what, "change them in the text")])


def _check(entries: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not isinstance(entries, Mapping):
        raise ArgumentTypeError("entries: it must be a mapping of words to sounds, such as {'psoas': 'SO-az'}")
    if len(entries) > MOST_PRONOUNCED:
        raise ChoiceError(f"more than {MOST_PRONOUNCED} pronunciations are not possible\nleave some out")
    for word, sound in entries.items():
        for name, value in (("word", read_text("word", word)), ("sound", read_text("sound", sound))):
            if not value.strip():
                raise ChoiceError(
                    f"a {name} is empty\nwrite one, or delete the pronunciation of {quote(word or sound)}"
                )
            if CONTROL.search(value) or len(value.splitlines()) > 1 or len(value) > LONGEST:
                remedy = f"write it on one line, in at most {LONGEST:,} printable characters"
                raise ChoiceError(f"{quote(value, 40)} can't be written as a {name}\n{remedy}")
        yield word.strip(), sound.strip()


def _is_right(before: object, changed: str, wanted: Mapping[str, str]) -> bool:
    """Return whether a changed text has what is wanted, and everything else as before."""
    after = parse_tree(changed.encode(), "")
    if not isinstance(before, Table) or not isinstance(after, Table) or read_pronunciations(changed) != wanted:
        return False
    return {**before, KEY: None} == {**after, KEY: None}


class _UnusualError(Exception):
    """A text whose layout is not one that can be changed in parts."""


class _Editor:
    """Changes one text."""

    def __init__(self, text: str) -> None:
        from ruamel.yaml.nodes import MappingNode

        root = source.compose(text, FILE)
        if not isinstance(root, MappingNode):
            raise _UnusualError
        self.text, self.root = text, root
        self.line_end = "\r\n" if "\r\n" in text else "\n"

    def write(self, wanted: Mapping[str, str], *, whole: bool) -> str:
        """Return the text with what is wanted; with ``whole``, all of it is written anew."""
        found = next(((key, value) for key, value in self.root.value if key.value == KEY), None)
        if found is None:
            return self._apply([self._add_key(wanted)])
        key, value = found
        if not wanted:
            return self._apply([self._remove_key(key, value)])
        whole = whole or value.start_mark.index < key.end_mark.index  # what an alias names stays
        if self._is_block(value) and not whole:
            return self._apply([*self._edit_entries(value, wanted), *self._add_lines(value, wanted)])
        if self._is_flow(value) and not whole:
            return self._apply([*self._edit_entries(value, wanted), *self._add_items(value, wanted)])
        return self._apply([self._replace_value(key, value, wanted)])

    def _apply(self, edits: Sequence[_Edit]) -> str:
        """Carry edits out, from the last one to the first; parts that are taken out may overlap."""
        text, before = self.text, len(self.text) + 1
        for start, end, new in sorted(edits, reverse=True):
            kept = min(end, before) if not new else end
            if kept > before:
                raise _UnusualError
            text, before = text[:start] + new + text[kept:], start
        return text

    def _add_key(self, wanted: Mapping[str, str]) -> _Edit:
        """Write all pronunciations before the steps and the comment above them."""
        if self.root.flow_style:
            at = self.text.index("{", self.root.start_mark.index) + 1
            return at, at, f"{KEY}: {_write_flow(wanted)}, "
        steps = next((key for key, _ in self.root.value if key.value == "steps"), None)
        column = self.root.value[0][0].start_mark.column if self.root.value else 0
        at = self._find_line(steps.start_mark.index) if steps else len(self.text)
        if steps and self.text[at : steps.start_mark.index].strip():
            raise _UnusualError
        while at and self.text[self._find_line(at - 1) : at].lstrip().startswith("#"):
            at = self._find_line(at - 1)
        indent = " " * column
        lines = self._write_lines(wanted, f"{indent}  ")
        return at, at, f"{self._break_line(at)}{indent}{KEY}:{self.line_end}{lines}"

    def _remove_key(self, key: Node, value: Node) -> _Edit:
        """Take all out; comments on lines of their own stay."""
        if self.root.flow_style:
            end = self._find_end(key, value)
            comma = re.compile(r"\s*,[ \t]*").match(self.text, end)
            return key.start_mark.index, comma.end() if comma else end, ""
        start, end = self._find_line(key.start_mark.index), self._find_next_line(self._find_end(key, value) - 1)
        head, *lines = self.text[start:end].splitlines(keepends=True)
        comments = [line for line in lines if line.lstrip().startswith("#")]
        own = re.search(rf"{KEY}['\"]?\s*:\s*(#.*)", head)
        return start, end, "".join([*([own[1].rstrip() + self.line_end] if own else []), *comments])

    def _edit_entries(self, value: MappingNode, wanted: Mapping[str, str]) -> Iterator[_Edit]:
        """Change and take out what is there."""
        names = self._rename(value, wanted)
        flow = bool(value.flow_style)
        for key, sound in value.value:
            name = names.get(key.value, key.value)
            if name not in wanted:
                yield self._take_out(key, sound, flow=flow)
                continue
            if name != key.value:
                yield key.start_mark.index, key.end_mark.index, _write_scalar(name)
            if wanted[name] != sound.value:
                yield self._change(key, sound, wanted[name])

    def _rename(self, value: MappingNode, wanted: Mapping[str, str]) -> dict[str, str]:
        """Return the new names of words that were changed: those in the same place of both lists."""
        old, new = [key.value for key, _ in value.value], [*wanted]
        pairs = zip(old, new, strict=False)
        return {one: other for one, other in pairs if one not in wanted and other not in old}

    def _change(self, key: Node, sound: Node, new: str) -> _Edit:
        """Replace the source of a sound, which may be empty, or stand elsewhere."""
        start, end = sound.start_mark.index, sound.end_mark.index
        if start == end:  # nothing stands there
            colon = self.text.index(":", key.end_mark.index) + 1
            return colon, colon, f" {_write_scalar(new)}"
        if start < key.end_mark.index:  # an alias: its node is the one that it names
            alias = re.compile(r"\s*:\s*(\*[^\s,\]}]+)").match(self.text, key.end_mark.index)
            if not alias:
                raise _UnusualError
            return alias.start(1), alias.end(1), _write_scalar(new)
        return start, self._find_end(key, sound), _write_scalar(new)

    def _take_out(self, key: Node, sound: Node, *, flow: bool) -> _Edit:
        start, end = key.start_mark.index, self._find_end(key, sound)
        if not flow:
            line = self._find_line(start)
            if self.text[line:start].strip():
                raise _UnusualError
            return line, self._find_next_line(end - 1), ""
        after = re.compile(r"\s*,[ \t]*").match(self.text, end)
        if after:
            return start, after.end(), ""
        before = self.text[:start].rstrip()
        return (len(before) - 1 if before.endswith(",") else start), end, ""

    def _add_lines(self, value: MappingNode, wanted: Mapping[str, str]) -> Iterator[_Edit]:
        """Write new entries under the last one of a block."""
        new = self._find_new(value, wanted)
        if new:
            last = self._find_next_line(self._find_end(*value.value[-1]) - 1)
            indent = " " * value.value[0][0].start_mark.column
            yield last, last, self._break_line(last) + self._write_lines(new, indent)

    def _add_items(self, value: MappingNode, wanted: Mapping[str, str]) -> Iterator[_Edit]:
        """Write new entries behind the last one in braces."""
        new = self._find_new(value, wanted)
        if new:
            names = self._rename(value, wanted)
            stay = any(names.get(key.value, key.value) in wanted for key, _ in value.value)
            at = self._find_end(*value.value[-1]) if value.value else value.start_mark.index + 1
            yield at, at, (", " if stay else "") + _write_flow(new)[1:-1]

    def _find_new(self, value: MappingNode, wanted: Mapping[str, str]) -> dict[str, str]:
        there = {key.value for key, _ in value.value} | {*self._rename(value, wanted).values()}
        return {word: sound for word, sound in wanted.items() if word not in there}

    def _replace_value(self, key: Node, value: Node, wanted: Mapping[str, str]) -> _Edit:
        """Write all entries anew."""
        if self._is_block(value) and value.start_mark.index > key.end_mark.index:
            start = self._find_line(value.value[0][0].start_mark.index)
            end = self._find_next_line(self._find_end(*value.value[-1]) - 1)
            return start, end, self._write_lines(wanted, " " * value.value[0][0].start_mark.column)
        if value.start_mark.index == value.end_mark.index:
            at = self._find_next_line(key.end_mark.index)
            return at, at, self._break_line(at) + self._write_lines(wanted, " " * (key.start_mark.column + 2))
        start, end, _ = self._change(key, value, "-")
        return start, end, _write_flow(wanted)

    def _write_lines(self, entries: Mapping[str, str], indent: str) -> str:
        lines = (f"{indent}{_write_scalar(word)}: {_write_scalar(sound)}" for word, sound in entries.items())
        return "".join(f"{line}{self.line_end}" for line in lines)

    def _is_block(self, value: Node) -> TypeGuard[MappingNode]:
        return self._is_mapping(value) and not value.flow_style and bool(value.value)

    def _is_flow(self, value: Node) -> TypeGuard[MappingNode]:
        return self._is_mapping(value) and bool(value.flow_style)

    def _is_mapping(self, value: Node) -> TypeGuard[MappingNode]:
        from ruamel.yaml.nodes import MappingNode

        return isinstance(value, MappingNode)

    def _find_end(self, key: Node, value: Node) -> int:
        """Return the end of an entry; that of a text in several lines is where its last line ends."""
        end = max(key.end_mark.index, value.end_mark.index if value.start_mark.index >= key.end_mark.index else 0)
        if end == key.end_mark.index:  # an alias, or nothing
            rest = re.compile(r"[ \t]*:(?:[ \t]+\*[^\s,\]}]+)?").match(self.text, end)
            return rest.end() if rest else end
        if self._is_mapping(value) and not value.flow_style:
            return self._find_end(*value.value[-1])
        return len(self.text[:end].rstrip())

    def _find_line(self, at: int) -> int:
        """Return where the line of a place begins."""
        return self.text.rfind("\n", 0, at) + 1

    def _find_next_line(self, at: int) -> int:
        """Return where the line after that of a place begins."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def _break_line(self, at: int) -> str:
        """Return the line break that is missing before a place, if the text ends there without one."""
        return "" if not at or self.text[at - 1] == "\n" else self.line_end


def _write_flow(entries: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_write_scalar(word)}: {_write_scalar(sound)}" for word, sound in entries.items()) + "}"


def _write_scalar(text: str) -> str:
    """Write a text in YAML, with quotes if it needs them.

    >>> _write_scalar("tah-DAH-sah-nah"), _write_scalar("L/R: both")
    ('tah-DAH-sah-nah', '"L/R: both"')
    """
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
