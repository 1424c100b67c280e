"""Explain why a text is not YAML: the slip that its author most likely made, its place, and the remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STEPS = ("say", "breathe", "hold", "rest", "each side", "repeat", "pace", "sound", "include")
"""The keys that say what a step is."""
LONE = ("in", "out", "pause")
"""The keys of a step for a single phase."""
HEADS = {"repeat": "rounds", "each side": "rounds", "pace": "breath"}
"""The keys of blocks, and what authors mean by a value beside them."""
KEYS = (
    *(*STEPS, "change", "title", "language", "summary", "notes", "notice", "benefits", "tips", "breath", "fixed"),
    *("parameters", "sides", "words", "pronounce", "steps", "between", "closing", "name", "only", "side", "first"),
    *("again", "settle", "stretch", "min", "max", "past", "at", "halfway", "countdown", "release", "from", "step"),
    *("vary", "before", "rounds", "left", "right", "order", "optional"),
)
"""Every key of the routine language, but those for the words of phases."""

_PHASE = r"(?:(?:first|last|odd|even|[0-9]+|every [0-9]+) )?(?:in|hold|out|pause)(?: [2-9])?"
_KNOWN = re.compile(rf"({_PHASE}|{'|'.join(sorted(KEYS, key=len, reverse=True))})(?= *[:=]? *(?:\S|$))(?![\w-])")
_LINE = re.compile(r"(?P<dashes> *(?:- +)*(?:-$)?)(?P<rest>.*)")
_PAIR = re.compile(r"(?P<key>[^\s:#\"'{}\[\],&*!|>%@`][^:#]*):(?:(?P<space> +)(?P<value>.*)|$)")
_COMMENT = re.compile(r"(?:^| )#.*")
_FIRST_NUMBER = re.compile(r"[0-9]+")
_CLOSING = {"{": "}", "[": "]"}
LONGEST = 200
"""Characters that are looked at to find a missing comma."""
_TAB = "'\\t' that cannot start"
_QUOTES = "put the whole text into quotes"

BITES = {
    "undefined alias": (
        "a text can't start with *",
        "put it into quotes, or write '&' and its name before what it repeats",
    ),
    "another document": ("a second document starts here", "keep one routine in a file, without a line of ---"),
    "end of stream": ("these quotes are not closed", "write the same quotes at the end of the text"),
    _TAB: ("a tab stands here", "indent with spaces, not tabs"),
    "that cannot start any": ("a text can't start with this character", "put it into quotes"),
    "mapping values are not": ("a second key or ': ' stands in this line", "put the text into quotes"),
    "comment or a line break": ("a text can't start with | or >", "take it out, or put the text into quotes"),
    "chomping or indentation": ("a text can't start with | or >", "take it out, or put the text into quotes"),
    "found '<scalar>'": ("a text goes on after its end", _QUOTES),
    "found '<block": ("this line does not line up with those above", "start keys that belong together in one column"),
    "'<document start>'": (
        "this line does not line up with those above",
        "start keys that belong together in one column",
    ),
    "expected ',' or": ("a bracket is not closed before this", "close it, or put the whole text into quotes"),
    "unknown escape": ("a backslash means something else in double quotes", "use single quotes, or write it twice"),
}
"""What YAML says of slips, by a part of it, in words for people who do not know YAML, if the lines say no more."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong at a place of a text, and the remedy; line and column count from 1."""

    line: int
    column: int
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that says something: its dashes, its key, and its value, each with its column."""

    number: int
    start: int
    item: bool
    key: str
    key_column: int
    value: str
    value_column: int


def explain_syntax(text: str, said: str, mark: tuple[int, int], opening: tuple[int, int] | None) -> Slip:
    r"""Return the slip behind what YAML ``said`` at ``mark``; ``opening`` is where the part that it read there began.

    >>> explain_syntax("steps:\n  - say Sit\n    settle: 5s\n", "mapping values are not allowed", (3, 11), None).mend
    "write 'say: ', with a colon and a space"
    """
    if _is_tabbed(text, mark[0]):
        return Slip(*mark, *BITES[_TAB])
    lines = _read_lines(text)
    above = [line for line in lines if line.number < mark[0]]
    at = next((line for line in lines if line.number == mark[0]), None)
    if "expected ',' or" in said and opening:
        found = _find_colonless(above, at) or _find_bracket(lines, mark, opening)
    else:
        found = _find_slip(above, at, said, mark)
    if found:
        return found
    unclosed = "end of stream" in said
    known = next((BITES[bite] for bite in BITES if bite in said), None)
    what, mend = known or (f"this is not YAML: {said}", "put a text that has : { [ # | or quotes in it into quotes")
    return Slip(*(opening if unclosed and opening else mark), what, mend)


def explain_value(key: str, value: str) -> tuple[str, str]:
    """Return what is wrong with a value beside the key of a block, and the remedy.

    >>> explain_value("repeat", "3 times")[1]
    "write 'repeat:' alone, and indented under it 'rounds: 3' and 'steps:'"
    """
    number = _FIRST_NUMBER.search(value) if HEADS[key] == "rounds" else None
    inside = number[0] if number else "3" if HEADS[key] == "rounds" else value
    mend = f"write '{key}:' alone, and indented under it '{HEADS[key]}: {inside}' and 'steps:'"
    return f"{shown(value)} can't stand beside {key!r}", mend


def find_bare_key(text: str) -> str:
    """Return the key at the start of a text that lacks its colon; nothing if there is none.

    >>> find_bare_key("breathe 3"), find_bare_key("settle:5s"), find_bare_key("breathing")
    ('breathe', 'settle', '')
    """
    found = _KNOWN.match(text)
    return found[1] if found else ""


def add_colon(key: str) -> tuple[str, str]:
    """Return what is wrong with a key without a colon, and the remedy."""
    return f"there is no colon with a space after {key!r}", f"write '{key}: ', with a colon and a space"


def add_dash(key: str, column: int) -> tuple[str, str]:
    """Return what is wrong with a step without its dash, and the remedy."""
    return f"there is no dash before {key!r}", f"write '- {key}:', with the dash in column {column}"


def line_up(column: int, where: str = "") -> str:
    """Return the remedy for a line that starts in a wrong column."""
    return f"start it in column {column}" + (f", {where}" if where else "")


def _is_tabbed(text: str, number: int) -> bool:
    """Tell whether a tab stands before the text of a line, which is the slip then, whatever YAML says."""
    lines = text.splitlines()
    line = lines[number - 1] if number <= len(lines) else ""
    return "\t" in line[: len(line) - len(line.lstrip())]


def _read_lines(text: str) -> list[_Line]:
    """Return the lines of a file that say something; what belongs to a text in a block is left out."""
    lines: list[_Line] = []
    inside = -1
    for number, line in enumerate(text.splitlines(), 1):
        bare = _COMMENT.sub("", line) if line.lstrip().startswith("#") else line.rstrip()
        indent = len(line) - len(line.lstrip())
        if not bare.strip() or indent > inside >= 0:
            continue
        inside = -1
        lines.append(_read_line(number, bare))
        if re.fullmatch(r"[|>][-+0-9]*", lines[-1].value):
            inside = lines[-1].key_column - 1
    return lines


def _read_line(number: int, line: str) -> _Line:
    match = _LINE.match(line)
    dashes, rest = (match["dashes"], match["rest"]) if match else ("", line)
    column = len(dashes) + 1
    start = len(dashes) - len(dashes.lstrip()) + 1
    item = "-" in dashes
    pair = _PAIR.fullmatch(rest)
    if pair is None:
        return _Line(number, start, item, "", column, rest, column)
    value = "" if (pair["value"] or "").startswith("#") else _COMMENT.sub("", pair["value"] or "").rstrip()
    value_column = column + len(f"{pair['key']}:{pair['space'] or ''}")
    return _Line(number, start, item, pair["key"].rstrip(), column, value, value_column)


def _find_slip(above: Sequence[_Line], at: _Line | None, said: str, mark: tuple[int, int]) -> Slip | None:
    """Return what the lines show, if it is one of the slips that authors make."""
    if "another document" in said or "escape" in said:
        return None
    found = _find_colonless(above, at) or _find_quotes(above, at)
    if found or at is None:
        return found
    if "undefined alias" in said and not at.value.startswith("*"):
        return None
    if "mapping values" in said and mark[1] < at.value_column and at.key:
        return _find_deeper(above, at)
    if re.search(r"found.*(?:block|'\?'|'-')", said) and mark == (at.number, at.start):
        return _find_misaligned(above, at)
    return _find_text(at)


def _find_colonless(above: Sequence[_Line], at: _Line | None) -> Slip | None:
    """Look for a line that has a key of the language and no colon after it."""
    for number, line in reversed([*enumerate([*above, *([at] if at else [])])][-2:]):
        before = [*above, line][:number]
        outer = next((each for each in reversed(before) if each.key), None)
        goes_on = outer and outer.value and line.start > outer.key_column and not line.item
        key = find_bare_key(line.value) if not line.key and not goes_on else ""
        if key:
            return Slip(line.number, line.key_column, *add_colon(key))
    return None


def _find_bracket(lines: Sequence[_Line], mark: tuple[int, int], opening: tuple[int, int]) -> Slip | None:
    """Look for a bracket that is not closed in its line, or a comma that is missing in it."""
    line = next((each for each in lines if each.number == opening[0]), None)
    sign = line.value[opening[1] - line.value_column :][:1] if line else ""
    if line is None or sign not in _CLOSING:
        return None
    if mark[0] != opening[0]:
        return Slip(*opening, f"this {sign} is not closed", f"write {_CLOSING[sign]} at the end of the line")
    before = line.value[: mark[1] - line.value_column]
    joined = re.split(r"[,{[:]", before)[-1].lstrip()[-LONGEST:]
    names = {name.strip() for each in lines for name in re.findall(r"[{,]([^{},:]+):", each.value)}
    ends = [joined[found.start() + 1 :] for found in re.finditer(" ", joined)]
    name = next((end for end in ends if end in names), ends[-1] if ends else "")
    if not name:
        return None
    mend = f"write ', ' before {name!r}, or put the text into quotes"
    return Slip(mark[0], mark[1] - len(joined), f"there is no comma in {shown(joined)}", mend)


def _find_quotes(above: Sequence[_Line], at: _Line | None) -> Slip | None:
    """Look for quotes that are not closed in their line, if the next quotes stand where YAML gave up."""
    last = at or (above[-1] if above else None)
    for line in reversed(above[-12:]):
        sign = line.value[:1]
        if sign not in {'"', "'"} or _has_end(line.value):
            continue
        between = [each for each in above if each.number > line.number]
        if last and not any(_has_sign(each, sign) for each in between[:-1]):
            return Slip(line.number, line.value_column, *BITES["end of stream"])
    return None


def _has_end(quoted: str) -> bool:
    return re.search(rf"(?<!\\){quoted[0]}", quoted[1:]) is not None


def _has_sign(line: _Line, sign: str) -> bool:
    return sign in line.value


def _find_text(at: _Line) -> Slip | None:
    """Look for a text that YAML takes for something else, because of how it starts or a colon in it."""
    value, sign = at.value, at.value[:1]
    told = None
    if sign and sign in "*`" and sign in value[1:]:
        told = f"a text can't start with {sign}", f"take each {sign} out; a voice does not say it"
    elif sign == "[" and "]" in value:
        mark = value[: value.index("]") + 1]
        told = "a text can't start with [ and go on after it", f"take {shown(mark)} out, or put the text into quotes"
    elif sign and sign in "|>-?%@`":
        told = f"a text can't start with {sign}", "take it out, or put the text into quotes"
    elif sign and sign in "{[\"'":
        quotes = "single quotes" if '"' in value else "double quotes" if "'" in value else "quotes"
        told = f"a text can't start with {sign} and go on after it", f"put the whole text into {quotes}"
    elif at.key and sign not in {"*", "&", "!"} and ": " in f"{value} ":
        told = "': ' stands within this text", _QUOTES
    return Slip(at.number, at.value_column, *told) if told else None


def _find_deeper(above: Sequence[_Line], at: _Line) -> Slip | None:
    """Look for a key that starts deeper than the key that it belongs beside."""
    before = above[-1] if above else None
    if before is None or not before.value:
        return None
    outer = above[-2] if len(above) > 1 else None
    if outer and outer.key and not outer.value and outer.key_column == before.key_column and not before.item:
        return _start_in(before, at.key_column)
    if before.key in HEADS:
        return Slip(before.number, before.value_column, *explain_value(before.key, before.value))
    return _start_in(at, before.key_column)


def _find_misaligned(above: Sequence[_Line], at: _Line) -> Slip | None:
    """Look for the line that starts in the wrong column: this one, or the one above it."""
    if not above:
        return None
    levels = list(_levels(above))
    keys = [column for column, item in levels if not item]
    items = [column for column, item in levels if item]
    parent = _find_parent(above, at)
    if at.item:
        first = parent and next((each for each in above if each.number > parent.number), None)
        if first and first.key and not first.item and first.start > at.start:
            return Slip(first.number, first.start, *add_dash(first.key, at.start))
        return _start_in(at, _nearest(items, at.start)) if items else None
    if at.key in STEPS and at.start in items:
        return Slip(at.number, at.start, *add_dash(at.key, at.start))
    wrong = _find_lone_child(above, at, parent)
    if wrong:
        return _start_in(wrong, at.start)
    return _start_in(at, _nearest(keys, at.start)) if keys else None


def _levels(lines: Sequence[_Line]) -> Iterator[tuple[int, bool]]:
    """Yield the columns that are open after some lines, from the innermost, and whether dashes stand there."""
    limit = max((line.key_column for line in lines), default=0) + 1
    for line in reversed(lines):
        if not line.key and not line.item:
            continue
        if line.key and line.key_column < limit:
            yield line.key_column, False
        if line.item and line.start < limit:
            yield line.start, True
        limit = min(limit, line.start)


def _find_parent(above: Sequence[_Line], at: _Line) -> _Line | None:
    """Return the nearest key above that has its block under it, and starts before this line."""
    return next((each for each in reversed(above) if each.key and not each.value and each.key_column < at.start), None)


def _find_lone_child(above: Sequence[_Line], at: _Line, parent: _Line | None) -> _Line | None:
    """Return the only line of a block if it starts in another column than this line, which is in the same block."""
    if parent is None:
        before, outer = above[-1], above[-2] if len(above) > 1 else None
        beside = outer and outer.key and not outer.value and outer.key_column == before.key_column
        return before if beside and before.key_column < at.start else None
    children = [each for each in above if each.number > parent.number]
    if len(children) == 1 and not children[0].item and children[0].start != at.start:
        return children[0]
    return None


def _nearest(columns: Sequence[int], column: int) -> int:
    return min(columns, key=lambda each: (abs(each - column), -each))


def _start_in(line: _Line, column: int) -> Slip:
    named = shown(line.key) if line.key and not line.item else "this line"
    return Slip(line.number, line.start, f"{named} does not line up with the lines beside it", line_up(column))
