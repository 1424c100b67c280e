"""Explain why a text is not YAML: the author's most likely slip, its place, and the remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voicecoach.errors import quote
from voicecoach.routine.keys import add_colon, find_bare_key
from voicecoach.routine.slips.alignment import find_deeper, find_misaligned
from voicecoach.routine.slips.lines import Slip, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.routine.slips.lines import SourceLine

_CLOSING = {"{": "}", "[": "]"}
MOST_ABOVE = 30
"""The most lines above the failed one that are searched for the cause."""
LONGEST = 200
"""The most characters that are searched for a missing comma."""
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
    _TAB: ("there is a tab here", "indent with spaces, not tabs"),
    "that cannot start any": ("a text can't start with this character", "put it into quotes"),
    "mapping values are not": ("there is a second key or ': ' in this line", "put the text into quotes"),
    "comment or a line break": ("a text can't start with | or >", "take it out, or put the text into quotes"),
    "chomping or indentation": ("a text can't start with | or >", "take it out, or put the text into quotes"),
    "found '<scalar>'": ("a text continues after its end", _QUOTES),
    "found '<block": ("this line does not line up with those above", "start keys that belong together in one column"),
    "'<document start>'": (
        "this line does not line up with those above",
        "start keys that belong together in one column",
    ),
    "expected ',' or": ("a bracket is not closed before this", "close it, or put the whole text into quotes"),
    "unknown escape": ("a backslash means something else in double quotes", "use single quotes, or write it twice"),
}
"""Parts of messages of the YAML parser, and explanations for people who do not know YAML."""


def explain_syntax(text: str, said: str, mark: tuple[int, int], opening: tuple[int, int] | None) -> Slip:
    r"""Return the slip behind the parser's message ``said`` at ``mark``; ``opening`` starts the unfinished part.

    >>> explain_syntax("steps:\n  - say Sit\n    settle: 5s\n", "mapping values are not allowed", (3, 11), None).remedy
    "write 'say: ', with a colon and a space"
    """
    if _is_tabbed(text, mark[0]):
        return Slip(*mark, *BITES[_TAB])
    lines = read_lines(text)
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
    opened = next((line for line in lines if opening and line.number == opening[0]), None)
    if unclosed and opened and (found := _find_unopened(opened)):
        return found
    known = next((BITES[bite] for bite in BITES if bite in said), None)
    what, remedy = known or (f"this is not YAML: {said}", "put a text that has : { [ # | or quotes in it into quotes")
    return Slip(*(opening if unclosed and opening else mark), what, remedy)


def _is_tabbed(text: str, number: int) -> bool:
    """Return whether there is a tab before the text of a line; then it is the slip."""
    lines = text.splitlines()
    line = lines[number - 1] if number <= len(lines) else ""
    return "\t" in line[: len(line) - len(line.lstrip())]


def _find_slip(
    above: Sequence[SourceLine], at: SourceLine | None, below: Sequence[SourceLine], said: str, mark: tuple[int, int]
) -> Slip | None:
    """Return the slip that the lines show, if it is a common one."""
    if "another document" in said or "escape" in said:
        return None
    found = _find_colonless(above, at) or _find_dashless(above, at) or _find_quotes(above, at)
    if found or at is None:
        return found
    if "undefined alias" in said and not at.value.startswith("*"):
        return None
    if "mapping values" in said and mark[1] < at.value_column and at.key:
        return find_deeper(above, at, below)
    if re.search(r"found.*(?:block|'\?'|'-')", said) and mark == (at.number, at.start):
        return find_misaligned(above, at, below)
    return _find_text(at)


def _find_colonless(above: Sequence[SourceLine], at: SourceLine | None) -> Slip | None:
    """Look for a line that has a key of the language and no colon after it."""
    for number, line in _walk_up(above, at):
        before = above[:number]
        outer = next((each for each in reversed(before) if each.key), None)
        goes_on = outer and outer.value and line.start > outer.key_column and not line.item
        key = find_bare_key(line.value) if not line.key and not goes_on else ""
        if key:
            return Slip(line.number, line.key_column, *add_colon(key))
    return None


def _walk_up(above: Sequence[SourceLine], at: SourceLine | None) -> Iterator[tuple[int, SourceLine]]:
    """Yield the failed line and those above it, up to the first with a key, with their indices."""
    if at:
        yield len(above), at
    for number in range(len(above) - 1, max(len(above) - MOST_ABOVE, 0) - 1, -1):
        if above[number].key:
            return
        yield number, above[number]


def _find_dashless(above: Sequence[SourceLine], at: SourceLine | None) -> Slip | None:
    """Look for a text that starts where the items of a list start, but has no dash."""
    for number, line in _walk_up(above, at):
        before = above[number - 1] if number else None
        if before and not line.key and not line.item and before.item and before.start == line.start:
            remedy = f"write '- ' before it, with the dash in column {line.start}"
            return Slip(line.number, line.start, "there is no dash before this text", remedy)
    return None


def _find_bracket(lines: Sequence[SourceLine], mark: tuple[int, int], opening: tuple[int, int]) -> Slip | None:
    """Look for a bracket that is not closed in its line, or a comma that is missing in it."""
    line = next((each for each in lines if each.number == opening[0]), None)
    sign = line.value[opening[1] - line.value_column :][:1] if line else ""
    if line is None or sign not in _CLOSING:
        return None
    if mark[0] != opening[0]:
        return Slip(*opening, f"this {sign} is not closed", f"write {_CLOSING[sign]} at the end of the line")
    before, here = line.value[: mark[1] - line.value_column], line.value[mark[1] - line.value_column :][:1]
    if here and here in _OPENING and here != _CLOSING[sign]:
        return Slip(
            *opening,
            f"this {sign} is not closed",
            f"write {_CLOSING[sign]} before the {here} that closes the part around it",
        )
    joined = re.split(r"[,{[:]", before)[-1].lstrip()[-LONGEST:]
    names = {name.strip() for each in lines for name in re.findall(r"[{,]([^{},:]+):", each.value)}
    ends = [joined[found.start() + 1 :] for found in re.finditer(" ", joined)]
    name = next((end for end in ends if end in names), ends[-1] if ends else "")
    if not name:
        return None
    remedy = f"write ', ' before {name!r}, or put the text into quotes"
    return Slip(mark[0], mark[1] - len(joined), f"there is no comma in {quote(joined)}", remedy)


def _find_quotes(above: Sequence[SourceLine], at: SourceLine | None) -> Slip | None:
    """Look for quotes that are not closed in their line, if the next quotes are in the failed line."""
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


def _has_sign(line: SourceLine, sign: str) -> bool:
    return sign in line.value


def _find_unopened(at: SourceLine) -> Slip | None:
    """Look for quotes at the end of a text that are missing at its start."""
    if at.value[-1:] not in {'"', "'"} or at.value.count(at.value[-1]) > 1 or len(at.value) == 1:
        return None
    remedy = "write the same quotes at the start of the text"
    return Slip(at.number, at.value_column, "these quotes are not opened", remedy)


def _find_text(at: SourceLine) -> Slip | None:
    """Look for a text that YAML misreads because of its first character or a colon in it."""
    unopened = _find_unopened(at)
    if unopened:
        return unopened
    value, sign = at.value, at.value[:1]
    finding = None
    if value[-1:] in {"}", "]"} and value.count(_OPENING[value[-1]]) < value.count(value[-1]):
        finding = f"this {value[-1]} is not opened", f"write {_OPENING[value[-1]]} at the start of the text"
    elif sign and sign in "*`" and sign in value[1:]:
        finding = f"a text can't start with {sign}", f"take each {sign} out; a voice does not say it"
    elif sign == "[" and "]" in value:
        mark = value[: value.index("]") + 1]
        finding = (
            "a text can't start with [ and continue after it",
            f"take {quote(mark)} out, or put the text into quotes",
        )
    elif sign and sign in "|>-?%@`":
        finding = f"a text can't start with {sign}", "take it out, or put the text into quotes"
    elif sign and sign in "{[\"'":
        quotes = "single quotes" if '"' in value else "double quotes" if "'" in value else "quotes"
        finding = f"a text can't start with {sign} and continue after it", f"put the whole text into {quotes}"
    elif at.key and sign not in {"*", "&", "!"} and ": " in f"{value} ":
        finding = "': ' is inside this text", _QUOTES
    return Slip(at.number, at.value_column, *finding) if finding else None
