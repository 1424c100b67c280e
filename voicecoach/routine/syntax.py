"""Explain why a text is not YAML: the slip that its author most likely made, its place, and the remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
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
_STEPS = {*STEPS, "change"}
_INSIDE = {"rounds", "between", "before", "steps", "vary", "order", "breath", "fixed", "min", "max", "past"}
"""Keys of a block."""
_KNOWN = re.compile(rf"({_PHASE}|{'|'.join(sorted(KEYS, key=len, reverse=True))})(?= *[:=]? *(?:\S|$))(?![\w-])")
_LINE = re.compile(r"(?P<dashes> *(?:- +)*(?:-$)?)(?P<rest>.*)")
_PAIR = re.compile(r"(?P<key>[^\s:#\"'{}\[\],&*!|>%@`][^:#{}\[\]]*):(?:(?P<space> +)(?P<value>.*)|$)")
_COMMENT = re.compile(r"(?:^| )#.*")
_FIRST_NUMBER = re.compile(r"[0-9]+")
_CLOSING = {"{": "}", "[": "]"}
LONGEST = 200
"""Characters that are looked at to find a missing comma."""
_OPENING = {close: sign for sign, close in _CLOSING.items()}
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
    below = [line for line in lines if line.number > mark[0]]
    if "expected ',' or" in said and opening:
        found = _find_colonless(above, at) or _find_bracket(lines, mark, opening)
    else:
        found = _find_slip(above, at, below, said, mark)
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


def _find_slip(
    above: Sequence[_Line], at: _Line | None, below: Sequence[_Line], said: str, mark: tuple[int, int]
) -> Slip | None:
    """Return what the lines show, if it is one of the slips that authors make."""
    if "another document" in said or "escape" in said:
        return None
    found = _find_colonless(above, at) or _find_dashless(above, at) or _find_quotes(above, at)
    if found or at is None:
        return found
    if "undefined alias" in said and not at.value.startswith("*"):
        return None
    if "mapping values" in said and mark[1] < at.value_column and at.key:
        return _find_deeper(above, at, below)
    if re.search(r"found.*(?:block|'\?'|'-')", said) and mark == (at.number, at.start):
        return _find_misaligned(above, at, below)
    return _find_text(at)


def _find_colonless(above: Sequence[_Line], at: _Line | None) -> Slip | None:
    """Look for a line that has a key of the language and no colon after it."""
    for number, line in _walk_up(above, at):
        before = above[:number]
        outer = next((each for each in reversed(before) if each.key), None)
        goes_on = outer and outer.value and line.start > outer.key_column and not line.item
        key = find_bare_key(line.value) if not line.key and not goes_on else ""
        if key:
            return Slip(line.number, line.key_column, *add_colon(key))
    return None


def _walk_up(above: Sequence[_Line], at: _Line | None) -> Iterator[tuple[int, _Line]]:
    """Yield the line where YAML gave up, and those above it up to the first that has a key, with their indices."""
    if at:
        yield len(above), at
    for number in range(len(above) - 1, -1, -1):
        if above[number].key:
            return
        yield number, above[number]


def _find_dashless(above: Sequence[_Line], at: _Line | None) -> Slip | None:
    """Look for a text that stands where the items of a list start, and has no dash."""
    for number, line in _walk_up(above, at):
        before = above[number - 1] if number else None
        if before and not line.key and not line.item and before.item and before.start == line.start:
            mend = f"write '- ' before it, with the dash in column {line.start}"
            return Slip(line.number, line.start, "there is no dash before this text", mend)
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
    if value[-1:] in {'"', "'"} and value.count(value[-1]) == 1:
        told = "these quotes are not opened", "write the same quotes at the start of the text"
    elif value[-1:] in {"}", "]"} and value.count(_OPENING[value[-1]]) < value.count(value[-1]):
        told = f"this {value[-1]} is not opened", f"write {_OPENING[value[-1]]} at the start of the text"
    elif sign and sign in "*`" and sign in value[1:]:
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


def _find_deeper(above: Sequence[_Line], at: _Line, below: Sequence[_Line]) -> Slip | None:
    """Look for a key that starts deeper than the key that it belongs beside."""
    before = above[-1] if above else None
    if before is None or not before.value:
        return None
    outer = above[-2] if len(above) > 1 else None
    if outer and outer.key and not outer.value and not before.item and _is_odd(before, at, below):
        return _start_in(before, at.key_column)
    if before.key in HEADS:
        return Slip(before.number, before.value_column, *explain_value(before.key, before.value))
    moved = before.start + at.key_column - before.key_column
    if before.item and any(line.item and line.start == moved for line in _list_below(below, before.start)):
        return _start_in(before, moved)
    return _start_in(at, before.key_column)


def _find_misaligned(above: Sequence[_Line], at: _Line, below: Sequence[_Line]) -> Slip | None:
    """Look for the line that starts in the wrong column: this one, or the one above it."""
    if not above:
        return None
    levels = list(_levels(above))
    keys = [column for column, item in levels if not item]
    items = [column for column, item in levels if item]
    first = _find_first_child(above, at)
    if at.item:
        return _find_misaligned_item(first, at, below, (keys, items))
    if at.key in _STEPS and at.start in items:
        return Slip(at.number, at.start, *add_dash(at.key, at.start))
    outdented = next((line for line in reversed(above) if _is_outdented(line, above)), None)
    if outdented and at.start > outdented.start:
        return _start_in(outdented, at.start)
    if first and first is above[-1] and not first.item and _is_odd(first, at, below):
        return _start_in(first, at.start)
    return _start_in(at, _nearest(keys, at.start)) if keys else None


def _find_misaligned_item(
    first: _Line | None, at: _Line, below: Sequence[_Line], levels: tuple[Sequence[int], Sequence[int]]
) -> Slip | None:
    """Look for what is wrong where a dash stands in a column of its own."""
    keys, items = levels
    if first and first.key and not first.item and first.start > at.start:
        return Slip(first.number, first.start, *add_dash(first.key, at.start))
    if at.key and at.start in keys and at.key not in _STEPS:
        return Slip(
            at.number, at.start, f"{at.key!r} is no step, and has a dash before it", "write it without the dash"
        )
    if first and first.item and not any(line.item and line.start == first.start for line in below[:1]):
        wrong = _is_odd(first, at, below)
        return _start_in(first, at.start) if wrong else _start_in(at, first.start)
    return _start_in(at, _nearest(items, at.start)) if items else None


def _is_odd(line: _Line, other: _Line, below: Sequence[_Line]) -> bool:
    """Tell whether of two lines that belong in one column the first is in the wrong one, by the lines below."""
    if line.start == other.start:
        return False
    column = min(line.start, other.start)
    after = next((each.start for each in _list_below(below, column) if each.start in {line.start, other.start}), 0)
    return after == other.start if after else (line.start - 1) % 2 != 0 or (line.start < other.start)


def _list_below(below: Sequence[_Line], column: int) -> Iterator[_Line]:
    """Yield the lines below that are in the same block, or inside it."""
    return takewhile(lambda each: each.start >= column, below)


def _is_outdented(line: _Line, above: Sequence[_Line]) -> bool:
    """Tell whether a key that belongs into a block starts beside the key of the block instead."""
    if line.item or line.key not in _INSIDE:
        return False
    head = next((each for each in reversed(above) if each.number < line.number and each.key in HEADS), None)
    return head is not None and not head.value and head.key_column == line.key_column


def _find_first_child(above: Sequence[_Line], at: _Line) -> _Line | None:
    """Return the first line of the block that a line belongs to: what stands under the key it is deeper than."""
    parent = next(
        (each for each in reversed(above) if each.key and not each.value and each.key_column < at.start), None
    )
    inside = [each for each in above if parent is None or each.number > parent.number]
    return inside[0] if inside else None


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


def _nearest(columns: Sequence[int], column: int) -> int:
    return min(columns, key=lambda each: (abs(each - column), -each))


def _start_in(line: _Line, column: int) -> Slip:
    named = shown(line.key) if line.key and not line.item else "this line"
    return Slip(line.number, line.start, f"{named} does not line up with the lines beside it", line_up(column))
