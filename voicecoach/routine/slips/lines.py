"""The lines of a routine file that is not valid YAML: dashes, keys and values with their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"(?P<dashes> *(?:- +)*(?:-$)?)(?P<rest>.*)")
_PAIR = re.compile(r"(?P<key>[^\s:#\"'{}\[\],&*!|>%@`][^:#{}\[\]]*):(?:(?P<space> +)(?P<value>.*)|$)")
_COMMENT = re.compile(r"(?:^| )#.*")


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake at a place of a text, and its remedy; line and column count from 1."""

    line: int
    column: int
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line with content: its dashes, its key and its value, each with its column."""

    number: int
    start: int
    item: bool
    key: str
    key_column: int
    value: str
    value_column: int


def read_lines(text: str) -> list[SourceLine]:
    """Return the lines of a file with content, without the lines of block texts."""
    lines: list[SourceLine] = []
    inside = -1  # indentation of a block text; 0 until its first line shows it
    for number, line in enumerate(text.splitlines(), 1):
        bare = _COMMENT.sub("", line) if line.lstrip().startswith("#") else line.rstrip()
        indent = len(line) - len(line.lstrip())
        if inside == 0 and bare.strip():
            inside = indent if indent >= lines[-1].key_column else -1
        if not bare.strip() or indent >= inside > 0:
            continue
        inside = -1
        lines.append(_read_line(number, bare))
        if re.fullmatch(r"[|>][-+0-9]*", lines[-1].value):
            inside = 0
    return lines


def _read_line(number: int, line: str) -> SourceLine:
    match = _LINE.match(line)
    dashes, rest = (match["dashes"], match["rest"]) if match else ("", line)
    column = len(dashes) + 1
    start = len(dashes) - len(dashes.lstrip()) + 1
    item = "-" in dashes
    pair = _PAIR.fullmatch(rest)
    if pair is None:
        return SourceLine(number, start, item, "", column, rest, column)
    value = "" if (pair["value"] or "").startswith("#") else _COMMENT.sub("", pair["value"] or "").rstrip()
    value_column = column + len(f"{pair['key']}:{pair['space'] or ''}")
    return SourceLine(number, start, item, pair["key"].rstrip(), column, value, value_column)
