"""Remedies of messages, applied to a file as its author would apply them: by what the message says and nothing else."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.errors import Problem

    Change = Callable[["Spot", re.Match[str]], str]

QUOTED = r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"


VALUE = r"([^,;: ]*[0-9][^,;:]*?|true|false|half|[a-z]{2}(?:-[A-Z]{2})?)"
"""What a message may propose without quotes."""


class Spot:
    """The place of a problem in a text, and how the text is changed there.

    ``own`` is what only the author knows: what a message leaves open with ``...``.
    """

    def __init__(self, text: str, problem: Problem, own: str) -> None:
        self.text, self.what, self.own = text, problem.what, own
        self.lines = text.split("\n")
        self.row, self.column = problem.where.line - 1, problem.where.column - 1
        self.offset = sum(len(line) + 1 for line in self.lines[: self.row]) + self.column

    @property
    def line(self) -> str:
        return self.lines[self.row]

    def with_line(self, *new: str) -> str:
        return "\n".join([*self.lines[: self.row], *new, *self.lines[self.row + 1 :]])

    def with_rest(self, new: str) -> str:
        """Replace what stands from the place to the end of its line."""
        return self.with_line(self.line[: self.column] + new)

    def value(self) -> str:
        """Return the value at the place: to the end of its line, or to the next comma or brace in a flow of keys."""
        rest = self.line[self.column :]
        in_flow = re.search(r"[{\[]", self.line[: self.column])
        return re.split(r"[,:}\]]", rest)[0] if in_flow else rest

    def with_value(self, new: str) -> str:
        end = self.column + len(self.value())
        return self.with_line(self.line[: self.column] + new + self.line[end:])

    def with_word(self, wrong: str, right: str) -> str:
        """Replace a word at or after the place, whatever its capitals."""
        head, tail = self.text[: self.offset], self.text[self.offset :]
        return head + re.sub(re.escape(wrong), lambda _: right, tail, count=1, flags=re.IGNORECASE)

    def filled(self, written: str) -> str:
        return written.replace("...", self.own)


def literal(quoted: str) -> str:
    return str(ast.literal_eval(quoted))


def start_in(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_line(" " * (int(match[1]) - 1) + spot.line.lstrip())


def add_dash(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_line(" " * (int(match[1]) - 1) + "- " + spot.line.lstrip())


def add_colon(spot: Spot, match: re.Match[str]) -> str:
    key = match[1]
    rest = spot.line[spot.column :].removeprefix(key)
    return spot.with_rest(f"{key}: {rest.lstrip(' :=')}".rstrip())


def indent_block(spot: Spot, match: re.Match[str]) -> str:
    key, inside = match[1], match[2]
    start = spot.line.index(f"{key}:")
    return spot.with_line(spot.line[:start] + f"{key}:", " " * (start + 2) + inside)


def indent_below(spot: Spot, _match: re.Match[str]) -> str:
    below = [f"  {line}" if line.startswith(" " * spot.column) else line for line in spot.lines[spot.row + 1 :]]
    return "\n".join([*spot.lines[: spot.row + 1], *below])


def replace_name(spot: Spot, match: re.Match[str]) -> str:
    """Put the word that is proposed in place of the one that is quoted first, or of the value that stands there."""
    right = literal(match[1])
    if spot.own and repr(spot.own) in match.string:
        right = spot.own
    if ": " in right:
        start = re.match(r"[ -]*", spot.line)
        assert start
        return spot.with_line(start[0] + spot.filled(right))
    wrong = re.search(QUOTED, spot.what)
    assert wrong
    return spot.with_word(literal(wrong[1]), right)


def replace_braces(spot: Spot, match: re.Match[str]) -> str:
    right, name = match[1], match[1].strip("{}")
    for wrong in (*re.findall(r"\{[^{}]+\}", spot.what), *map(literal, re.findall(QUOTED, spot.what)[:1])):
        return spot.with_word(wrong, right)
    pattern = rf"\{{\{{{re.escape(name)}\}}\}}|\{{{re.escape(name)}(?!\}})|(?<!\{{){re.escape(name)}\}}"
    return spot.text[: spot.offset] + re.sub(pattern, lambda _: right, spot.text[spot.offset :], count=1)


def replace_value(spot: Spot, match: re.Match[str]) -> str:
    """Put what is proposed in place of the value, or of its part that is quoted; of several, what the author wants."""
    right = match[1].rstrip(",;").replace(",000", "000")
    if spot.own and re.search(rf"\bor {re.escape(spot.own)}\b", match.string):
        right = spot.own
    quoted = re.search(QUOTED, spot.what)
    wrong = literal(quoted[1]) if quoted else ""
    if wrong in spot.value() and not spot.value().startswith(wrong):
        return spot.with_word(wrong, right)
    return spot.with_value(right)


def put_into_quotes(spot: Spot, match: re.Match[str]) -> str:
    sign = "'" if "single" in match[0] else '"'
    return spot.with_rest(f"{sign}{spot.line[spot.column :]}{sign}")


def close_quotes(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_line(spot.line + spot.line[spot.column])


def close_bracket(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_line(spot.line + match[1])


def open_quotes(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_rest(spot.line[-1] + spot.line[spot.column :])


def open_bracket(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_rest(match[1] + spot.line[spot.column :])


def drop_dash(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_line(spot.line.replace("- ", "", 1))


def close_inside(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_rest(spot.line[spot.column :].replace(match[2], match[1] + match[2], 1))


def add_comma(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_word(f" {literal(match[1])}", f", {literal(match[1])}")


def keep_one(spot: Spot, _match: re.Match[str]) -> str:
    return "\n".join([*spot.lines[: spot.row], *spot.lines[spot.row + 1 :]])


def use_spaces(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_line(spot.line.replace("\t", "    "))


def add_key(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_line(" " * spot.column + spot.filled(match[1]), spot.line)


def add_to_side(spot: Spot, match: re.Match[str]) -> str:
    name = re.search(QUOTED, spot.what)
    assert name
    return re.sub(rf"({match[1]}: {{)", rf"\g<1>{literal(name[1])}: {spot.own}, ", spot.text, count=1)


def take_out(spot: Spot, match: re.Match[str]) -> str:
    """Take out what is quoted, the sign that is named, or the line whose words are never said."""
    if "never said" in spot.what:
        return keep_one(spot, match)
    quoted = re.search(QUOTED, spot.what)
    sign = re.search(r"start with (\S)", spot.what)
    wrong = sign[1] if sign else literal(quoted[1]) if quoted else ""
    if "each" in match[0]:
        return spot.with_rest(spot.line[spot.column :].replace(wrong, ""))
    head, tail = spot.text[: spot.offset], spot.text[spot.offset :]
    return head + re.sub(rf"{re.escape(wrong)} ?", "", tail, count=1)


def take_quoted(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_rest(spot.line[spot.column :].replace(literal(match[1]), "", 1).lstrip())


def move_between(spot: Spot, _match: re.Match[str]) -> str:
    """Move a change of sides from the steps to what is between the turns."""
    rest = [*spot.lines[: spot.row], *spot.lines[spot.row + 1 :]]
    at = next(row for row in range(spot.row - 1, 0, -1) if rest[row].strip() == "steps:")
    return "\n".join([*rest[:at], spot.line, *rest[at:]])


def add_wording(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_line(f"{spot.line} | {spot.own}")


def close_parenthesis(spot: Spot, _match: re.Match[str]) -> str:
    quotes = spot.line[-1] if spot.line[-1] in "'\"" else ""
    return spot.with_line(f"{spot.line.removesuffix(quotes)}){quotes}")


def write_times(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_word(" x ", " * ")


def replace_first(spot: Spot, match: re.Match[str]) -> str:
    """Put the first of several words that are possible in place of the one that is quoted."""
    wrong = re.search(QUOTED, spot.what)
    assert wrong
    return spot.with_word(literal(wrong[1]), match[1])


def take_bar_out(spot: Spot, _match: re.Match[str]) -> str:
    rest = re.sub(r"\|\s*\||\|\s*$|^\s*\|", lambda match: "|" if match[0].count("|") > 1 else "", spot.value())
    return spot.with_rest(rest.rstrip())


def fill_in(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_line(f"{spot.line} {spot.own}")


def fill(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_word("[]", spot.own)


def write_own(spot: Spot, _match: re.Match[str]) -> str:
    return spot.with_value(spot.own)


def write_name(spot: Spot, match: re.Match[str]) -> str:
    return spot.with_value(f'"{match[1]}"')


def only_others(spot: Spot, _match: re.Match[str]) -> str:
    """Add to a step that it is not for the last round."""
    row = next(row for row in range(spot.row, 0, -1) if spot.lines[row].lstrip().startswith("- "))
    line = spot.lines[row]
    start = len(line) - len(line.lstrip())
    lines = [*spot.lines[:row], " " * start + "- only: not last", " " * (start + 2) + line[start + 2 :]]
    return "\n".join([*lines, *spot.lines[row + 1 :]])


CHANGES: tuple[tuple[str, Change], ...] = (
    (r"start it in column (\d+)", start_in),
    (r"in the same column, (\d+)", start_in),
    (r"with the dash in column (\d+)", add_dash),
    (r"write '([^']+): ', with a colon and a space", add_colon),
    (r"write '([^']+):' alone, and indented under it '([^']+)' and 'steps:'", indent_block),
    (r"with their values, indented under it", indent_below),
    (r"add 'only: not last'", only_others),
    (r"put (?:the whole text|it) into (?:single |double )?quotes|needs quotes", put_into_quotes),
    (r"write one, or take the key out", fill_in),
    (r"write the same quotes at the start", open_quotes),
    (r"write ([\[{]) at the start of the text", open_bracket),
    (r"write it without the dash", drop_dash),
    (r"write the same quotes", close_quotes),
    (r"write ([\]}]) at the end of the line", close_bracket),
    (r"write ([\]}]) before the ([\]}])", close_inside),
    (rf"write ', ' before {QUOTED}", add_comma),
    (r"keep one", keep_one),
    (r"indent with spaces", use_spaces),
    (r"add '([^']+: \.\.\.)'", add_key),
    (r"add it to (\w+) too", add_to_side),
    (r"take the \| beside it out", take_bar_out),
    (r"take the dash out", keep_one),
    (rf"take {QUOTED} out", take_quoted),
    (r"write \* for the x", write_times),
    (r"add something to it", fill),
    (r"write (?:its steps|some,|words alone|the words themselves|the other side's word|one, without)", write_own),
    (r"(?:there are|one of): ([\w-]+)", replace_first),
    (r"write phases as (.*)$", replace_value),
    (r"write how long, as (\w+)", replace_value),
    (r"take (?:each|it|them|the tag|the \S) (?:\S+ )?out|take (?:it|them) out", take_out),
    (r"put the other steps into a routine of their own", keep_one),
    (r"put it under 'between' of an 'each side'", move_between),
    (r"add a shorter wording after '\|'", add_wording),
    (r"write \) where it ends", close_parenthesis),
    (r"(?:write|did you mean) (\{[^{}]+\})", replace_braces),
    (r"write \"(\{[^{}]+\})\"", write_name),
    (rf"(?:write|did you mean) {QUOTED}", replace_name),
    (
        rf"(?:write one, as|write seconds: in-out as|write breaths as|write) {VALUE}(?: for .*|,.*|;.*| or .*|$)",
        replace_value,
    ),
    (r"at (?:least|most) ([\d,]+) ", replace_value),
)
"""What a message asks for, and how that is done: the first that is found counts."""


def apply_remedy(text: str, problem: Problem, own: str = "") -> str:
    """Return a file as its author mends it by the first thing that a problem's message proposes."""
    asked = problem.remedy or problem.what.rpartition(": ")[2]
    spot = Spot(text, problem, own)
    for pattern, change in CHANGES:
        match = re.search(pattern, asked)
        if match:
            return change(spot, match)
    raise AssertionError(f"the message proposes nothing that can be done: {problem}")
